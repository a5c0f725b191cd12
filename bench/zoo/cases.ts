/**
 * The zoo: nets that are ill in a known way, each with a healthy twin that differs in what makes it ill. `tuning` cases are there
 * to set thresholds by; `held` cases are not: no threshold may be chosen by what they give.
 */
import { adam, dense, generated, type Layer, type NetSpec, type Params, sgd } from './net.ts';

export interface ZooCase {
  readonly name: string;
  readonly half: 'tuning' | 'held';
  /** The verdict that is right, and others that are true as well. */
  readonly verdict: string;
  readonly also: readonly string[];
  /** Layers that may rightly be named; empty where no layer is at fault. */
  readonly layers: readonly string[];
  readonly ill: NetSpec;
  readonly healthy: NetSpec;
}

const spirals = generated('spirals');
const moons = generated('moons');
const xor = generated('xor');
const circles = generated('circles');
const gaussians = generated('gaussians', { classes: 3 });

const batch = (training: Params): Params => ({ batchSize: 32, ...training });
const net = (data: Params, layers: readonly Layer[], training: Params): NetSpec => ({
  data,
  layers,
  training: batch(training),
});
const normal = (initStd: number): Params => ({ init: 'normal', initStd, biasInit: 'zeros' });
const he: Params = { init: 'heNormal', biasInit: 'zeros' };
const xavier: Params = { init: 'xavierUniform', biasInit: 'zeros' };
const biased = (biasValue: number): Params => ({ ...he, biasInit: 'constant', biasValue });

/** Tokens → embedding → recurrent → classes. */
const recurrent = (data: Params, vocabulary: number, kind: string, outputs: number, training: Params) =>
  net(
    data,
    [
      ['embedding', { vocabulary, features: 8 }],
      [kind, { units: 12, output: 'last' }],
      ['linear', { units: outputs }],
    ],
    training,
  );
const recall = (distractors: number) => generated('recall', { samples: 300, symbols: 2, distractors });

/** Tokens → embedding → one transformer block → mean over time → classes. */
const transformer = (training: Params) =>
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

const digits = (pixels: string): Params => ({
  origin: { source: 'shipped', id: 'mnist', pixels, samples: 600 },
});
/** Two convolutions with strides, small enough for a processor. */
const convolutional = (pixels: string, start: Params, activation: string, training: Params) =>
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

const noisy = (samples: number) => generated('moons', { samples, noise: 0.6 });

export const zoo: readonly ZooCase[] = [
  {
    name: '8 sigmoid layers',
    half: 'tuning',
    verdict: 'vanishing',
    also: [],
    layers: ['sigmoid_8', 'sigmoid_7'],
    ill: net(spirals, dense(8, 'sigmoid', 16, {}), sgd(0.1)),
    healthy: net(spirals, dense(4, 'relu', 16, he), adam(0.01)),
  },
  {
    name: '20 tanh layers, weights N(0, 0.15²)',
    half: 'tuning',
    verdict: 'vanishing',
    also: [],
    layers: ['tanh_20', 'tanh_19'],
    ill: net(gaussians, dense(20, 'tanh', 12, normal(0.15), 3), sgd(0.1)),
    healthy: net(gaussians, dense(5, 'tanh', 12, xavier, 3), sgd(0.1)),
  },
  {
    name: '10 sigmoid layers, weights N(0, 0.01²)',
    half: 'held',
    verdict: 'vanishing',
    also: [],
    layers: ['sigmoid_10', 'sigmoid_9'],
    ill: net(xor, dense(10, 'sigmoid', 16, normal(0.01)), adam(0.003)),
    healthy: net(xor, dense(3, 'relu', 16, he), adam(0.01)),
  },
  {
    name: '30 tanh layers, weights N(0, 0.1²)',
    half: 'held',
    verdict: 'vanishing',
    also: [],
    layers: ['tanh_30', 'tanh_29'],
    ill: net(moons, dense(30, 'tanh', 10, normal(0.1)), sgd(0.05, { momentum: 0.9 })),
    healthy: net(moons, dense(6, 'tanh', 10, xavier), sgd(0.05, { momentum: 0.9 })),
  },
  {
    name: '8 ReLU layers, weights N(0, 1)',
    half: 'tuning',
    verdict: 'exploding',
    also: ['first-loss', 'rate-too-large', 'dead', 'non-finite'],
    layers: [],
    ill: net(spirals, dense(8, 'relu', 16, normal(1)), sgd(1e-4)),
    healthy: net(spirals, dense(8, 'relu', 16, he), adam(0.003)),
  },
  {
    name: '10 leaky ReLU layers, weights N(0, 0.8²)',
    half: 'held',
    verdict: 'exploding',
    also: ['first-loss', 'rate-too-large', 'non-finite'],
    layers: [],
    ill: net(moons, dense(10, 'leakyRelu', 16, normal(0.8)), sgd(1e-4)),
    healthy: net(moons, dense(5, 'leakyRelu', 16, he), sgd(0.05)),
  },
  {
    name: 'ReLU with biases of −10',
    half: 'tuning',
    verdict: 'dead',
    also: [],
    layers: ['relu_1'],
    ill: net(spirals, dense(3, 'relu', 16, biased(-10)), adam(0.003)),
    healthy: net(spirals, dense(3, 'relu', 16, he), adam(0.01)),
  },
  {
    name: 'a convolution with biases of −10',
    half: 'tuning',
    verdict: 'dead',
    also: [],
    layers: ['relu_1'],
    ill: convolutional('unit', { ...he, biasInit: 'constant', biasValue: -10 }, 'relu', adam(0.003)),
    healthy: convolutional('unit', he, 'relu', adam(0.003)),
  },
  {
    name: 'ReLU with biases of −6, by SGD',
    half: 'held',
    verdict: 'dead',
    also: [],
    layers: ['relu_1'],
    ill: net(circles, dense(2, 'relu', 24, biased(-6)), sgd(0.05)),
    healthy: net(circles, dense(2, 'relu', 24, he), sgd(0.1)),
  },
  {
    name: 'tanh, weights N(0, 10²)',
    half: 'tuning',
    verdict: 'saturated',
    also: ['first-loss', 'exploding'],
    layers: ['tanh_1', 'tanh_2', 'tanh_3'],
    ill: net(spirals, dense(3, 'tanh', 16, normal(10)), sgd(0.01)),
    healthy: net(spirals, dense(3, 'tanh', 16, xavier), adam(0.01)),
  },
  {
    name: 'sigmoid, weights N(0, 20²)',
    half: 'held',
    verdict: 'saturated',
    also: ['first-loss', 'exploding'],
    layers: ['sigmoid_1', 'sigmoid_2'],
    ill: net(spirals, dense(2, 'sigmoid', 16, normal(20)), adam(0.003)),
    healthy: net(moons, dense(2, 'sigmoid', 16, xavier), adam(0.03)),
  },
  {
    name: 'a tanh convolution of raw pixels',
    half: 'held',
    verdict: 'saturated',
    also: ['first-loss', 'rate-too-large'],
    layers: ['tanh_1', 'tanh_2'],
    ill: convolutional('bytes', xavier, 'tanh', sgd(0.001)),
    healthy: convolutional('standard', xavier, 'tanh', adam(0.003)),
  },
  {
    name: 'all weights and biases 0',
    half: 'tuning',
    verdict: 'symmetric',
    also: [],
    layers: ['linear_1', 'linear_2', 'linear_3'],
    ill: net(spirals, dense(2, 'tanh', 16, { init: 'zeros', biasInit: 'zeros' }), sgd(0.1)),
    healthy: net(spirals, dense(2, 'tanh', 16, xavier), adam(0.01)),
  },
  {
    name: 'all weights 0.3',
    half: 'held',
    verdict: 'symmetric',
    also: ['under-fitting'],
    layers: ['linear_1', 'linear_2'],
    ill: net(
      moons,
      dense(2, 'relu', 16, { init: 'constant', initValue: 0.3, biasInit: 'zeros' }),
      adam(0.01),
    ),
    healthy: net(moons, dense(2, 'relu', 16, he), adam(0.01)),
  },
  {
    name: 'learning rate 10⁻⁶',
    half: 'tuning',
    verdict: 'rate-too-small',
    also: [],
    layers: [],
    ill: net(spirals, dense(2, 'relu', 16, he), sgd(1e-6)),
    healthy: net(spirals, dense(2, 'relu', 16, he), sgd(0.1)),
  },
  {
    name: 'a transformer at learning rate 10⁻⁷',
    half: 'tuning',
    verdict: 'rate-too-small',
    also: [],
    layers: [],
    ill: transformer(adam(1e-7)),
    healthy: transformer(adam(0.005)),
  },
  {
    name: 'tanh by Adam at learning rate 10⁻⁷',
    half: 'held',
    verdict: 'rate-too-small',
    also: [],
    layers: [],
    ill: net(moons, dense(3, 'tanh', 16, xavier), adam(1e-7)),
    healthy: net(moons, dense(3, 'tanh', 16, xavier), adam(0.005)),
  },
  {
    name: 'learning rate 10',
    half: 'tuning',
    verdict: 'rate-too-large',
    also: ['dead', 'exploding', 'non-finite', 'saturated'],
    layers: [],
    ill: net(spirals, dense(2, 'relu', 16, he), sgd(10)),
    healthy: net(spirals, dense(2, 'relu', 16, he), sgd(0.1)),
  },
  {
    name: 'tanh by Adam at learning rate 3',
    half: 'tuning',
    verdict: 'rate-too-large',
    also: ['saturated', 'exploding'],
    layers: [],
    ill: net(gaussians, dense(2, 'tanh', 16, xavier, 3), adam(3)),
    healthy: net(gaussians, dense(2, 'tanh', 16, xavier, 3), adam(0.01)),
  },
  {
    name: 'a transformer by Adam at learning rate 3',
    half: 'held',
    verdict: 'rate-too-large',
    also: ['exploding', 'non-finite'],
    layers: [],
    ill: transformer(adam(3)),
    healthy: transformer(adam(0.003)),
  },
  {
    name: 'momentum 0.95 at learning rate 5',
    half: 'held',
    verdict: 'rate-too-large',
    also: ['dead', 'exploding', 'non-finite'],
    layers: [],
    ill: net(moons, dense(2, 'relu', 24, he), sgd(5, { momentum: 0.95 })),
    healthy: net(moons, dense(2, 'relu', 24, he), sgd(0.03, { momentum: 0.9 })),
  },
  {
    name: 'an output of weights N(0, 20²)',
    half: 'tuning',
    verdict: 'first-loss',
    also: ['rate-too-large', 'exploding'],
    layers: ['linear_3'],
    ill: net(
      spirals,
      [...dense(2, 'relu', 16, he).slice(0, -1), ['linear', { units: 2, ...normal(20) }]],
      adam(0.003),
    ),
    healthy: net(spirals, dense(2, 'relu', 16, he), adam(0.003)),
  },
  {
    name: 'raw pixels 0…255',
    half: 'held',
    verdict: 'first-loss',
    also: ['rate-too-large', 'exploding', 'dead'],
    layers: ['linear_1'],
    ill: net(digits('bytes'), ['flatten', ...dense(1, 'relu', 16, he, 10)], adam(0.001)),
    healthy: net(digits('standard'), ['flatten', ...dense(1, 'relu', 16, he, 10)], adam(0.001)),
  },
  {
    name: 'a linear net at learning rate 1000',
    half: 'tuning',
    verdict: 'non-finite',
    also: ['rate-too-large', 'exploding'],
    layers: [],
    ill: net(spirals, dense(3, 'identity', 16, he), sgd(1000)),
    healthy: net(gaussians, dense(2, 'identity', 16, he, 3), sgd(0.1)),
  },
  {
    name: 'weights N(0, 10²) by large steps',
    half: 'held',
    verdict: 'non-finite',
    also: ['rate-too-large', 'exploding', 'first-loss', 'dead'],
    layers: [],
    ill: net(moons, dense(8, 'leakyRelu', 16, normal(10)), sgd(10)),
    healthy: net(moons, dense(3, 'leakyRelu', 16, he), sgd(0.05)),
  },
  {
    name: '40 noisy points by heart',
    half: 'tuning',
    verdict: 'over-fitting',
    also: [],
    layers: [],
    ill: net(noisy(60), dense(2, 'relu', 64, he), { ...adam(0.02), batchSize: 16 }),
    healthy: net(moons, dense(2, 'relu', 16, he), adam(0.01)),
  },
  {
    name: '50 noisy points by heart, by tanh',
    half: 'held',
    verdict: 'over-fitting',
    also: [],
    layers: [],
    ill: net(noisy(80), dense(2, 'tanh', 64, xavier), { ...adam(0.03), batchSize: 16 }),
    healthy: net(moons, dense(2, 'tanh', 16, xavier), adam(0.01)),
  },
  {
    name: 'a straight line through xor',
    half: 'tuning',
    verdict: 'under-fitting',
    also: [],
    layers: [],
    ill: net(xor, [['linear', { units: 2 }]], adam(0.05)),
    healthy: net(xor, dense(1, 'tanh', 16, xavier), adam(0.03)),
  },
  {
    name: 'a straight line through circles',
    half: 'held',
    verdict: 'under-fitting',
    also: [],
    layers: [],
    ill: net(circles, [['linear', { units: 2 }]], sgd(0.3)),
    healthy: net(circles, dense(1, 'tanh', 16, xavier), adam(0.03)),
  },
  {
    name: 'an RNN over 30 steps',
    half: 'tuning',
    verdict: 'through-time',
    also: [],
    layers: ['rnn_1'],
    ill: recurrent(recall(29), 4, 'rnn', 2, sgd(0.05)),
    healthy: recurrent(recall(5), 4, 'gru', 2, adam(0.02)),
  },
  {
    name: 'an RNN over 60 steps, by Adam',
    half: 'held',
    verdict: 'through-time',
    also: [],
    layers: ['rnn_1'],
    ill: recurrent(recall(59), 4, 'rnn', 2, adam(0.001)),
    healthy: recurrent(recall(5), 4, 'lstm', 2, adam(0.02)),
  },
];
