/**
 * What a run had come to by a step that a person went back to: losses, verdicts and captures as they stood then. A run that has
 * not come so far is taken at its newest step.
 */
import {
  addLoss,
  type Course,
  type LossTrend,
  noCourse,
  noLoss,
  normWindow,
  type ProbeCapture,
  type Verdict,
} from '../../engine/index.ts';
import type { Curve } from './curve.ts';
import type { RunLog, RunView } from './run.ts';
import { seenCapture } from './seen.ts';

export interface Moment {
  /** Steps trained by then. */
  readonly step: number;
  readonly trend: LossTrend;
  /** NaN before the first evaluation. */
  readonly validationLoss: number;
  /** Alarms that stood. */
  readonly standing: readonly Verdict[];
  readonly capture: ProbeCapture | null;
  /** As far as it was recorded. */
  readonly course: Course;
}

/** @param at the step that is looked at; null for the newest */
export function momentOf(run: RunView, at: number | null): Moment {
  const { log } = run;
  const isPast = at !== null && log !== null && at < log.batch.loss.lastStep;
  const trend = isPast ? trendAt(run, at) : run.trend;
  const validation = log?.splits.validation.loss;
  const rate = isPast ? log.learningRate.before(at) : (log?.learningRate.latest ?? Number.NaN);
  return {
    step: isPast ? Math.max(at, firstStepOf(log)) + 1 : run.step,
    trend,
    validationLoss: (isPast ? validation?.before(at + 1) : validation?.latest) ?? Number.NaN,
    standing: run.verdicts.filter(
      ({ raisedAt, clearedAt }) =>
        (clearedAt === null || (isPast && clearedAt > at)) && (!isPast || raisedAt <= at),
    ),
    capture: seenCapture(run, at),
    course: {
      ...noCourse,
      loss: trend,
      rate: Number.isNaN(rate) ? null : rate,
      norms: log ? normsBy(log.gradientNorm, isPast ? at : log.gradientNorm.lastStep) : [],
    },
  };
}

/** Of a run that went on from another one, not 0. */
const firstStepOf = ({ batch }: RunLog): number => batch.loss.points().steps[0] ?? 0;

/** The trend as it was, from the curve: where the curve has joined steps, from their means. */
function trendAt({ log, trend }: RunView, at: number): LossTrend {
  if (!log) return trend;
  const { steps, means } = log.batch.loss.points();
  let then = noLoss;
  for (let i = 0; i < steps.length && (i === 0 || steps[i]! <= at); i++) then = addLoss(then, means[i]!);
  const made = Math.max(1, at + 1 - firstStepOf(log));
  return { ...then, steps: made, first: trend.first, start: made < 5 ? then.start : trend.start };
}

/**
 * The last norms of the gradient by a step, as a run's course keeps them. Where the curve has joined steps, each stands for its
 * point's lowest, and the newest for its point's mean.
 */
function normsBy(curve: Curve, at: number): readonly number[] {
  const { steps, means, lows } = curve.points();
  const last = steps.findLastIndex((step) => step <= at);
  if (last < 0) return [];
  const count = Math.ceil(normWindow / curve.valuesPerPoint);
  const before = [...lows.subarray(Math.max(0, last + 1 - count), last)];
  const each = before.flatMap((low) => Array.from({ length: curve.valuesPerPoint }, () => low));
  return [...each.slice(1 - normWindow), means[last]!];
}
