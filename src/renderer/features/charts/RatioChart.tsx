/** Update : weight, a line for each weight tensor. */
import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import { scaleGradient } from '../../ui/color-scale.ts';
import picture from '../../ui/Picture.module.css';
import { useTheme } from '../../ui/theme.ts';
import { ratioOption, ratioTable } from './ratio-option.ts';
import { versionOf } from './runs.ts';

export function RatioChart({ run }: { readonly run: RunView }) {
  const theme = useTheme();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  return (
    <Chart
      title="Update : weight"
      topic="ratioLines"
      words="How much a step changes each weight, in powers of ten; the band marks 10⁻⁴ to 10⁻²."
      version={`${versionOf([run])} ${at}`}
      option={() => ratioOption(run, { at, theme })}
      table={() => ratioTable(run)}
      onSave={onSave}
      legend={
        <>
          <span>
            input <span className={picture.ramp} style={{ background: scaleGradient(theme) }} /> loss
          </span>
          <span>std(Δw) : std(w), each weight by itself</span>
        </>
      }
    />
  );
}
