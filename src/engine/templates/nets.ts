// Nets with hidden layers: what depth adds, on made-up data and on real data.
import { chainTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';

const plane = {
  theme: 'nets',
  loss: ['crossEntropy'],
} as const;

export const mlpXor = chainTemplate({
  ...plane,
  id: 'mlp-xor',
  title: 'MLP on XOR',
  summary: 'What a perceptron cannot: one hidden layer is enough.',
  text: `The classes that no straight line parts. One hidden layer of eight units bends the plane, and a line parts them there:
the answer to *Perceptron on XOR*.

**Look at** the first linear layer: each of its units is a straight line of its own, and the output decides by the sides of all
of them.

**Try** 2 units: the least that can do it, and some seeds never find the way. Then 1: a line again.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: { origin: { source: 'generated', kind: 'xor', params: { samples: 600, noise: 0.02 } } },
  layers: [...hidden('relu', 8), ['linear', { units: 2 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.02 } }, batchSize: 32, epochs: 40 },
});

export const mlpMoons = chainTemplate({
  ...plane,
  id: 'mlp-moons',
  title: 'MLP on moons',
  summary: 'Two half circles that reach into each other: a boundary with a bend.',
  text: `Two half circles, each reaching into the other, with noise. A line gets most points right, and a small net the rest.

**Look at** the boundary as it learns: a line first, then it bends around the tips.

**Try** *noise* 0.3: the moons overlap, and a boundary that tries to please every point over-fits.

Reaches 97 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.97 }] },
  data: { origin: { source: 'generated', kind: 'moons', params: { samples: 600, noise: 0.1 } } },
  layers: [...hidden('tanh', 16), ['linear', { units: 2 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.03 } }, batchSize: 32, epochs: 20 },
});

export const mlpCircles = chainTemplate({
  ...plane,
  id: 'mlp-circles',
  title: 'MLP on circles',
  summary: 'A circle inside a circle: the boundary must close.',
  text: `One class around the other. Three straight lines are the fewest that close around the inner circle, so three hidden units
are the fewest that can do it; here there are eight.

**Look at** the shape of the region: a polygon, with a corner where two units meet.

**Try** 3 units, then 2. Then a polynomial layer of degree 2 straight before the output, without hidden layers: x² + y² is all
that it takes when one knows it.

Reaches 97 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.97 }] },
  data: { origin: { source: 'generated', kind: 'circles', params: { samples: 600, noise: 0.08 } } },
  layers: [...hidden('relu', 8), ['linear', { units: 2 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.02 } }, batchSize: 32, epochs: 20 },
});

export const mlpSpirals = chainTemplate({
  ...plane,
  id: 'mlp-spirals',
  title: 'MLP on spirals',
  summary: 'Two spirals around each other: hidden layers bend the plane until a line parts them.',
  text: `Two spirals around each other: no straight line helps. Hidden layers bend the plane until one does.

**Look at** the strips on each node: activations keep their size from layer to layer, and so do the gradients that come back.

**Try** 4 units per layer, or one layer less. Then *turns* 2.5: the more turns, the more net it takes.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 800 } } },
  layers: [...hidden('relu', 32, 32), ['linear', { units: 2 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 50 },
});

export const mlpFourClasses = chainTemplate({
  ...plane,
  id: 'mlp-four-classes',
  title: 'MLP on four classes',
  summary: 'Four spiral arms, four logits, one region for each.',
  text: `Four arms of a spiral, each a class of its own. The net gives four **logits**; the largest decides.

**Look at** the loss at the start, near ln 4 = 1.386, and at how the four regions wind into each other.

**Try** fewer units: arms merge near the middle first, where they lie closest. Then 6 *arms*, with 6 units in the last layer.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: {
    origin: {
      source: 'generated',
      kind: 'spirals',
      params: { samples: 1000, arms: 4, turns: 0.75, noise: 0.015 },
    },
  },
  layers: [...hidden('relu', 32, 32), ['linear', { units: 4 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 40 },
});

export const universalApproximation = chainTemplate({
  id: 'universal-approximation',
  theme: 'nets',
  title: 'Universal approximation',
  summary: 'One hidden layer fits a curve: the sum of shifted and scaled steps.',
  text: `One hidden layer fits a curve: each unit is one step of tanh, shifted and scaled, and the output is their sum. With
enough units it comes as near to any continuous function as you like (Cybenko 1989; Hornik 1991).

**Look at** the loss as you change the number of units: 2, 4, 8, 32. The weights of the last layer say how much each step counts.

**Try** a higher *frequency*: more bends need more units. Then *step* as the function: steep places are the hard ones.

Reaches a root mean squared error of 0.1 on the test part; the noise alone is 0.05.`,
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.1 }] },
  data: {
    origin: {
      source: 'generated',
      kind: 'curve',
      params: { function: 'sine', frequency: 2, samples: 300, noise: 0.05 },
    },
  },
  layers: [['linear', { units: 32, init: 'normal', initStd: 2 }], ['tanh'], ['linear', { units: 1 }]],
  loss: ['mse'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.03 } }, batchSize: 30, epochs: 200 },
});

export const mlpPenguins = chainTemplate({
  ...plane,
  id: 'mlp-penguins',
  title: 'MLP on penguins',
  summary: 'Real measurements: three species told apart by bill, flipper and body mass.',
  text: `Three species told apart by bill, flipper and body mass: real measurements of 342 birds, standardised with the training
part's mean and deviation.

**Look at** validation beside training: with so few birds they part when training goes on for long.

**Try** dropping the hidden layer: the species are nearly linearly separable. Then switch standardisation off, and see what body
mass in grams does to the first layer.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: { origin: { source: 'shipped', id: 'penguins' } },
  layers: [...hidden('relu', 16), ['linear', { units: 3 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 16, epochs: 40 },
});

export const mlpCars = chainTemplate({
  id: 'mlp-cars',
  theme: 'nets',
  title: 'Fuel consumption of cars',
  summary: 'Regression on real data with the Huber loss, which forgives the odd car.',
  text: `Miles per gallon from weight, power, year and origin: 392 cars of 1970 to 1982. Numbers are standardised, the origin is
**one-hot**, the cars that lack a number are left out. The **Huber loss** is a parabola near 0 and a line further out,
so a few odd cars do not pull as hard as squares would let them.

**Look at** the root mean squared error, in units of the target’s standard deviation (7.8 miles per gallon).

**Try** the mean squared error, then the mean absolute error as the loss. Then no hidden layers: a linear model is the one to
beat, and it is not far.

Reaches 0.35 standard deviations on the test part, 2.7 miles per gallon.`,
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.35 }] },
  data: { origin: { source: 'shipped', id: 'cars' } },
  layers: [...hidden('relu', 16, 16), ['linear', { units: 1 }]],
  loss: ['huber', { delta: 0.5 }],
  training: {
    optimizer: { kind: 'adamw', params: { learningRate: 0.005, weightDecay: 0.05 } },
    batchSize: 16,
    epochs: 40,
  },
});

export const mlpMnist = chainTemplate({
  ...plane,
  id: 'mlp-mnist',
  title: 'MLP on MNIST',
  summary: 'Handwritten digits as 784 numbers: good within one epoch.',
  text: `Handwritten digits, 28 × 28 pixels: 7 000 to learn from, 2 000 to measure with at the end. The image is flattened to 784 numbers,
so the net does not know which pixels are neighbours.

**Look at** how fast it gets good: most of the accuracy is there within the first epoch.

**Try** dropout of 0.2 after each ReLU and train for longer. Then one hidden layer of 32 units: how much is lost? Then *LeNet-5*
under *Convolution*, which knows about neighbours and needs a quarter of the weights.

Reaches 93 % on the test part within four epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }],
    quick: { steps: 80, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.85 }] },
  },
  data: {
    origin: { source: 'shipped', id: 'mnist' },
    split: { train: 0.7, validation: 0.1, test: 0.2 },
  },
  layers: [['flatten'], ...hidden('relu', 256, 128), ['linear', { units: 10 }]],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.002 } }, batchSize: 64, epochs: 4 },
});

export const nets: readonly Template[] = [
  mlpXor,
  mlpMoons,
  mlpCircles,
  mlpSpirals,
  mlpFourClasses,
  universalApproximation,
  mlpPenguins,
  mlpCars,
  mlpMnist,
];
