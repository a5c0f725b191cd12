/**
 * Lowers the learning rate when a number stops falling: torch.optim.lr_scheduler.ReduceLROnPlateau as a fold over what was
 * measured, once per epoch. It depends on the run, so the host keeps its state (and a checkpoint with it).
 */
import { z } from 'zod';
import { param } from '../layers/define.ts';
import type { ScheduleSpec } from './schedule.ts';

export const plateauParams = z.strictObject({
  gamma: param(z.number().min(0).max(0.999_999).default(0.1), {
    title: 'Factor γ',
    description: 'What the learning rate is multiplied by each time.',
  }),
  patience: param(z.int().min(0).max(1_000_000).default(10), {
    title: 'Patience',
    description: 'How many epochs in a row may bring nothing before the learning rate falls.',
    unit: 'epochs',
  }),
  threshold: param(z.number().min(0).max(1).default(1e-4), {
    title: 'Threshold',
    description: 'The share by which a number must be better than the best, to count.',
  }),
  cooldown: param(z.int().min(0).max(1_000_000).default(0), {
    title: 'Rest',
    description: 'How many epochs do not count after the learning rate has fallen.',
    unit: 'epochs',
  }),
  least: param(z.number().min(0).max(1).default(0), {
    title: 'Least factor',
    description: 'The factor never falls below this share of the learning rate.',
  }),
});

/** Offered beside the schedules of schedule.ts, which are functions of the step alone. */
export const plateau: Omit<ScheduleSpec<typeof plateauParams>, 'factor'> = {
  kind: 'plateau',
  title: 'Reduce on plateau',
  doc: 'Multiplies the learning rate by γ when the loss at the ends of epochs has stopped falling: that of the validation part, or of the training part where there is none.',
  formula: 'f \\leftarrow \\max(\\gamma f, m) \\text{ after } p \\text{ epochs without progress}',
  source: 'torch.optim.lr_scheduler.ReduceLROnPlateau',
  pytorch: 'torch.optim.lr_scheduler.ReduceLROnPlateau',
  params: plateauParams,
};

export interface Plateau {
  /** What the learning rate is multiplied by. */
  readonly factor: number;
  readonly best: number;
  /** Epochs in a row that brought nothing. */
  readonly bad: number;
  /** Epochs that still do not count. */
  readonly resting: number;
}

export const noPlateau: Plateau = { factor: 1, best: Number.POSITIVE_INFINITY, bad: 0, resting: 0 };

/** After one more epoch with the given loss; a loss that is no number brought nothing. */
export function addEpoch(
  { factor, best, bad, resting }: Plateau,
  loss: number,
  p: z.infer<typeof plateauParams>,
): Plateau {
  const better = loss < best * (1 - p.threshold);
  const rests = resting > 0;
  const idle = better || rests ? 0 : bad + 1;
  const next = { factor, best: better ? loss : best, bad: idle, resting: rests ? resting - 1 : 0 };
  if (idle <= p.patience) return next;
  const lower = Math.max(factor * p.gamma, p.least);
  return { ...next, factor: lower, bad: 0, resting: p.cooldown };
}
