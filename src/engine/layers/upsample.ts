// Makes space larger, by repeating or by blending neighbours: batch × channels × space.
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { broadcastTo, reshape } from '../ops/core.ts';
import { abs, add, clamp, mul, relu, sub, toF32 } from '../ops/elementwise.ts';
import { iota, scalar } from '../ops/leaf.ts';
import { swapAxes, swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';
import { needAxes } from './spatial.ts';

/** Each element of an axis `times` times. */
function repeated(x: Value, axis: number, times: number): Value {
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 1);
  const spread = broadcastTo(reshape(x, [...before, 1, ...after]), [...before, times, ...after]);
  return reshape(spread, [...before.slice(0, -1), (x.shape[axis] ?? 1) * times, ...after]);
}

/** How much each of `size` inputs counts for each output, f32 [outputs, size]: 1 − distance, for the two nearest. */
function blend(size: number, outputs: number, alignCorners: boolean): Value {
  const shape = [outputs, size];
  const place = (axis: number): Value => toF32(iota({ shape, axis, dtype: 'i32' }));
  const step = alignCorners ? (outputs > 1 ? (size - 1) / (outputs - 1) : 0) : size / outputs;
  const start = alignCorners ? 0 : step / 2 - 0.5;
  const source = clamp(add(mul(place(0), scalar(step)), scalar(start)), 0, size - 1);
  return relu(sub(scalar(1), abs(sub(source, place(1)))));
}

export const upsample = defineLayer({
  kind: 'upsample',
  title: 'Upsample',
  category: 'pooling',
  aliases: ['resize', 'interpolate', 'unpool', 'nearest', 'bilinear', 'decoder'],
  doc: 'Makes each axis of space larger by a whole factor, repeating numbers or blending neighbours.',
  formula: 'y_{c,p} = \\sum_s \\max(0, 1 - |u(p) - s|) \\, x_{c,s}',
  source: 'Odena, Dumoulin & Olah, Deconvolution and checkerboard artifacts, Distill 2016',
  pytorch: 'torch.nn.Upsample',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [1, 2, 2, 3], dtype: 'f32' } },
  params: z.strictObject({
    factor: param(z.int().min(1).max(64).default(2), {
      title: 'Factor',
      description: 'How many times as long each axis of space becomes.',
    }),
    mode: param(z.enum(['nearest', 'bilinear']).default('nearest'), {
      title: 'Mode',
      description: 'Repeat the nearest number, or blend the neighbours along each axis.',
      choices: { nearest: 'Nearest', bilinear: 'Bilinear' },
    }),
    alignCorners: param(z.boolean().default(false), {
      title: 'Align corners',
      description: 'Keeps the outermost numbers where they are.',
      showWhen: { mode: ['bilinear'] },
    }),
  }),
  build(ctx, inputs, { factor, mode, alignCorners }) {
    const x = at(inputs, 'x');
    needAxes(ctx, x, 3, 'batch × channels × space');
    const axes = x.shape.map((_, i) => i).slice(2);
    if (mode === 'nearest') return { y: axes.reduce((v, axis) => repeated(v, axis, factor), x) };
    const along = (v: Value, axis: number): Value => {
      const size = x.shape[axis] ?? 1;
      const weights = swapLast(blend(size, size * factor, alignCorners));
      return swapAxes(matmul(swapAxes(v, axis, -1), weights), axis, -1);
    };
    return { y: axes.reduce(along, x) };
  },
});
