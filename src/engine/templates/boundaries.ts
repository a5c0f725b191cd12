// Models that are one layer deep and tell classes apart: the boundaries between them are straight.
import { chainTemplate, type Template } from './define.ts';

const perceptronLayers = {
  theme: 'lines',
  layers: [['perceptron', { init: 'zeros', biasInit: 'zeros' }]],
  loss: ['mse', { form: 'half' }],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.1 } }, batchSize: 1, epochs: 5 },
} as const;

const rosenblatt = (variant: string) => ({
  title: 'Perceptron',
  summary: 'A step and Rosenblatt’s rule: it comes to rest, if a line can do it.',
  variant,
});

export const perceptron = chainTemplate({
  ...perceptronLayers,
  id: 'perceptron',
  family: rosenblatt('Two clouds'),
  title: 'Perceptron',
  summary: 'One unit with a step: Rosenblatt’s rule parts two clouds, and then rests.',
  text: `One unit, two clouds. The output is 0 or 1, a **Heaviside** step; half the squared error, one sample at a time and plain SGD
make **Rosenblatt’s learning rule**: a sample on the right side changes nothing, one on the wrong side is added to the weights
or taken from them.

**Look at**

- the loss: it falls to exactly 0 and learning stops, wherever the line happens to be then;
- the gradient strips: nothing most of the time, and then a whole sample at once.

**Try**

- *XOR*, the template beside this one: no line parts its classes, and the rule never comes to rest;
- more *spread*: as soon as the clouds touch, the rule goes on for ever;
- a linear layer with the hinge loss and margin 1 instead: a support-vector machine, which wants room on both sides.

Reaches an accuracy of 97 % on the test part.`,
  // From weights of 0 the first step is as large as they are, whatever the learning rate: a card may call it too large.
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.97 }], verdicts: [] },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 400, classes: 2, spread: 0.25 } },
  },
});

export const perceptronXor = chainTemplate({
  ...perceptronLayers,
  id: 'perceptron-xor',
  family: rosenblatt('XOR'),
  title: 'Perceptron on XOR',
  summary: 'No straight line parts these classes: the rule does not converge.',
  text: `Two classes in opposite quadrants: **exclusive or**. No straight line parts them (Minsky & Papert 1969), so every pass over
the data finds samples on the wrong side, and the perceptron’s rule never comes to rest.

**Look at**

- the loss: it jumps between 0 and ½ for as long as you let it run;
- the accuracy: near ½, and never above ¾ for long, which is the most that a line can do here;
- the weights: they wander and do not settle.

**Try** *MLP on XOR* under *Nets*: a hidden layer bends the plane first, and then a line is enough.

Stays below 80 % on the training part. Reaches no rest, however many epochs it is given.`,
  // What ails it is that no line will do; rules see weights that are thrown about, and may blame the learning rate.
  quality: { claims: [{ metric: 'accuracy', split: 'train', atMost: 0.8 }], verdicts: [] },
  data: { origin: { source: 'generated', kind: 'xor', params: { samples: 400 } } },
});

export const supportVector = chainTemplate({
  id: 'support-vector',
  theme: 'lines',
  title: 'Support-vector machine',
  summary: 'The hinge loss with margin 1 wants room on both sides of the line.',
  text: `One linear unit with the **hinge loss**, max(0, 1 − t·ŷ) for t = ±1, and weight decay: a linear support-vector machine,
trained by gradient steps. Where the perceptron stops at the first line that works, this one goes on until there is room on both
sides.

**Look at** the loss per sample: only points inside the margin, the **support vectors**, have any; all others pull no more.

**Try** a weight decay of 0.1: a wider margin, with more points inside. Then 0: the margin shrinks as the weights grow.

Reaches an accuracy of 97 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.97 }] },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 400, classes: 2, spread: 0.3 } },
  },
  layers: [['linear', { units: 1 }]],
  loss: ['hinge', { margin: 1 }],
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.05, weightDecay: 0.01 } },
    batchSize: 16,
    epochs: 20,
  },
});

export const logisticRegression = chainTemplate({
  id: 'logistic-regression',
  theme: 'lines',
  title: 'Logistic regression',
  summary: 'Two normal clouds, and the line on which both are equally likely.',
  text: `Two normal clouds that overlap. One unit gives the **logit**, the logarithm of the odds; the sigmoid of it is the
probability of the second class, and the loss contains that sigmoid.

**Look at**

- the boundary, a straight line where p = ½. For two clouds of equal spread it is the best there is: the line where the
  **log-likelihood ratio** is 0;
- the weights: the log-likelihood ratio of clouds at (±1, 0) with spread σ is −2x/σ², here −6.6 x, and training comes near it.

**Try**

- more spread: the accuracy falls, and no model can help it;
- *circles*: a line is not enough.

Reaches 93 % on the test part; the best that any model can do is 96.5 %.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }] },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 600, classes: 2, spread: 0.55 } },
  },
  layers: [['linear', { units: 1 }]],
  loss: ['bceWithLogits'],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.5 } }, batchSize: 32, epochs: 50 },
});

export const softmaxRegression = chainTemplate({
  id: 'softmax-regression',
  theme: 'lines',
  title: 'Softmax regression',
  summary: 'One logit per class; cross-entropy through log-sum-exp.',
  text: `Four clouds, one logit for each. **Softmax** makes probabilities of the logits, and the loss is minus the logarithm of
the right one, −log softmax(z)ₖ = log Σⱼ eᶻʲ − zₖ. That **log-sum-exp** is computed with the largest logit taken out first, so
that logits of any size do not overflow. The label is the place of the right class, which is the same as a **one-hot** row.

**Look at** the loss at step 0: near ln 4 = 1.386, which is what guessing costs.

**Try** more clouds, then more spread. Each region stays convex: its borders are straight.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 800, classes: 4, spread: 0.3 } },
  },
  layers: [['linear', { units: 4 }]],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.5 } }, batchSize: 32, epochs: 30 },
});

export const boundaries: readonly Template[] = [
  perceptron,
  perceptronXor,
  supportVector,
  logisticRegression,
  softmaxRegression,
];
