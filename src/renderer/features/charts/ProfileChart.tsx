/** The depth profile, live. */
import type { RunView } from '../../engine-client/run.ts';
import { Chart } from '../../ui/Chart.tsx';
import { useTheme } from '../../ui/theme.ts';
import { versionOf } from './CurveChart.tsx';
import { profileOption, profileTable } from './profile-option.ts';
import { useSaveFile } from './runs.ts';

export function ProfileChart({ runs }: { readonly runs: readonly RunView[] }) {
  const theme = useTheme();
  const onSave = useSaveFile();
  return (
    <Chart
      title="Depth profile of the gradient"
      words="RMS of the gradient at each layer, in powers of ten. Level is healthy; falling towards the input is vanishing. The band holds the 10th to 90th percentile of the non-zero elements of ∂L/∂a."
      version={versionOf(runs)}
      option={() => profileOption(runs, theme)}
      table={() => profileTable(runs)}
      onSave={onSave}
    />
  );
}
