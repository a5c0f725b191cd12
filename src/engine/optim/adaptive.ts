// Optimisers that scale each coordinate by the size of its gradients, as torch.optim has them; and Lion, which takes signs.
import { z } from 'zod';
import { param } from '../layers/define.ts';
import { add, div, maximum, mul, sign, sqrt, sub } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { defineOptimizer } from './define.ts';
import { learningRate, weightDecay } from './params.ts';

const epsilonParam = (value: number) =>
  param(z.number().min(1e-12).max(1).default(value), {
    title: 'ε',
    description: 'Added to the denominator, so that tiny gradients do not make huge steps.',
    hot: true,
  });

export const rmsprop = defineOptimizer({
  kind: 'rmsprop',
  title: 'RMSProp',
  doc: 'Divides each gradient by the root of the running mean of its square.',
  formula:
    's \\leftarrow \\alpha s + (1 - \\alpha) g^2, \\quad \\theta \\leftarrow \\theta - \\eta \\frac{g}{\\sqrt{s} + \\epsilon}',
  source: 'Tieleman & Hinton, Lecture 6.5 — RMSProp, Coursera 2012; centred: Graves, 2013',
  pytorch: 'torch.optim.RMSprop',
  family: 'scaled',
  params: z.strictObject({
    learningRate: learningRate(0.01),
    alpha: param(z.number().min(0).max(0.99999).default(0.99), {
      title: 'α',
      description: 'How long the mean of squares remembers.',
      hot: true,
    }),
    momentum: param(z.number().min(0).max(0.9999).default(0), {
      title: 'Momentum μ',
      description: 'The share of the step before that goes into the next.',
      hot: true,
    }),
    centered: param(z.boolean().default(false), {
      title: 'Centred',
      description: 'Divides by the deviation of the gradient instead of its mean square.',
    }),
    epsilon: epsilonParam(1e-8),
    weightDecay: weightDecay(0),
  }),
  states: ['square', 'mean', 'velocity'],
  hypers: (p) => ({
    learningRate: p.learningRate,
    alpha: p.alpha,
    // In float64, where 1 − 0.99 keeps its digits.
    rest: 1 - p.alpha,
    momentum: p.momentum,
    epsilon: p.epsilon,
    weightDecay: p.weightDecay,
  }),
  update({ parameters, gradients, state, hyper }, { centered }) {
    const g = add(gradients, mul(hyper('weightDecay'), parameters));
    const square = add(mul(hyper('alpha'), state.square), mul(hyper('rest'), mul(g, g)));
    const mean = centered ? add(mul(hyper('alpha'), state.mean), mul(hyper('rest'), g)) : state.mean;
    // Rounding could make the variance slightly negative.
    const spread = centered ? maximum(sub(square, mul(mean, mean)), scalar(0)) : square;
    const step = div(g, add(sqrt(spread), hyper('epsilon')));
    const velocity = add(mul(hyper('momentum'), state.velocity), step);
    return {
      parameters: sub(parameters, mul(hyper('learningRate'), velocity)),
      state: { square, mean, velocity },
    };
  },
});

export const adagrad = defineOptimizer({
  kind: 'adagrad',
  title: 'Adagrad',
  doc: 'Divides each gradient by the root of the sum of all its squares so far: steps only get smaller.',
  formula:
    's \\leftarrow s + g^2, \\quad \\theta \\leftarrow \\theta - \\eta \\frac{g}{\\sqrt{s} + \\epsilon}',
  source: 'Duchi, Hazan & Singer, Adaptive subgradient methods, JMLR 2011',
  pytorch: 'torch.optim.Adagrad',
  family: 'scaled',
  params: z.strictObject({
    learningRate: learningRate(0.01),
    learningRateDecay: param(z.number().min(0).max(10).default(0), {
      title: 'Learning rate decay',
      description: 'Divides the learning rate by 1 + decay · step.',
      hot: true,
    }),
    initial: param(z.number().min(0).max(1000).default(0), {
      title: 'Initial sum',
      description: 'What the sum of squares starts with: larger starts more carefully.',
      hot: true,
    }),
    epsilon: epsilonParam(1e-10),
    weightDecay: weightDecay(0),
  }),
  states: ['sum'],
  hypers: (p) => ({
    learningRate: p.learningRate,
    decay: p.learningRateDecay,
    initial: p.initial,
    epsilon: p.epsilon,
    weightDecay: p.weightDecay,
  }),
  update({ parameters, gradients, state, step, hyper }) {
    const g = add(gradients, mul(hyper('weightDecay'), parameters));
    const sum = add(state.sum, mul(g, g));
    const before = sub(step, scalar(1));
    const rate = div(hyper('learningRate'), add(scalar(1), mul(before, hyper('decay'))));
    const size = add(sqrt(add(sum, hyper('initial'))), hyper('epsilon'));
    return { parameters: sub(parameters, mul(rate, div(g, size))), state: { sum } };
  },
});

export const lion = defineOptimizer({
  kind: 'lion',
  title: 'Lion',
  doc: 'Takes the sign of a mean of gradients: every coordinate moves by exactly one learning rate.',
  formula:
    '\\theta \\leftarrow \\theta - \\eta \\left(\\mathrm{sign}(\\beta_1 m + (1 - \\beta_1) g) + \\lambda \\theta\\right), \\quad m \\leftarrow \\beta_2 m + (1 - \\beta_2) g',
  source: 'Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023',
  pytorch: 'lion_pytorch.Lion',
  family: 'scaled',
  params: z.strictObject({
    learningRate: learningRate(1e-4),
    beta1: param(z.number().min(0).max(0.9999).default(0.9), {
      title: 'β₁',
      description: 'The share of the mean gradient in each step.',
      hot: true,
    }),
    beta2: param(z.number().min(0).max(0.99999).default(0.99), {
      title: 'β₂',
      description: 'How long the mean of the gradients remembers.',
      hot: true,
    }),
    weightDecay: weightDecay(0),
  }),
  states: ['mean'],
  hypers: (p) => ({
    learningRate: p.learningRate,
    beta1: p.beta1,
    rest1: 1 - p.beta1,
    beta2: p.beta2,
    rest2: 1 - p.beta2,
    weightDecay: p.weightDecay,
  }),
  update({ parameters, gradients: g, state, hyper }) {
    const direction = sign(add(mul(hyper('beta1'), state.mean), mul(hyper('rest1'), g)));
    const step = add(direction, mul(hyper('weightDecay'), parameters));
    return {
      parameters: sub(parameters, mul(hyper('learningRate'), step)),
      state: { mean: add(mul(hyper('beta2'), state.mean), mul(hyper('rest2'), g)) },
    };
  },
});
