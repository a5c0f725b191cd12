// Dropout, inverted: kept activations are scaled up while training, so nothing changes at inference.
import { z } from 'zod';
import type { Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { div, lessEqual, mul, sub } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { at, type BuildContext, defineLayer, param, tensorIn, tensorOut } from './define.ts';

/** Sets parts of x to zero with the given probability and scales the others up; one draw for each element of `shape`. */
export function drop(ctx: BuildContext, x: Value, probability: Value, shape: Shape): Value {
  const kept = lessEqual(probability, ctx.random(shape));
  return mul(x, div(kept, sub(scalar(1), probability)));
}

/** Dropout inside a layer, by its parameter of that name. */
export function dropInside(ctx: BuildContext, p: number): (x: Value) => Value {
  const probability = ctx.hyper('dropout', p);
  return (x) => (ctx.training ? drop(ctx, x, probability, x.shape) : x);
}

/** The parameter that `dropInside` reads. */
export const dropoutParam = (value: number) =>
  param(z.number().min(0).max(0.99).default(value), {
    title: 'Dropout',
    description: 'The share of activations inside that is dropped at each training step.',
    hot: true,
  });

export const dropout = defineLayer({
  kind: 'dropout',
  title: 'Dropout',
  category: 'regularisation',
  aliases: ['drop'],
  doc: 'While training, sets each activation to zero with probability p and scales the others by 1/(1 − p).',
  formula: 'y = \\frac{m \\odot x}{1 - p}, \\quad m_i \\sim \\mathrm{Bernoulli}(1 - p)',
  source: 'Srivastava et al., Dropout, JMLR 2014',
  pytorch: 'torch.nn.Dropout',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    // At p = 1 nothing would be left to scale.
    p: param(z.number().min(0).max(0.99).default(0.5), {
      title: 'Probability p',
      description: 'The share of activations that is dropped at each step.',
      hot: true,
    }),
  }),
  build(ctx, inputs, { p }) {
    const x = at(inputs, 'x');
    const probability = ctx.hyper('p', p);
    if (!ctx.training) return { y: x };
    return { y: drop(ctx, x, probability, x.shape) };
  },
});
