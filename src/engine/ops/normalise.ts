/**
 * Normalisations: subtract a mean, divide by a standard deviation, scale and shift. They differ in which elements share
 * the statistics. The variance is two-pass (of the differences from the mean), so it cannot come out negative.
 */
import { EngineError } from '../errors.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { add, mul, rsqrt, sub } from './elementwise.ts';
import { scalar } from './leaf.ts';
import { mean } from './reduce.ts';

/** What scales and shifts the result; null for neither. */
export interface Affine {
  readonly weight: Value | null;
  readonly bias: Value | null;
}

const plain: Affine = { weight: null, bias: null };

interface Standardised {
  readonly y: Value;
  readonly mean: Value;
  /** Biased: divided by the number of elements. */
  readonly variance: Value;
}

/** (x − mean) / √(variance + ε) with statistics over the given axes, which they keep at size 1. */
function standardise(x: Value, axes: readonly number[], epsilon: number): Standardised {
  const centre = mean(x, axes, { keep: true });
  const difference = sub(x, centre);
  const variance = mean(mul(difference, difference), axes, { keep: true });
  return { y: mul(difference, rsqrt(add(variance, scalar(epsilon)))), mean: centre, variance };
}

/** y · weight + bias, both seen as `shape`. */
function affine(y: Value, { weight, bias }: Affine, shape: Shape): Value {
  const scaled = weight ? mul(y, reshape(weight, shape)) : y;
  return bias ? add(scaled, reshape(bias, shape)) : scaled;
}

/** The last axes of x, which must be `shape`. */
function lastAxes(x: Value, shape: Shape, op: string): number[] {
  const start = x.shape.length - shape.length;
  if (shape.length === 0 || !sameShape(x.shape.slice(start), shape))
    throw new EngineError('shape/mismatch', {
      op,
      expected: `${formatShape(shape)} at the end`,
      got: formatShape(x.shape),
    });
  return shape.map((_, i) => start + i);
}

/** A parameter of one number per channel, seen beside x [n, c, …]. */
const perChannel = (x: Value): Shape => x.shape.map((d, i) => (i === 1 ? d : 1));

/** Statistics over the last axes, of size `shape`, for each place before them. torch.nn.functional.layer_norm. */
export function layerNorm(x: Value, shape: Shape, parameters: Affine = plain, epsilon = 1e-5): Value {
  return affine(standardise(x, lastAxes(x, shape, 'layerNorm'), epsilon).y, parameters, shape);
}

/** x / √(mean of x² + ε) over the last axes: layerNorm without the mean. torch.nn.functional.rms_norm. */
export function rmsNorm(x: Value, shape: Shape, weight: Value | null = null, epsilon = 1e-6): Value {
  const square = mean(mul(x, x), lastAxes(x, shape, 'rmsNorm'), { keep: true });
  return affine(mul(x, rsqrt(add(square, scalar(epsilon)))), { weight, bias: null }, shape);
}

/** Statistics over groups of channels and all of space, per sample: x [n, c, …]. torch.nn.functional.group_norm. */
export function groupNorm(x: Value, groups: number, parameters: Affine = plain, epsilon = 1e-5): Value {
  const [n, channels, ...space] = x.shape;
  if (
    n === undefined ||
    channels === undefined ||
    !Number.isInteger(groups) ||
    groups < 1 ||
    channels % groups
  )
    throw new EngineError('shape/groups', {
      op: 'groupNorm',
      groups,
      what: 'input',
      channels: channels ?? 0,
    });
  const grouped = reshape(x, [n, groups, (channels / groups) * sizeOf(space)]);
  return affine(reshape(standardise(grouped, [2], epsilon).y, x.shape), parameters, perChannel(x));
}

/** Statistics over space, per sample and channel: x [n, c, …]. torch.nn.functional.instance_norm. */
export function instanceNorm(x: Value, parameters: Affine = plain, epsilon = 1e-5): Value {
  return groupNorm(x, x.shape[1] ?? 0, parameters, epsilon);
}

/** Means and variances that a batch norm remembers between steps, [c] each. */
export interface RunningStatistics {
  readonly mean: Value;
  readonly variance: Value;
}

export interface BatchNormResult {
  readonly y: Value;
  /** What to remember: (1 − momentum) · old + momentum · batch. */
  readonly running: RunningStatistics;
}

export interface TrackingOptions {
  /** The share of the newest batch in what is remembered: a number or a scalar value. */
  readonly momentum?: number | Value;
  readonly epsilon?: number;
}

/** (1 − momentum) · old + momentum · now, `now` seen in the shape of `old`. */
function remember(old: Value, now: Value, momentum: number | Value): Value {
  const share = typeof momentum === 'number' ? scalar(momentum) : momentum;
  const rest = typeof momentum === 'number' ? scalar(1 - momentum) : sub(scalar(1), momentum);
  return add(mul(old, rest), mul(reshape(now, old.shape), share));
}

/** How many elements share a statistic; a sentence where it is one, whose deviation is 0. */
function sharing(x: Value, axes: readonly number[], op: string): number {
  const count = sizeOf(axes.map((a) => x.shape[a]!));
  if (x.shape.length < 2 || count < 2)
    throw new EngineError('shape/mismatch', {
      op,
      expected: 'more than one value per channel while training',
      got: formatShape(x.shape),
    });
  return count;
}

/**
 * Training: statistics over the batch and space, per channel: x [n, c] or [n, c, …]. The variance that normalises is biased,
 * the one remembered is unbiased. torch.nn.functional.batch_norm with training=True.
 */
export function batchNorm(
  x: Value,
  running: RunningStatistics,
  parameters: Affine = plain,
  { momentum = 0.1, epsilon = 1e-5 }: TrackingOptions = {},
): BatchNormResult {
  const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const count = sharing(x, axes, 'batchNorm');
  const { y, mean: centre, variance } = standardise(x, axes, epsilon);
  const unbiased = mul(variance, scalar(count / (count - 1)));
  return {
    y: affine(y, parameters, perChannel(x)),
    running: {
      mean: remember(running.mean, centre, momentum),
      variance: remember(running.variance, unbiased, momentum),
    },
  };
}

/** The statistics that an instance norm remembers: the means over the batch of each sample's. torch.nn.functional.instance_norm. */
export function instanceStatistics(
  x: Value,
  running: RunningStatistics,
  momentum: number | Value,
): RunningStatistics {
  const axes = x.shape.map((_, i) => i).slice(2);
  const count = sharing(x, axes, 'instanceNorm');
  const { mean: centre, variance } = standardise(x, axes, 0);
  const unbiased = mul(variance, scalar(count / (count - 1)));
  return {
    mean: remember(running.mean, mean(centre, 0), momentum),
    variance: remember(running.variance, mean(unbiased, 0), momentum),
  };
}

/** Evaluation: what was remembered normalises. torch.nn.functional.batch_norm and instance_norm with their running statistics. */
export function batchNormEvaluate(
  x: Value,
  running: RunningStatistics,
  parameters: Affine = plain,
  epsilon = 1e-5,
): Value {
  const shape = perChannel(x);
  const spread = rsqrt(add(reshape(running.variance, shape), scalar(epsilon)));
  return affine(mul(sub(x, reshape(running.mean, shape)), spread), parameters, shape);
}
