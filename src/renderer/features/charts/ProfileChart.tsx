/** The depth profile, live or at the step that is looked at. */
import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import { useTheme } from '../../ui/theme.ts';
import { profileOption, profileTable } from './profile-option.ts';
import { versionOf } from './runs.ts';

export function ProfileChart({ runs }: { readonly runs: readonly RunView[] }) {
  const theme = useTheme();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  return (
    <Chart
      title="Depth profile"
      topic="depthProfile"
      words="RMS of the gradient at each layer, in powers of ten. Level is healthy; falling towards the input is vanishing. The band holds the 10th to 90th percentile of the non-zero elements of ∂L/∂a."
      version={`${versionOf(runs)} ${at}`}
      option={() => profileOption(runs, { at, theme })}
      table={() => profileTable(runs, at)}
      onSave={onSave}
      legend="RMS over all elements; not scaled. Band: 10th to 90th percentile of non-zero |∂L/∂a|"
    />
  );
}
