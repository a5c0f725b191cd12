// Layers that take parts of tensors, re-order axes or sum over them. The batch axis always stays where it is.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import { permute as permuteOp, slice as sliceOp } from '../ops/movement.ts';
import { max, mean, min, prod, sum } from '../ops/reduce.ts';
import { logSumExp } from '../ops/softmax.ts';
import { at, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

export const axisParam = (description: string) =>
  param(z.int().min(-8).max(8).default(-1), {
    title: 'Axis',
    description: `${description}; −1 is the last axis, 0 is the batch and cannot be chosen.`,
  });

/** The axis counted from 0; never the batch. */
export function sampleAxis(
  node: string,
  axis: number,
  rank: number,
  why = 'is the batch, which stays whole',
): number {
  const whole = wholeAxis(axis, rank, node);
  if (whole === 0) throw new EngineError('param/invalid', { node, param: 'axis', why });
  return whole;
}

const slice = defineLayer({
  kind: 'slice',
  title: 'Slice',
  category: 'shape',
  aliases: ['crop', 'index', 'narrow', 'select', 'last'],
  doc: 'A range of one axis, or every n-th place of it.',
  formula: 'y_i = x_{a + n i}',
  source: 'torch.narrow',
  pytorch: 'torch.narrow',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    axis: axisParam('Along which axis'),
    start: param(z.int().min(-65_536).max(65_536).default(0), {
      title: 'Start',
      description: 'The first place, from 0; −1 is the last.',
    }),
    size: param(z.int().min(0).max(65_536).default(0), {
      title: 'Size',
      description: 'How many places; 0 for all that follow.',
    }),
    step: param(z.int().min(1).max(65_536).default(1), {
      title: 'Step',
      description: 'The distance from one place to the next.',
    }),
  }),
  build({ node }, inputs, p) {
    const x = at(inputs, 'x');
    const axis = sampleAxis(node, p.axis, x.shape.length);
    const extent = x.shape[axis] ?? 0;
    const start = p.start < 0 ? p.start + extent : p.start;
    const size = p.size || Math.ceil((extent - start) / p.step);
    if (start < 0 || start >= extent || start + (size - 1) * p.step >= extent)
      throw new EngineError('param/invalid', {
        node,
        param: p.size > 0 ? 'size' : 'start',
        why: `must stay inside the ${extent} places of axis ${axis}`,
      });
    return { y: sliceOp(x, { axis, start, size, step: p.step }) };
  },
});

const split = defineLayer({
  kind: 'split',
  title: 'Split',
  category: 'shape',
  aliases: ['chunk', 'unbind', 'branch'],
  doc: 'Cuts a tensor in two along an axis.',
  formula: '[a; b] = x',
  source: 'torch.split',
  pytorch: 'torch.split',
  inputs: [tensorIn],
  outputs: [
    { ...tensorOut, name: 'a', doc: 'What comes first.' },
    { ...tensorOut, name: 'b', doc: 'The rest.' },
  ],
  params: z.strictObject({
    axis: axisParam('Along which axis'),
    size: param(z.int().min(1).max(65_536).default(1), {
      title: 'Size',
      description: 'How many places go to the first part.',
    }),
  }),
  build({ node }, inputs, p) {
    const x = at(inputs, 'x');
    const axis = sampleAxis(node, p.axis, x.shape.length);
    const extent = x.shape[axis] ?? 0;
    if (p.size >= extent)
      throw new EngineError('param/invalid', {
        node,
        param: 'size',
        why: `must leave something of the ${extent} places of axis ${axis}`,
      });
    return {
      a: sliceOp(x, { axis, start: 0, size: p.size }),
      b: sliceOp(x, { axis, start: p.size, size: extent - p.size }),
    };
  },
});

const permute = defineLayer({
  kind: 'permute',
  title: 'Permute',
  category: 'shape',
  aliases: ['transpose', 'swap axes', 'channels last', 'rearrange'],
  doc: 'The axes of each sample in another order.',
  formula: 'y_{n,\\, i_{\\pi(1)}, \\ldots} = x_{n,\\, i_1, \\ldots}',
  source: 'torch.permute',
  pytorch: 'torch.permute',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3, 4], dtype: 'f32' } },
  params: z.strictObject({
    order: param(
      z
        .array(z.int().min(1).max(7))
        .max(7)
        .default([2, 1])
        .refine((order) => new Set(order).size === order.length, 'must hold each axis once'),
      {
        title: 'Order',
        description: 'Which axis comes first, second and so on; the batch is axis 0 and stays.',
      },
    ),
  }),
  build({ node }, inputs, { order }) {
    const x = at(inputs, 'x');
    const rank = x.shape.length;
    if (order.length !== rank - 1 || order.some((axis) => axis >= rank))
      throw new EngineError('param/invalid', {
        node,
        param: 'order',
        why: `must hold each axis from 1 to ${rank - 1} of ${formatShape(x.shape)} once`,
      });
    return { y: permuteOp(x, [0, ...order]) };
  },
});

type Reduction = (x: Value, axes: readonly number[], options: { readonly keep: boolean }) => Value;

const reductions: Readonly<Record<'sum' | 'mean' | 'max' | 'min' | 'product', Reduction>> = {
  sum,
  mean,
  max,
  min,
  product: prod,
};

const reduce = defineLayer({
  kind: 'reduce',
  title: 'Reduce',
  category: 'shape',
  aliases: ['sum', 'mean', 'max', 'min', 'product', 'average', 'logsumexp'],
  doc: 'One number for each group along some axes: their sum, mean, largest, smallest or product.',
  formula: 'y = \\sum_i x_i, \\quad \\tfrac{1}{n} \\sum_i x_i, \\quad \\max_i x_i, \\;\\ldots',
  source: 'torch.sum, torch.mean, torch.amax',
  pytorch: 'torch.sum, torch.mean, torch.amax, torch.amin, torch.prod, torch.logsumexp',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    operation: param(z.enum(['sum', 'mean', 'max', 'min', 'product', 'logSumExp']).default('mean'), {
      title: 'Operation',
      description: 'What is made of each group.',
      choices: {
        sum: 'Sum',
        mean: 'Mean',
        max: 'Largest',
        min: 'Smallest',
        product: 'Product',
        logSumExp: 'Log of the sum of powers of e',
      },
    }),
    axes: param(
      z
        .preprocess((v) => (typeof v === 'number' ? [v] : v), z.array(z.int().min(-8).max(8)).min(1).max(7))
        .default([-1]),
      {
        title: 'Axes',
        description: 'Which axes are reduced; −1 is the last, 0 is the batch and cannot be chosen.',
      },
    ),
    keep: param(z.boolean().default(false), {
      title: 'Keep axes',
      description: 'Keeps the reduced axes at size 1.',
    }),
  }),
  build({ node }, inputs, { operation, axes, keep }) {
    const x = at(inputs, 'x');
    const whole = axes.map((axis) => wholeAxis(axis, x.shape.length, node));
    if (whole.includes(0))
      throw new EngineError('param/invalid', {
        node,
        param: 'axes',
        why: 'must not hold the batch: samples stay apart',
      });
    if (operation !== 'logSumExp') return { y: reductions[operation](x, whole, { keep }) };
    return { y: logSumExpOver(x, [...new Set(whole)], keep) };
  },
});

/** log Σ eˣ over several axes, one after the other. */
function logSumExpOver(x: Value, axes: readonly number[], keep: boolean): Value {
  const last = [...axes].sort((a, b) => b - a);
  const y = last.reduce((v, axis) => logSumExp(v, axis), x);
  return keep
    ? reshape(
        y,
        x.shape.map((d, i) => (axes.includes(i) ? 1 : d)),
      )
    : y;
}

/** All of them, in the order of the palette. */
export const axisLayers: readonly LayerSpec[] = [slice, split, permute, reduce];
