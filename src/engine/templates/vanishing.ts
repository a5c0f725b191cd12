// The same deep net twice: with sigmoids and small weights, where gradients vanish, and with ReLU and He, where they do not.
import { type ChainLayer, chainTemplate } from './define.ts';

const depth = 10;
const width = 32;

/** Ten hidden layers that differ in nothing but activation and start. */
const deep = (activation: string, start: Readonly<Record<string, string | number>>): ChainLayer[] => [
  ...Array.from({ length: depth }, (): ChainLayer[] => [
    ['linear', { units: width, ...start, biasInit: 'zeros' }],
    [activation],
  ]).flat(),
  ['linear', { units: 2, ...start, biasInit: 'zeros' }],
];

const shared = {
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 800, turns: 1 } } },
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.01, momentum: 0.9 } },
    batchSize: 32,
    epochs: 150,
  },
} as const;

export const deepSigmoid = chainTemplate({
  ...shared,
  id: 'deep-sigmoid',
  title: 'Deep sigmoid net on spirals',
  text: `Ten layers of 32 sigmoids, started with small weights, N(0, 0.1²). It does not learn: **the gradient vanishes** on its way
back. A sigmoid's slope is at most ¼, and the small weights take more, so each layer passes on about a seventh of what it
receives; after ten layers nothing is left.

**Look at** the gradient strips, from the loss backwards: each lies lower than the one before. The wires fade the same way, and
after a few dozen steps a verdict says where the decay begins.

**Try** what the verdict offers, *ReLU + He*: the fork starts from the same seed and the same batches, and learns. Then Xavier, and
see how far that goes with sigmoids.

The verdict comes within 120 steps.`,
  quality: { kind: 'verdict', rule: 'vanishing', steps: 120 },
  layers: deep('sigmoid', { init: 'normal', initStd: 0.1 }),
});

export const deepRelu = chainTemplate({
  ...shared,
  id: 'deep-relu',
  title: 'Deep ReLU net on spirals',
  text: `The healthy twin of the deep sigmoid net: the same ten layers of 32 units, the same data, optimiser and seed. **ReLU** passes
gradients unchanged through active units, and **He's** variance 2 / fan-in makes up for the half that are not.

**Look at** the gradient strips: the first layer receives as much as the last.

**Try** the start N(0, 0.1²) with ReLU: better than sigmoids, but small again. Then 20 layers.

Reaches 95 % on the test part.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.95, epochs: 150 },
  layers: deep('relu', { init: 'heNormal' }),
});
