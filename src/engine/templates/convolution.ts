// Nets whose filters look at neighbours, along time.
import { chainTemplate, type Template } from './define.ts';

export const cnnWaves = chainTemplate({
  id: 'cnn-waves',
  theme: 'convolution',
  title: '1-D CNN on waves',
  summary: 'Four kinds of waves told apart by their shape, wherever it stands in the signal.',
  text: `Sine, square, triangle and sawtooth, each with its own frequency, phase and height: only the shape tells them apart. A
**convolution** slides the same small filters along the signal, so what is learnt at one place is known at all of them; the
**global average** says how much of each was found, not where.

**Look at** the filters of the first layer: slopes, edges and plateaus. Then at how few weights there are: none of them knows the
length of the signal.

**Try** a *dilation* of 2 in the second layer: filters that see twice as far. Then two linear layers in place of the convolutions:
many more weights, and worse.

Reaches 90 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }] },
  data: { origin: { source: 'generated', kind: 'waves', params: { samples: 800 } } },
  layers: [
    ['conv1d', { channels: 16, kernel: 7, padding: 3, init: 'heNormal' }],
    ['relu'],
    ['maxPool1d'],
    ['conv1d', { channels: 16, kernel: 5, padding: 2, init: 'heNormal' }],
    ['relu'],
    ['globalAvgPool'],
    ['linear', { units: 4 }],
  ],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 15 },
});

export const convolutions: readonly Template[] = [cnnWaves];
