/** A function of one input: samples, the net's curve, and the units that add up to it. */
import { useMemo } from 'react';
import type { Inside } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { allWeights, firstSamples, useAnswer } from '../../engine-client/use-answer.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import { useTheme } from '../../ui/theme.ts';
import { curveInputs, fitOf, fitOption, fitTable, lastLayerOf } from './curve-fit.ts';
import { Waiting } from './Waiting.tsx';

export function CurveFit({ run, inside }: { readonly run: RunView; readonly inside: Inside }) {
  const theme = useTheme();
  const onSave = useSavePicture();
  const last = useMemo(() => lastLayerOf(inside), [inside]);
  const request = useMemo(
    () => ({
      kind: 'values' as const,
      inputs: curveInputs(inside),
      targets: null,
      wishes: [{ of: 'answer' as const }, ...(last ? [{ of: 'output' as const, ...last.from }] : [])],
    }),
    [inside, last],
  );
  const { value, problem } = useAnswer<'values'>(run, request);
  const weights = useAnswer<'weights'>(run, allWeights);
  const samples = useAnswer<'samples'>(run, firstSamples);
  const [answers, units] = value?.tensors ?? [];
  if (!value || !answers) return <Waiting problem={problem ?? weights.problem} />;
  const tensors = weights.value?.tensors ?? {};
  const bias = last?.bias ?? null;
  const fit = fitOf(
    request.inputs,
    answers,
    units,
    last ? tensors[last.weight] : undefined,
    bias === null ? undefined : tensors[bias],
  );
  const points = samples.value?.samples ?? { inputs: new Float32Array(), targets: new Float32Array() };
  return (
    <Chart
      title="The function that the net is"
      topic="curveFit"
      words="The net’s output against its input, with the samples and each unit’s term."
      version={`${value.step} ${weights.value?.step} ${points.targets.length}`}
      option={() => fitOption(inside, fit, points, theme)}
      table={() => fitTable(fit)}
      onSave={onSave}
      legend={
        last
          ? `weights of step ${value.step} · faint: weight × unit of ${last.name}; all of them and the bias add up to the bold line`
          : `weights of step ${value.step} · the answer is no plain sum of units here`
      }
    />
  );
}
