/**
 * Images changed at random while training, each in its own way at each step, so that the net does not learn them by heart. In
 * evaluation they pass as they are. The draws come from the document's seed.
 */
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import {
  add,
  cast,
  clamp,
  cos,
  equal,
  floor,
  less,
  mul,
  sin,
  sub,
  toF32,
  where,
} from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { iota, scalar } from '../ops/leaf.ts';
import { flip } from '../ops/movement.ts';
import { mean } from '../ops/reduce.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';
import { needSpace } from './spatial.ts';

const sample: LayerSpec['sample'] = { x: { shape: [2, 2, 4, 3], dtype: 'f32' } };
const ports = { inputs: [tensorIn], outputs: [tensorOut], sample } as const;
const source =
  'Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional networks, NIPS 2012';

/** A number for each image, uniform on [−size, size). */
const between = (ctx: BuildContext, x: Value, size: Value): Value =>
  mul(sub(mul(ctx.random([x.shape[0] ?? 1, 1, 1, 1]), scalar(2)), scalar(1)), size);

/** Where each element lies along an axis, as f32 of the shape of x. */
const places = (x: Value, axis: number): Value => toF32(iota({ shape: x.shape, axis, dtype: 'i32' }));

/** x at other whole rows and columns of the same image and channel; 0 outside of it. */
function pick(x: Value, rows: Value, columns: Value): Value {
  const [, channels = 1, height = 1, width = 1] = x.shape;
  const [row, column] = [clamp(rows, 0, height - 1), clamp(columns, 0, width - 1)];
  const along = (axis: number): Value => iota({ shape: x.shape, axis, dtype: 'i32' });
  const size = (n: number): Value => scalar(n, 'i32');
  const image = add(mul(along(0), size(channels)), along(1));
  const line = add(mul(image, size(height)), cast(row, 'i32'));
  const index = add(mul(line, size(width)), cast(column, 'i32'));
  const inside = mul(toF32(equal(row, rows)), toF32(equal(column, columns)));
  const all = x.shape.reduce((n, d) => n * d, 1);
  return mul(reshape(gather(reshape(x, [all]), reshape(index, [all])), x.shape), inside);
}

const randomCrop = defineLayer({
  ...ports,
  kind: 'randomCrop',
  title: 'Random crop',
  category: 'regularisation',
  aliases: ['augmentation', 'translate', 'shift'],
  doc: 'While training, moves each image by up to so many whole pixels, as cutting it out of a border of zeros does.',
  formula:
    'y_{c,i,j} = x_{c,\\,i + \\delta_i,\\,j + \\delta_j}, \\quad \\delta \\sim \\mathrm{Uniform}\\{-p, \\dots, p\\}',
  source,
  pytorch: 'torchvision.transforms.RandomCrop',
  params: z.strictObject({
    padding: param(z.int().min(0).max(1024).default(2), {
      title: 'Border p',
      description: 'How many pixels of zeros lie around the image before it is cut to its size again.',
      unit: 'pixels',
      hot: true,
    }),
  }),
  build(ctx, inputs, { padding }) {
    const x = at(inputs, 'x');
    needSpace(ctx, x, 2);
    const border = ctx.hyper('padding', padding);
    if (!ctx.training) return { y: x };
    const move = (): Value => floor(add(between(ctx, x, add(border, scalar(0.5))), scalar(0.5)));
    return { y: pick(x, add(places(x, 2), move()), add(places(x, 3), move())) };
  },
});

const randomFlip = defineLayer({
  ...ports,
  kind: 'randomFlip',
  title: 'Random flip',
  category: 'regularisation',
  aliases: ['augmentation', 'mirror'],
  doc: 'While training, swaps left and right of each image with probability p.',
  formula: 'y_{c,i,j} = x_{c,i,w - 1 - j} \\text{ with probability } p',
  source,
  pytorch: 'torchvision.transforms.RandomHorizontalFlip',
  params: z.strictObject({
    p: param(z.number().min(0).max(1).default(0.5), {
      title: 'Probability p',
      description: 'The share of images that is flipped. Digits and letters should not be.',
      hot: true,
    }),
  }),
  build(ctx, inputs, { p }) {
    const x = at(inputs, 'x');
    needSpace(ctx, x, 2);
    const probability = ctx.hyper('p', p);
    if (!ctx.training) return { y: x };
    return { y: where(less(ctx.random([x.shape[0] ?? 1, 1, 1, 1]), probability), flip(x, 3), x) };
  },
});

const randomAffine = defineLayer({
  ...ports,
  kind: 'randomAffine',
  title: 'Random rotation and shift',
  category: 'regularisation',
  aliases: ['augmentation', 'rotate', 'translate'],
  doc: 'While training, turns each image about its middle and shifts it, a little; between pixels it mixes the four nearest.',
  formula:
    'y(u) = x\\!\\left(R_\\varphi u + t\\right), \\quad \\varphi \\sim \\mathrm{U}(-a, a),\\; t \\sim \\mathrm{U}(-s, s)^2',
  source: 'Simard, Steinkraus & Platt, Best practices for convolutional neural networks, ICDAR 2003',
  pytorch: 'torchvision.transforms.RandomAffine',
  params: z.strictObject({
    degrees: param(z.number().min(0).max(180).default(10), {
      title: 'Angle a',
      description: 'The largest rotation to either side.',
      unit: 'degrees',
      hot: true,
    }),
    shift: param(z.number().min(0).max(1024).default(1), {
      title: 'Shift s',
      description: 'The largest shift along each axis.',
      unit: 'pixels',
      hot: true,
    }),
  }),
  build(ctx, inputs, { degrees, shift }) {
    const x = at(inputs, 'x');
    needSpace(ctx, x, 2);
    const [largest, most] = [ctx.hyper('degrees', degrees), ctx.hyper('shift', shift)];
    if (!ctx.training) return { y: x };
    const [, , height = 1, width = 1] = x.shape;
    const [middleRow, middleColumn] = [scalar((height - 1) / 2), scalar((width - 1) / 2)];
    const angle = between(ctx, x, mul(largest, scalar(Math.PI / 180)));
    const [down, right] = [sub(places(x, 2), middleRow), sub(places(x, 3), middleColumn)];
    const row = add(
      add(sub(mul(cos(angle), down), mul(sin(angle), right)), middleRow),
      between(ctx, x, most),
    );
    const column = add(
      add(add(mul(sin(angle), down), mul(cos(angle), right)), middleColumn),
      between(ctx, x, most),
    );
    const [above, left] = [floor(row), floor(column)];
    const [below, beside] = [sub(row, above), sub(column, left)];
    const one = scalar(1);
    const line = (of: Value): Value =>
      add(mul(pick(x, of, left), sub(one, beside)), mul(pick(x, of, add(left, one)), beside));
    return { y: add(mul(line(above), sub(one, below)), mul(line(add(above, one)), below)) };
  },
});

const colourJitter = defineLayer({
  ...ports,
  kind: 'colourJitter',
  title: 'Brightness and contrast jitter',
  category: 'regularisation',
  aliases: ['augmentation', 'colour jitter', 'color jitter'],
  doc: 'While training, multiplies each image by a random brightness, and its distances from its mean by a random contrast.',
  formula:
    'y = \\bar z + g\\,(z - \\bar z), \\quad z = f x, \\quad f \\sim \\mathrm{U}(1 - b, 1 + b),\\; g \\sim \\mathrm{U}(1 - c, 1 + c)',
  source,
  pytorch: 'torchvision.transforms.ColorJitter',
  params: z.strictObject({
    brightness: param(z.number().min(0).max(1).default(0.2), {
      title: 'Brightness b',
      description: 'How far the brightness moves from 1.',
      hot: true,
    }),
    contrast: param(z.number().min(0).max(1).default(0.2), {
      title: 'Contrast c',
      description: 'How far the contrast moves from 1.',
      hot: true,
    }),
  }),
  build(ctx, inputs, { brightness, contrast }) {
    const x = at(inputs, 'x');
    needSpace(ctx, x, 2);
    const [b, c] = [ctx.hyper('brightness', brightness), ctx.hyper('contrast', contrast)];
    if (!ctx.training) return { y: x };
    const lit = mul(x, add(between(ctx, x, b), scalar(1)));
    const middle = mean(lit, [1, 2, 3], { keep: true });
    return { y: add(middle, mul(sub(lit, middle), add(between(ctx, x, c), scalar(1)))) };
  },
});

/** Layers that change images while training. */
export const augmentations: readonly LayerSpec[] = [randomCrop, randomFlip, randomAffine, colourJitter];
