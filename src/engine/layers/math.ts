/**
 * Functions of numbers, one by one: the building blocks of formulas. Where a function has no value, it stops at the nearest
 * place where it has one, so that no NaN comes out: log and sqrt of x ≤ 0 are those of a tiny number.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import {
  abs,
  add,
  clamp,
  cos,
  div,
  exp,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  sin,
  sqrt,
  where,
} from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { at, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

interface MathNode<P extends z.ZodObject>
  extends Pick<LayerSpec<P>, 'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'pytorch' | 'params'> {
  map(x: Value, params: z.infer<P>, node: string): Value;
}

function defineMath<P extends z.ZodObject>({ map, ...spec }: MathNode<P>): LayerSpec<P> {
  return defineLayer({
    ...spec,
    category: 'math',
    source: 'Abramowitz & Stegun, Handbook of mathematical functions, 1964',
    inputs: [tensorIn],
    outputs: [tensorOut],
    build: ({ node }, inputs, params) => ({ y: map(at(inputs, 'x'), params, node) }),
  });
}

const none = z.strictObject({});
/** Where functions that start at 0 begin. */
export const tiny = 1e-12;
const positive = (x: Value): Value => maximum(x, scalar(tiny));
// e⁸⁸ is the last power of e that float32 holds.
export const largestExponent = 88;

/** xⁿ for a whole n ≥ 1 by squaring: exact for negative x too. */
function wholePower(x: Value, n: number): Value {
  const half = Math.floor(n / 2);
  if (half === 0) return x;
  const root = wholePower(x, half);
  const square = mul(root, root);
  return n % 2 === 0 ? square : mul(square, x);
}

function power(x: Value, p: number): Value {
  if (p === 0) return add(mul(x, scalar(0)), scalar(1));
  if (!Number.isInteger(p)) return pow(positive(x), scalar(p));
  return p > 0 ? wholePower(x, p) : div(scalar(1), awayFromZero(wholePower(x, -p)));
}

/** x, but at least tiny in magnitude. */
export const awayFromZero = (x: Value): Value =>
  where(less(x, scalar(0)), minimum(x, scalar(-tiny)), positive(x));

const expNode = defineMath({
  kind: 'exp',
  title: 'Exp',
  aliases: ['exponential'],
  doc: 'eˣ; x is held at 88, beyond which float32 has no number.',
  formula: 'y = e^x',
  pytorch: 'torch.exp',
  params: none,
  map: (x) => exp(minimum(x, scalar(largestExponent))),
});

const logNode = defineMath({
  kind: 'log',
  title: 'Log',
  aliases: ['logarithm', 'ln'],
  doc: 'The natural logarithm; x is held above 10⁻¹².',
  formula: 'y = \\ln x',
  pytorch: 'torch.log',
  params: none,
  map: (x) => log(positive(x)),
});

const sinNode = defineMath({
  kind: 'sin',
  title: 'Sin',
  aliases: ['sine', 'basis'],
  doc: 'The sine of x in radians.',
  formula: 'y = \\sin x',
  pytorch: 'torch.sin',
  params: none,
  map: sin,
});

const cosNode = defineMath({
  kind: 'cos',
  title: 'Cos',
  aliases: ['cosine', 'basis'],
  doc: 'The cosine of x in radians.',
  formula: 'y = \\cos x',
  pytorch: 'torch.cos',
  params: none,
  map: cos,
});

const sqrtNode = defineMath({
  kind: 'sqrt',
  title: 'Square root',
  aliases: ['root'],
  doc: 'The square root; x is held above 10⁻¹².',
  formula: 'y = \\sqrt{x}',
  pytorch: 'torch.sqrt',
  params: none,
  map: (x) => sqrt(positive(x)),
});

const absNode = defineMath({
  kind: 'abs',
  title: 'Absolute value',
  aliases: ['magnitude'],
  doc: 'x without its sign.',
  formula: 'y = |x|',
  pytorch: 'torch.abs',
  params: none,
  map: abs,
});

const negate = defineMath({
  kind: 'negate',
  title: 'Negate',
  aliases: ['minus', 'neg'],
  doc: 'x with the other sign.',
  formula: 'y = -x',
  pytorch: 'torch.neg',
  params: none,
  map: neg,
});

const powNode = defineMath({
  kind: 'pow',
  title: 'Power',
  aliases: ['square', 'cube', 'exponent', 'reciprocal'],
  doc: 'x to a fixed power. For powers that are not whole, x is held above 10⁻¹².',
  formula: 'y = x^p',
  pytorch: 'torch.pow',
  params: z.strictObject({
    exponent: param(z.number().min(-16).max(16).default(2), {
      title: 'Power p',
      description: 'Whole powers take any x; 2 squares, −1 is the reciprocal.',
    }),
  }),
  map: (x, { exponent }) => power(x, exponent),
});

/** Two bounds in their order, or a sentence. */
export function checkBounds(
  node: string,
  { low, high }: { readonly low: number; readonly high: number },
): void {
  if (low > high)
    throw new EngineError('param/invalid', {
      node,
      param: 'low',
      why: `must be at most the upper bound, ${high}`,
    });
}

/** The parameters of a layer that holds numbers between two bounds. */
export const boundParams = (limit: number) =>
  z.strictObject({
    low: param(z.number().min(-limit).max(limit).default(-1), {
      title: 'Lower bound a',
      description: 'Smaller numbers become this.',
    }),
    high: param(z.number().min(-limit).max(limit).default(1), {
      title: 'Upper bound b',
      description: 'Larger numbers become this.',
    }),
  });

const clampNode = defineMath({
  kind: 'clamp',
  title: 'Clamp',
  aliases: ['clip', 'limit', 'bound'],
  doc: 'x inside two bounds, the nearer bound outside.',
  formula: 'y = \\min(\\max(a, x), b)',
  pytorch: 'torch.clamp',
  params: boundParams(1e9),
  map(x, bounds, node) {
    checkBounds(node, bounds);
    return clamp(x, bounds.low, bounds.high);
  },
});

const scaleNode = defineMath({
  kind: 'scale',
  title: 'Scale and shift',
  aliases: ['affine', 'constant', 'times', 'plus'],
  doc: 'Multiplies by one fixed number and adds another.',
  formula: 'y = a x + b',
  pytorch: 'torch.add and torch.mul',
  params: z.strictObject({
    factor: param(z.number().min(-1e9).max(1e9).default(1), {
      title: 'Factor a',
      description: 'What x is multiplied by.',
    }),
    offset: param(z.number().min(-1e9).max(1e9).default(0), {
      title: 'Offset b',
      description: 'What is added.',
    }),
  }),
  map: (x, { factor, offset }) => add(mul(x, scalar(factor)), scalar(offset)),
});

/** All functions, in the order of the palette. */
export const mathNodes: readonly LayerSpec[] = [
  expNode,
  logNode,
  sinNode,
  cosNode,
  sqrtNode,
  absNode,
  negate,
  powNode,
  clampNode,
  scaleNode,
];
