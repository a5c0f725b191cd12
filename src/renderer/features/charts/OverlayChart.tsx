/** All layers at the step that is looked at, one line each, with a choice of which tensors. */
import { useState } from 'react';
import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import choices from '../../ui/Choices.module.css';
import { scaleGradient } from '../../ui/color-scale.ts';
import picture from '../../ui/Picture.module.css';
import { useTheme } from '../../ui/theme.ts';
import { overlayOption, overlayTable, type TensorKind, tensorWords } from './overlay-option.ts';
import { versionOf } from './runs.ts';

const kinds: readonly TensorKind[] = ['gradient', 'activation', 'weight', 'weightGradient'];

export function OverlayChart({ run }: { readonly run: RunView }) {
  const [what, setWhat] = useState<TensorKind>('gradient');
  const theme = useTheme();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  return (
    <Chart
      title="All layers"
      topic="overlay"
      words={`Histograms of ${tensorWords[what]} of every layer over each other, in powers of ten.`}
      version={`${versionOf([run])} ${what} ${at}`}
      option={() => overlayOption(run, { what, at, theme })}
      table={() => overlayTable(run, what, at)}
      onSave={onSave}
      legend={
        <>
          <span>
            input <span className={picture.ramp} style={{ background: scaleGradient(theme) }} /> loss
          </span>
          <span>share of each layer’s own elements; the ends hold what lies beyond</span>
        </>
      }
    >
      <div className={choices.choices} role="radiogroup" aria-label="Which tensors">
        {kinds.map((kind) => (
          <label key={kind} data-checked={kind === what}>
            <input type="radio" name="overlay" checked={kind === what} onChange={() => setWhat(kind)} />
            {tensorWords[kind]}
          </label>
        ))}
      </div>
    </Chart>
  );
}
