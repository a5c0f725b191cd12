/** The gradient against the time step, or what heads look at, at the step that is looked at. */
import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import type { Topic } from '../../ui/explanations.ts';
import { useTheme } from '../../ui/theme.ts';
import { versionOf } from './runs.ts';
import { type TrackKind, trackOption, trackTable } from './track-option.ts';

const kinds: Readonly<Record<TrackKind, { title: string; topic: Topic; words: string; legend: string }>> = {
  timeGradient: {
    title: 'Gradient through time',
    topic: 'timeGradient',
    words: 'The norm of the gradient at each hidden state, in powers of ten.',
    legend: '‖∂L/∂h‖ over the batch; not scaled',
  },
  headEntropy: {
    title: 'Entropy of attention heads',
    topic: 'headEntropy',
    words: 'The mean entropy of each head’s weights, as a part of the largest possible.',
    legend: 'each as a part of the entropy of looking everywhere alike',
  },
  headGradient: {
    title: 'Gradient of attention heads',
    topic: 'headGradient',
    words: 'The norm of the gradient that reaches what each head gives, in powers of ten.',
    legend: '‖∂L/∂head‖ over the batch; not scaled',
  },
};

export function TrackChart({ run, what }: { readonly run: RunView; readonly what: TrackKind }) {
  const theme = useTheme();
  const at = useTraining((s) => s.at);
  const onSave = useSavePicture();
  return (
    <Chart
      {...kinds[what]}
      version={`${versionOf([run])} ${at}`}
      option={() => trackOption(run, { what, at, theme })}
      table={() => trackTable(run, what, at)}
      onSave={onSave}
    />
  );
}
