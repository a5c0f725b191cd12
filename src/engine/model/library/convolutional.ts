// Blocks of convolutional nets: conv–norm–activation, the residual blocks of ResNet and ResNeXt, the block of Inception.
import type { NodeDraft } from '../draft.ts';
import { channelsParam, count, defineBlock, type LibraryBlock, strideParam } from './define.ts';

const of = (formula: string) => ({ '=': formula });

/** A convolution as residual nets have them: no bias, since the norm behind it takes every mean away. */
const conv = (
  channels: string | number,
  kernel: number,
  { stride = 1, groups = 1 }: { stride?: number | string; groups?: number | string } = {},
): NodeDraft => {
  const said = (v: number | string) => (typeof v === 'string' ? of(v) : v);
  return [
    'conv2d',
    {
      channels: said(channels),
      kernel,
      ...(stride !== 1 && { stride: said(stride) }),
      ...(kernel > 1 && { padding: (kernel - 1) / 2 }),
      ...(groups !== 1 && { groups: said(groups) }),
      bias: false,
      init: 'heNormal',
    },
  ];
};

const resnet = 'He et al., Deep residual learning for image recognition, CVPR 2016';
const resnext = 'Xie et al., Aggregated residual transformations for deep neural networks, CVPR 2017';

const convNormRelu = defineBlock({
  id: 'convNormRelu',
  title: 'Convolution, norm, ReLU',
  aliases: ['conv bn relu', 'conv block', 'convnormactivation'],
  doc: 'A convolution, batch norm and ReLU: what most convolutional nets are made of.',
  source: 'Ioffe & Szegedy, Batch normalization, ICML 2015',
  params: {
    channels: channelsParam(16),
    kernel: { ...count(3, 'Kernel', 'The window’s size: an odd number keeps height and width.'), max: 31 },
    stride: { ...strideParam, value: 1 },
  },
  nodes: {
    x: 'blockInput',
    conv: [
      'conv2d',
      {
        channels: of('channels'),
        kernel: of('kernel'),
        stride: of('stride'),
        padding: of('(kernel - kernel % 2) / 2'),
        bias: false,
        init: 'heNormal',
      },
    ],
    norm: 'batchNorm2d',
    act: 'relu',
    y: 'blockOutput',
  },
  wires: ['x -> conv', 'conv -> norm', 'norm -> act', 'act -> y'],
});

/** Wires of a chain from the block's input, joined with the shortcut by Add and followed by ReLU. */
const joined = (chain: readonly string[], shortcut: readonly string[]): string[] => [
  ...['x', ...chain].map((name, i, all) => `${name} -> ${all[i + 1] ?? 'sum'}`),
  ...['x', ...shortcut].map((name, i, all) => `${name} -> ${all[i + 1] ?? 'sum'}`),
  'sum -> relu',
  'relu -> y',
];

const projection = (channels: string): Readonly<Record<string, NodeDraft>> => ({
  downsample: conv(channels, 1, { stride: 'stride' }),
  downsample_norm: 'batchNorm2d',
});

const basicChain = ['conv1', 'bn1', 'relu1', 'conv2', 'bn2'];
const bottleneckChain = ['conv1', 'bn1', 'relu1', 'conv2', 'bn2', 'relu2', 'conv3', 'bn3'];

const basicNodes = (stride: number | string): Readonly<Record<string, NodeDraft>> => ({
  conv1: conv('channels', 3, { stride }),
  bn1: 'batchNorm2d',
  relu1: 'relu',
  conv2: conv('channels', 3),
  bn2: 'batchNorm2d',
});

const bottleneckNodes = (
  stride: number | string,
  groups: number | string,
): Readonly<Record<string, NodeDraft>> => ({
  conv1: conv('width', 1),
  bn1: 'batchNorm2d',
  relu1: 'relu',
  conv2: conv('width', 3, { stride, groups }),
  bn2: 'batchNorm2d',
  relu2: 'relu',
  conv3: conv('channels', 1),
  bn3: 'batchNorm2d',
});

const ends = { sum: 'add', relu: 'relu', y: 'blockOutput' } as const;

const residual = defineBlock({
  id: 'residual',
  title: 'Residual block',
  aliases: ['resnet', 'basic block', 'skip connection'],
  doc: 'Two convolutions, added to what came in: the gradient has an open way past them. Channels and size stay.',
  source: resnet,
  params: { channels: channelsParam(16) },
  nodes: { x: 'blockInput', ...basicNodes(1), ...ends },
  wires: joined(basicChain, []),
});

const residualDown = defineBlock({
  id: 'residualDown',
  title: 'Residual block, narrowing',
  aliases: ['resnet', 'basic block', 'downsample', 'projection shortcut'],
  doc: 'A residual block that changes channels and size; a 1 × 1 convolution brings what came in to the same shape.',
  source: resnet,
  params: { channels: channelsParam(32), stride: strideParam },
  nodes: { x: 'blockInput', ...basicNodes('stride'), ...projection('channels'), ...ends },
  wires: joined(basicChain, ['downsample', 'downsample_norm']),
});

const bottleneckParams = {
  channels: channelsParam(64),
  width: count(16, 'Inner channels', 'How narrow the block is inside: a quarter of the channels is common.'),
};

const bottleneck = defineBlock({
  id: 'bottleneck',
  title: 'Bottleneck block',
  aliases: ['resnet50', 'residual'],
  doc: 'A residual block whose 3 × 3 convolution works on fewer channels, between two of 1 × 1.',
  source: resnet,
  params: bottleneckParams,
  nodes: { x: 'blockInput', ...bottleneckNodes(1, 1), ...ends },
  wires: joined(bottleneckChain, []),
});

const bottleneckDown = defineBlock({
  id: 'bottleneckDown',
  title: 'Bottleneck block, narrowing',
  aliases: ['resnet50', 'residual', 'downsample'],
  doc: 'A bottleneck block that changes channels and size, with a 1 × 1 convolution on the shortcut.',
  source: resnet,
  params: { ...bottleneckParams, stride: strideParam },
  nodes: { x: 'blockInput', ...bottleneckNodes('stride', 1), ...projection('channels'), ...ends },
  wires: joined(bottleneckChain, ['downsample', 'downsample_norm']),
});

const groupsParam = count(
  4,
  'Groups',
  'The cardinality: how many ways run side by side. It divides the inner channels.',
);

const resnextBlock = defineBlock({
  id: 'resnext',
  title: 'ResNeXt block',
  aliases: ['aggregated transformations', 'cardinality', 'grouped convolution'],
  doc: 'A bottleneck block whose 3 × 3 convolution is split into groups: many narrow ways side by side.',
  source: resnext,
  params: { ...bottleneckParams, groups: groupsParam },
  nodes: { x: 'blockInput', ...bottleneckNodes(1, 'groups'), ...ends },
  wires: joined(bottleneckChain, []),
});

const resnextDown = defineBlock({
  id: 'resnextDown',
  title: 'ResNeXt block, narrowing',
  aliases: ['aggregated transformations', 'cardinality', 'downsample'],
  doc: 'A ResNeXt block that changes channels and size, with a 1 × 1 convolution on the shortcut.',
  source: resnext,
  params: { ...bottleneckParams, groups: groupsParam, stride: strideParam },
  nodes: { x: 'blockInput', ...bottleneckNodes('stride', 'groups'), ...projection('channels'), ...ends },
  wires: joined(bottleneckChain, ['downsample', 'downsample_norm']),
});

/** A convolution with bias that keeps the size, as GoogLeNet has them. */
const branch = (channels: string, kernel: number): NodeDraft => [
  'conv2d',
  { channels: of(channels), kernel, ...(kernel > 1 && { padding: (kernel - 1) / 2 }), init: 'heNormal' },
];

const inception = defineBlock({
  id: 'inception',
  title: 'Inception block',
  aliases: ['googlenet', 'parallel branches'],
  doc: 'Four branches look through windows of 1, 3 and 5 and through a pool; their channels are put side by side.',
  source: 'Szegedy et al., Going deeper with convolutions, CVPR 2015',
  params: {
    b1: count(16, '1 × 1 channels', 'Channels of the branch with the 1 × 1 convolution.'),
    b3_reduce: count(
      16,
      '3 × 3 reduced',
      'Channels that the branch with the 3 × 3 convolution is narrowed to before.',
    ),
    b3: count(24, '3 × 3 channels', 'Channels of the branch with the 3 × 3 convolution.'),
    b5_reduce: count(
      4,
      '5 × 5 reduced',
      'Channels that the branch with the 5 × 5 convolution is narrowed to before.',
    ),
    b5: count(8, '5 × 5 channels', 'Channels of the branch with the 5 × 5 convolution.'),
    pool_features: count(8, 'Pool channels', 'Channels of the branch with the pool.'),
  },
  nodes: {
    x: 'blockInput',
    branch1: branch('b1', 1),
    branch1_relu: 'relu',
    branch3_reduce: branch('b3_reduce', 1),
    branch3_reduce_relu: 'relu',
    branch3: branch('b3', 3),
    branch3_relu: 'relu',
    branch5_reduce: branch('b5_reduce', 1),
    branch5_reduce_relu: 'relu',
    branch5: branch('b5', 5),
    branch5_relu: 'relu',
    pool: ['maxPool2d', { kernel: 3, stride: 1, padding: 1 }],
    branch_pool: branch('pool_features', 1),
    branch_pool_relu: 'relu',
    concat: ['concat', { axis: 1 }],
    y: 'blockOutput',
  },
  wires: [
    'x -> branch1',
    'branch1 -> branch1_relu',
    'x -> branch3_reduce',
    'branch3_reduce -> branch3_reduce_relu',
    'branch3_reduce_relu -> branch3',
    'branch3 -> branch3_relu',
    'x -> branch5_reduce',
    'branch5_reduce -> branch5_reduce_relu',
    'branch5_reduce_relu -> branch5',
    'branch5 -> branch5_relu',
    'x -> pool',
    'pool -> branch_pool',
    'branch_pool -> branch_pool_relu',
    'branch1_relu -> concat',
    'branch3_relu -> concat',
    'branch5_relu -> concat',
    'branch_pool_relu -> concat',
    'concat -> y',
  ],
});

/** In the order of the palette. */
export const convolutionalBlocks: readonly LibraryBlock[] = [
  convNormRelu,
  residual,
  residualDown,
  bottleneck,
  bottleneckDown,
  resnextBlock,
  resnextDown,
  inception,
];
