/**
 * Early stopping as a fold over the losses at the ends of epochs: training stops when none of the last few was better than
 * the best, and the weights of the best are restored.
 */
import { z } from 'zod';
import { param } from '../layers/define.ts';

export const stoppingParams = z.strictObject({
  patience: param(z.int().min(0).max(1_000_000).default(0), {
    title: 'Stop early after',
    description:
      'Epochs in a row without a better validation loss (training loss where there is no validation part), after which training stops and the best weights are restored. 0: never.',
    unit: 'epochs',
  }),
  leastGain: param(z.number().min(0).max(1e6).default(0), {
    title: 'Least gain',
    description: 'By how much a loss must fall below the best to count as better.',
    hot: true,
  }),
});

export interface Stopping {
  readonly best: number;
  /** The step after which the best loss was measured; null before the first epoch ends. */
  readonly bestStep: number | null;
  /** Epochs in a row that were not better. */
  readonly bad: number;
}

export const noBest: Stopping = { best: Number.POSITIVE_INFINITY, bestStep: null, bad: 0 };

/** After an epoch that ended before `step` with the given loss; a loss that is no number is not better. */
export function addLossOf(
  { best, bestStep, bad }: Stopping,
  { loss, step }: { readonly loss: number; readonly step: number },
  leastGain: number,
): Stopping {
  return loss < best - leastGain || (bestStep === null && !Number.isNaN(loss))
    ? { best: loss, bestStep: step, bad: 0 }
    : { best, bestStep, bad: bad + 1 };
}
