/**
 * Normalisation: subtract a mean, divide by a deviation, then scale and shift by trainable numbers. The kinds differ in which
 * elements share their statistics. Batch norm remembers statistics for evaluation, under PyTorch's names.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, type Shape, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { abs, add, div, maximum, mul, sqrt } from '../ops/elementwise.ts';
import { scalar, zeros } from '../ops/leaf.ts';
import {
  type Affine,
  batchNorm,
  batchNormEvaluate,
  groupNorm,
  instanceNorm,
  instanceStatistics,
  layerNorm,
  type RunningStatistics,
  rmsNorm,
} from '../ops/normalise.ts';
import { max, sum } from '../ops/reduce.ts';
import {
  at,
  type BuildContext,
  defineLayer,
  type LayerSpec,
  type ParamMeta,
  param,
  tensorIn,
  tensorOut,
} from './define.ts';
import { needAxes, needSpace } from './spatial.ts';

const epsilonParam = (value: number) =>
  param(z.number().min(1e-12).max(1).default(value), {
    title: 'ε',
    description: 'Added to the variance, so that equal numbers are not divided by 0.',
  });

const affineParam = (value = true) =>
  param(z.boolean().default(value), {
    title: 'Scale and shift',
    description: 'Learns a factor and an offset, which start at 1 and 0.',
  });

/** Trainable scale and shift of the given shape. */
export function affineOf(ctx: BuildContext, shape: Shape, wanted: boolean, prefix = ''): Affine {
  if (!wanted) return { weight: null, bias: null };
  return {
    weight: ctx.parameter(`${prefix}weight`, shape, { kind: 'ones' }),
    bias: ctx.parameter(`${prefix}bias`, shape, { kind: 'zeros' }),
  };
}

const formula = 'y = \\gamma \\, \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} + \\beta';

const momentumParam = (shown: Pick<ParamMeta, 'showWhen'>) =>
  param(z.number().min(0).max(1).default(0.1), {
    title: 'Momentum',
    description: 'The share of the newest batch in the running mean and variance.',
    ...shown,
  });

/** 1-D: batch × channels, or batch × channels × length. */
function needBatch(ctx: BuildContext, x: Value, rank: 1 | 2 | 3): number {
  const { shape } = x;
  if (rank !== 1) return needSpace(ctx, x, rank);
  if (shape.length !== 2 && shape.length !== 3)
    throw new EngineError('input/axes', {
      node: ctx.node,
      expected: 'batch × features or batch × channels × length',
      got: formatShape(shape),
    });
  return shape[1] ?? 1;
}

const batchSamples: Readonly<Record<1 | 2 | 3, Shape>> = { 1: [4, 3], 2: [2, 2, 2, 3], 3: [2, 1, 2, 2, 3] };

/** The running statistics as states, under PyTorch's names. */
const runningOf = (ctx: BuildContext, channels: number): RunningStatistics => ({
  mean: ctx.state('running_mean', [channels], 0),
  variance: ctx.state('running_var', [channels], 1),
});

function updateRunning(ctx: BuildContext, next: RunningStatistics): void {
  ctx.updateState('running_mean', next.mean);
  ctx.updateState('running_var', next.variance);
}

/** The share of the newest batch where all batches count alike: 1/n for the nth. */
function shareOfAll(ctx: BuildContext): Value {
  const count = ctx.state('num_batches_tracked', [], 0);
  const now = add(count, scalar(1));
  if (ctx.training) ctx.updateState('num_batches_tracked', now);
  return div(scalar(1), now);
}

function defineBatchNorm(rank: 1 | 2 | 3): LayerSpec {
  return defineLayer({
    kind: `batchNorm${rank}d`,
    title: `BatchNorm${rank}d`,
    category: 'normalisation',
    aliases: ['batch normalisation', 'bn', 'batchnorm', 'normalization'],
    doc: 'Gives each channel mean 0 and variance 1 over the batch; in evaluation, by what was remembered while training.',
    formula,
    source: 'Ioffe & Szegedy, Batch normalization, ICML 2015',
    pytorch: `torch.nn.BatchNorm${rank}d`,
    inputs: [tensorIn],
    outputs: [tensorOut],
    sample: { x: { shape: batchSamples[rank], dtype: 'f32' } },
    params: z.strictObject({
      average: param(z.enum(['moving', 'all', 'none']).default('moving'), {
        title: 'Remember',
        description:
          'What evaluation uses: a moving average of batches, the mean of all, or nothing but its own batch.',
        choices: {
          moving: 'A moving average',
          all: 'The mean of all batches (momentum None)',
          none: 'Nothing (track_running_stats off)',
        },
      }),
      momentum: momentumParam({ showWhen: { average: ['moving'] } }),
      epsilon: epsilonParam(1e-5),
      affine: affineParam(),
    }),
    build(ctx, inputs, { average, momentum, epsilon, affine }) {
      const x = at(inputs, 'x');
      const channels = needBatch(ctx, x, rank);
      const parameters = affineOf(ctx, [channels], affine);
      if (average === 'none') {
        const forgotten = { mean: zeros([channels]), variance: zeros([channels]) };
        return { y: batchNorm(x, forgotten, parameters, { epsilon }).y };
      }
      const running = runningOf(ctx, channels);
      const share = average === 'all' ? shareOfAll(ctx) : momentum;
      if (!ctx.training) return { y: batchNormEvaluate(x, running, parameters, epsilon) };
      const result = batchNorm(x, running, parameters, { momentum: share, epsilon });
      updateRunning(ctx, result.running);
      return { y: result.y };
    },
  });
}

/** The last `count` axes of x, without the batch. */
function lastShape(ctx: BuildContext, x: Value, count: number): Shape {
  if (x.shape.length <= count)
    throw new EngineError('param/invalid', {
      node: ctx.node,
      param: 'axes',
      why: `must be at most ${x.shape.length - 1}, the axes of one sample`,
    });
  return x.shape.slice(-count);
}

const axesParam = param(z.int().min(1).max(7).default(1), {
  title: 'Axes',
  description: 'How many of the last axes share their statistics; 1 is the features alone.',
});

const layerNormLayer = defineLayer({
  kind: 'layerNorm',
  title: 'LayerNorm',
  category: 'normalisation',
  aliases: ['layer normalisation', 'ln', 'normalization', 'transformer'],
  doc: 'Gives each sample, at each place, mean 0 and variance 1 over its features: no other sample matters.',
  formula,
  source: 'Ba, Kiros & Hinton, Layer normalization, 2016',
  pytorch: 'torch.nn.LayerNorm',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({ axes: axesParam, epsilon: epsilonParam(1e-5), affine: affineParam() }),
  build(ctx, inputs, { axes, epsilon, affine }) {
    const x = at(inputs, 'x');
    const shape = lastShape(ctx, x, axes);
    return { y: layerNorm(x, shape, affineOf(ctx, shape, affine), epsilon) };
  },
});

const rmsNormLayer = defineLayer({
  kind: 'rmsNorm',
  title: 'RMSNorm',
  category: 'normalisation',
  aliases: ['root mean square', 'llama', 'normalization'],
  doc: 'Divides by the root of the mean square: layer norm without the mean.',
  formula: 'y = \\gamma \\, \\frac{x}{\\sqrt{\\mathrm{mean}(x^2) + \\epsilon}}',
  source: 'Zhang & Sennrich, Root mean square layer normalization, NeurIPS 2019',
  pytorch: 'torch.nn.RMSNorm',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    axes: axesParam,
    // PyTorch's default is the element type's own: 2⁻²³ for f32.
    epsilon: epsilonParam(2 ** -23),
    affine: param(z.boolean().default(true), {
      title: 'Scale',
      description: 'Learns a factor, which starts at 1.',
    }),
  }),
  build(ctx, inputs, { axes, epsilon, affine }) {
    const x = at(inputs, 'x');
    const shape = lastShape(ctx, x, axes);
    return {
      y: rmsNorm(x, shape, affine ? ctx.parameter('weight', shape, { kind: 'ones' }) : null, epsilon),
    };
  },
});

const groupNormLayer = defineLayer({
  kind: 'groupNorm',
  title: 'GroupNorm',
  category: 'normalisation',
  aliases: ['group normalisation', 'gn', 'normalization'],
  doc: 'Gives groups of channels mean 0 and variance 1, sample by sample: works with tiny batches.',
  formula,
  source: 'Wu & He, Group normalization, ECCV 2018',
  pytorch: 'torch.nn.GroupNorm',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 4, 3], dtype: 'f32' } },
  params: z.strictObject({
    groups: param(z.int().min(1).max(65_536).default(2), {
      title: 'Groups',
      description: 'How many groups the channels fall into; 1 takes all channels together.',
    }),
    epsilon: epsilonParam(1e-5),
    affine: affineParam(),
  }),
  build(ctx, inputs, { groups, epsilon, affine }) {
    const x = at(inputs, 'x');
    needAxes(ctx, x, 2, 'batch × channels and any space');
    const channels = x.shape[1] ?? 1;
    if (channels % groups !== 0)
      throw new EngineError('shape/groups', { op: ctx.node, groups, what: 'input', channels });
    return { y: groupNorm(x, groups, affineOf(ctx, [channels], affine), epsilon) };
  },
});

const instanceNormLayer = defineLayer({
  kind: 'instanceNorm',
  title: 'InstanceNorm',
  category: 'normalisation',
  aliases: ['instance normalisation', 'style transfer', 'contrast', 'normalization'],
  doc: 'Gives each channel of each sample mean 0 and variance 1 over space.',
  formula,
  source: 'Ulyanov, Vedaldi & Lempitsky, Instance normalization, 2016',
  pytorch: 'torch.nn.InstanceNorm1d and torch.nn.InstanceNorm2d',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 2, 3, 2], dtype: 'f32' } },
  params: z.strictObject({
    epsilon: epsilonParam(1e-5),
    affine: affineParam(false),
    track: param(z.boolean().default(false), {
      title: 'Remember',
      description: 'Keeps a running mean and variance while training, and normalises by them in evaluation.',
    }),
    momentum: momentumParam({ showWhen: { track: [true] } }),
  }),
  build(ctx, inputs, { epsilon, affine, track, momentum }) {
    const x = at(inputs, 'x');
    needAxes(ctx, x, 3, 'batch × channels × space');
    const channels = x.shape[1] ?? 1;
    const parameters = affineOf(ctx, [channels], affine);
    if (!track) return { y: instanceNorm(x, parameters, epsilon) };
    const running = runningOf(ctx, channels);
    if (!ctx.training) return { y: batchNormEvaluate(x, running, parameters, epsilon) };
    updateRunning(ctx, instanceStatistics(x, running, momentum));
    return { y: instanceNorm(x, parameters, epsilon) };
  },
});

const normalise = defineLayer({
  kind: 'normalise',
  title: 'Normalise',
  category: 'normalisation',
  aliases: ['unit length', 'l2', 'cosine', 'normalize'],
  doc: 'Divides by the length along an axis, so that it becomes 1.',
  formula: 'y = \\frac{x}{\\max(\\lVert x \\rVert_p, \\epsilon)}',
  source: 'torch.nn.functional.normalize',
  pytorch: 'torch.nn.functional.normalize',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    norm: param(z.enum(['l1', 'l2', 'max']).default('l2'), {
      title: 'Length',
      description: 'How length is measured.',
      choices: { l1: 'Sum of magnitudes', l2: 'Euclidean', max: 'Largest magnitude' },
    }),
    axis: param(z.int().min(-8).max(8).default(-1), {
      title: 'Axis',
      description: 'Along which axis; −1 is the last.',
    }),
  }),
  build({ node }, inputs, { norm, axis }) {
    const x = at(inputs, 'x');
    const whole = wholeAxis(axis, x.shape.length, node);
    const keep = { keep: true };
    if (norm === 'l1') return { y: div(x, atLeastTiny(sum(abs(x), whole, keep))) };
    if (norm === 'max') return { y: div(x, atLeastTiny(max(abs(x), whole, keep))) };
    // The bound is under the root, where the slope at 0 is finite.
    const square = maximum(sum(mul(x, x), whole, keep), scalar(tiny * tiny));
    return { y: div(x, sqrt(square)) };
  },
});

const tiny = 1e-12;
const atLeastTiny = (x: Value): Value => maximum(x, scalar(tiny));

/** All normalisations, in the order of the palette. */
export const normalisations: readonly LayerSpec[] = [
  defineBatchNorm(2),
  defineBatchNorm(1),
  defineBatchNorm(3),
  layerNormLayer,
  rmsNormLayer,
  groupNormLayer,
  instanceNormLayer,
  normalise,
];
