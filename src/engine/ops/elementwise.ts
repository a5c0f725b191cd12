/**
 * Maps: each output element depends on the input elements at the same place. Inputs broadcast by NumPy's rule through an
 * explicit broadcast, so a map itself always sees equal shapes.
 */
import { EngineError, invariant } from '../errors.ts';
import type { DType } from '../ir/dtype.ts';
import {
  type BinaryFn,
  cast as castExpr,
  type Expr,
  f32,
  select as selectExpr,
  unary as unaryExpr,
} from '../ir/expr.ts';
import { binary as binaryExpr, like } from '../ir/index-math.ts';
import type { OpSample } from '../ir/op.ts';
import { broadcastShape, formatShape, sameShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { broadcastTo } from './core.ts';
import { defineOp, type Op } from './define.ts';
import { scalar, zeros } from './leaf.ts';

type Range = readonly [number, number];

const mapShapes = [[1], [3, 5], [257], [0, 3]] as const;

/** A map of one float tensor, declared by its formulas: `defineUnary` makes the op. `derivative` is dy/dx as a value, from x and y; null where it is 0 everywhere. */
export interface UnaryMap {
  readonly id: string;
  readonly doc: string;
  readonly cost: number;
  readonly range?: Range;
  /** How closely `expr` follows the reference, where it is an approximation for f32. */
  readonly precision?: number;
  reference(x: number): number;
  expr(x: Expr): Expr;
  derivative(x: Value, y: Value): Value | null;
}

export function defineUnary(m: UnaryMap): Op<1, null> {
  const chain = (d: Value, x: Value, y: Value): Value | null => {
    const slope = m.derivative(x, y);
    return slope && mul(d, slope);
  };
  return defineOp<1, null>({
    id: m.id,
    doc: m.doc,
    arity: 1,
    infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    reference: ([x]) => x.data.map((v) => m.reference(v)),
    lower: { kind: 'pull', form: 'map', cost: m.cost, element: ({ read }, index) => m.expr(read(0, index)) },
    vjp: ({ dy, y, inputs: [x] }) => [chain(dy, x, y)],
    jvp: ({ tangents: [t], y, inputs: [x] }) => t && chain(t, x, y),
    samples: mapShapes.map((shape) => ({
      shapes: [shape],
      attrs: null,
      ...(m.range ? { range: [m.range] as const } : {}),
      ...(m.precision ? { precision: m.precision } : {}),
    })),
  });
}

const c = (value: number): Value => scalar(value);

export const neg: Op<1, null> = defineUnary({
  id: 'neg',
  doc: '−x.',
  cost: 0,
  reference: (x) => -x,
  expr: (x) => unaryExpr('neg', x),
  derivative: () => c(-1),
});
export const abs: Op<1, null> = defineUnary({
  id: 'abs',
  doc: '|x|.',
  cost: 0,
  reference: Math.abs,
  expr: (x) => unaryExpr('abs', x),
  derivative: (x) => sign(x),
});
export const sign: Op<1, null> = defineUnary({
  id: 'sign',
  doc: '−1, 0 or 1.',
  cost: 1,
  reference: Math.sign,
  expr: (x) => unaryExpr('sign', x),
  derivative: () => null,
});
export const exp: Op<1, null> = defineUnary({
  id: 'exp',
  doc: 'eˣ.',
  cost: 8,
  reference: Math.exp,
  expr: (x) => unaryExpr('exp', x),
  derivative: (_, y) => y,
});
export const log: Op<1, null> = defineUnary({
  id: 'log',
  doc: 'The natural logarithm.',
  cost: 8,
  range: [0.1, 4],
  reference: Math.log,
  expr: (x) => unaryExpr('log', x),
  derivative: (x) => div(c(1), x),
});
export const sqrt: Op<1, null> = defineUnary({
  id: 'sqrt',
  doc: '√x.',
  cost: 4,
  range: [0.1, 4],
  reference: Math.sqrt,
  expr: (x) => unaryExpr('sqrt', x),
  derivative: (_, y) => div(c(0.5), y),
});
export const rsqrt: Op<1, null> = defineUnary({
  id: 'rsqrt',
  doc: '1/√x.',
  cost: 4,
  range: [0.1, 4],
  reference: (x) => 1 / Math.sqrt(x),
  expr: (x) => unaryExpr('inverseSqrt', x),
  derivative: (_, y) => mul(c(-0.5), mul(y, mul(y, y))),
});
export const sin: Op<1, null> = defineUnary({
  id: 'sin',
  doc: 'The sine of x in radians.',
  cost: 8,
  reference: Math.sin,
  expr: (x) => unaryExpr('sin', x),
  derivative: (x) => cos(x),
});
export const cos: Op<1, null> = defineUnary({
  id: 'cos',
  doc: 'The cosine of x in radians.',
  cost: 8,
  reference: Math.cos,
  expr: (x) => unaryExpr('cos', x),
  derivative: (x) => neg(sin(x)),
});
export const tanh: Op<1, null> = defineUnary({
  id: 'tanh',
  doc: 'The hyperbolic tangent.',
  cost: 10,
  reference: Math.tanh,
  expr: (x) => unaryExpr('tanh', x),
  derivative: (_, y) => sub(c(1), mul(y, y)),
});
export const sigmoid: Op<1, null> = defineUnary({
  id: 'sigmoid',
  doc: '1 / (1 + e⁻ˣ).',
  cost: 10,
  reference: (x) => 1 / (1 + Math.exp(-x)),
  expr: (x) => binaryExpr('div', f32(1), binaryExpr('add', f32(1), unaryExpr('exp', unaryExpr('neg', x)))),
  derivative: (_, y) => mul(y, sub(c(1), y)),
});
export const relu: Op<1, null> = defineUnary({
  id: 'relu',
  doc: 'max(0, x); NaN stays NaN; the slope at 0 is 0.',
  cost: 1,
  reference: (x) => Math.max(0, x),
  expr: (x) => selectExpr(binaryExpr('le', x, f32(0)), f32(0), x),
  derivative: (_, y) => toF32(greater(y, c(0))),
});
export const heaviside: Op<1, null> = defineUnary({
  id: 'heaviside',
  doc: '1 where x > 0, else 0: the perceptron’s output. Its derivative is 0 wherever it has one.',
  cost: 1,
  reference: (x) => (x > 0 ? 1 : 0),
  expr: (x) => castExpr(binaryExpr('lt', f32(0), x), 'f32'),
  derivative: () => null,
});
export const floor: Op<1, null> = defineUnary({
  id: 'floor',
  doc: 'The largest whole number ≤ x.',
  cost: 1,
  reference: Math.floor,
  expr: (x) => unaryExpr('floor', x),
  derivative: () => null,
});

/** A map of two tensors of one type; broadcasts. */
interface BinaryMap {
  readonly id: string;
  readonly doc: string;
  readonly cost: number;
  readonly fn: BinaryFn | ((a: Expr, b: Expr) => Expr);
  /** The result is a mask: f32 with 1 for true. */
  readonly mask?: boolean;
  readonly ranges?: readonly [Range, Range];
  reference(a: number, b: number): number;
  /** ∂y/∂a and ∂y/∂b as values; null where 0 everywhere. */
  derivatives(a: Value, b: Value, y: Value): readonly [Value | null, Value | null];
}

/** An op on two values of any shapes that broadcast together. */
export type BinaryOp = Op<2, null>;

function defineBinary(m: BinaryMap): BinaryOp {
  const { fn } = m;
  const expr = typeof fn === 'function' ? fn : (a: Expr, b: Expr) => binaryExpr(fn, a, b);
  const op: BinaryOp = defineOp<2, null>({
    id: m.id,
    doc: m.doc,
    arity: 2,
    infer: ([a, b]) => {
      if (!sameShape(a.shape, b.shape))
        throw new EngineError('shape/broadcast', {
          op: m.id,
          a: formatShape(a.shape),
          b: formatShape(b.shape),
        });
      invariant(
        a.dtype === b.dtype,
        `${m.id} gets two tensors of one element type, not ${a.dtype} and ${b.dtype}`,
      );
      return { shape: a.shape, dtype: m.mask ? 'f32' : a.dtype };
    },
    reference: ([a, b]) => a.data.map((v, i) => m.reference(v, b.data[i]!)),
    lower: {
      kind: 'pull',
      form: 'map',
      cost: m.cost,
      element: ({ read }, index) => {
        const e = expr(read(0, index), read(1, index));
        return e.type === 'bool' ? castExpr(e, 'f32') : e;
      },
    },
    vjp: ({ dy, y, inputs: [a, b] }) => {
      const [da, db] = m.derivatives(a, b, y);
      return [da && mul(dy, da), db && mul(dy, db)];
    },
    jvp: ({ tangents: [ta, tb], y, inputs: [a, b] }) => {
      const [da, db] = m.derivatives(a, b, y);
      const left = ta && da && mul(ta, da);
      const right = tb && db && mul(tb, db);
      return left && right ? add(left, right) : left || right;
    },
    samples: mapShapes.map((s) => ({
      shapes: [s, s],
      attrs: null,
      ...(m.ranges ? { range: m.ranges } : {}),
    })),
  });
  return broadcasting(op);
}

/** Lets an op of equal shapes take any that broadcast together. */
function broadcasting(op: BinaryOp): BinaryOp {
  const call = (a: Value, b: Value): Value => {
    const shape = broadcastShape(a.shape, b.shape, op.id);
    return op(broadcastTo(a, shape), broadcastTo(b, shape));
  };
  return Object.assign(call, op);
}

export const add: BinaryOp = defineBinary({
  id: 'add',
  doc: 'a + b.',
  cost: 1,
  fn: 'add',
  reference: (a, b) => a + b,
  derivatives: () => [c(1), c(1)],
});
export const sub: BinaryOp = defineBinary({
  id: 'sub',
  doc: 'a − b.',
  cost: 1,
  fn: 'sub',
  reference: (a, b) => a - b,
  derivatives: () => [c(1), c(-1)],
});
export const mul: BinaryOp = defineBinary({
  id: 'mul',
  doc: 'a · b, element by element.',
  cost: 1,
  fn: 'mul',
  reference: (a, b) => a * b,
  derivatives: (a, b) => [b, a],
});
export const div: BinaryOp = defineBinary({
  id: 'div',
  doc: 'a / b.',
  cost: 2,
  fn: 'div',
  ranges: [
    [-2, 2],
    [0.5, 2],
  ],
  reference: (a, b) => a / b,
  derivatives: (_, b, y) => [div(c(1), b), neg(div(y, b))],
});
export const pow: BinaryOp = defineBinary({
  id: 'pow',
  doc: 'aᵇ; NaN where a is negative and b is not whole.',
  cost: 16,
  fn: 'pow',
  ranges: [
    [0.2, 3],
    [-2, 3],
  ],
  reference: (a, b) => a ** b,
  derivatives: (a, b, y) => [mul(b, pow(a, sub(b, c(1)))), mul(y, log(a))],
});

/** A comparison that a NaN on either side wins, so that NaN is seen and not hidden. */
const keepNaN = (pick: Expr, a: Expr, b: Expr): Expr =>
  a.type === 'f32' ? selectExpr(unaryExpr('isNan', a), a, selectExpr(unaryExpr('isNan', b), b, pick)) : pick;

/** 1 where the first is the chosen one, ½ on ties. */
const shareOf = (won: Value, tied: Value): Value => add(won, mul(c(0.5), tied));

export const maximum: BinaryOp = defineBinary({
  id: 'maximum',
  doc: 'The larger of a and b; NaN where one is NaN; ties share the gradient.',
  cost: 3,
  fn: (a, b) => keepNaN(selectExpr(binaryExpr('lt', a, b), b, a), a, b),
  reference: Math.max,
  derivatives: (a, b) => [shareOf(greater(a, b), equal(a, b)), shareOf(less(a, b), equal(a, b))],
});
export const minimum: BinaryOp = defineBinary({
  id: 'minimum',
  doc: 'The smaller of a and b; NaN where one is NaN; ties share the gradient.',
  cost: 3,
  fn: (a, b) => keepNaN(selectExpr(binaryExpr('lt', b, a), b, a), a, b),
  reference: Math.min,
  derivatives: (a, b) => [shareOf(less(a, b), equal(a, b)), shareOf(greater(a, b), equal(a, b))],
});

const flat = (): readonly [null, null] => [null, null];

export const less: BinaryOp = defineBinary({
  id: 'less',
  doc: '1 where a < b, else 0.',
  cost: 1,
  fn: 'lt',
  mask: true,
  reference: (a, b) => Number(a < b),
  derivatives: flat,
});
export const lessEqual: BinaryOp = defineBinary({
  id: 'lessEqual',
  doc: '1 where a ≤ b, else 0.',
  cost: 1,
  fn: 'le',
  mask: true,
  reference: (a, b) => Number(a <= b),
  derivatives: flat,
});
export const equal: BinaryOp = defineBinary({
  id: 'equal',
  doc: '1 where a = b, else 0.',
  cost: 1,
  fn: 'eq',
  mask: true,
  reference: (a, b) => Number(a === b),
  derivatives: flat,
});
export const greater = (a: Value, b: Value): Value => less(b, a);

const whereOp: Op<3, null> = defineOp<3, null>({
  id: 'where',
  doc: 'a where the mask is not 0, else b.',
  arity: 3,
  infer: ([mask, a, b]) => {
    if (!sameShape(mask.shape, a.shape) || !sameShape(a.shape, b.shape))
      throw new EngineError('shape/broadcast', {
        op: 'where',
        a: formatShape(a.shape),
        b: formatShape(b.shape),
      });
    return { shape: a.shape, dtype: a.dtype };
  },
  reference: ([mask, a, b]) => a.data.map((v, i) => (mask.data[i] !== 0 ? v : b.data[i]!)),
  lower: {
    kind: 'pull',
    form: 'map',
    cost: 1,
    element: ({ read }, index) => {
      const mask = read(0, index);
      return selectExpr(binaryExpr('ne', mask, like(mask, 0)), read(1, index), read(2, index));
    },
  },
  vjp: ({ dy, inputs: [mask] }) => [null, where(mask, dy, zeros(dy.shape)), where(mask, zeros(dy.shape), dy)],
  jvp: ({ tangents: [, ta, tb], y, inputs: [mask] }) =>
    ta || tb ? where(mask, ta ?? zeros(y.shape), tb ?? zeros(y.shape)) : null,
  samples: mapShapes.map(
    (s): OpSample<3, null> => ({
      shapes: [s, s, s],
      attrs: null,
      dtypes: ['i32', 'f32', 'f32'],
      range: [
        [0, 1],
        [-2, 2],
        [-2, 2],
      ],
    }),
  ),
});

/** a where the mask is not 0, else b; all three broadcast. */
export function where(mask: Value, a: Value, b: Value): Value {
  const shape = broadcastShape(broadcastShape(mask.shape, a.shape, 'where'), b.shape, 'where');
  return whereOp(broadcastTo(mask, shape), broadcastTo(a, shape), broadcastTo(b, shape));
}

const castOp: Op<1, { to: DType }> = defineOp<1, { to: DType }>({
  id: 'cast',
  doc: 'The same numbers as another element type; f32 to integer truncates.',
  arity: 1,
  infer: ([x], { to }) => ({ shape: x.shape, dtype: to }),
  reference: ([x], { to }) => (to === 'f32' ? Float64Array.from(x.data) : x.data.map(Math.trunc)),
  lower: {
    kind: 'pull',
    form: 'map',
    cost: 1,
    element: ({ read, attrs }, index) => castExpr(read(0, index), attrs.to),
  },
  vjp: ({ dy, inputs: [x], attrs }) => [x.dtype === 'f32' && attrs.to === 'f32' ? dy : null],
  jvp: ({ tangents: [t], attrs }) => (attrs.to === 'f32' ? t : null),
  samples: [
    { shapes: [[3, 5]], attrs: { to: 'f32' }, dtypes: ['i32'] },
    { shapes: [[257]], attrs: { to: 'i32' } },
  ],
});

export function cast(x: Value, to: DType): Value {
  return x.dtype === to ? x : castOp(x, { to });
}

/** Integers and masks as f32. */
export const toF32 = (x: Value): Value => cast(x, 'f32');

/** x held between two bounds; the slope is 1 on the bounds, as PyTorch's clamp has it, and NaN stays NaN. */
export function clamp(x: Value, low: number, high: number): Value {
  return where(less(x, c(low)), c(low), where(less(c(high), x), c(high), x));
}

/** The mask turned around: 1 where it is 0, else 0. */
export const not = (mask: Value): Value => equal(mask, scalar(0, mask.dtype));

export const elementwiseOps = [
  neg,
  abs,
  sign,
  exp,
  log,
  sqrt,
  rsqrt,
  sin,
  cos,
  tanh,
  sigmoid,
  relu,
  heaviside,
  floor,
  add,
  sub,
  mul,
  div,
  pow,
  maximum,
  minimum,
  less,
  lessEqual,
  equal,
  whereOp,
  castOp,
];
