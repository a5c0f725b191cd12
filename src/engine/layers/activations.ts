/**
 * Activations: maps of one tensor, composed of ops so that their derivatives follow. Conventions, also at kinks, are
 * PyTorch's; formulas are written so that large |x| neither overflows nor gives NaN, also not in a branch
 * that is not taken: its gradient would be 0 · NaN.
 */
import { z } from 'zod';
import type { Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import {
  abs,
  add,
  div,
  greater,
  heaviside as heavisideOp,
  lessEqual,
  maximum,
  minimum,
  mul,
  relu as reluOp,
  sigmoid as sigmoidOp,
  tanh as tanhOp,
  where,
} from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { softplus as softplusOf } from '../ops/losses.ts';
import { logSoftmax as logSoftmaxOf, softmax as softmaxOf } from '../ops/softmax.ts';
import { expm1, gelu as geluOf } from '../ops/special.ts';
import { axisParam, sampleAxis } from './axes.ts';
import { at, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';
import { boundParams, checkBounds } from './math.ts';

/** What one activation adds to all the others. */
interface Activation<P extends z.ZodObject>
  extends Pick<
    LayerSpec<P>,
    | 'kind'
    | 'title'
    | 'aliases'
    | 'doc'
    | 'formula'
    | 'source'
    | 'pytorch'
    | 'params'
    | 'typescript'
    | 'rectifies'
    | 'squashesTo'
  > {
  map(x: Value, params: z.infer<P>, node: string): Value;
}

function defineActivation<P extends z.ZodObject>({ map, ...spec }: Activation<P>): LayerSpec<P> {
  return defineLayer({
    ...spec,
    category: 'activation',
    inputs: [tensorIn],
    outputs: [tensorOut],
    build: ({ node }, inputs, params) => ({ y: map(at(inputs, 'x'), params, node) }),
  });
}

/** Below 0 and above this, a GELU and its like are in their flat tail, with slopes under 0.04. */
export const smoothlyOff = -0.01;

const none = z.strictObject({});
const times = (x: Value, factor: number): Value => mul(x, scalar(factor));
const plus = (x: Value, term: number): Value => add(x, scalar(term));

/** x inside (low, high), the nearer end outside; the slope is 0 outside and at both ends, as PyTorch's hardtanh has it. */
function clampFlat(x: Value, low: number, high: number): Value {
  return where(lessEqual(x, scalar(low)), scalar(low), where(lessEqual(scalar(high), x), scalar(high), x));
}

/** x where x > 0, else what `below` is; at 0 the slope is that of `below`. */
function aboveZeroOr(x: Value, below: Value): Value {
  return where(greater(x, scalar(0)), x, below);
}

/** eˣ − 1 for x ≤ 0; larger x count as 0. */
const expm1BelowZero = (x: Value): Value => expm1(where(greater(x, scalar(0)), scalar(0), x));

export const identity = defineActivation({
  kind: 'identity',
  title: 'Identity',
  aliases: ['none', 'pass', 'linear activation'],
  doc: 'Passes everything on unchanged.',
  formula: 'y = x',
  source: 'torch.nn.Identity',
  pytorch: 'torch.nn.Identity',
  params: none,
  map: (x) => x,
});

export const heaviside = defineActivation({
  kind: 'heaviside',
  title: 'Heaviside',
  aliases: ['step', 'threshold', 'perceptron'],
  doc: '1 where x > 0, else 0: the perceptron’s output. No gradient passes through it.',
  formula: 'y = [x > 0]',
  source: 'McCulloch & Pitts, 1943; Rosenblatt, The perceptron, 1958',
  pytorch: 'torch.heaviside',
  params: none,
  map: heavisideOp,
});

export const sigmoid = defineActivation({
  kind: 'sigmoid',
  title: 'Sigmoid',
  aliases: ['logistic', 'σ'],
  doc: 'Squashes to (0, 1). Its slope is at most ¼, so gradients shrink from layer to layer.',
  formula: 'y = \\frac{1}{1 + e^{-x}}',
  source: 'Goodfellow, Bengio & Courville, Deep Learning, 2016, section 3.10',
  pytorch: 'torch.nn.Sigmoid',
  params: none,
  squashesTo: [0.03, 0.97],
  map: sigmoidOp,
});

export const tanh = defineActivation({
  kind: 'tanh',
  title: 'Tanh',
  aliases: ['hyperbolic tangent'],
  doc: 'Squashes to (−1, 1), centred at 0; its slope is 1 at 0.',
  formula: 'y = \\tanh x',
  source: 'LeCun et al., Efficient BackProp, 1998',
  pytorch: 'torch.nn.Tanh',
  params: none,
  squashesTo: [-0.97, 0.97],
  map: tanhOp,
});

export const relu = defineActivation({
  kind: 'relu',
  title: 'ReLU',
  aliases: ['rectifier', 'rectified linear unit'],
  doc: 'x where x > 0, else 0. Gradients pass unchanged through active units.',
  formula: 'y = \\max(0, x)',
  source: 'Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010',
  pytorch: 'torch.nn.ReLU',
  params: none,
  rectifies: 0,
  map: reluOp,
});

export const relu6 = defineActivation({
  kind: 'relu6',
  title: 'ReLU6',
  aliases: ['clipped relu'],
  doc: 'ReLU that stops growing at 6.',
  formula: 'y = \\min(\\max(0, x), 6)',
  source: 'Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010',
  pytorch: 'torch.nn.ReLU6',
  params: none,
  rectifies: 0,
  map: (x) => clampFlat(x, 0, 6),
});

export const leakyRelu = defineActivation({
  kind: 'leakyRelu',
  title: 'Leaky ReLU',
  aliases: ['lrelu'],
  doc: 'A ReLU that lets a little gradient through where x < 0, so that no unit dies.',
  formula: 'y = \\max(0, x) + \\alpha \\min(0, x)',
  source: 'Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, ICML 2013',
  pytorch: 'torch.nn.LeakyReLU',
  params: z.strictObject({
    slope: param(z.number().min(0).max(1).default(0.01), {
      title: 'Slope α',
      description: 'The slope where x < 0.',
    }),
  }),
  map: (x, { slope }) => aboveZeroOr(x, times(x, slope)),
});

export const prelu = defineLayer({
  kind: 'prelu',
  title: 'PReLU',
  category: 'activation',
  aliases: ['parametric relu'],
  doc: 'A leaky ReLU that learns its slope, one for all channels or one for each.',
  formula: 'y = \\max(0, x) + a \\min(0, x)',
  source: 'He et al., Delving deep into rectifiers, ICCV 2015',
  pytorch: 'torch.nn.PReLU',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    perChannel: param(z.boolean().default(false), {
      title: 'One per channel',
      description: 'Learns a slope for each entry of axis 1; else one for all.',
    }),
    start: param(z.number().min(-1).max(1).default(0.25), {
      title: 'Initial slope a',
      description: 'The slope where x < 0 at the start.',
    }),
  }),
  build(ctx, inputs, { perChannel, start }) {
    const x = at(inputs, 'x');
    const channels = perChannel ? (x.shape[1] ?? 1) : 1;
    const weight = ctx.parameter('weight', [channels], { kind: 'constant', value: start });
    // Channels stand on axis 1, whatever follows.
    const slope = reshape(weight, [channels, ...x.shape.slice(2).map(() => 1)]);
    return { y: aboveZeroOr(x, mul(slope, x)) };
  },
});

export const elu = defineActivation({
  kind: 'elu',
  title: 'ELU',
  aliases: ['exponential linear unit'],
  doc: 'x where x > 0, else α(eˣ − 1): smooth, with outputs that average near 0.',
  formula: 'y = \\max(0, x) + \\min(0, \\alpha(e^x - 1))',
  source: 'Clevert, Unterthiner & Hochreiter, ELU, ICLR 2016',
  pytorch: 'torch.nn.ELU',
  params: z.strictObject({
    alpha: param(z.number().min(0.01).max(10).default(1), {
      title: 'α',
      description: 'The value approached for very negative x is −α.',
    }),
  }),
  map: (x, { alpha }) => aboveZeroOr(x, times(expm1BelowZero(x), alpha)),
});

export const celu = defineActivation({
  kind: 'celu',
  title: 'CELU',
  aliases: ['continuously differentiable elu'],
  doc: 'An ELU whose slope is 1 at 0, whatever α is.',
  formula: 'y = \\max(0, x) + \\min(0, \\alpha(e^{x/\\alpha} - 1))',
  source: 'Barron, Continuously differentiable exponential linear units, 2017',
  pytorch: 'torch.nn.CELU',
  params: z.strictObject({
    alpha: param(z.number().min(0.01).max(10).default(1), {
      title: 'α',
      description: 'The value approached for very negative x is −α.',
    }),
  }),
  map: (x, { alpha }) => aboveZeroOr(x, times(expm1BelowZero(times(x, 1 / alpha)), alpha)),
});

// The fixed point of mean 0 and variance 1: appendix A of the paper, in PyTorch's digits.
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

export const selu = defineActivation({
  kind: 'selu',
  title: 'SELU',
  aliases: ['self-normalising', 'scaled elu'],
  doc: 'An ELU scaled so that activations keep mean 0 and variance 1 (with LeCun’s normal initialiser).',
  formula: 'y = \\lambda \\left(\\max(0, x) + \\min(0, \\alpha(e^x - 1))\\right)',
  source: 'Klambauer et al., Self-normalizing neural networks, NIPS 2017',
  pytorch: 'torch.nn.SELU',
  params: none,
  map: (x) => times(aboveZeroOr(x, times(expm1BelowZero(x), SELU_ALPHA)), SELU_SCALE),
});

export const softplus = defineActivation({
  kind: 'softplus',
  title: 'Softplus',
  aliases: ['smooth relu'],
  doc: 'A smooth ReLU; its slope is the sigmoid.',
  formula: 'y = \\frac{1}{\\beta} \\log(1 + e^{\\beta x})',
  source: 'Dugas et al., NIPS 2001',
  pytorch: 'torch.nn.Softplus',
  params: z.strictObject({
    beta: param(z.number().min(0.01).max(100).default(1), {
      title: 'β',
      description: 'The larger, the sharper the bend at 0.',
    }),
  }),
  map: (x, { beta }) => times(softplusOf(times(x, beta)), 1 / beta),
});

export const silu = defineActivation({
  kind: 'silu',
  title: 'SiLU',
  aliases: ['swish'],
  doc: 'x · sigmoid(x): smooth, and slightly below 0 before it rises.',
  formula: 'y = x\\,\\sigma(x)',
  source: 'Elfwing, Uchibe & Doya, 2018; Ramachandran, Zoph & Le, Swish, 2017',
  pytorch: 'torch.nn.SiLU',
  params: none,
  rectifies: smoothlyOff,
  map: (x) => mul(x, sigmoidOp(x)),
});

// Beyond ±10 the tanh of GELU's cubic is ±1 to the last place, and the cubic cannot overflow within.
const GELU_REACH = 10;

/** Φ(x) by Hendrycks and Gimpel's tanh formula. */
function tanhNormal(x: Value): Value {
  const near = maximum(minimum(x, scalar(GELU_REACH)), scalar(-GELU_REACH));
  const cubic = mul(near, plus(times(mul(near, near), 0.044715), 1));
  return times(plus(tanhOp(times(cubic, Math.sqrt(2 / Math.PI))), 1), 0.5);
}

export const gelu = defineActivation({
  kind: 'gelu',
  title: 'GELU',
  aliases: ['gaussian error linear unit'],
  doc: 'x weighed by the normal distribution’s Φ(x): the activation of most transformers.',
  formula: 'y = x\\,\\Phi(x)',
  source: 'Hendrycks & Gimpel, Gaussian error linear units, 2016',
  pytorch: 'torch.nn.GELU',
  params: z.strictObject({
    approximate: param(z.enum(['none', 'tanh']).default('none'), {
      title: 'Form',
      description: 'Φ exactly, or by a formula with tanh that GPT-2 and others were trained with.',
      choices: { none: 'Exact', tanh: 'With tanh' },
    }),
  }),
  typescript: {
    helper: {
      name: 'gelu',
      source: `
/** x weighed by Φ(x), the normal distribution, in the tanh form: x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))). */
function gelu(x: Float32Array): Float32Array {
  return x.map((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))));
}`,
    },
    call: ({ inputs, params }) => (params.approximate === 'tanh' ? `gelu(${inputs.x})` : null),
  },
  rectifies: smoothlyOff,
  map: (x, { approximate }) => (approximate === 'none' ? geluOf(x) : mul(x, tanhNormal(x))),
});

export const logSigmoid = defineActivation({
  kind: 'logSigmoid',
  title: 'Log-sigmoid',
  aliases: ['log probability'],
  doc: 'The logarithm of the sigmoid, also where the sigmoid itself would be 0.',
  formula: 'y = \\log \\frac{1}{1 + e^{-x}}',
  source: 'torch.nn.LogSigmoid',
  pytorch: 'torch.nn.LogSigmoid',
  params: none,
  map: (x) => times(softplusOf(times(x, -1)), -1),
});

export const softsign = defineActivation({
  kind: 'softsign',
  title: 'Softsign',
  aliases: [],
  doc: 'Squashes to (−1, 1) like tanh, but saturates slowly.',
  formula: 'y = \\frac{x}{1 + |x|}',
  source: 'Turian, Bergstra & Bengio, 2009',
  pytorch: 'torch.nn.Softsign',
  params: none,
  map: (x) => div(x, plus(abs(x), 1)),
});

export const mish = defineActivation({
  kind: 'mish',
  title: 'Mish',
  aliases: [],
  doc: 'x · tanh(softplus(x)): smooth and self-gated.',
  formula: 'y = x \\tanh(\\log(1 + e^x))',
  source: 'Misra, Mish, BMVC 2020',
  pytorch: 'torch.nn.Mish',
  params: none,
  rectifies: smoothlyOff,
  map: (x) => mul(x, tanhOp(softplusOf(x))),
});

export const hardSigmoid = defineActivation({
  kind: 'hardSigmoid',
  title: 'Hard sigmoid',
  aliases: ['hardsigmoid'],
  doc: 'A sigmoid made of three straight lines.',
  formula: 'y = \\frac{\\min(\\max(0, x + 3), 6)}{6}',
  source: 'Courbariaux, Bengio & David, BinaryConnect, NIPS 2015',
  pytorch: 'torch.nn.Hardsigmoid',
  params: none,
  squashesTo: [0.03, 0.97],
  map: (x) => times(clampFlat(plus(x, 3), 0, 6), 1 / 6),
});

export const hardTanh = defineActivation({
  kind: 'hardTanh',
  title: 'Hard tanh',
  aliases: ['hardtanh', 'clamp', 'clip'],
  doc: 'x inside two bounds, −1 and 1 unless told, the nearer bound outside.',
  formula: 'y = \\min(\\max(a, x), b)',
  source: 'Collobert, 2004; torch.nn.Hardtanh',
  pytorch: 'torch.nn.Hardtanh',
  params: boundParams(1e6),
  map(x, bounds, node) {
    checkBounds(node, bounds);
    return clampFlat(x, bounds.low, bounds.high);
  },
});

export const hardSwish = defineActivation({
  kind: 'hardSwish',
  title: 'Hard swish',
  aliases: ['hardswish'],
  doc: 'SiLU with the hard sigmoid as its gate.',
  formula: 'y = x\\,\\frac{\\min(\\max(0, x + 3), 6)}{6}',
  source: 'Howard et al., Searching for MobileNetV3, ICCV 2019',
  pytorch: 'torch.nn.Hardswish',
  params: none,
  map: (x) => mul(x, times(clampFlat(plus(x, 3), 0, 6), 1 / 6)),
});

const axisParams = z.strictObject({ axis: axisParam('Along which axis the numbers compete') });
const isLast = (axis: number, shape: Shape): boolean => axis === -1 || axis === shape.length - 1;

export const softmax = defineActivation({
  kind: 'softmax',
  title: 'Softmax',
  aliases: ['probabilities'],
  doc: 'Positive numbers that add up to 1 along an axis. The cross-entropy loss contains it already.',
  formula: 'y_i = \\frac{e^{x_i - \\max x}}{\\sum_j e^{x_j - \\max x}}',
  source: 'Bridle, 1990',
  pytorch: 'torch.nn.Softmax',
  params: axisParams,
  typescript: {
    helper: {
      name: 'softmax',
      source: `
/** Positive numbers that add up to 1 in each row; the largest is subtracted first, so that nothing overflows. */
function softmax(x: Float32Array, size: number): Float32Array {
  const y = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += size) {
    const row = x.subarray(start, start + size);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    for (let i = 0; i < size; i++) y[start + i] = Math.exp(row[i] - largest) / total;
  }
  return y;
}`,
    },
    call: ({ inputs, shape, params }) =>
      isLast(params.axis, shape) ? `softmax(${inputs.x}, ${shape.at(-1)})` : null,
  },
  map: (x, { axis }, node) => softmaxOf(x, sampleAxis(node, axis, x.shape.length)),
});

export const logSoftmax = defineActivation({
  kind: 'logSoftmax',
  title: 'Log-softmax',
  aliases: ['log probabilities'],
  doc: 'The logarithm of softmax along an axis, through log-sum-exp.',
  formula: 'y_i = x_i - \\log \\sum_j e^{x_j}',
  source: 'Goodfellow, Bengio & Courville, Deep Learning, 2016, section 6.2.2.3',
  pytorch: 'torch.nn.LogSoftmax',
  params: axisParams,
  typescript: {
    helper: {
      name: 'logSoftmax',
      source: `
/** The logarithm of softmax in each row; the largest is subtracted first, so that nothing overflows. */
function logSoftmax(x: Float32Array, size: number): Float32Array {
  const y = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += size) {
    const row = x.subarray(start, start + size);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    for (let i = 0; i < size; i++) y[start + i] = row[i] - largest - Math.log(total);
  }
  return y;
}`,
    },
    call: ({ inputs, shape, params }) =>
      isLast(params.axis, shape) ? `logSoftmax(${inputs.x}, ${shape.at(-1)})` : null,
  },
  map: (x, { axis }, node) => logSoftmaxOf(x, sampleAxis(node, axis, x.shape.length)),
});

/** All activations, in the order of the palette. */
export const activations: readonly LayerSpec[] = [
  relu,
  leakyRelu,
  prelu,
  elu,
  celu,
  selu,
  gelu,
  silu,
  sigmoid,
  tanh,
  softplus,
  logSigmoid,
  softsign,
  mish,
  relu6,
  hardSigmoid,
  hardTanh,
  hardSwish,
  heaviside,
  identity,
  softmax,
  logSoftmax,
];
