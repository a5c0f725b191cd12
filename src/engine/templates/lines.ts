// Models that are one layer deep and give numbers: straight lines, and curves through basis functions.
import { chainTemplate, netTemplate, type Template } from './define.ts';
import type { ChainLayer } from './weave.ts';

const line = {
  theme: 'lines',
  data: {
    origin: {
      source: 'generated',
      kind: 'linear',
      params: { weights: [2], bias: 0.5, samples: 200, noise: 0.2 },
    },
  },
  layers: [['linear', { units: 1 }]],
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.25 }] },
} as const;

const squares = (variant: string) => ({
  title: 'Least squares',
  summary: 'A line through points, by the squared error or by half of it.',
  variant,
});

export const linearRegression = chainTemplate({
  ...line,
  id: 'linear-regression',
  family: squares('Mean form'),
  title: 'Linear regression',
  summary: 'One unit finds the line that the points were drawn along.',
  text: `Points along y = 2x + ½, with noise. One unit finds the line again by **least squares**: the mean of the squared
residuals, L = 1/n · Σ (ŷᵢ − yᵢ)², is smallest there.

**Look at**

- the weight and the bias: they end near 2 and 0.5;
- the error that stays: it is the noise, σ = 0.2, and no line does better.

**Try**

- a learning rate of 1.5: every step overshoots and the loss grows;
- the mean absolute error as the loss: it pulls equally hard from near and from far;
- the same with the **½ form** of the loss, the template beside this one.

Reaches a root mean squared error of 0.25 on the test part.`,
  loss: ['mse'],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.1 } }, batchSize: 20, epochs: 50 },
});

export const linearRegressionHalf = chainTemplate({
  ...line,
  id: 'linear-regression-half',
  family: squares('½ form'),
  title: 'Least squares, ½ form',
  summary: 'The same line with half the squared error: its derivative is the residual itself.',
  text: `The same points and the same line. Textbooks often halve the squares, L = 1/2n · Σ (ŷᵢ − yᵢ)², so that the 2 of the
derivative is gone: ∂L/∂ŷ is the **residual** ŷ − y itself.

**Look at**

- the path: half the loss has half the gradient, and here the learning rate is twice that of the mean form, 0.2 for 0.1. So
  every step is the same, and so are the weights at the end;
- the loss: half of what the mean form shows, for the same line.

**Try**

- a learning rate of 0.1: the same line, in twice the steps;
- full batches, a batch size of 140: plain **gradient descent**, whose loss falls without a wiggle.

Reaches a root mean squared error of 0.25 on the test part, with the very weights of the mean form.`,
  loss: ['mse', { form: 'half' }],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.2 } }, batchSize: 20, epochs: 50 },
});

/** Twenty-one points of a cubic to learn from: few enough that a high degree can go through all of them. */
const cubic = {
  theme: 'lines',
  data: {
    origin: {
      source: 'generated',
      kind: 'polynomial',
      params: { coefficients: [0, -1.5, 0, 3], samples: 120, noise: 0.1 },
    },
    split: { train: 0.175, validation: 0.325, test: 0.5 },
  },
  loss: ['mse'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.03 } }, batchSize: 21, epochs: 800 },
} as const;

const byDegree = (degree: number): ChainLayer[] => [
  ['polynomial', { degree }],
  ['linear', { units: 1 }],
];

const fitting = (variant: string) => ({
  title: 'Polynomial curve fitting',
  summary: 'Powers of x as basis functions: too few, enough, too many.',
  variant,
});

export const polynomialUnderfit = chainTemplate({
  ...cubic,
  id: 'polynomial-underfit',
  family: fitting('Degree 1: under-fit'),
  title: 'Polynomial of degree 1',
  summary: 'A line through a cubic: too simple, wrong on both parts alike.',
  text: `21 points of a cubic, y = 3x³ − 1.5x, with noise σ = 0.1, and a model that can only draw a line. It **under-fits**.

**Look at** the training and the validation loss side by side: both stay high, and about equally so. More data, more steps and
other optimisers change nothing: the error is that the model cannot bend.

**Try** *degree* 2, then 3, and watch both losses fall together.

Reaches no root mean squared error below 0.4, on the training part neither (0.51) nor on the test part (0.46).`,
  quality: {
    claims: [
      { metric: 'rmse', split: 'train', atLeast: 0.4 },
      { metric: 'rmse', split: 'test', atLeast: 0.4 },
    ],
    // The whole training part is one batch, so no noise tells a minimum from a plateau, which is what under-fitting is told by.
    verdicts: [],
  },
  layers: byDegree(1),
});

export const polynomialRegression = chainTemplate({
  ...cubic,
  id: 'polynomial-regression',
  family: fitting('Degree 3: right'),
  title: 'Polynomial regression',
  summary: 'Powers as basis functions: a curve in x that is linear in its weights.',
  text: `21 points of a cubic with noise. The powers x, x², x³ are **basis functions**: the model is a curve in x, and still linear in
its weights, so training is least squares as before.

**Look at** the training and the validation loss side by side: they fall together and stay together.

**Try** the neighbours of this template: degree 1 cannot bend, and **under-fits**; degree 15 follows the noise, and **over-fits**.

Reaches a root mean squared error of 0.14 on the test part; the noise alone is 0.1.`,
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.14 }] },
  layers: byDegree(3),
});

export const polynomialOverfit = chainTemplate({
  ...cubic,
  id: 'polynomial-overfit',
  family: fitting('Degree 15: over-fit'),
  title: 'Polynomial of degree 15',
  summary: 'Sixteen weights for 21 points: it learns the noise, and pays on new points.',
  text: `The same 21 points, and sixteen weights to go through them. The model learns the noise as well: it **over-fits**.

**Look at** the two losses: the training loss falls below what the noise allows, the validation loss turns and rises. Between the
points the curve swings, most of all near the ends.

**Try**

- weight decay: AdamW with 0.1 draws the curve smooth again;
- more of the data for training: with 100 points the same sixteen weights have no room to err;
- stopping early, where the validation loss is lowest.

Reaches 0.08 on the training part, below the noise of 0.1, and no better than 0.14 on the test part (measured: 0.06 and 0.18).`,
  quality: {
    claims: [
      { metric: 'rmse', split: 'train', atMost: 0.08 },
      { metric: 'rmse', split: 'test', atLeast: 0.14 },
    ],
    // The validation loss rises by little beside the loss at the start: the rule for over-fitting keeps still.
    verdicts: [],
  },
  layers: byDegree(15),
});

export const basisFunctions = netTemplate({
  id: 'basis-functions',
  theme: 'lines',
  title: 'Basis functions',
  summary: 'Powers and waves side by side; a linear layer picks what the curve is made of.',
  text: `Any functions of x can stand before the linear layer, φ(x) = (x, x², sin πx, sin 2πx, …): the model stays **linear in
its weights**, and least squares still has one best answer. Here powers and waves are offered together, and the data is a wave.

**Look at** the weights of the linear layer at the end: the one behind the right sine is near 1, the others are near 0.

**Try**

- another *frequency* in the data, 3 or 1.5: which functions take over?
- the *sawtooth*: its steps take many waves, and more of them than there are here;
- removing the waves: powers alone need a high degree for the same curve.

Reaches a root mean squared error of 0.1 on the test part; the noise alone is 0.05.`,
  notes: ['The factors π, 2π and 3π make waves of one, two and three half-periods per unit of x.'],
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.1 }] },
  data: {
    origin: {
      source: 'generated',
      kind: 'curve',
      params: { function: 'sine', frequency: 2, samples: 200, noise: 0.05 },
    },
  },
  net(weave, x) {
    const waves = [1, 2, 3].map((n) => weave.chain(x, ['scale', { factor: n * Math.PI }], ['sin']));
    const powers = weave.chain(x, ['polynomial', { degree: 3 }]);
    return weave.chain(weave.box('concat', { axis: -1 }, { x: [...waves, powers] }), [
      'linear',
      { units: 1 },
    ]);
  },
  loss: ['mse'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.02 } }, batchSize: 20, epochs: 60 },
});

export const lines: readonly Template[] = [
  linearRegression,
  linearRegressionHalf,
  polynomialUnderfit,
  polynomialRegression,
  polynomialOverfit,
  basisFunctions,
];
