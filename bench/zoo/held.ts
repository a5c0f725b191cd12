/**
 * The held half: nets that are ill by what the literature says of them or by how they are made. They were written before any rule
 * had seen them. No rule, threshold or fix may be changed by what they give; a case itself may, where its ill net turns out to learn
 * as well as its twin.
 */
import { convolutional, digits, he, net, normal, xavier } from './builders.ts';
import type { ZooCase } from './cases.ts';
import { adam, dense, generated, type Layer, type Params, sgd } from './net.ts';

const optimizer =
  (kind: string) =>
  (learningRate: number, more: Params = {}): Params => ({
    optimizer: { kind, params: { learningRate, ...more } },
  });
const rmsprop = optimizer('rmsprop');
const adagrad = optimizer('adagrad');
const adamw = optimizer('adamw');
const momentum = (learningRate: number): Params => sgd(learningRate, { momentum: 0.9 });

const clouds = generated('gaussians', { classes: 4, spread: 0.3 });
const arms = generated('spirals', { arms: 3, turns: 0.75 });
const circles = generated('circles', { samples: 300, factor: 0.4 });
const board = generated('checkerboard', { samples: 600, cells: 2 });
const xor = generated('xor', { samples: 300 });
const sine = generated('curve', { function: 'sine', frequency: 2 });
const order = generated('temporalOrder', { samples: 400, shortest: 8, longest: 8, symbols: 3 });

/** Four measurements of penguins, as they are (millimetres and grams) or standardised. */
const penguins = (standardise: boolean): Params => ({
  origin: {
    source: 'shipped',
    id: 'penguins',
    recipe: {
      columns: [
        {
          name: 'Species',
          type: 'category',
          role: 'target',
          categories: ['Adelie', 'Chinstrap', 'Gentoo'],
        },
        { name: 'Island', type: 'category', role: 'ignore', categories: ['Biscoe', 'Dream', 'Torgersen'] },
        ...['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)'].map((name) => ({
          name,
          type: 'number',
          role: 'feature',
        })),
        { name: 'Sex', type: 'category', role: 'ignore', categories: ['FEMALE', 'MALE'] },
      ],
      standardise,
    },
  },
});

/** A convolution with a stride and then `depth` that keep the size, each with an activation. */
const deepConvolutional = (depth: number, start: Params, activation: string, training: Params) =>
  net(
    digits('standard'),
    [
      ['conv2d', { channels: 6, kernel: 4, stride: 4, ...start }],
      activation,
      ...Array.from({ length: depth }, (): Layer[] => [
        ['conv2d', { channels: 6, kernel: 3, padding: 1, ...start }],
        activation,
      ]).flat(),
      'flatten',
      ['linear', { units: 10 }],
    ],
    training,
  );

/** Letters → embedding → recurrent → classes. */
const reader = (data: Params, vocabulary: number, layer: Layer, outputs: number, training: Params) =>
  net(data, [['embedding', { vocabulary, features: 6 }], layer, ['linear', { units: outputs }]], training);

/** Letters and their places → a pre-norm transformer block → mean → classes, started as told. */
const encoder = (output: Params, training: Params) =>
  net(
    generated('recall', { samples: 300, symbols: 3, distractors: 5 }),
    [
      ['embedding', { vocabulary: 6, features: 12 }],
      ['learnedEncoding', { length: 6 }],
      ['transformerEncoderLayer', { heads: 3, feedForward: 24, dropout: 0, normFirst: true }],
      ['reduce', { operation: 'mean', axes: [1] }],
      ['linear', { units: 3, ...output }],
    ],
    training,
  );

/** Numbers with marks → an RNN's last state → their sum. */
const adder = (length: number, kind: string, params: Params, training: Params) =>
  net(
    generated('adding', { samples: 600, length }),
    [
      [kind, { units: 16, output: 'last', ...params }],
      ['linear', { units: 1 }],
    ],
    training,
    'mse',
  );

const biasedSecond = (biasValue: number): Layer[] => [
  ['linear', { units: 20, ...he }],
  'relu',
  ['linear', { units: 20, ...he, biasInit: 'constant', biasValue }],
  'relu',
  ['linear', { units: 20, ...he }],
  'relu',
  ['linear', { units: 3 }],
];

const squares = (depth: number, start: Params): Layer[] => [
  ...Array.from({ length: depth }, (): Layer[] => [
    ['linear', { units: 16, ...start }],
    ['pow', { exponent: 2 }],
  ]).flat(),
  ['linear', { units: 2 }],
];

export const held: readonly ZooCase[] = [
  {
    // Glorot & Bengio 2010: U(−1/√n, 1/√n) divides the gradient's variance by 3 in each layer.
    name: '16 tanh layers with the standard start',
    verdict: 'vanishing',
    also: [],
    layers: ['tanh_16', 'tanh_15'],
    ill: net(circles, dense(16, 'tanh', 20, { biasInit: 'zeros' }), momentum(0.005)),
    healthy: net(circles, dense(4, 'tanh', 20, { ...xavier, initGain: 5 / 3 }), momentum(0.05)),
  },
  {
    // Hochreiter 1991; Glorot & Bengio 2010: the slope of a sigmoid is at most 1/4.
    name: '8 sigmoid convolutions',
    verdict: 'vanishing',
    also: [],
    layers: ['sigmoid_8', 'sigmoid_7'],
    ill: deepConvolutional(7, {}, 'sigmoid', momentum(0.01)),
    healthy: deepConvolutional(7, he, 'relu', adam(0.003)),
  },
  {
    // Saxe et al. 2014: orthogonal weights of gain 2 double the gradient in each layer.
    name: '12 linear layers, orthogonal weights of gain 2',
    verdict: 'exploding',
    also: ['first-loss', 'rate-too-large', 'non-finite'],
    layers: [],
    ill: net(
      clouds,
      dense(12, 'identity', 16, { init: 'orthogonal', initGain: 2, biasInit: 'zeros' }, 4),
      sgd(1e-6),
    ),
    healthy: net(
      clouds,
      dense(12, 'identity', 16, { init: 'orthogonal', initGain: 1, biasInit: 'zeros' }, 4),
      sgd(0.02),
    ),
  },
  {
    // He et al. 2015: the right deviation for a fan-in of 54 is 0.19.
    name: '7 GELU convolutions, weights N(0, 1)',
    verdict: 'exploding',
    also: ['first-loss', 'rate-too-large', 'dead', 'non-finite'],
    layers: [],
    ill: deepConvolutional(6, normal(1), 'gelu', adamw(0.001)),
    healthy: deepConvolutional(6, he, 'gelu', adamw(0.003)),
  },
  {
    name: 'a second layer with biases of −12',
    verdict: 'dead',
    also: [],
    layers: ['relu_2'],
    ill: net(penguins(true), biasedSecond(-12), rmsprop(0.001)),
    healthy: net(penguins(true), biasedSecond(0), rmsprop(0.003)),
  },
  {
    // Lu et al. 2020, Dying ReLU and initialization: deep and narrow ReLU nets are born dead. Nothing comes back through them.
    name: '20 ReLU layers of 2 units',
    verdict: 'dead',
    also: ['vanishing'],
    layers: [],
    ill: net(board, dense(20, 'relu', 2, he), adam(0.003)),
    healthy: net(board, dense(3, 'relu', 24, he), adam(0.01)),
  },
  {
    name: 'tanh with biases of 4',
    verdict: 'saturated',
    also: [],
    layers: ['tanh_1', 'tanh_2', 'tanh_3'],
    ill: net(xor, dense(3, 'tanh', 20, { ...xavier, biasInit: 'constant', biasValue: 4 }), adagrad(0.01)),
    healthy: net(xor, dense(3, 'tanh', 20, xavier), adagrad(0.05)),
  },
  {
    // LeCun et al. 1998, Efficient backprop: inputs are to be standardised.
    name: 'sigmoids of grams and millimetres',
    verdict: 'saturated',
    also: [],
    layers: ['sigmoid_1'],
    ill: net(penguins(false), dense(2, 'sigmoid', 16, xavier, 3), adam(0.001)),
    healthy: net(penguins(true), dense(2, 'sigmoid', 16, xavier, 3), adam(0.02)),
  },
  {
    name: 'convolutions of constant weights',
    verdict: 'symmetric',
    also: [],
    layers: ['conv2d_1', 'conv2d_2'],
    ill: convolutional(
      'standard',
      { init: 'constant', initValue: 0.05, biasInit: 'zeros' },
      'tanh',
      rmsprop(0.001),
    ),
    healthy: convolutional('standard', xavier, 'tanh', rmsprop(0.001)),
  },
  {
    name: 'sigmoid layers, all weights 0, by Adagrad',
    verdict: 'symmetric',
    also: [],
    layers: ['linear_1', 'linear_2'],
    ill: net(arms, dense(2, 'sigmoid', 20, { init: 'zeros', biasInit: 'zeros' }, 3), adagrad(0.1)),
    healthy: net(arms, dense(2, 'sigmoid', 20, { ...xavier, initGain: 2 }, 3), adagrad(0.1)),
  },
  {
    name: 'a GRU by RMSProp at learning rate 10⁻⁷',
    verdict: 'rate-too-small',
    also: [],
    layers: [],
    ill: reader(order, 6, ['gru', { units: 16, output: 'last' }], 2, rmsprop(1e-7)),
    healthy: reader(order, 6, ['gru', { units: 16, output: 'last' }], 2, rmsprop(0.005)),
  },
  {
    name: 'a convolution by momentum at learning rate 10⁻⁶',
    verdict: 'rate-too-small',
    also: [],
    layers: [],
    ill: convolutional('unit', he, 'gelu', momentum(1e-6)),
    healthy: convolutional('unit', he, 'gelu', momentum(0.02)),
  },
  {
    name: 'a convolution by Adam at learning rate 1',
    verdict: 'rate-too-large',
    also: ['dead', 'exploding', 'non-finite'],
    layers: [],
    ill: convolutional('standard', he, 'relu', adam(1)),
    healthy: convolutional('standard', he, 'relu', adam(0.003)),
  },
  {
    // Gates and states lie at their ends then, so nothing comes back through time either.
    name: 'an LSTM by RMSProp at learning rate 3',
    verdict: 'rate-too-large',
    also: ['exploding', 'through-time', 'non-finite'],
    layers: [],
    ill: reader(order, 6, ['lstm', { units: 16, output: 'last' }], 2, rmsprop(3)),
    healthy: reader(order, 6, ['lstm', { units: 16, output: 'last' }], 2, rmsprop(0.005)),
  },
  {
    name: 'a transformer whose output has weights N(0, 15²)',
    verdict: 'first-loss',
    also: ['exploding'],
    layers: ['linear_1'],
    ill: encoder(normal(15), adamw(0.003)),
    healthy: encoder({}, adamw(0.003)),
  },
  {
    name: 'ReLU of grams and millimetres',
    verdict: 'first-loss',
    also: ['rate-too-large', 'exploding', 'dead'],
    layers: ['linear_1'],
    ill: net(penguins(false), dense(2, 'relu', 16, he, 3), adagrad(0.01)),
    healthy: net(penguins(true), dense(2, 'relu', 16, he, 3), adagrad(0.05)),
  },
  {
    // 50 → 50² → … : the fourth square lies beyond float32.
    name: 'squares of squares of large weights',
    verdict: 'non-finite',
    also: ['exploding', 'first-loss'],
    layers: ['pow_4'],
    ill: net(circles, squares(5, normal(50)), adam(0.001)),
    healthy: net(circles, squares(1, xavier), adam(0.01)),
  },
  {
    // Steps above 2 / λ diverge: the largest curvature of x = −30 … 30 is about 600.
    name: 'least squares by steps a hundred times too large',
    verdict: 'non-finite',
    also: ['rate-too-large', 'exploding'],
    layers: [],
    ill: net(
      generated('curve', { function: 'abs', frequency: 0.05, from: -30, to: 30 }),
      [['linear', { units: 1 }]],
      sgd(0.3),
      'mse',
    ),
    healthy: net(
      generated('linear', { weights: [2, -1, 0.5] }),
      [['linear', { units: 1 }]],
      sgd(0.05),
      'mse',
    ),
  },
  {
    // 70 samples of 16 numbers, of which one says something: the rest is noise to be learnt by heart.
    name: 'noise in 16 columns by heart',
    verdict: 'over-fitting',
    also: [],
    layers: [],
    ill: net(
      generated('linear', { weights: [1, ...new Array<number>(15).fill(0)], samples: 100, noise: 2 }),
      dense(2, 'tanh', 64, { ...xavier, initGain: 5 / 3 }, 1),
      { ...adam(0.02), batchSize: 16 },
      'mse',
    ),
    healthy: net(
      generated('curve', { function: 'sine', frequency: 1, samples: 400, noise: 0.1, placing: 'random' }),
      dense(2, 'tanh', 16, { ...xavier, initGain: 5 / 3 }, 1),
      adam(0.01),
      'mse',
    ),
  },
  {
    name: 'noisy clouds by heart, by RMSProp',
    verdict: 'over-fitting',
    also: [],
    layers: [],
    ill: net(generated('gaussians', { samples: 70, classes: 3, spread: 1.2 }), dense(3, 'relu', 64, he, 3), {
      ...rmsprop(0.005),
      batchSize: 16,
    }),
    healthy: net(
      generated('gaussians', { samples: 400, classes: 3 }),
      dense(2, 'relu', 16, he, 3),
      rmsprop(0.003),
    ),
  },
  {
    name: 'a straight line through a checkerboard',
    verdict: 'under-fitting',
    also: [],
    layers: [],
    ill: net(board, [['linear', { units: 2 }]], momentum(0.05)),
    healthy: net(board, dense(2, 'tanh', 24, { ...xavier, initGain: 5 / 3 }), momentum(0.1)),
  },
  {
    name: 'a straight line through a sine',
    verdict: 'under-fitting',
    also: [],
    layers: [],
    ill: net(sine, [['linear', { units: 1 }]], adam(0.05), 'mse'),
    healthy: net(sine, dense(2, 'tanh', 24, { ...xavier, initGain: 5 / 3 }, 1), adam(0.02), 'mse'),
  },
  {
    // Hochreiter & Schmidhuber 1997: the adding problem, where an RNN does no better than answer 1.
    name: 'an RNN that is to add, over 40 steps',
    verdict: 'through-time',
    also: [],
    layers: ['rnn_1'],
    ill: adder(40, 'rnn', {}, rmsprop(0.001)),
    healthy: adder(4, 'gru', {}, adam(0.02)),
  },
  {
    // Gers et al. 2000; Jozefowicz et al. 2015: of the memory, 0.05 stays at each step.
    name: 'an LSTM that forgets at each step',
    verdict: 'through-time',
    also: [],
    layers: ['lstm_1'],
    ill: reader(
      generated('recall', { samples: 300, symbols: 3, distractors: 15 }),
      6,
      ['lstm', { units: 12, output: 'last', forgetBias: -3 }],
      3,
      adam(0.003),
    ),
    healthy: reader(
      generated('recall', { samples: 300, symbols: 3, distractors: 5 }),
      6,
      ['lstm', { units: 12, output: 'last', forgetBias: 3 }],
      3,
      adam(0.02),
    ),
  },
];
