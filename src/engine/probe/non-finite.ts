/** The verdict on a run that met a number which is not finite: where, and what came before. Said once, by the step that broke. */
import type { Diagnosis } from './diagnosis.ts';
import { number } from './rule.ts';
import { startFor } from './starts.ts';
import type { NetFacts, Verdict } from './verdict.ts';
import { heavyWeights } from './weight-size.ts';
import { readable, readablePower } from './words.ts';

export function nonFinite(
  net: NetFacts,
  { course: { loss, norms }, startSize }: Pick<Diagnosis, 'course' | 'startSize'>,
  step: number,
  culprit: { readonly node: string; readonly name: string; readonly what: string } | null,
): Verdict {
  const last = norms.at(-1);
  const grew = loss.steps >= 2 && (loss.last > 1.5 * loss.start || (last ?? 0) > Math.min(...norms) + 1);
  return {
    rule: 'non-finite',
    title: 'A number is no longer finite',
    severity: 'severe',
    sentence: culprit
      ? `At step ${step}, \`${culprit.name}\` was the first to hold ${culprit.what}; training paused, and the weights are those before it.`
      : `At step ${step} the loss was no longer a finite number; training paused, and the weights are those before it.`,
    culprit: culprit && { node: culprit.node, name: culprit.name },
    nodes: culprit ? [culprit.node] : [],
    numbers: [
      ...(loss.steps > 0
        ? [number('last finite loss', loss.last), number('loss at the start', loss.start)]
        : []),
      ...(last === undefined ? [] : [number('last finite gradient norm', 10 ** last, readablePower(last))]),
      number('learning rate', net.optimizer.learningRate),
      ...(startSize === null
        ? []
        : [number('weights at the start, times √fan-in', startSize, `${readable(startSize)} (RMS)`)]),
    ],
    because: 'A step whose loss or gradient is NaN or infinite is not taken: nothing is overwritten.',
    thresholds: {},
    window: { from: step, to: step, captures: 1 },
    doubt: 'It is never a false alarm; but the first tensor that broke is not always where the cause lies.',
    fixes: fixesFor(net, grew || step > 0, startSize),
    raisedAt: step,
    clearedAt: null,
  };
}

/** Rates that serve most nets, by family of optimiser. */
const usualRates = { plain: 0.03, scaled: 0.003 } as const;

/**
 * Weights far larger than their fan-in asks for multiply the signal in each layer: no rate mends that. Neither does another start
 * mend a rate far above the usual, so where both are off, both are changed. At step 0 nothing but the weights can have done it:
 * inputs alone do not leave the range of float32.
 */
function fixesFor(net: NetFacts, whileTraining: boolean, startSize: number | null): readonly string[] {
  const { optimizer } = net;
  const usual = usualRates[optimizer.family];
  const isFast = optimizer.learningRate > 10 * usual;
  const rate = isFast ? `learning-rate=${usual}` : 'lower-rate';
  const start = startFor(net);
  if (!whileTraining || (startSize ?? 0) > heavyWeights)
    return [isFast ? `${start}+${rate}` : start, 'standardise', rate, 'batch-norm', 'clip'];
  return [rate, 'clip', 'standardise', start, 'batch-norm'];
}
