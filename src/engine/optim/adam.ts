/**
 * Adam and AdamW as torch.optim has them: bias-corrected moments, ε outside the root. They differ in where weight decay acts:
 * Adam adds it to the gradient, AdamW shrinks the weights directly.
 */
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { param } from '../layers/define.ts';
import { add, div, mul, neg, sqrt, sub } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { expm1 } from '../ops/special.ts';
import { defineOptimizer, type UpdateAt, type Updated } from './define.ts';
import { learningRate, weightDecay } from './params.ts';

const params = (decay: number) =>
  z.strictObject({
    learningRate: learningRate(0.001),
    beta1: param(z.number().min(0).max(0.9999).default(0.9), {
      title: 'β₁',
      description: 'How long the mean of the gradients remembers.',
      hot: true,
    }),
    beta2: param(z.number().min(0).max(0.99999).default(0.999), {
      title: 'β₂',
      description: 'How long the mean of their squares remembers.',
      hot: true,
    }),
    epsilon: param(z.number().min(1e-12).max(1).default(1e-8), {
      title: 'ε',
      description: 'Added to the denominator, so that tiny gradients do not make huge steps.',
      hot: true,
    }),
    weightDecay: weightDecay(decay),
  });

type Params = z.infer<ReturnType<typeof params>>;

/**
 * The scalars of the rule. 1 − β and log β are formed here, in float64: in float32, 1 − 0.999 has lost four digits, and so
 * would the correction 1 − βᵗ in its first steps.
 */
function hypers(p: Params) {
  return {
    learningRate: p.learningRate,
    weightDecay: p.weightDecay,
    epsilon: p.epsilon,
    beta1: p.beta1,
    beta2: p.beta2,
    rest1: 1 - p.beta1,
    rest2: 1 - p.beta2,
    // β = 0 has no logarithm; at e⁻⁶⁹ its powers are 0 in float32 all the same.
    log1: Math.log(Math.max(p.beta1, 1e-30)),
    log2: Math.log(Math.max(p.beta2, 1e-30)),
  };
}

type At = UpdateAt<'mean' | 'square', keyof ReturnType<typeof hypers>>;

/** 1 − βᵗ. */
const correction = (step: Value, logBeta: Value): Value => neg(expm1(mul(step, logBeta)));

/** Adam's step from the given parameters along the given gradient. */
function adamStep({ state, step, hyper }: At, from: Value, g: Value): Updated<'mean' | 'square'> {
  const mean = add(mul(hyper('beta1'), state.mean), mul(hyper('rest1'), g));
  const square = add(mul(hyper('beta2'), state.square), mul(hyper('rest2'), mul(g, g)));
  const size = add(div(sqrt(square), sqrt(correction(step, hyper('log2')))), hyper('epsilon'));
  const rate = div(hyper('learningRate'), correction(step, hyper('log1')));
  return { parameters: sub(from, mul(rate, div(mean, size))), state: { mean, square } };
}

const formula =
  '\\theta \\leftarrow \\theta - \\eta \\, \\frac{m / (1 - \\beta_1^t)}{\\sqrt{v / (1 - \\beta_2^t)} + \\epsilon}';

export const adam = defineOptimizer({
  kind: 'adam',
  title: 'Adam',
  doc: 'Steps of about one learning rate in every coordinate: the mean gradient over the root of its mean square.',
  formula,
  source: 'Kingma & Ba, Adam: a method for stochastic optimization, ICLR 2015',
  pytorch: 'torch.optim.Adam',
  family: 'scaled',
  params: params(0),
  states: ['mean', 'square'],
  hypers,
  update: (at) => adamStep(at, at.parameters, add(at.gradients, mul(at.hyper('weightDecay'), at.parameters))),
});

export const adamw = defineOptimizer({
  kind: 'adamw',
  title: 'AdamW',
  doc: 'Adam with weight decay apart from the gradient: it shrinks all weights alike.',
  formula: `\\theta \\leftarrow (1 - \\eta \\lambda)\\,\\theta, \\quad ${formula}`,
  source: 'Loshchilov & Hutter, Decoupled weight decay regularization, ICLR 2019',
  pytorch: 'torch.optim.AdamW',
  family: 'scaled',
  params: params(0.01),
  states: ['mean', 'square'],
  hypers,
  update(at) {
    const kept = sub(scalar(1), mul(at.hyper('learningRate'), at.hyper('weightDecay')));
    return adamStep(at, mul(at.parameters, kept), at.gradients);
  },
});
