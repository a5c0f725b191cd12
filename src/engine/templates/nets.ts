// Nets with hidden layers: what depth adds, on made-up data and on real data.
import { type ChainLayer, chainTemplate } from './define.ts';

/** Hidden layers of the given widths, each with its activation. */
const hidden = (activation: string, ...widths: readonly number[]): ChainLayer[] =>
  widths.flatMap((units): ChainLayer[] => [
    ['linear', { units, init: 'heNormal', biasInit: 'zeros' }],
    [activation],
  ]);

export const mlpSpirals = chainTemplate({
  id: 'mlp-spirals',
  title: 'MLP on spirals',
  text: `Two spirals around each other: no straight line helps. Hidden layers bend the plane until one does.

**Look at** the strips on each node: activations keep their size from layer to layer, and so do the gradients that come back.

**Try** 4 units per layer, or one layer less. Then *turns* 2.5: the more turns, the more net it takes.

Reaches 95 % on the test part.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.95, epochs: 150 },
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 800 } } },
  layers: [...hidden('relu', 32, 32), ['linear', { units: 2 }]],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 150 },
});

export const universalApproximation = chainTemplate({
  id: 'universal-approximation',
  title: 'Universal approximation',
  text: `One hidden layer fits a curve: each unit is one step of tanh, shifted and scaled, and the output is their sum. With
enough units it comes as near to any continuous function as you like (Cybenko 1989; Hornik 1991).

**Look at** the loss as you change the number of units: 2, 4, 8, 32.

**Try** a higher *frequency*: more bends need more units. Then *step* as the function: steep places are the hard ones.

Reaches a root mean squared error of 0.1 on the test part; the noise alone is 0.05.`,
  quality: { kind: 'metric', metric: 'rmse', split: 'test', atMost: 0.1, epochs: 400 },
  data: {
    origin: {
      source: 'generated',
      kind: 'curve',
      params: { function: 'sine', frequency: 2, samples: 300, noise: 0.05 },
    },
  },
  layers: [['linear', { units: 32, init: 'normal', initStd: 2 }], ['tanh'], ['linear', { units: 1 }]],
  loss: ['mse'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 30, epochs: 400 },
});

export const mlpPenguins = chainTemplate({
  id: 'mlp-penguins',
  title: 'MLP on penguins',
  text: `Three species told apart by bill, flipper and body mass: real measurements of 342 birds, standardised with the training
part's mean and deviation.

**Look at** validation beside training: with so few birds they part when training goes on for long.

**Try** dropping the hidden layer: the species are nearly linearly separable. Then switch standardisation off, and see what body
mass in grams does to the first layer.

Reaches 95 % on the test part.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.95, epochs: 60 },
  data: { origin: { source: 'shipped', id: 'penguins' } },
  layers: [...hidden('relu', 16), ['linear', { units: 3 }]],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 16, epochs: 60 },
});

export const mlpMnist = chainTemplate({
  id: 'mlp-mnist',
  title: 'MLP on MNIST',
  text: `Handwritten digits, 28 × 28 pixels: 7 000 to learn from, 2 000 to measure with at the end. The image is flattened to 784 numbers,
so the net does not know which pixels are neighbours.

**Look at** how fast it gets good: most of the accuracy is there within the first epoch.

**Try** dropout of 0.2 after each ReLU and train for longer. Then one hidden layer of 32 units: how much is lost?

Reaches 93 % on the test part within four epochs.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.93, epochs: 4 },
  data: {
    origin: { source: 'shipped', id: 'mnist' },
    split: { train: 0.7, validation: 0.1, test: 0.2 },
  },
  layers: [['flatten'], ...hidden('relu', 256, 128), ['linear', { units: 10 }]],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.002 } }, batchSize: 64, epochs: 4 },
});
