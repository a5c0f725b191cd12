/** Reductions over axes beyond the plain sum, and the friendly forms that take any axes. */
import { sizeOf, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { type AxesAttrs, defineFold, expand, keptShape, reshape, sumOp } from './core.ts';
import type { Op } from './define.ts';
import { placeOf } from './dense.ts';
import { div, equal, mul, where } from './elementwise.ts';
import { scalar } from './leaf.ts';

const anyNaN = (group: readonly number[]): boolean => group.some(Number.isNaN);

/** Where x equals its group's extreme: 1, shared among ties; elsewhere 0. */
function shareOfExtreme(y: Value, x: Value, axes: readonly number[]): Value {
  const hits = equal(x, expand(y, x.shape, axes));
  return div(hits, expand(sumOp(hits, { axes }), x.shape, axes));
}

export const maxOp: Op<1, AxesAttrs> = defineFold({
  id: 'max',
  doc: 'The largest element over axes. Ties share the gradient (PyTorch’s amax).',
  monoid: 'max',
  fold: (group) => (anyNaN(group) ? Number.NaN : Math.max(...group)),
  vjp: ({ dy, y, inputs: [x], attrs: { axes } }) =>
    mul(expand(dy, x.shape, axes), shareOfExtreme(y, x, axes)),
  jvp: (t, y, x, axes) => sumOp(mul(t, shareOfExtreme(y, x, axes)), { axes }),
});

export const minOp: Op<1, AxesAttrs> = defineFold({
  id: 'min',
  doc: 'The smallest element over axes. Ties share the gradient (PyTorch’s amin).',
  monoid: 'min',
  fold: (group) => (anyNaN(group) ? Number.NaN : Math.min(...group)),
  vjp: ({ dy, y, inputs: [x], attrs: { axes } }) =>
    mul(expand(dy, x.shape, axes), shareOfExtreme(y, x, axes)),
  jvp: (t, y, x, axes) => sumOp(mul(t, shareOfExtreme(y, x, axes)), { axes }),
});

export const argmaxOp: Op<1, AxesAttrs> = defineFold({
  id: 'argmax',
  doc: 'Where the largest element stands, as a flat position over the reduced axes; the first on ties, and NaN wins.',
  monoid: 'argmax',
  fold: (group) => placeOf(group, Math.max(...group)),
  vjp: () => null,
  jvp: () => null,
});

export const argminOp: Op<1, AxesAttrs> = defineFold({
  id: 'argmin',
  doc: 'Where the smallest element stands, as a flat position over the reduced axes; the first on ties, and NaN wins.',
  monoid: 'argmin',
  fold: (group) => placeOf(group, Math.min(...group)),
  vjp: () => null,
  jvp: () => null,
});

/** ∂(product)/∂x: the product of all others, also where some are 0. */
function productOfOthers(y: Value, x: Value, axes: readonly number[]): Value {
  const one = scalar(1);
  const zero = equal(x, scalar(0));
  const zeros = expand(sumOp(zero, { axes }), x.shape, axes);
  const withoutZeros = expand(prodOp(where(zero, one, x), { axes }), x.shape, axes);
  const alone = mul(zero, equal(zeros, one));
  return where(
    equal(zeros, scalar(0)),
    div(expand(y, x.shape, axes), where(zero, one, x)),
    mul(alone, withoutZeros),
  );
}

export const prodOp: Op<1, AxesAttrs> = defineFold({
  id: 'prod',
  doc: 'The product over axes.',
  monoid: 'prod',
  ofNothing: true,
  fold: (group) => group.reduce((a, b) => a * b, 1),
  vjp: ({ dy, y, inputs: [x], attrs: { axes } }) =>
    mul(expand(dy, x.shape, axes), productOfOthers(y, x, axes)),
  jvp: (t, y, x, axes) => sumOp(mul(t, productOfOthers(y, x, axes)), { axes }),
});

/** Axes as a person gives them: one, several, counted from the end, or all. */
export type Axes = number | readonly number[] | 'all';

function wholeAxes(x: Value, axes: Axes, op: string): number[] {
  const rank = x.shape.length;
  if (axes === 'all') return x.shape.map((_, i) => i);
  const list = typeof axes === 'number' ? [axes] : axes;
  return [...new Set(list.map((a) => wholeAxis(a, rank, op)))].sort((a, b) => a - b);
}

/** Whether reduced axes disappear or stay at size 1. */
export interface ReduceOptions {
  readonly keep?: boolean;
}

function reduceWith(op: Op<1, AxesAttrs>, x: Value, axes: Axes, { keep = false }: ReduceOptions): Value {
  const whole = wholeAxes(x, axes, op.id);
  const y = op(x, { axes: whole });
  return keep ? reshape(y, keptShape(x.shape, whole)) : y;
}

export const sum = (x: Value, axes: Axes, options: ReduceOptions = {}): Value =>
  reduceWith(sumOp, x, axes, options);
export const max = (x: Value, axes: Axes, options: ReduceOptions = {}): Value =>
  reduceWith(maxOp, x, axes, options);
export const min = (x: Value, axes: Axes, options: ReduceOptions = {}): Value =>
  reduceWith(minOp, x, axes, options);
export const argmax = (x: Value, axes: Axes, options: ReduceOptions = {}): Value =>
  reduceWith(argmaxOp, x, axes, options);

/** The product over axes. torch.prod. */
export const prod = (x: Value, axes: Axes, options: ReduceOptions = {}): Value =>
  reduceWith(prodOp, x, axes, options);

/** The arithmetic mean over axes. */
export function mean(x: Value, axes: Axes, options: ReduceOptions = {}): Value {
  const total = sum(x, axes, options);
  return mul(total, scalar(sizeOf(total.shape) / sizeOf(x.shape)));
}

export const reduceOps = [maxOp, minOp, prodOp, argmaxOp, argminOp];
