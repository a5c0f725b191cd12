/**
 * Convolutions over 1, 2 or 3 axes of space, with PyTorch's names, layouts and initial values. Inputs are
 * batch × channels × space. Like every deep-learning library's they are cross-correlations: kernels are not flipped.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { conv, convTranspose } from '../ops/convolution.ts';
import { reshape } from '../ops/core.ts';
import { add } from '../ops/elementwise.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';
import { biasInitialiser, biasInitParams, weightInitialiser, weightInitParams } from './init.ts';
import {
  dilationParam,
  kernelParam,
  needSpace,
  onAxes,
  paddingOf,
  paddingParam,
  paddingParams,
  perAxisParam,
  strideParam,
} from './spatial.ts';

const channelsParam = param(z.int().min(1).max(65_536).default(16), {
  title: 'Channels',
  description: 'How many channels come out: the number of filters.',
});
const groupsParam = param(z.int().min(1).max(65_536).default(1), {
  title: 'Groups',
  description: 'Channels are split into so many groups, and a filter sees its own group only.',
});
const biasParam = param(z.boolean().default(true), {
  title: 'Bias',
  description: 'Adds one trainable number per channel.',
});

/** Channels fit the groups, or a sentence. */
function checkGroups(node: string, groups: number, channels: { input: number; output: number }): void {
  for (const what of ['input', 'output'] as const)
    if (channels[what] % groups !== 0)
      throw new EngineError('shape/groups', { op: node, groups, what, channels: channels[what] });
}

/** Adds one number per channel to [n, c, …]. */
function addBias(y: Value, bias: Value | null): Value {
  return bias ? add(y, reshape(bias, [bias.shape[0] ?? 1, ...y.shape.slice(2).map(() => 1)])) : y;
}

type Init = z.infer<z.ZodObject<typeof weightInitParams & typeof biasInitParams>>;

/** Weight and bias of one convolution; `prefix` tells several in one layer apart. */
function convWeights(
  ctx: BuildContext,
  shape: Shape,
  {
    outputs,
    bias,
    init,
    prefix = '',
  }: {
    readonly outputs: number;
    readonly bias: boolean;
    readonly init: Init;
    readonly prefix?: string;
  },
): { weight: Value; bias: Value | null } {
  const [rows = 1, ...rest] = shape;
  const fanIn = sizeOf(rest);
  const fanOut = rows * sizeOf(shape.slice(2));
  return {
    weight: ctx.parameter(`${prefix}weight`, shape, weightInitialiser(init, [fanIn, fanOut])),
    bias: bias ? ctx.parameter(`${prefix}bias`, [outputs], biasInitialiser(init, fanIn)) : null,
  };
}

const dims = ['', '1d', '2d', '3d'] as const;

function defineConv(rank: 1 | 2 | 3, sample: Shape, aliases: readonly string[]): LayerSpec {
  const params = z.strictObject({
    channels: channelsParam,
    kernel: kernelParam(rank, 3),
    stride: strideParam(rank),
    ...paddingParams(rank),
    dilation: dilationParam(rank),
    groups: groupsParam,
    bias: biasParam,
    ...weightInitParams,
    ...biasInitParams,
  });
  return defineLayer({
    kind: `conv${dims[rank]}`,
    title: `Conv${dims[rank]}`,
    category: 'convolution',
    aliases,
    doc: `Slides small filters over ${rank === 1 ? 'a sequence' : rank === 2 ? 'an image' : 'a volume'}: the same weights at every place.`,
    formula: 'y_{o,p} = b_o + \\sum_{c,k} w_{o,c,k} \\, x_{c,\\, p s + k d - \\mathrm{pad}}',
    source: 'LeCun et al., Gradient-based learning applied to document recognition, 1998',
    pytorch: `torch.nn.Conv${dims[rank]}`,
    inputs: [tensorIn],
    outputs: [tensorOut],
    params,
    sample: { x: { shape: sample, dtype: 'f32' } },
    sampleParams: { channels: 2 },
    build(ctx, inputs, p) {
      const x = at(inputs, 'x');
      const input = needSpace(ctx, x, rank);
      checkGroups(ctx.node, p.groups, { input, output: p.channels });
      const kernel = onAxes(p.kernel, rank);
      const stride = onAxes(p.stride, rank);
      const dilation = onAxes(p.dilation, rank);
      const { weight, bias } = convWeights(ctx, [p.channels, input / p.groups, ...kernel], {
        outputs: p.channels,
        bias: p.bias,
        init: p,
      });
      const padding = paddingOf(ctx.node, p, kernel, stride, dilation);
      return { y: addBias(conv(x, weight, { stride, padding, dilation, groups: p.groups }), bias) };
    },
  });
}

function defineConvTranspose(rank: 1 | 2 | 3, sample: Shape): LayerSpec {
  const params = z.strictObject({
    channels: channelsParam,
    kernel: kernelParam(rank, 3),
    stride: strideParam(rank),
    padding: paddingParam(rank),
    outputPadding: perAxisParam(
      rank,
      { value: 0 },
      {
        title: 'Output padding',
        description: 'Places added at the end, to choose among the sizes that a stride makes equal.',
      },
    ),
    dilation: dilationParam(rank),
    groups: groupsParam,
    bias: biasParam,
    ...weightInitParams,
    ...biasInitParams,
  });
  return defineLayer({
    kind: `convTranspose${dims[rank]}`,
    title: `ConvTranspose${dims[rank]}`,
    category: 'convolution',
    aliases: ['deconvolution', 'upconv', 'fractionally strided', 'decoder'],
    doc: 'The transpose of a convolution: each input paints a filter, so that space grows by the stride.',
    formula: 'y_{o,\\, p s + k d - \\mathrm{pad}} \\mathrel{+}= w_{c,o,k} \\, x_{c,p}',
    source: 'Dumoulin & Visin, A guide to convolution arithmetic for deep learning, 2016',
    pytorch: `torch.nn.ConvTranspose${dims[rank]}`,
    inputs: [tensorIn],
    outputs: [tensorOut],
    params,
    sample: { x: { shape: sample, dtype: 'f32' } },
    sampleParams: { channels: 2 },
    build(ctx, inputs, p) {
      const x = at(inputs, 'x');
      const input = needSpace(ctx, x, rank);
      checkGroups(ctx.node, p.groups, { input, output: p.channels });
      const stride = onAxes(p.stride, rank);
      const dilation = onAxes(p.dilation, rank);
      const outputPadding = onAxes(p.outputPadding, rank);
      outputPadding.forEach((extra, i) => {
        if (extra >= Math.max(stride[i] ?? 1, dilation[i] ?? 1))
          throw new EngineError('param/invalid', {
            node: ctx.node,
            param: 'outputPadding',
            why: 'must be smaller than the stride or the dilation',
          });
      });
      const { weight, bias } = convWeights(ctx, [input, p.channels / p.groups, ...onAxes(p.kernel, rank)], {
        outputs: p.channels,
        bias: p.bias,
        init: p,
      });
      const padding = onAxes(p.padding, rank);
      const y = convTranspose(x, weight, { stride, padding, outputPadding, dilation, groups: p.groups });
      return { y: addBias(y, bias) };
    },
  });
}

const depthParam = param(z.int().min(1).max(1024).default(1), {
  title: 'Filters per channel',
  description: 'How many channels come out for each that comes in.',
});

const depthwiseParams = {
  kernel: kernelParam(2, 3),
  stride: strideParam(2),
  ...paddingParams(2),
  dilation: dilationParam(2),
  bias: biasParam,
  ...weightInitParams,
  ...biasInitParams,
};

type DepthwiseParams = z.infer<z.ZodObject<typeof depthwiseParams>>;

/** Each channel by its own filters; `prefix` names the weights. */
function depthwise(
  ctx: BuildContext,
  x: Value,
  p: DepthwiseParams,
  multiplier: number,
  prefix: string,
): Value {
  const channels = needSpace(ctx, x, 2);
  const [kernel, stride, dilation] = [onAxes(p.kernel, 2), onAxes(p.stride, 2), onAxes(p.dilation, 2)];
  const { weight, bias } = convWeights(ctx, [channels * multiplier, 1, ...kernel], {
    outputs: channels * multiplier,
    bias: p.bias,
    init: p,
    prefix,
  });
  const padding = paddingOf(ctx.node, p, kernel, stride, dilation);
  return addBias(conv(x, weight, { stride, padding, dilation, groups: channels }), bias);
}

const depthwiseConv2d = defineLayer({
  kind: 'depthwiseConv2d',
  title: 'Depthwise conv2d',
  category: 'convolution',
  aliases: ['mobilenet', 'channelwise'],
  doc: 'Each channel is convolved by filters of its own; channels do not mix.',
  formula: 'y_{c,p} = b_c + \\sum_k w_{c,k} \\, x_{c,\\, p s + k d - \\mathrm{pad}}',
  source: 'Howard et al., MobileNets, 2017',
  pytorch: 'torch.nn.Conv2d(groups=in_channels)',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 2, 4, 3], dtype: 'f32' } },
  params: z.strictObject({ multiplier: depthParam, ...depthwiseParams }),
  build: (ctx, inputs, p) => ({ y: depthwise(ctx, at(inputs, 'x'), p, p.multiplier, '') }),
});

const separableConv2d = defineLayer({
  kind: 'separableConv2d',
  title: 'Separable conv2d',
  category: 'convolution',
  aliases: ['mobilenet', 'xception', 'pointwise'],
  doc: 'A depthwise convolution followed by a 1 × 1 convolution that mixes the channels: far fewer weights.',
  formula: 'y = W_{1 \\times 1} \\, (w_c * x_c)_c',
  source: 'Chollet, Xception, CVPR 2017; Howard et al., MobileNets, 2017',
  pytorch: 'torch.nn.Sequential(Conv2d(groups=in_channels), Conv2d(kernel_size=1))',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [1, 2, 4, 3], dtype: 'f32' } },
  params: z.strictObject({ channels: channelsParam, multiplier: depthParam, ...depthwiseParams }),
  build(ctx, inputs, p) {
    const spread = depthwise(ctx, at(inputs, 'x'), p, p.multiplier, 'depthwise.');
    const { weight, bias } = convWeights(ctx, [p.channels, spread.shape[1] ?? 1, 1, 1], {
      outputs: p.channels,
      bias: p.bias,
      init: p,
      prefix: 'pointwise.',
    });
    return { y: addBias(conv(spread, weight), bias) };
  },
});

/** All convolutions, in the order of the palette. */
export const convolutions: readonly LayerSpec[] = [
  defineConv(2, [1, 2, 4, 3], ['convolution', 'cnn', 'filter', 'image']),
  defineConv(1, [2, 2, 5], ['convolution', 'cnn', 'temporal', 'tcn']),
  defineConv(3, [1, 1, 3, 4, 3], ['convolution', 'volume', 'video']),
  depthwiseConv2d,
  separableConv2d,
  defineConvTranspose(2, [1, 1, 2, 2]),
  defineConvTranspose(1, [1, 2, 3]),
  defineConvTranspose(3, [1, 1, 2, 1, 2]),
];
