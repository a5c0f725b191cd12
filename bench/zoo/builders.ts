// What the nets of both halves are made of.
import { generated, type Layer, type NetSpec, type Params } from './net.ts';

const batch = (training: Params): Params => ({ batchSize: 32, ...training });
export const net = (data: Params, layers: readonly Layer[], training: Params, loss?: string): NetSpec => ({
  data,
  layers,
  training: batch(training),
  ...(loss === undefined ? {} : { loss }),
});
/** Weights of N(0, σ²) and no biases. */
export const normal = (initStd: number): Params => ({ init: 'normal', initStd, biasInit: 'zeros' });
export const he: Params = { init: 'heNormal', biasInit: 'zeros' };
export const xavier: Params = { init: 'xavierUniform', biasInit: 'zeros' };

/** Tokens → embedding → recurrent → classes. */
export const recurrent = (
  data: Params,
  vocabulary: number,
  kind: string,
  outputs: number,
  training: Params,
) =>
  net(
    data,
    [
      ['embedding', { vocabulary, features: 8 }],
      [kind, { units: 12, output: 'last' }],
      ['linear', { units: outputs }],
    ],
    training,
  );
/** Two letters to tell apart, at the start of sequences. */
export const recall = (distractors: number) => generated('recall', { samples: 300, symbols: 2, distractors });

/** Tokens → embedding → one transformer block → mean over time → classes. */
export const transformer = (training: Params) =>
  net(
    recall(7),
    [
      ['embedding', { vocabulary: 4, features: 8 }],
      ['learnedEncoding', { length: 8 }],
      ['transformerEncoderLayer', { heads: 2, feedForward: 16, dropout: 0 }],
      ['reduce', { operation: 'mean', axes: [1] }],
      ['linear', { units: 2 }],
    ],
    training,
  );

export const digits = (pixels: string): Params => ({
  origin: { source: 'shipped', id: 'mnist', pixels, samples: 600 },
});
/** Two convolutions with strides, small enough for a processor. */
export const convolutional = (pixels: string, start: Params, activation: string, training: Params) =>
  net(
    digits(pixels),
    [
      ['conv2d', { channels: 4, kernel: 5, stride: 3, ...start }],
      activation,
      ['conv2d', { channels: 8, kernel: 3, stride: 2, ...start }],
      activation,
      'flatten',
      ['linear', { units: 10 }],
    ],
    training,
  );
