// Too few images, and what makes many of them: each is shown a little turned and shifted, in another way every time.
import { type Claim, chainTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';
import type { ChainLayer } from './weave.ts';

const few = {
  theme: 'generalising',
  data: {
    origin: { source: 'shipped', id: 'mnist', pixels: 'unit', samples: 2000 },
    split: { train: 0.1, validation: 0.2, test: 0.7 },
  },
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.003 } }, batchSize: 20, epochs: 40 },
} as const;

const reader: readonly ChainLayer[] = [
  ['conv2d', { channels: 8, kernel: 5, stride: 2, padding: 2, init: 'heNormal', biasInit: 'zeros' }],
  ['relu'],
  ['conv2d', { channels: 16, kernel: 5, stride: 2, padding: 2, init: 'heNormal', biasInit: 'zeros' }],
  ['relu'],
  ['flatten'],
  ...hidden('relu', 64),
  ['linear', { units: 10 }],
];

const family = (variant: string) => ({
  title: 'Few images',
  summary: 'Two hundred digits to learn from: as they are, and turned and shifted anew each time.',
  variant,
});

/** All of the training part, and as much of the rest as 200 images teach. */
const byHeart: readonly Claim[] = [
  { metric: 'accuracy', split: 'train', atLeast: 0.995 },
  { metric: 'accuracy', split: 'test', atLeast: 0.79, atMost: 0.89 },
];

export const fewImages = chainTemplate({
  ...few,
  id: 'few-images',
  family: family('As they are'),
  title: 'Two hundred digits',
  summary: 'Twenty images of each digit are soon known by heart, and the rest are read badly.',
  text: `200 handwritten digits to learn from, 400 to validate, 1 400 to test. A small convolutional net soon knows the 200 by heart; of
the others it reads about one in six wrongly, because a digit that leans a little further is another image to it.

**Look at** the two loss curves: the training loss is soon near 0, and from then on there is nothing left to learn from, while the
validation loss climbs slowly.

**Try** the twin of this template. Then 10 000 *images* here, with the same split: five times the digits are worth more than any
trick, where one has them.

Reaches every image of the training part, and no more than 89 % on the test part (measured: 83.6 %).`,
  quality: { claims: byHeart, quick: { steps: 160, claims: byHeart } },
  layers: reader,
});

export const fewImagesAugmented = chainTemplate({
  ...few,
  id: 'few-images-augmented',
  family: family('Turned and shifted'),
  title: 'Two hundred digits, augmented',
  summary: 'Each image comes a little turned and shifted, in another way at every step.',
  text: `The same 200 digits, net and steps. While it trains, every image is **augmented** on its way in: turned by up to 15 degrees and
shifted by up to two pixels, in another way each time (Simard et al. 2003; Krizhevsky et al. 2012). A seven that leans is still a
seven, so the label stays right, and no image comes twice. When the net is evaluated, images pass as they are.

**Look at** the training loss of single batches: higher than the twin’s to the end, since there is always something new to learn. The
validation loss is the lower one.

**Try** 90 degrees: sixes become nines, and the labels wrong. Then the box *Random flip*: for photographs a good idea, for digits
not. The angle and the shift can be changed while it trains.

Reaches 90 % on the test part (measured: 92.5 %), where the twin without augmentation stays below 89 %.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }],
    quick: { steps: 160, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.87 }] },
  },
  layers: [['randomAffine', { degrees: 15, shift: 2 }], ...reader],
});

export const fewImagesFamily: readonly Template[] = [fewImages, fewImagesAugmented];
