/**
 * What is measured over a whole part of the data, beyond the metrics that every step tells: top-5, perplexity, R², and how
 * often each class is taken for each other, from which precision, recall and F1 follow.
 */
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import { cast, greater, less, sub, toF32, where } from '../ops/elementwise.ts';
import { scalar, zeros } from '../ops/leaf.ts';
import { oneHot } from '../ops/losses.ts';
import { argmax, sum } from '../ops/reduce.ts';
import { logSumExp } from '../ops/softmax.ts';
import type { Model } from './build.ts';
import { perSample } from './metrics.ts';

export interface MeanScore {
  readonly name: 'top5' | 'perplexity';
  /** [batch]. */
  readonly perSample: Value;
  /** f32 [batch] or [batch, time]: what counts of each sample; null where all of all do. */
  readonly weights: Value | null;
  /** The score, from the mean over samples. */
  finish(meanOfSamples: number): number;
}

/** Which class each answer is, and which it should be: i32, of the same shape, the batch first, as is what counts. */
export interface Tally {
  readonly classes: number;
  readonly truth: Value;
  readonly answer: Value;
  readonly mask: Value | null;
}

export interface Judging {
  readonly means: readonly MeanScore[];
  /**
   * f32 [batch]: the numbers to be predicted, where there is one a sample; R² compares the errors with their spread. The
   * mask is 1 where a sample counts; null where all do.
   */
  readonly numbers: { readonly target: Value; readonly mask: Value | null } | null;
  /** Null where answers are no classes, or too many. */
  readonly tally: Tally | null;
}

/** A confusion matrix is for looking at: beyond this many classes it is not made. */
const mostClasses = 100;

/** What can be measured of a model's answers. */
export function judgingOf({ judged, data }: Model): Judging {
  if (!judged) return { means: [], numbers: null, tally: null };
  const { decision, prediction, target, mask } = judged;
  if (target.dtype === 'f32') {
    const isNumber = decision === 'number' && sizeOf(target.shape.slice(1)) === 1;
    const each = (v: Value): Value => reshape(v, target.shape.slice(0, 1));
    const numbers = isNumber ? { target: each(target), mask: mask && each(mask) } : null;
    return { means: [], numbers, tally: null };
  }
  const classes = prediction.shape.at(-1) ?? 1;
  const isChoice = decision === 'largest' || sizeOf(prediction.shape.slice(1)) > 1;
  if (!isChoice) {
    const answer = cast(
      reshape(greater(prediction, scalar(decision === 'number' ? 0.5 : 0)), target.shape),
      'i32',
    );
    return { means: [], numbers: null, tally: { classes: 2, truth: target, answer, mask } };
  }
  const means: MeanScore[] = [];
  const ofTruth = sum(where(oneHot(target, classes), prediction, zeros(prediction.shape)), -1, {
    keep: true,
  });
  if (classes > 5) {
    const above = sum(toF32(less(ofTruth, prediction)), -1);
    const hits = perSample(less(above, scalar(5)), mask);
    means.push({ name: 'top5', perSample: hits, weights: mask, finish: (share) => share });
  }
  if (decision === 'largest' && (data?.vocabulary !== undefined || target.shape.length > 1)) {
    const surprise = sub(logSumExp(prediction), reshape(ofTruth, target.shape));
    means.push({
      name: 'perplexity',
      perSample: perSample(surprise, mask),
      weights: mask,
      finish: Math.exp,
    });
  }
  const answer = argmax(prediction, -1);
  const tally = classes > mostClasses ? null : { classes, truth: target, answer, mask };
  return { means, numbers: null, tally };
}

/** How well one class is told from the others; 0 where nothing counts, as in scikit-learn. */
export interface ClassScore {
  /** Of what was taken for it, the share that is it. */
  readonly precision: number;
  /** Of what is it, the share that was taken for it. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
  /** How many samples are it. */
  readonly count: number;
}

export interface ClassReport {
  readonly classes: readonly ClassScore[];
  /** The means over the classes that occur, each counting the same. */
  readonly macro: Omit<ClassScore, 'count'>;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Precision, recall and F1 from a confusion matrix: rows are what samples are, columns what they were taken for. */
export function classReport(confusion: readonly (readonly number[])[]): ClassReport {
  const taken = confusion.map((_, c) => confusion.reduce((n, row) => n + (row[c] ?? 0), 0));
  const classes = confusion.map((row, c): ClassScore => {
    const right = row[c] ?? 0;
    const count = row.reduce((n, v) => n + v, 0);
    const [precision, recall] = [share(right, taken[c] ?? 0), share(right, count)];
    return { precision, recall, f1: share(2 * precision * recall, precision + recall), count };
  });
  const occurring = classes.filter(({ count }, c) => count > 0 || (taken[c] ?? 0) > 0);
  const mean = (of: keyof ClassScore): number =>
    share(
      occurring.reduce((n, c) => n + c[of], 0),
      occurring.length,
    );
  return { classes, macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') } };
}

/** The mean of numbers and the sum of their squared distances from it; NaN where there are none. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** The spread of two lots together (Chan, Golub & LeVeque, 1979), which loses no digits where the mean is large. */
export function joinSpreads(a: Spread, b: Spread): Spread {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const apart = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (apart * b.count) / count,
    squares: a.squares + b.squares + (apart * apart * a.count * b.count) / count,
  };
}
