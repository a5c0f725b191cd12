// Models that are one layer deep: straight lines, curves through basis functions, and boundaries between classes.
import { chainTemplate } from './define.ts';

export const perceptron = chainTemplate({
  id: 'perceptron',
  title: 'Perceptron',
  text: `One unit, two clouds. The hinge loss with **margin 0**, one sample per step and plain SGD make **Rosenblatt's learning
rule**: a sample on the right side changes nothing, a sample on the wrong side is added to the weights.

**Look at** the loss: it falls to exactly 0 and learning stops, wherever the line happens to be then.

**Try** *XOR* as the data: no straight line parts its classes, and the rule never comes to rest. Then set the margin to 1: a
support-vector machine, which goes on until there is room on both sides.

Reaches 97 % on the test part.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.97, epochs: 20 },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 400, classes: 2, spread: 0.3 } },
  },
  layers: [['linear', { units: 1 }]],
  loss: ['hinge', { margin: 0 }],
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.1 } },
    batchSize: 1,
    epochs: 20,
  },
});

export const linearRegression = chainTemplate({
  id: 'linear-regression',
  title: 'Linear regression',
  text: `Points along y = 2x + ½, with noise. One unit finds the line again by **least squares**.

**Look at** the weight and the bias: they end near 2 and 0.5. The error that stays is the noise, σ = 0.2.

**Try** a learning rate of 1.5: every step overshoots and the loss grows. Then the mean absolute error as the loss.

Reaches a root mean squared error of 0.25 on the test part.`,
  quality: { kind: 'metric', metric: 'rmse', split: 'test', atMost: 0.25, epochs: 50 },
  data: {
    origin: {
      source: 'generated',
      kind: 'linear',
      params: { weights: [2], bias: 0.5, samples: 200, noise: 0.2 },
    },
  },
  layers: [['linear', { units: 1 }]],
  loss: ['mse'],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.1 } }, batchSize: 20, epochs: 50 },
});

export const polynomialRegression = chainTemplate({
  id: 'polynomial-regression',
  title: 'Polynomial regression',
  text: `A cubic with noise. The powers x, x², x³ are **basis functions**: the model is a curve in x, and still linear in its
weights, so training is least squares as before.

**Look at** the training and the validation loss side by side.

**Try** degree 1: it cannot bend and **underfits**, on both parts alike. Then degree 12 with 20 samples: it follows the noise and
**overfits**, and the two losses part. Weight decay draws them together again.

Reaches a root mean squared error of 0.16 on the test part; the noise alone is 0.1.`,
  quality: { kind: 'metric', metric: 'rmse', split: 'test', atMost: 0.16, epochs: 300 },
  data: {
    origin: {
      source: 'generated',
      kind: 'polynomial',
      params: { coefficients: [0, -1.5, 0, 3], samples: 120, noise: 0.1 },
    },
  },
  layers: [
    ['polynomial', { degree: 3 }],
    ['linear', { units: 1 }],
  ],
  loss: ['mse'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.05 } }, batchSize: 21, epochs: 300 },
});

export const logisticRegression = chainTemplate({
  id: 'logistic-regression',
  title: 'Logistic regression',
  text: `Two normal clouds that overlap. One unit gives the **logit**, the logarithm of the odds; the sigmoid of it is the
probability of the second class, and the loss contains that sigmoid.

**Look at** the boundary: a straight line where p = ½. For two clouds of equal spread it is the best there is, the line where the
**log-likelihood ratio** is 0.

**Try** more spread: the accuracy falls, and no model can help it. Then *circles*: a line is not enough.

Reaches 93 % on the test part.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.93, epochs: 50 },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 600, classes: 2, spread: 0.55 } },
  },
  layers: [['linear', { units: 1 }]],
  loss: ['bceWithLogits'],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.5 } }, batchSize: 32, epochs: 50 },
});

export const softmaxRegression = chainTemplate({
  id: 'softmax-regression',
  title: 'Softmax regression',
  text: `Four clouds, one logit for each. **Softmax** makes probabilities of the logits, and the loss is minus the logarithm of
the right one, computed through **log-sum-exp** so that large logits do not overflow.

**Look at** the loss at step 0: near ln 4 = 1.386, which is what guessing costs.

**Try** more clouds, then more spread. Each region stays convex: its borders are straight.

Reaches 95 % on the test part.`,
  quality: { kind: 'metric', metric: 'accuracy', split: 'test', atLeast: 0.95, epochs: 50 },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 800, classes: 4, spread: 0.3 } },
  },
  layers: [['linear', { units: 4 }]],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.5 } }, batchSize: 32, epochs: 50 },
});
