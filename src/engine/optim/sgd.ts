// Stochastic gradient descent, with momentum and Nesterov's look ahead, as torch.optim.SGD (dampening 0).
import { z } from 'zod';
import { param } from '../layers/define.ts';
import { add, mul, sub } from '../ops/elementwise.ts';
import { defineOptimizer } from './define.ts';
import { learningRate, weightDecay } from './params.ts';

export const sgd = defineOptimizer({
  kind: 'sgd',
  title: 'SGD',
  doc: 'A step against the gradient; momentum keeps going in the direction of the steps before.',
  formula: 'v \\leftarrow \\mu v + g, \\quad \\theta \\leftarrow \\theta - \\eta v',
  source:
    'Robbins & Monro, 1951; Sutskever et al., On the importance of initialization and momentum, ICML 2013',
  pytorch: 'torch.optim.SGD',
  family: 'plain',
  params: z.strictObject({
    learningRate: learningRate(0.1),
    momentum: param(z.number().min(0).max(0.9999).default(0), {
      title: 'Momentum μ',
      description: 'The share of the step before that goes into the next; 0.9 is common.',
      hot: true,
    }),
    nesterov: param(z.boolean().default(false), {
      title: 'Nesterov',
      description: 'Takes the gradient’s step from where momentum is about to lead.',
    }),
    weightDecay: weightDecay(0),
  }),
  states: ['velocity'],
  hypers: ({ learningRate, momentum, weightDecay }) => ({ learningRate, momentum, weightDecay }),
  update({ parameters, gradients, state, hyper }, { nesterov }) {
    const g = add(gradients, mul(hyper('weightDecay'), parameters));
    const momentum = hyper('momentum');
    const velocity = add(mul(momentum, state.velocity), g);
    const direction = nesterov ? add(g, mul(momentum, velocity)) : velocity;
    return {
      parameters: sub(parameters, mul(hyper('learningRate'), direction)),
      state: { velocity },
    };
  },
});

export const gradientDescent = defineOptimizer({
  kind: 'gradientDescent',
  title: 'Gradient descent',
  doc: 'A step against the gradient and nothing else. With a batch as large as the data set, it is full-batch gradient descent.',
  formula: '\\theta \\leftarrow \\theta - \\eta\\, g',
  source: 'Cauchy, Méthode générale pour la résolution des systèmes d’équations simultanées, 1847',
  pytorch: 'torch.optim.SGD',
  family: 'plain',
  params: z.strictObject({ learningRate: learningRate(0.1) }),
  states: [],
  hypers: ({ learningRate }) => ({ learningRate }),
  update: ({ parameters, gradients, hyper }) => ({
    parameters: sub(parameters, mul(hyper('learningRate'), gradients)),
    state: {},
  }),
});
