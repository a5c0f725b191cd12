// Steps that would be too long, and steps made of several batches.
import { chainTemplate, type Template } from './define.ts';
import { hidden, repeated, started } from './layers.ts';

/** Eight ReLU layers that start too large by 1.6 each: signals and gradients grow by 1.6⁸. */
const steep = {
  theme: 'steps',
  data: {
    origin: {
      source: 'generated',
      kind: 'curve',
      params: { function: 'sine', frequency: 1, samples: 300, noise: 0.05 },
    },
  },
  layers: [
    ...repeated(8, started(32, { init: 'normal', initStd: 0.4 }), ['relu']),
    started(1, { init: 'normal', initStd: 0.4 }),
  ],
  loss: ['mse'],
} as const;

const family = (variant: string) => ({
  title: 'Gradient clipping',
  summary: 'A net whose gradients explode, and the same net with their norm cut off.',
  variant,
});
const plain = { kind: 'sgd', params: { learningRate: 0.01 } } as const;

export const exploding = chainTemplate({
  ...steep,
  id: 'exploding',
  family: family('Without: explodes'),
  title: 'Exploding gradients',
  summary: 'Weights too large in each of eight layers: after a few steps nothing is finite.',
  text: `Eight ReLU layers from weights N(0, 0.4²), 1.6 times what He’s rule says. Each layer makes the signal 1.6 times as large, and on
the way back the gradient: together 1.6⁸ = 43 times, and the loss squares it. The first step throws the weights so far that the second cannot be
computed: **the gradient explodes**, and training halts at the first number that is not finite.

**Look at** the gradient strips of step 0: each layer lies higher than the one after it, the mirror image of vanishing. The norm of
the whole gradient is in the thousands.

**Try** *gradient clipping* in the training panel, by norm with 1 as the largest: the template beside this one. Then He’s start
instead: the better remedy, where one is free to choose.

Reaches its halt within 20 steps.`,
  quality: { steps: 20, claims: [], verdicts: ['non-finite'], halts: true },
  training: { optimizer: plain, batchSize: 32, epochs: 100 },
});

export const clipping = chainTemplate({
  ...steep,
  id: 'clipping',
  family: family('Clipped by norm'),
  title: 'Gradient clipping',
  summary: 'The same net; a gradient longer than 1 is scaled down to 1.',
  text: `The exploding net with one more rule: a gradient whose norm is above 1 is scaled down to 1, and keeps its
direction (Pascanu et al. 2013). A step can then move the weights by no more than the learning rate, however steep the place; so the
learning rate may even be five times that of the twin.

**Look at** the loss: it starts high and comes down step by step. Once gradients are small, clipping does nothing any more.

**Try** clipping by *value*: each number of the gradient is cut off by itself, which bends the direction. Then a limit of 0.01: safe,
and slow.

Reaches a root mean squared error of 0.35 on the test part, where the net without clipping has no number to show.`,
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.35 }] },
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.05 } },
    clipping: { kind: 'norm', limit: 1 },
    batchSize: 32,
    epochs: 150,
  },
});

/** A net whose step of 32 samples is taken at once, or in four parts. */
export const accumulation = chainTemplate({
  id: 'accumulation',
  theme: 'steps',
  title: 'Gradient accumulation',
  summary: 'Four batches of 8 make one step of 32: the same step in a quarter of the memory.',
  text: `The gradient of a batch is a mean over its samples, so it can be collected in parts: here four batches of 8 make one step
of 32. The step is the same, to rounding, and activations for 8 samples are all that must be kept at once.

**Look at** the memory of the run beside one with a batch size of 32 and accumulation 1; and at the loss curves, which lie on each
other.

**Try** a batch norm behind the first layer: now the two differ, since the norm sees 8 samples at a time.

Reaches 95 % on the test part, as with whole batches of 32.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 600, turns: 1 } } },
  layers: [...hidden('relu', 32, 32), ['linear', { units: 2 }]],
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.1, momentum: 0.9 } },
    batchSize: 8,
    accumulation: 4,
    epochs: 30,
  },
});

export const stepLengths: readonly Template[] = [exploding, clipping, accumulation];
