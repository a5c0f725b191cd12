// Basis functions: a linear model of powers of x is a curve.
import { z } from 'zod';
import { concat } from '../ops/concat.ts';
import { mul } from '../ops/elementwise.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';

export const polynomial = defineLayer({
  kind: 'polynomial',
  title: 'Polynomial features',
  category: 'basic',
  aliases: ['basis functions', 'powers', 'features', 'phi'],
  doc: 'The powers x, x², …, xᵈ of every feature, one after another, for a linear layer to weigh.',
  formula: '\\phi(x) = (x, x^2, \\ldots, x^d)',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 1.1',
  pytorch: null,
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    degree: param(z.int().min(1).max(32).default(3), {
      title: 'Degree d',
      description: 'The highest power. Too low underfits, too high overfits.',
    }),
  }),
  build(_, inputs, { degree }) {
    const x = at(inputs, 'x');
    const powers = [x];
    while (powers.length < degree) powers.push(mul(powers.at(-1) ?? x, x));
    return { y: powers.length === 1 ? x : concat(powers, x.shape.length - 1) };
  },
});
