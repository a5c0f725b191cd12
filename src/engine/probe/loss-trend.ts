/** What the losses of a run's steps have come to: a pure fold in constant memory. */

export interface LossTrend {
  readonly steps: number;
  /** The loss of step 0: of the net as it was made. */
  readonly first: number;
  /** Mean of the first `START_STEPS` losses: one mini-batch alone is too noisy a start. */
  readonly start: number;
  /** Exponential moving average of the loss. */
  readonly now: number;
  /** The lowest that `now` has been. */
  readonly lowest: number;
  /** Moving average of |loss − the one before|: how rough the curve is. */
  readonly wobble: number;
  readonly last: number;
  /** What `now` was at every tenth step of the last forty, the oldest first. */
  readonly past: readonly number[];
}

const START_STEPS = 5;
/** The average forgets half in about seven steps. */
const SMOOTHING = 0.1;

export const noLoss: LossTrend = {
  steps: 0,
  first: 0,
  start: 0,
  now: 0,
  lowest: Number.POSITIVE_INFINITY,
  wobble: 0,
  last: 0,
  past: [],
};

/** Takes the loss of the next step. A non-finite loss is for its own rule and leaves the trend as it is. */
export function addLoss(trend: LossTrend, loss: number): LossTrend {
  if (!Number.isFinite(loss)) return trend;
  const steps = trend.steps + 1;
  const isStart = steps <= START_STEPS;
  const start = isStart ? trend.start + (loss - trend.start) / steps : trend.start;
  const now = isStart ? start : trend.now + SMOOTHING * (loss - trend.now);
  const jump = Math.abs(loss - trend.last);
  return {
    steps,
    first: steps === 1 ? loss : trend.first,
    start,
    now,
    lowest: Math.min(trend.lowest, now),
    wobble: steps === 1 ? 0 : steps === 2 ? jump : trend.wobble + SMOOTHING * (jump - trend.wobble),
    last: loss,
    past: steps % pastEvery === 0 ? [...trend.past, now].slice(-pastLength) : trend.past,
  };
}

const pastEvery = 10;
const pastLength = 5;

/**
 * By how much the loss falls in twenty, or forty, steps, as a share of its start, by its course of late; NaN before there were
 * ten more. The average is kept at every tenth step, so the one compared with is up to nine steps older.
 */
export function recentFall({ steps, past, now, start }: LossTrend, over: 20 | 40 = 40): number {
  const then = past[past.length - 1 - over / pastEvery];
  if (then === undefined) return Number.NaN;
  return ((then - now) / start) * (over / (over + (steps % pastEvery)));
}

/**
 * By how much the loss can fall yet, at most, where its fall dies away: one that halves in twenty steps or less has no more to come
 * than it made in the last twenty. Infinity where it does not die away.
 */
export function fallToCome({ past, now, start }: LossTrend): number {
  const then = past[past.length - 1 - 20 / pastEvery];
  if (then === undefined) return Number.POSITIVE_INFINITY;
  const late = then - now;
  const early = (past[past.length - 1 - 40 / pastEvery] ?? start) - then;
  return late >= 0 && late <= early / 2 ? late : Number.POSITIVE_INFINITY;
}

/**
 * The loss now as a share of the net's own at its start: of the first mini-batches, or of the very first where that was
 * lower. A first loss of exactly 0 (a perceptron that has answered nothing yet) is no measure.
 */
export function lossShare({ now, start, first }: LossTrend): number {
  if (now === 0) return 0;
  return now / (first > 0 ? Math.min(start, first) : start);
}

/**
 * The loss now as a share of where it began, or of that of an answer that knows nothing where that is lower: a loss that has only
 * fallen to it has not learnt anything yet.
 */
export function shareOfIgnorance(
  { now, start }: LossTrend,
  { chanceLoss, constantLoss }: { readonly chanceLoss: number | null; readonly constantLoss: number | null },
): number {
  return now / Math.min(start, chanceLoss ?? constantLoss ?? start);
}
