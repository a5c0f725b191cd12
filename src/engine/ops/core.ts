/**
 * Reshape, broadcast and sum: the three that every derivative needs, each the other's adjoint.
 * `sumTo` undoes broadcasting, so that no rule of another op has to.
 */
import { EngineError } from '../errors.ts';
import { type Expr, i32 } from '../ir/expr.ts';
import { flatten, unflatten } from '../ir/index-math.ts';
import type { Dense, Monoid, OpSample, TensorType, VjpAt } from '../ir/op.ts';
import { broadcastShape, formatShape, type Shape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { defineOp, type Op } from './define.ts';
import { eachIndex, flatAt, moved } from './dense.ts';

const reshapeOp: Op<1, { shape: Shape }> = defineOp<1, { shape: Shape }>({
  id: 'reshape',
  doc: 'The same elements in the same order, seen with other axes.',
  arity: 1,
  infer: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape))
      throw new EngineError('shape/reshape', { from: formatShape(x.shape), to: formatShape(shape) });
    return { shape, dtype: x.dtype };
  },
  reference: ([x]) => Float64Array.from(x.data),
  lower: {
    kind: 'pull',
    form: 'move',
    cost: 0,
    element: ({ read, inputs, out }, index) => read(0, unflatten(flatten(index, out.shape), inputs[0].shape)),
  },
  vjp: ({ dy, inputs: [x] }) => [reshape(dy, x.shape)],
  jvp: ({ tangents: [t], y }) => t && reshape(t, y.shape),
  samples: [
    { shapes: [[6]], attrs: { shape: [2, 3] } },
    { shapes: [[2, 3, 1, 5]], attrs: { shape: [5, 6] } },
    { shapes: [[1]], attrs: { shape: [] } },
    { shapes: [[0, 3]], attrs: { shape: [2, 0] } },
  ],
});

/** The same elements with another shape; the same value where the shape is already that. */
export function reshape(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : reshapeOp(x, { shape });
}

const broadcastOp: Op<1, { shape: Shape }> = defineOp<1, { shape: Shape }>({
  id: 'broadcast',
  doc: 'Repeats axes of size 1, and adds axes in front, until the shape fits (NumPy’s rule).',
  arity: 1,
  infer: ([x], { shape }) => {
    if (!sameShape(broadcastShape(x.shape, shape, 'broadcast'), shape))
      throw new EngineError('shape/broadcast', {
        op: 'broadcast',
        a: formatShape(x.shape),
        b: formatShape(shape),
      });
    return { shape, dtype: x.dtype };
  },
  reference: ([x], { shape }, out) =>
    moved(x, out, (index) =>
      x.shape.map((d, i) => (d === 1 ? 0 : index[i + shape.length - x.shape.length]!)),
    ),
  lower: {
    kind: 'pull',
    form: 'move',
    cost: 0,
    element: ({ read, inputs: [x], out }, index) =>
      read(
        0,
        x.shape.map((d, i) => (d === 1 ? i32(0) : index[i + out.shape.length - x.shape.length]!)),
      ),
  },
  vjp: ({ dy, inputs: [x] }) => [sumTo(dy, x.shape)],
  jvp: ({ tangents: [t], y }) => t && broadcastTo(t, y.shape),
  samples: [
    { shapes: [[1]], attrs: { shape: [3] } },
    { shapes: [[2, 1, 3]], attrs: { shape: [4, 2, 5, 3] } },
    { shapes: [[]], attrs: { shape: [257] } },
    { shapes: [[1, 3]], attrs: { shape: [0, 3] } },
  ],
});

export function broadcastTo(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : broadcastOp(x, { shape });
}

export interface AxesAttrs {
  /** Sorted, each from 0. */
  readonly axes: readonly number[];
}

/** What is left of a shape without some axes. */
const without = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, i) => !axes.includes(i));

/** The shape with reduced axes kept at size 1. */
export function keptShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((d, i) => (axes.includes(i) ? 1 : d));
}

/** A reduced value with its axes back at size 1, repeated to the shape before the reduction. */
export function expand(y: Value, shape: Shape, axes: readonly number[]): Value {
  return broadcastTo(reshape(y, keptShape(shape, axes)), shape);
}

/** The whole index of an element, from what is kept and what is reduced. */
function joinIndex<T>(rank: number, axes: readonly number[], kept: readonly T[], reduced: readonly T[]): T[] {
  let k = 0;
  let r = 0;
  return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? reduced[r++]! : kept[k++]!));
}

/** What one reduction over axes adds to all the others. */
export interface Fold {
  readonly id: string;
  readonly doc: string;
  readonly monoid: Monoid;
  /** The float64 fold over the elements of one group, in order. */
  fold(elements: readonly number[]): number;
  vjp(at: VjpAt<1, AxesAttrs>): Value | null;
  /** Whether nothing at all has a result too: 0 for a sum. */
  readonly ofNothing?: boolean;
  /** How the result moves when x moves by t. */
  jvp(t: Value, y: Value, x: Value, axes: readonly number[]): Value | null;
}

const foldSamples: readonly OpSample<1, AxesAttrs>[] = [
  { shapes: [[1]], attrs: { axes: [0] } },
  { shapes: [[3, 5]], attrs: { axes: [1] } },
  { shapes: [[2, 3, 4]], attrs: { axes: [0, 2] } },
  { shapes: [[300]], attrs: { axes: [0] } },
  { shapes: [[2, 257]], attrs: { axes: [0, 1] } },
  { shapes: [[257, 3]], attrs: { axes: [0] } },
];

const emptySamples: readonly OpSample<1, AxesAttrs>[] = [
  { shapes: [[2, 0]], attrs: { axes: [1] } },
  { shapes: [[0, 3]], attrs: { axes: [1] } },
];

/** Declares a reduction over axes; the reduced axes disappear. */
export function defineFold(f: Fold): Op<1, AxesAttrs> {
  const positions = f.monoid === 'argmax' || f.monoid === 'argmin';
  return defineOp<1, AxesAttrs>({
    id: f.id,
    doc: f.doc,
    arity: 1,
    infer: ([x], { axes }) => ({ shape: without(x.shape, axes), dtype: positions ? 'i32' : x.dtype }),
    reference: ([x], { axes }, out) => reduceDense(x, axes, out, f.fold),
    lower: {
      kind: 'reduce',
      monoid: f.monoid,
      family: 'fold',
      domain: ([x], { axes }) => axes.map((a) => x.shape[a]!),
      element: ({ read, inputs: [x], attrs: { axes } }, index, k) =>
        read(0, joinIndex<Expr>(x.shape.length, axes, index, k)),
    },
    vjp: (at) => [f.vjp(at)],
    jvp: ({ tangents: [t], y, inputs: [x], attrs: { axes } }) => t && f.jvp(t, y, x, axes),
    samples: f.ofNothing ? [...foldSamples, ...emptySamples] : foldSamples,
  });
}

function reduceDense(x: Dense, axes: readonly number[], out: TensorType, fold: Fold['fold']): Float64Array {
  const result = new Float64Array(sizeOf(out.shape));
  const domain = axes.map((a) => x.shape[a]!);
  eachIndex(out.shape, (kept, flat) => {
    const group: number[] = [];
    eachIndex(domain, (reduced) =>
      group.push(x.data[flatAt(joinIndex(x.shape.length, axes, kept, reduced), x.shape)]!),
    );
    result[flat] = fold(group);
  });
  return result;
}

export const sumOp: Op<1, AxesAttrs> = defineFold({
  id: 'sum',
  doc: 'The sum over axes.',
  monoid: 'sum',
  ofNothing: true,
  fold: (group) => group.reduce((a, b) => a + b, 0),
  vjp: ({ dy, inputs: [x], attrs: { axes } }) => expand(dy, x.shape, axes),
  jvp: (t, _y, _x, axes) => sumOp(t, { axes }),
});

/** Sums over the axes that broadcasting added or repeated, so that x has `shape` again: the adjoint of `broadcastTo`. */
export function sumTo(x: Value, shape: Shape): Value {
  const offset = x.shape.length - shape.length;
  const axes = x.shape.flatMap((d, i) => (i < offset || (shape[i - offset] === 1 && d !== 1) ? [i] : []));
  return axes.length === 0 ? reshape(x, shape) : reshape(sumOp(x, { axes }), shape);
}

export const coreOps = [reshapeOp, broadcastOp, sumOp];
