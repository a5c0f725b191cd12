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
  type ProbeCapture,
  type Verdict,
} from '../../engine/index.ts';
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
  /** As far as it was recorded: norms of the gradient are not. */
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
    course: { ...noCourse, loss: trend, rate: Number.isNaN(rate) ? null : rate },
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
