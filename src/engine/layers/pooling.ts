/**
 * Pooling: each window of space becomes one number, channel by channel. Windows lie side by side unless a stride is set
 * (stride 0 means: as large as the kernel). Inputs are batch × channels × space.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import {
  adaptiveAveragePool,
  adaptiveMaxPool,
  averagePool,
  globalAveragePool,
  globalMaxPool,
  maxPool,
} from '../ops/pool.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';
import {
  dilationParam,
  kernelParam,
  needAxes,
  needSpace,
  onAxes,
  paddingParam,
  perAxisParam,
} from './spatial.ts';

const strideParam = (rank: number) =>
  perAxisParam(
    rank,
    { value: 0 },
    { title: 'Stride', description: 'How far the window moves; 0 for as far as the kernel reaches.' },
  );

const ceilParam = param(z.boolean().default(false), {
  title: 'Round up',
  description: 'Lets a last window hang over the end, so that no element is left out (ceil_mode).',
});

interface Windowed {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceil: boolean;
}

/** Kernel, stride and padding of each axis; PyTorch's rule that padding is at most half the kernel, so that no window is empty. */
function windows({ node }: BuildContext, p: Windowed, rank: number) {
  const kernel = onAxes(p.kernel, rank);
  const padding = onAxes(p.padding, rank);
  if (padding.some((n, i) => 2 * n > (kernel[i] ?? 0)))
    throw new EngineError('param/invalid', {
      node,
      param: 'padding',
      why: 'must be at most half of the kernel, or a window would see nothing but padding',
    });
  const stride = onAxes(p.stride, rank).map((s, i) => s || (kernel[i] ?? 1));
  return { kernel, stride, padding, ceil: p.ceil };
}

const dims = ['', '1d', '2d', '3d'] as const;
const samples: Readonly<Record<1 | 2 | 3, Shape>> = { 1: [2, 2, 5], 2: [1, 2, 4, 5], 3: [1, 1, 4, 3, 2] };

function defineMaxPool(rank: 1 | 2 | 3): LayerSpec {
  return defineLayer({
    kind: `maxPool${dims[rank]}`,
    title: `MaxPool${dims[rank]}`,
    category: 'pooling',
    aliases: ['max pooling', 'subsampling', 'downsample'],
    doc: 'The largest number of each window: keeps what was found, and forgets where exactly.',
    formula: 'y_{c,p} = \\max_k x_{c,\\, p s + k d - \\mathrm{pad}}',
    source: 'Ranzato et al., Unsupervised learning of invariant feature hierarchies, CVPR 2007',
    pytorch: `torch.nn.MaxPool${dims[rank]}`,
    inputs: [tensorIn],
    outputs: [tensorOut],
    sample: { x: { shape: samples[rank], dtype: 'f32' } },
    params: z.strictObject({
      kernel: kernelParam(rank, 2),
      stride: strideParam(rank),
      padding: paddingParam(rank),
      dilation: dilationParam(rank),
      ceil: ceilParam,
    }),
    build(ctx, inputs, p) {
      const x = at(inputs, 'x');
      needSpace(ctx, x, rank);
      const { kernel, ...options } = windows(ctx, p, rank);
      return { y: maxPool(x, kernel, { ...options, dilation: onAxes(p.dilation, rank) }) };
    },
  });
}

function defineAvgPool(rank: 1 | 2 | 3): LayerSpec {
  return defineLayer({
    kind: `avgPool${dims[rank]}`,
    title: `AvgPool${dims[rank]}`,
    category: 'pooling',
    aliases: ['average pooling', 'mean pooling', 'subsampling', 'downsample'],
    doc: 'The mean of each window.',
    formula: 'y_{c,p} = \\frac{1}{|K|} \\sum_{k \\in K} x_{c,\\, p s + k - \\mathrm{pad}}',
    source: 'LeCun et al., Gradient-based learning applied to document recognition, 1998',
    pytorch: `torch.nn.AvgPool${dims[rank]}`,
    inputs: [tensorIn],
    outputs: [tensorOut],
    sample: { x: { shape: samples[rank], dtype: 'f32' } },
    params: z.strictObject({
      kernel: kernelParam(rank, 2),
      stride: strideParam(rank),
      padding: paddingParam(rank),
      ceil: ceilParam,
      countPadding: param(z.boolean().default(true), {
        title: 'Count padding',
        description: 'Whether padding counts as zeros in the mean, or not at all.',
      }),
    }),
    build(ctx, inputs, p) {
      const x = at(inputs, 'x');
      needSpace(ctx, x, rank);
      const { kernel, ...options } = windows(ctx, p, rank);
      return { y: averagePool(x, kernel, { ...options, countPadding: p.countPadding }) };
    },
  });
}

function defineGlobalPool(
  words: Pick<LayerSpec, 'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'source' | 'pytorch'>,
  pool: (x: Value, axes: number) => Value,
): LayerSpec {
  return defineLayer({
    ...words,
    category: 'pooling',
    inputs: [tensorIn],
    outputs: [tensorOut],
    sample: { x: { shape: [2, 2, 3, 2], dtype: 'f32' } },
    params: z.strictObject({}),
    build(ctx, inputs) {
      const x = at(inputs, 'x');
      needAxes(ctx, x, 3, 'batch × channels × space');
      return { y: pool(x, x.shape.length - 2) };
    },
  });
}

const globalAvgPool = defineGlobalPool(
  {
    kind: 'globalAvgPool',
    title: 'Global average pool',
    aliases: ['gap', 'squeeze', 'mean pooling'],
    doc: 'The mean of each channel over all of space: batch × channels come out.',
    formula: 'y_c = \\frac{1}{|S|} \\sum_{s \\in S} x_{c,s}',
    source: 'Lin, Chen & Yan, Network in network, ICLR 2014',
    pytorch: 'torch.nn.AdaptiveAvgPool2d(1) and torch.nn.Flatten',
  },
  globalAveragePool,
);

const globalMaxPoolLayer = defineGlobalPool(
  {
    kind: 'globalMaxPool',
    title: 'Global max pool',
    aliases: ['gmp', 'max over time'],
    doc: 'The largest number of each channel over all of space: batch × channels come out.',
    formula: 'y_c = \\max_{s \\in S} x_{c,s}',
    source: 'Collobert et al., Natural language processing (almost) from scratch, JMLR 2011',
    pytorch: 'torch.amax',
  },
  globalMaxPool,
);

function defineAdaptivePool(
  words: Pick<LayerSpec, 'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'source' | 'pytorch'>,
  pool: (x: Value, outputs: readonly number[]) => Value,
): LayerSpec {
  return defineLayer({
    ...words,
    category: 'pooling',
    inputs: [tensorIn],
    outputs: [tensorOut],
    sample: { x: { shape: [1, 2, 3, 5], dtype: 'f32' } },
    params: z.strictObject({
      outputs: param(
        z
          .preprocess(
            (v) => (typeof v === 'number' ? [v] : v),
            z
              .array(z.int().min(1).max(4096))
              .refine(({ length }) => length >= 1 && length <= 3, 'must hold 1, 2 or 3 numbers'),
          )
          .default([1]),
        {
          title: 'Outputs',
          description: 'How many windows lie along each axis of space; one number for all axes.',
        },
      ),
    }),
    build(ctx, inputs, { outputs }) {
      const x = at(inputs, 'x');
      needAxes(ctx, x, 3, 'batch × channels × space');
      const rank = x.shape.length - 2;
      if (outputs.length !== 1 && outputs.length !== rank)
        throw new EngineError('param/invalid', {
          node: ctx.node,
          param: 'outputs',
          why: `must hold 1 number, or one for each of the ${rank} axes of space`,
        });
      return { y: pool(x, onAxes(outputs, rank)) };
    },
  });
}

const adaptiveAvgPool = defineAdaptivePool(
  {
    kind: 'adaptiveAvgPool',
    title: 'Adaptive average pool',
    aliases: ['adaptive pooling', 'spatial pyramid'],
    doc: 'The means of as many windows as asked for, whatever the size of the input.',
    formula:
      'y_{c,i} = \\mathrm{mean}\\; x_{c,\\, \\lfloor i s / o \\rfloor \\,\\ldots\\, \\lceil (i+1) s / o \\rceil - 1}',
    source: 'He et al., Spatial pyramid pooling in deep convolutional networks, ECCV 2014',
    pytorch: 'torch.nn.AdaptiveAvgPool1d, 2d and 3d',
  },
  adaptiveAveragePool,
);

const adaptiveMaxPoolLayer = defineAdaptivePool(
  {
    kind: 'adaptiveMaxPool',
    title: 'Adaptive max pool',
    aliases: ['adaptive pooling', 'spatial pyramid', 'region of interest'],
    doc: 'The largest numbers of as many windows as asked for, whatever the size of the input.',
    formula:
      'y_{c,i} = \\max\\; x_{c,\\, \\lfloor i s / o \\rfloor \\,\\ldots\\, \\lceil (i+1) s / o \\rceil - 1}',
    source: 'He et al., Spatial pyramid pooling in deep convolutional networks, ECCV 2014',
    pytorch: 'torch.nn.AdaptiveMaxPool1d, 2d and 3d',
  },
  adaptiveMaxPool,
);

/** All poolings, in the order of the palette. */
export const poolings: readonly LayerSpec[] = [
  defineMaxPool(2),
  defineAvgPool(2),
  defineMaxPool(1),
  defineAvgPool(1),
  defineMaxPool(3),
  defineAvgPool(3),
  globalAvgPool,
  globalMaxPoolLayer,
  adaptiveAvgPool,
  adaptiveMaxPoolLayer,
];
