// Basis functions φ(x): a linear model of powers, waves or bumps of x is a curve.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import { concat } from '../ops/concat.ts';
import { reshape } from '../ops/core.ts';
import { add, cos, exp, log, maximum, minimum, mul, sin, sub } from '../ops/elementwise.ts';
import { iota, scalar } from '../ops/leaf.ts';
import { unsqueeze } from '../ops/movement.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';
import { largestExponent, tiny } from './math.ts';
import { needAxes } from './spatial.ts';

/** x, x², …, xⁿ, each a tensor. */
function powersOf(x: Value, degree: number): Value[] {
  const powers = [x];
  while (powers.length < degree) powers.push(mul(powers.at(-1) ?? x, x));
  return powers.slice(0, degree);
}

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
    return { y: concat(powersOf(x, degree), x.shape.length - 1) };
  },
});

/** Each feature at `count` steps of a new axis, which joins the features: f(feature, step), f at each step in turn. */
function ofSteps(x: Value, count: number, f: (x: Value, step: Value) => Value): Value[] {
  if (count === 0) return [];
  const steps = iota({ shape: [count], axis: 0, dtype: 'f32' });
  const y = f(unsqueeze(x, -1), steps);
  return [reshape(y, [...x.shape.slice(0, -1), (x.shape.at(-1) ?? 1) * count])];
}

export const basis = defineLayer({
  kind: 'basis',
  title: 'Basis functions',
  category: 'basic',
  aliases: ['phi', 'features', 'fourier', 'sine', 'radial basis', 'gaussian', 'logarithm', 'powers'],
  doc: 'Fixed functions of every feature, one after another, for a linear layer to weigh: powers, waves, a logarithm, bumps.',
  formula:
    '\\phi(x) = (x, \\ldots, x^d, \\; \\sin k \\omega x, \\cos k \\omega x, \\; \\ln x, \\; e^{-(x - c_j)^2 / 2 s^2})',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 3.1',
  pytorch: null,
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    degree: param(z.int().min(0).max(32).default(1), {
      title: 'Degree d',
      description: 'Powers from x to xᵈ; 0 for none.',
    }),
    waves: param(z.int().min(0).max(64).default(0), {
      title: 'Waves',
      description: 'How many pairs sin kωx and cos kωx, k = 1, 2, …; 0 for none.',
    }),
    frequency: param(z.number().min(1e-3).max(1e3).default(1), {
      title: 'Frequency ω',
      description: 'How fast the slowest wave goes: π fits one period into −1 to 1.',
    }),
    logarithm: param(z.boolean().default(false), {
      title: 'Logarithm',
      description: 'Adds ln x; x is held above 10⁻¹².',
    }),
    exponential: param(z.boolean().default(false), {
      title: 'Exponential',
      description: 'Adds eˣ; x is held at 88.',
    }),
    bumps: param(z.int().min(0).max(256).default(0), {
      title: 'Bumps',
      description: 'How many Gaussian bumps, evenly spaced; 0 for none.',
    }),
    from: param(z.number().min(-1e6).max(1e6).default(-1), {
      title: 'First centre',
      description: 'Where the first bump stands.',
    }),
    to: param(z.number().min(-1e6).max(1e6).default(1), {
      title: 'Last centre',
      description: 'Where the last bump stands.',
    }),
    width: param(z.number().min(1e-3).max(1e6).default(0.25), {
      title: 'Width s',
      description: 'The standard deviation of a bump.',
    }),
  }),
  build(ctx, inputs, p) {
    const x = at(inputs, 'x');
    needAxes(ctx, x, 2, 'a batch of feature rows');
    const turn = (x: Value, step: Value): Value => mul(x, mul(add(step, scalar(1)), scalar(p.frequency)));
    const gap = p.bumps > 1 ? (p.to - p.from) / (p.bumps - 1) : 0;
    const bump = (x: Value, step: Value): Value => {
      const away = mul(sub(x, add(mul(step, scalar(gap)), scalar(p.from))), scalar(1 / p.width));
      return exp(mul(mul(away, away), scalar(-0.5)));
    };
    const parts = [
      ...powersOf(x, p.degree),
      ...ofSteps(x, p.waves, (x, step) => sin(turn(x, step))),
      ...ofSteps(x, p.waves, (x, step) => cos(turn(x, step))),
      ...(p.logarithm ? [log(maximum(x, scalar(tiny)))] : []),
      ...(p.exponential ? [exp(minimum(x, scalar(largestExponent)))] : []),
      ...ofSteps(x, p.bumps, bump),
    ];
    if (parts.length === 0)
      throw new EngineError('param/invalid', {
        node: ctx.node,
        param: 'degree',
        why: 'must be at least 1 where no other function is chosen',
      });
    return { y: concat(parts, x.shape.length - 1) };
  },
});
