// A noisy curve and a net with room for all of the noise: learnt by heart, and smoothed by dropout and by weight decay.
import { chainTemplate, type Template } from './define.ts';
import type { ChainLayer } from './weave.ts';

/** Forty points of a wave to learn from, with much noise. */
const noisy = {
  theme: 'generalising',
  data: {
    origin: {
      source: 'generated',
      kind: 'curve',
      params: { function: 'sine', frequency: 2, samples: 400, noise: 0.3 },
    },
    split: { train: 0.1, validation: 0.3, test: 0.6 },
  },
  loss: ['mse'],
} as const;

const training = {
  optimizer: { kind: 'adam', params: { learningRate: 0.01 } },
  batchSize: 20,
  epochs: 300,
} as const;

/** Waves of many lengths, most of them much shorter than the one there is: enough to go through every point. */
const waves = (...between: readonly ChainLayer[]): ChainLayer[] => [
  ['linear', { units: 128, init: 'normal', initStd: 20 }],
  ['sin'],
  ...between,
  ['linear', { units: 1 }],
];

const family = (variant: string) => ({
  title: 'Denoising a curve',
  summary:
    'Forty noisy points: a net that follows each of them, and two ways to make it draw the curve instead.',
  variant,
});

export const noisyCurve = chainTemplate({
  ...noisy,
  id: 'noisy-curve',
  family: family('Nothing done'),
  title: 'A curve and its noise',
  summary: 'A net of short waves goes through every noisy point, and anywhere in between.',
  text: `One long wave, of which 40 points are known, each with a normal error of 0.3. The hidden layer has 128 waves of its own,
most of them much shorter than the one in the data: together they can go through any 40 points, and they do. The net learns
the **noise**, and between the points it goes wherever its short waves lead.

**Look at** the two loss curves: validation is at its best within the first hundred steps, when the long wave is found. From then on
the training loss falls to a sixth of the noise’s 0.09, and the validation loss climbs above that of the mean, 0.5.

**Try** the two remedies of this family. Then 400 points more: with so many, no short wave fits them all.

Reaches 0.2 on the training part, below the noise of 0.3, and no better than 0.6 on the test part (measured: 0.12 and 0.92).`,
  quality: {
    claims: [
      { metric: 'rmse', split: 'train', atMost: 0.2 },
      { metric: 'rmse', split: 'test', atLeast: 0.6 },
    ],
    verdicts: ['over-fitting'],
  },
  layers: waves(),
  training,
});

export const denoisedByDropout = chainTemplate({
  ...noisy,
  id: 'denoise-dropout',
  family: family('Dropout'),
  title: 'A curve denoised by dropout',
  summary: 'Each step leaves out half of the waves, so none can mend what another breaks.',
  text: `The same points, net and steps; **dropout** leaves out each wave with probability ½ at every step. Short waves meet the points
only together, each mending what the others break, and now half of them are missing each time. What lasts is what many waves agree
on: the long one.

**Look at** the two losses: they stay near each other. The training loss of single batches is the higher one, since it is measured
with half of the net.

**Try** p = 0.1, then 0.8, while it trains: too little leaves the noise, too much flattens the curve.

Reaches a root mean squared error of 0.46 on the test part (measured: 0.40); without dropout it ends at 0.9.`,
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.46 }] },
  layers: waves(['dropout', { p: 0.5 }]),
  training,
});

export const denoisedByDecay = chainTemplate({
  ...noisy,
  id: 'denoise-weight-decay',
  family: family('Weight decay'),
  title: 'A curve denoised by weight decay',
  summary: 'Every weight is pulled towards 0, so only waves that earn their keep stay.',
  text: `The same points, net and steps; **AdamW** with a decay of 0.3 pulls every weight towards 0. A short wave that serves a single
point earns too little to stay; the long one serves all of them.

**Look at** the training loss: it comes to rest near 0.09, the square of the noise’s 0.3, which is what an honest curve leaves over. The
weight strips of both layers become narrow.

**Try** a decay of 0.03: the noise is back. Then 1: after a good start even the long wave is pulled down, and the curve with it.

Reaches a root mean squared error of 0.37 on the test part (measured: 0.31); the noise alone is 0.3.`,
  quality: { claims: [{ metric: 'rmse', split: 'test', atMost: 0.37 }] },
  layers: waves(),
  training: {
    ...training,
    optimizer: { kind: 'adamw', params: { learningRate: 0.01, weightDecay: 0.3 } },
  },
});

export const denoising: readonly Template[] = [noisyCurve, denoisedByDropout, denoisedByDecay];
