/**
 * What a run's numbers have come to besides its captures: losses, gradient norms, learning rates, evaluations. A pure fold in
 * constant memory.
 */
import { addLoss, type LossTrend, noLoss } from './loss-trend.ts';

/** Loss over a held-back part of the data. */
export interface ValidationTrend {
  readonly evaluations: number;
  readonly first: number;
  readonly now: number;
  /** Short moving average, and the lowest that it has been: the lowest of many noisy losses would be too low. */
  readonly average: number;
  readonly lowest: number;
  readonly lowestStep: number;
  /** The training loss's average at that step. */
  readonly lossAtLowest: number;
}

export interface Course {
  readonly loss: LossTrend;
  readonly validation: ValidationTrend;
  /** log₁₀ of the global gradient norm over the last steps, the newest last. */
  readonly norms: readonly number[];
  /** The learning rate of the last step; null until it is known. */
  readonly rate: number | null;
  /** Whether it has risen of late: a warm-up. */
  readonly rateRises: boolean;
}

/** Steps over which a jump of the gradient norm is looked for. */
export const normWindow = 50;
/** The average of evaluations forgets half in about one and a half. */
const averaging = 0.4;

const noValidation: ValidationTrend = {
  evaluations: 0,
  first: 0,
  now: 0,
  average: 0,
  lowest: Number.POSITIVE_INFINITY,
  lowestStep: 0,
  lossAtLowest: Number.POSITIVE_INFINITY,
};

export const noCourse: Course = {
  loss: noLoss,
  validation: noValidation,
  norms: [],
  rate: null,
  rateRises: false,
};

export interface StepNumbers {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

export function addStep(course: Course, { loss, gradientNorm, learningRate }: StepNumbers): Course {
  const log = Math.log10(gradientNorm);
  return {
    loss: addLoss(course.loss, loss),
    validation: course.validation,
    norms: Number.isFinite(log) ? [...course.norms.slice(1 - normWindow), log] : course.norms,
    rate: learningRate,
    rateRises: course.rate !== null && learningRate > course.rate,
  };
}

export function addEvaluation(course: Course, step: number, loss: number): Course {
  if (!Number.isFinite(loss)) return course;
  const before = course.validation;
  const isFirst = before.evaluations === 0;
  const average = isFirst ? loss : before.average + averaging * (loss - before.average);
  const isLowest = average < before.lowest;
  const validation = {
    evaluations: before.evaluations + 1,
    first: isFirst ? loss : before.first,
    now: loss,
    average,
    lowest: Math.min(before.lowest, average),
    lowestStep: isLowest ? step : before.lowestStep,
    lossAtLowest: isLowest ? course.loss.now : before.lossAtLowest,
  };
  return { ...course, validation };
}
