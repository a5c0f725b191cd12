// Layers that move or count along one axis: padding, reversing, running sums; and tokens as rows of 0 and 1.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { cumulativeSum as cumulativeSumOp } from '../ops/cumulative.ts';
import { oneHot as oneHotOp } from '../ops/losses.ts';
import { flip as flipOp, pad as padOp } from '../ops/movement.ts';
import { axisParam, sampleAxis } from './axes.ts';
import { at, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

const amount = (title: string, where: string) =>
  param(z.int().min(0).max(65_536).default(1), { title, description: `How many zeros stand ${where}.` });

const pad = defineLayer({
  kind: 'pad',
  title: 'Pad',
  category: 'shape',
  aliases: ['zero padding', 'border', 'shift'],
  doc: 'Puts zeros before and after what there is, along one axis.',
  formula: 'y = [0; x; 0]',
  source: 'torch.nn.functional.pad',
  pytorch: 'torch.nn.functional.pad',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    axis: axisParam('Along which axis'),
    before: amount('Before', 'before the first place'),
    after: amount('After', 'after the last place'),
  }),
  build({ node }, inputs, { axis, before, after }) {
    const x = at(inputs, 'x');
    return { y: padOp(x, { axis: sampleAxis(node, axis, x.shape.length), before, after }) };
  },
});

const flip = defineLayer({
  kind: 'flip',
  title: 'Flip',
  category: 'shape',
  aliases: ['reverse', 'mirror', 'backwards'],
  doc: 'The places of one axis in the opposite order.',
  formula: 'y_i = x_{n - 1 - i}',
  source: 'torch.flip',
  pytorch: 'torch.flip',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({ axis: axisParam('Along which axis') }),
  build({ node }, inputs, { axis }) {
    const x = at(inputs, 'x');
    return { y: flipOp(x, sampleAxis(node, axis, x.shape.length)) };
  },
});

const cumulativeSum = defineLayer({
  kind: 'cumulativeSum',
  title: 'Cumulative sum',
  category: 'shape',
  aliases: ['cumsum', 'running total', 'integrate', 'prefix sum'],
  doc: 'At each place of an axis, the sum of all places up to it.',
  formula: 'y_i = \\sum_{j \\le i} x_j',
  source: 'torch.cumsum',
  pytorch: 'torch.cumsum',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    axis: axisParam('Along which axis'),
    reverse: param(z.boolean().default(false), {
      title: 'From the end',
      description: 'Sums from each place to the end instead.',
    }),
  }),
  build({ node }, inputs, { axis, reverse }) {
    const x = at(inputs, 'x');
    return { y: cumulativeSumOp(x, sampleAxis(node, axis, x.shape.length), { reverse }) };
  },
});

export const oneHot = defineLayer({
  kind: 'oneHot',
  title: 'One-hot',
  category: 'sequence',
  aliases: ['indicator', 'dummy variables', 'categorical'],
  doc: 'One number per possible token: 1 at the token’s own place, 0 elsewhere.',
  formula: 'y_{t,k} = [x_t = k]',
  source: 'torch.nn.functional.one_hot',
  pytorch: 'torch.nn.functional.one_hot',
  inputs: [{ ...tensorIn, doc: 'Token indices: batch, or batch × time.', tokens: true }],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3], dtype: 'i32' } },
  sampleParams: { classes: 6 },
  params: z.strictObject({
    classes: param(z.int().min(1).max(65_536).default(128), {
      title: 'Classes',
      description: 'How many different tokens there are.',
    }),
  }),
  build(ctx, inputs, { classes }) {
    const tokens = at(inputs, 'x');
    const known = ctx.data?.x === tokens ? ctx.data.vocabulary : undefined;
    if (known !== undefined && known > classes)
      throw new EngineError('param/invalid', {
        node: ctx.node,
        param: 'classes',
        why: `must be at least ${known}, the different tokens of the data`,
      });
    return { y: oneHotOp(tokens, classes) };
  },
});

/** Along one axis, in the order of the palette. */
export const placeLayers: readonly LayerSpec[] = [pad, flip, cumulativeSum];
