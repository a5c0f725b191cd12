// The same net from different first weights: all alike, too small, too large, and right.
import { chainTemplate, type Template } from './define.ts';
import { repeated, started } from './layers.ts';

const depth = 5;
const width = 32;

const shared = {
  theme: 'first',
  data: { origin: { source: 'generated', kind: 'circles', params: { samples: 600, noise: 0.08 } } },
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.05, momentum: 0.9 } },
    batchSize: 32,
    epochs: 20,
  },
} as const;

/** Five hidden layers of tanh that differ in nothing but their start. */
const from = (start: Readonly<Record<string, string | number>>) => [
  ...repeated(depth, started(width, start), ['tanh']),
  started(2, start),
];

const family = (variant: string) => ({
  title: 'Where weights start',
  summary: 'One net, four starts: all alike, too small, too large, and right.',
  variant,
});

export const startConstant = chainTemplate({
  ...shared,
  id: 'start-constant',
  family: family('All alike'),
  title: 'All weights alike',
  summary: 'Every weight 0.1: units that begin alike stay alike, whatever is learnt.',
  text: `Five layers of 32 tanh units, all weights 0.1. Units of a layer that begin alike receive the same gradient, and so stay
alike: **symmetry is not broken**. The net has 32 units per layer and the power of one.

**Look at** the strips of any hidden layer: 32 units, one value per sample. The weight strips show a single spike that moves as a
whole.

**Try** zeros instead: now no gradient reaches the hidden layers at all, since it passes through weights that are 0. Then any
random start, however small: units part at once.

Reaches no more than 75 % on the test part, where the same net from random weights has all of it right.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atMost: 0.75 }], verdicts: ['symmetric'] },
  layers: from({ init: 'constant', initValue: 0.1 }),
});

export const startSmall = chainTemplate({
  ...shared,
  id: 'start-small',
  family: family('Too small'),
  title: 'Weights too small',
  summary: 'N(0, 0.01²): the signal shrinks layer by layer, and nothing is learnt.',
  text: `The same net from weights N(0, 0.01²). Each layer multiplies the signal by about 0.01 · √32 = 0.06, forwards and backwards
alike: after five layers a millionth is left.

**Look at** the activation strips: each layer lies more than a decade below the one before. The gradients run the other way.
The loss stays at ln 2 = 0.693, what guessing costs.

**Try** what the verdict offers. Then 0.1 as the deviation: slow, but it starts to move.

Stays near ½ on the test part. Reaches a verdict within 120 steps.`,
  quality: {
    steps: 120,
    claims: [{ metric: 'accuracy', split: 'test', atMost: 0.7 }],
    verdicts: ['vanishing'],
  },
  layers: from({ init: 'normal', initStd: 0.01 }),
});

export const startLarge = chainTemplate({
  ...shared,
  id: 'start-large',
  family: family('Too large'),
  title: 'Weights too large',
  summary: 'N(0, 1): tanh saturates, and gradients pass through its flat ends.',
  text: `The same net from weights N(0, 1). Sums of 32 such terms have a deviation of √32 = 5.7, where tanh is flat: units say −1
or +1 and nothing between. They are **saturated**.

**Look at** the activation strips: two spikes at −1 and +1. The gradients jump about, because the few units that are not saturated
carry all of them, multiplied by weights that are too large.

**Try** Xavier: the same layer sizes, and tanh works where it bends.

Reaches no more than 94 % on the test part in 20 epochs (88 % as it ships), where Xavier’s start has all of it right.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atMost: 0.94 }], verdicts: ['saturated'] },
  layers: from({ init: 'normal', initStd: 1 }),
});

export const startXavier = chainTemplate({
  ...shared,
  id: 'start-xavier',
  family: family('Xavier'),
  title: 'Xavier’s start',
  summary: 'Variance 2 / (fan-in + fan-out): signals and gradients keep their size.',
  text: `The same net from **Xavier’s** weights (Glorot & Bengio 2010): variance 2 / (fan-in + fan-out), the compromise between what
keeps activations level on the way forwards and what keeps gradients level on the way back.

**Look at** the strips: activations of every layer lie at the same place, and so do the gradients.

**Try** the other starts that are offered: LeCun’s 1 / fan-in, orthogonal, and PyTorch’s default, which is smaller. Then ReLU
with **He’s** 2 / fan-in.

Reaches 97 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.97 }] },
  layers: from({ init: 'xavierNormal' }),
});

export const starts: readonly Template[] = [startConstant, startSmall, startLarge, startXavier];
