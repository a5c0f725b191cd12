/** The chosen sample: its numbers, and any tensors that the net makes of it. */
import { useMemo } from 'react';
import type { Wish } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { useAnswer } from '../../engine-client/use-answer.ts';
import type { Chosen } from './SampleChoice.tsx';

/** @param wishes keep it the same list while it wishes the same */
export function useSample(run: RunView, { part, index }: Chosen, wishes: readonly Wish[]) {
  const asked = useMemo(() => ({ kind: 'samples' as const, part, places: [index] }), [part, index]);
  const sample = useAnswer<'samples'>(run, asked);
  const samples = sample.value?.samples ?? null;
  const isThis = samples?.part === part && samples.places[0] === index;
  const request = useMemo(
    () =>
      samples && isThis && wishes.length > 0
        ? { kind: 'values' as const, inputs: samples.inputs, targets: samples.targets, wishes }
        : null,
    [samples, isThis, wishes],
  );
  const { value, problem } = useAnswer<'values'>(run, request);
  const fits = value !== null && value.tensors.length === wishes.length;
  return {
    inputs: isThis ? (samples?.inputs ?? null) : null,
    targets: isThis ? (samples?.targets ?? null) : null,
    tensors: fits ? value.tensors : null,
    step: value?.step ?? null,
    problem: problem ?? sample.problem,
  };
}
