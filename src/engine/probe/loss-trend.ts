/** Whether the loss has fallen yet: a pure fold over the losses of the steps, in constant memory. */

export interface LossTrend {
  readonly steps: number;
  /** Mean of the first `START_STEPS` losses: one mini-batch alone is too noisy a start. */
  readonly start: number;
  /** Exponential moving average of the loss. */
  readonly now: number;
}

const START_STEPS = 5;
/** The average forgets half in about seven steps. */
const SMOOTHING = 0.1;

export const noLoss: LossTrend = { steps: 0, start: 0, now: 0 };

/** Takes the loss of the next step. A non-finite loss is for its own rule and leaves the trend as it is. */
export function addLoss(trend: LossTrend, loss: number): LossTrend {
  if (!Number.isFinite(loss)) return trend;
  const steps = trend.steps + 1;
  const start = steps <= START_STEPS ? trend.start + (loss - trend.start) / steps : trend.start;
  return { steps, start, now: steps <= START_STEPS ? start : trend.now + SMOOTHING * (loss - trend.now) };
}
