// Dropout, inverted: kept activations are scaled up while training, so nothing changes at inference.
import { z } from 'zod';
import type { Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { div, lessEqual, mul, sub } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

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

/** Dropout of whole parts: the mask has `kept` axes of x, and size 1 on the others. */
function defineGroupedDropout(
  words: Pick<LayerSpec, 'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'source' | 'pytorch'>,
  what: string,
  kept: number,
): LayerSpec {
  return defineLayer({
    ...words,
    category: 'regularisation',
    inputs: [tensorIn],
    outputs: [tensorOut],
    params: z.strictObject({
      p: param(
        z
          .number()
          .min(0)
          .max(0.99)
          .default(kept === 1 ? 0.1 : 0.5),
        {
          title: 'Probability p',
          description: `The share of ${what} that is dropped at each step.`,
          hot: true,
        },
      ),
    }),
    build(ctx, inputs, { p }) {
      const x = at(inputs, 'x');
      const probability = ctx.hyper('p', p);
      if (!ctx.training) return { y: x };
      return {
        y: drop(
          ctx,
          x,
          probability,
          x.shape.map((d, i) => (i < kept ? d : 1)),
        ),
      };
    },
  });
}

/** Dropout of whole channels and of whole samples. */
export const groupedDropouts: readonly LayerSpec[] = [
  defineGroupedDropout(
    {
      kind: 'dropout2d',
      title: 'Dropout2d',
      aliases: ['spatial dropout', 'channel dropout'],
      doc: 'While training, sets whole channels to zero with probability p: neighbouring pixels say the same.',
      formula:
        'y_{n,c} = \\frac{m_{n,c} \\, x_{n,c}}{1 - p}, \\quad m_{n,c} \\sim \\mathrm{Bernoulli}(1 - p)',
      source: 'Tompson et al., Efficient object localization using convolutional networks, CVPR 2015',
      pytorch: 'torch.nn.Dropout2d',
    },
    'channels',
    2,
  ),
  defineGroupedDropout(
    {
      kind: 'dropPath',
      title: 'DropPath',
      aliases: ['stochastic depth', 'residual dropout'],
      doc: 'While training, sets a whole sample to zero with probability p: before an Add, it skips the branch.',
      formula: 'y_n = \\frac{m_n \\, x_n}{1 - p}, \\quad m_n \\sim \\mathrm{Bernoulli}(1 - p)',
      source: 'Huang et al., Deep networks with stochastic depth, ECCV 2016',
      pytorch: "torchvision.ops.StochasticDepth(mode='row')",
    },
    'samples',
    1,
  ),
];
