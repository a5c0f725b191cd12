// Nets whose filters look at neighbours: along time, and over images, from LeNet to ResNeXt.
import type { Json } from '../model/schema.ts';
import { chainTemplate, netTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';
import type { ChainLayer } from './weave.ts';

/** A convolution and its ReLU. */
const conv = (channels: number, kernel: number, more: Readonly<Record<string, Json>> = {}): ChainLayer[] => [
  ['conv2d', { channels, kernel, init: 'heNormal', biasInit: 'zeros', ...more }],
  ['relu'],
];
/** The same with a batch norm between, and no bias, since the norm takes every mean away. */
const stem = (channels: number): ChainLayer[] => [
  ['conv2d', { channels, kernel: 3, stride: 2, padding: 1, bias: false, init: 'heNormal' }],
  ['batchNorm2d'],
  ['relu'],
];

export const cnnWaves = chainTemplate({
  id: 'cnn-waves',
  theme: 'convolution',
  title: '1-D CNN on waves',
  summary: 'Four kinds of waves told apart by their shape, wherever it stands in the signal.',
  text: `Sine, square, triangle and sawtooth, each with its own frequency, phase and height: only the shape tells them apart. A
**convolution** slides the same small filters along the signal, so what is learnt at one place is known at all of them; the
**global average** says how much of each was found, not where.

**Look at** the filters of the first layer: slopes, edges and plateaus. Then at how few weights there are: none of them knows the
length of the signal.

**Try** a *dilation* of 2 in the second layer: filters that see twice as far. Then two linear layers in place of the convolutions:
many more weights, and worse.

Reaches 90 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }] },
  data: { origin: { source: 'generated', kind: 'waves', params: { samples: 800 } } },
  layers: [
    ['conv1d', { channels: 16, kernel: 7, padding: 3, init: 'heNormal' }],
    ['relu'],
    ['maxPool1d'],
    ['conv1d', { channels: 16, kernel: 5, padding: 2, init: 'heNormal' }],
    ['relu'],
    ['globalAvgPool'],
    ['linear', { units: 4 }],
  ],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 15 },
});

const digits = {
  theme: 'convolution',
  data: {
    origin: { source: 'shipped', id: 'mnist', pixels: 'standard' },
    split: { train: 0.7, validation: 0.1, test: 0.2 },
  },
  loss: ['crossEntropy'],
} as const;

export const lenet = chainTemplate({
  ...digits,
  id: 'lenet',
  title: 'LeNet-5 on MNIST',
  summary: 'The net that read cheques: two convolutions, two pools, three dense layers.',
  text: `Handwritten digits, read by the net that LeCun, Bottou, Bengio and Haffner built for it in 1998: two **convolutions** of 5 × 5,
each followed by a **pool** that halves height and width, then three dense layers. (ReLU and max pooling stand for tanh and
averaging here, as is usual today.) 7 000 images to learn from, 1 000 to validate, 2 000 to test.

**Look at**

- the six filters of the first convolution, and the feature maps that they make of a digit: strokes, by direction;
- where the weights are: nearly all of the 61 706 in the first dense layer, nearly all of the work in the convolutions.

**Try** a constant learning rate in place of the cosine: some seeds then end near 96 %. Then averaging instead of the largest in the
pools. Then tanh for every ReLU: the original. Then *MLP on MNIST*, with four times
the weights and twice the errors.

Reaches 96.5 % on the test part in six epochs (measured: 97.6 %); the same recipe in PyTorch reaches 97.4 to 98.1 %.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.965 }],
    quick: { steps: 60, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.8 }] },
  },
  layers: [
    ...conv(6, 5, { padding: 2 }),
    ['maxPool2d'],
    ...conv(16, 5),
    ['maxPool2d'],
    ['flatten'],
    ...hidden('relu', 120, 84),
    ['linear', { units: 10 }],
  ],
  // 109 steps of 64 images per epoch.
  training: {
    optimizer: { kind: 'adam', params: { learningRate: 0.004 } },
    schedule: { kind: 'cosine', params: { steps: 654 } },
    batchSize: 64,
    epochs: 6,
  },
});

/** 218 steps of 32 images per epoch. */
const shorter = {
  optimizer: { kind: 'adam', params: { learningRate: 0.003 } },
  schedule: { kind: 'cosine', params: { steps: 436 } },
  batchSize: 32,
  epochs: 2,
} as const;
/** Small windows and few channels bear larger steps, and need them to get far in two epochs. */
const bolder = { ...shorter, optimizer: { kind: 'adam', params: { learningRate: 0.01 } } } as const;
const quick = { steps: 60, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.4 }] } as const;

export const alexnet = chainTemplate({
  ...digits,
  id: 'alexnet',
  title: 'AlexNet, scaled to the data',
  summary: 'Five convolutions and dropout: the net of 2012, a thousandth of its size.',
  text: `The net that won ImageNet in 2012 (Krizhevsky et al.), scaled from 224 pixels to 28 and from 60 million weights to
60 thousand. Its order is kept: a first convolution with a **stride**, two times convolution and overlapping pool, three
convolutions of 3 × 3 in a row, and dense layers with **dropout**.

**Look at** the shapes along the wires: images get smaller and deeper. Then at training and validation: with dropout the training
batches do worse than the validation part.

**Try** removing both dropouts: the two change places. Then sigmoids for the ReLUs, which is what nets had before: the first layers
hardly learn.

Reaches 92 % on the test part in two epochs (measured: 94.9 %).`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.92 }], quick },
  layers: [
    ...conv(12, 5, { stride: 2, padding: 2 }),
    ['maxPool2d', { kernel: 3, stride: 2, padding: 1 }],
    ...conv(24, 5, { padding: 2 }),
    ...conv(32, 3, { padding: 1 }),
    ...conv(32, 3, { padding: 1 }),
    ...conv(24, 3, { padding: 1 }),
    ['maxPool2d', { kernel: 3, stride: 2 }],
    ['flatten'],
    ['dropout', { p: 0.3 }],
    ...hidden('relu', 96),
    ['dropout', { p: 0.3 }],
    ['linear', { units: 10 }],
  ],
  training: shorter,
});

export const inception = netTemplate({
  ...digits,
  id: 'inception',
  title: 'Inception blocks',
  summary: 'Four branches look through windows of four sizes, and their channels are put side by side.',
  text: `Which window is right, 1 × 1, 3 × 3 or 5 × 5? GoogLeNet takes them all (Szegedy et al. 2015): in an **Inception block** four branches
run side by side and their channels are **concatenated**. 1 × 1 convolutions before the large windows keep them cheap, and in place
of large dense layers at the end there is a **global average** of each channel.

**Look** inside a block by opening it: each branch is a few boxes. **Look at** the gradients of the four branches: which one does
the net rely on?

**Try** taking the 5 × 5 branch out: little is lost on digits this small. Then more of its channels.

Reaches 92 % on the test part in two epochs (measured: 93.6 %).`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.92 }], quick },
  net(weave, x) {
    const narrow = weave.chain(x, ...stem(16), ['maxPool2d']);
    const first = weave.block('inception', {}, narrow);
    const second = weave.block('inception', { b1: 24, b3: 32, b5: 12, pool_features: 12 }, first);
    return weave.chain(second, ['globalAvgPool'], ['linear', { units: 10 }]);
  },
  training: bolder,
});

/** Blocks per stage, after the first of a stage that narrows it. */
const others = { '=': 'blocks - 1' };

export const resnet = netTemplate({
  ...digits,
  id: 'resnet',
  title: 'ResNet, as deep as you like',
  summary: 'Residual blocks, repeated: one number takes the net from 8 layers to 56.',
  text: `A **residual net** (He et al. 2016): every block adds its answer to what came in, so the gradient has a **highway** past all of them.
Three stages of 8, 16 and 32 channels; the number *blocks per stage*, n, among the document’s settings makes it 6n + 2 layers deep:
8 for n = 1, 20 for n = 3, **56** for n = 9.

**Look at** the gradient strips of the *Add* boxes inside the blocks: level from the last to the first, at any depth.

**Try** n = 3, then 9: training still works, if slower. Then open the block and remove its skip: at n = 3 the net hardly learns
any more.

Reaches 93 % on the test part in two epochs, at a depth of 8 (measured: 95.0 %).`,
  notes: [
    '*Blocks per stage* is a setting of the document: 1 to 9 for 8 to 56 layers. It is the **repeat** of the blocks.',
  ],
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }], quick },
  params: {
    blocks: {
      title: 'Blocks per stage',
      description: 'The net is 6n + 2 layers deep: 1 for 8 layers, 9 for 56.',
      value: 1,
      min: 1,
      max: 9,
      step: 1,
    },
  },
  net(weave, x) {
    const first = weave.block('residual', { channels: 8 }, weave.chain(x, ...stem(8)), { '=': 'blocks' });
    const stage = (from: typeof first, channels: number) =>
      weave.block('residual', { channels }, weave.block('residualDown', { channels }, from), others);
    return weave.chain(stage(stage(first, 16), 32), ['globalAvgPool'], ['linear', { units: 10 }]);
  },
  training: shorter,
});

export const resnext = netTemplate({
  ...digits,
  id: 'resnext',
  title: 'ResNeXt',
  summary: 'Residual blocks whose convolution is split into groups: many narrow ways side by side.',
  text: `A residual net whose 3 × 3 convolutions are split into **groups** (Xie et al. 2017): each group sees its own share of the
channels, so four narrow ways run side by side for a quarter of the weights of one wide way. 1 × 1 convolutions before and after
mix what the groups found. The number of groups is called **cardinality**.

**Look at** the weights of the grouped convolutions: [16, 4, 3, 3] where an ungrouped one has [16, 16, 3, 3].

**Try** 1 *group*, then 16: one channel each, a depthwise convolution. Compare weights, time and accuracy.

Reaches 93 % on the test part in two epochs (measured: 94.8 %).`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }], quick },
  net(weave, x) {
    const wide = weave.block(
      'resnextDown',
      { channels: 32, width: 16, stride: 1 },
      weave.chain(x, ...stem(16), ['maxPool2d']),
    );
    const same = weave.block('resnext', { channels: 32, width: 16 }, wide);
    const down = weave.block('resnextDown', { channels: 64, width: 32, groups: 8 }, same);
    return weave.chain(down, ['globalAvgPool'], ['linear', { units: 10 }]);
  },
  training: bolder,
});

export const convolutions: readonly Template[] = [cnnWaves, lenet, alexnet, inception, resnet, resnext];
