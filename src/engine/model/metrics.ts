/**
 * Metrics: how good predictions are, in words people use. Each is a graph that gives one number per sample, so a batch, a split
 * and a run are averages of the same thing.
 */
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Decision } from '../layers/define.ts';
import { countedMean } from '../layers/losses.ts';
import { reshape } from '../ops/core.ts';
import { abs, cast, equal, greater, mul, sub } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { argmax, mean } from '../ops/reduce.ts';
import type { Model } from './build.ts';

export interface Metric {
  readonly name: 'accuracy' | 'mae' | 'rmse';
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** [batch]. */
  readonly perSample: Value;
  /** f32 [batch] or [batch, time]: what counts of each sample; null where all of all do. */
  readonly weights: Value | null;
  /** How the mean over samples becomes the metric. */
  readonly finish: 'mean' | 'root of mean';
}

/** The metrics that fit the model's first loss and its target; none where there is no loss. */
export function metricsOf({ judged }: Model): readonly Metric[] {
  if (!judged) return [];
  const { decision, prediction, target, mask } = judged;
  if (target.dtype === 'f32' && decision === 'number') return distances(prediction, target, mask);
  return [
    {
      name: 'accuracy',
      title: 'Accuracy',
      better: 'higher',
      perSample: hits(prediction, target, decision, mask),
      weights: mask,
      finish: 'mean',
    },
  ];
}

/** The metric of many samples, from the mean of its numbers per sample. */
export function finishMetric({ finish }: Metric, meanOfSamples: number): number {
  return finish === 'mean' ? meanOfSamples : Math.sqrt(meanOfSamples);
}

/** 1 where the answer is right, else 0; the share of right answers where a sample has several. */
function hits(prediction: Value, target: Value, decision: Decision, mask: Value | null): Value {
  const outputs = sizeOf(prediction.shape.slice(1));
  if (target.dtype !== 'f32' && (decision === 'largest' || outputs > 1))
    return perSample(equal(argmax(prediction, -1), target), mask);
  const yes = greater(prediction, scalar(decision === 'number' ? 0.5 : 0));
  const truth = greater(reshape(cast(target, 'f32'), prediction.shape), scalar(0.5));
  return perSample(equal(yes, truth), mask);
}

function distances(prediction: Value, target: Value, mask: Value | null): Metric[] {
  const error = sub(prediction, reshape(target, prediction.shape));
  return [
    {
      name: 'mae',
      title: 'Mean absolute error',
      better: 'lower',
      perSample: perSample(abs(error), mask),
      weights: mask,
      finish: 'mean',
    },
    {
      name: 'rmse',
      title: 'Root mean squared error',
      better: 'lower',
      perSample: perSample(mul(error, error), mask),
      weights: mask,
      finish: 'root of mean',
    },
  ];
}

/** Mean over all axes but the first; what a mask hides does not count. */
export function perSample(x: Value, mask: Value | null = null): Value {
  const axes = x.shape.map((_, i) => i).slice(mask?.shape.length ?? 1);
  const each = axes.length === 0 ? x : mean(x, axes);
  return mask ? countedMean(mul(each, mask), mask) : each;
}
