/** One curve chart with its switches: smoothing, logarithmic scale. */
import { useState } from 'react';
import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Button } from '../../ui/Button.tsx';
import { Chart } from '../../ui/Chart.tsx';
import { useTheme } from '../../ui/theme.ts';
import { type CurveChoice, curveOption, curveTable } from './curve-option.ts';
import { versionOf } from './runs.ts';

const SMOOTHINGS = [0.9, 0.98, 0] as const;
type Smoothing = (typeof SMOOTHINGS)[number];

export function CurveChart({
  runs,
  choice,
}: {
  readonly runs: readonly RunView[];
  readonly choice: CurveChoice;
}) {
  const [scale, setScale] = useState<'linear' | 'logarithmic'>('linear');
  const [smoothing, setSmoothing] = useState<Smoothing>(0.9);
  const theme = useTheme();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  const name = choice === 'loss' ? 'Loss' : capital(runs[0]?.facts?.metrics[choice] ?? 'Metric');
  return (
    <Chart
      title={name}
      topic={choice === 'loss' ? 'loss' : 'metric'}
      words={`${name} against the step: bold is smoothed, faint is each batch, dashed is the validation split.`}
      version={[versionOf(runs), scale, smoothing, at].join()}
      option={() => curveOption(runs, { choice, scale, smoothing, at, theme })}
      table={() => curveTable(runs, choice)}
      onSave={onSave}
    >
      <Button
        tone="quiet"
        title="How much of the past the bold line keeps per point"
        onClick={() => setSmoothing(SMOOTHINGS[(SMOOTHINGS.indexOf(smoothing) + 1) % SMOOTHINGS.length] ?? 0)}
      >
        {smoothing === 0 ? 'raw' : `smooth ${smoothing}`}
      </Button>
      {choice === 'loss' ? (
        <Button
          tone="quiet"
          aria-pressed={scale === 'logarithmic'}
          title="Logarithmic or linear scale"
          onClick={() => setScale(scale === 'linear' ? 'logarithmic' : 'linear')}
        >
          {scale === 'linear' ? 'linear' : 'log'}
        </Button>
      ) : null}
    </Chart>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
