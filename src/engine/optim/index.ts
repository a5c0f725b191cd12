// The list of optimisers, in the order in which they are offered.
import { adam, adamw } from './adam.ts';
import { adagrad, lion, rmsprop } from './adaptive.ts';
import type { OptimizerSpec } from './define.ts';
import { plateau } from './plateau.ts';
import { type ScheduleSpec, scheduleList } from './schedule.ts';
import { gradientDescent, sgd } from './sgd.ts';

export const optimizerList: readonly OptimizerSpec[] = [
  sgd,
  adam,
  adamw,
  rmsprop,
  adagrad,
  lion,
  gradientDescent,
];

/** Every learning-rate schedule that a document may name, in the order in which they are offered. */
export const scheduleChoices: readonly Omit<ScheduleSpec, 'factor'>[] = [...scheduleList, plateau];

/** The declaration of an optimiser; undefined for a kind that this version does not know. */
export function optimizerOf(kind: string): OptimizerSpec | undefined {
  return optimizerList.find((o) => o.kind === kind);
}
