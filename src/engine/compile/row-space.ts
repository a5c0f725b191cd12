/** How a kernel walks: over rows, and within each over the elements that its reductions fold; and where a tensor's elements lie then. */
import { type Expr, i32, variable } from '../ir/expr.ts';
import { add, mul, unflatten } from '../ir/index-math.ts';
import { type Shape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { AxesAttrs } from '../ops/core.ts';

/** How a kernel walks: over `rows`, and within each over `cols` that its reductions fold. */
export interface RowSpace {
  readonly rows: number;
  readonly cols: number;
  /** The shape that `rows` flattens, and the one that `cols` flattens. */
  readonly kept: Shape;
  readonly reduced: Shape;
  /** Row elements' places in a tensor: row-major (`row · cols + col`), or this shape's axes. */
  readonly elements: { readonly shape: Shape; readonly axes: readonly number[] } | 'trailing' | 'none';
}

/** Element indices of a value of `rows` numbers at `row`, or of `rows × cols` numbers at (row, col); null: not of this space. */
export function indexIn(
  space: RowSpace,
  v: { readonly shape: Shape },
  row: Expr,
  col: Expr | null,
): Expr[] | null {
  const size = sizeOf(v.shape);
  if (col === null)
    return size === space.rows
      ? sameShape(v.shape, space.kept)
        ? unflatten(row, space.kept)
        : unflatten(row, v.shape)
      : null;
  if (size !== space.rows * space.cols || space.elements === 'none') return null;
  if (space.elements === 'trailing') return unflatten(add(mul(row, i32(space.cols)), col), v.shape);
  const { shape, axes } = space.elements;
  if (!sameShape(v.shape, shape)) return null;
  const kept = unflatten(row, space.kept);
  const reduced = unflatten(col, space.reduced);
  return shape.map((_, axis) => (axes.includes(axis) ? reduced.shift()! : kept.shift()!));
}

/** How a reduction walks. */
export function spaceOf(v: Value): RowSpace {
  if (v.op.lower.kind !== 'reduce')
    return { rows: sizeOf(v.shape), cols: 1, kept: v.shape, reduced: [], elements: 'none' };
  const reduced = v.op.lower.domain(v.inputs, v.attrs, v);
  const base = { rows: sizeOf(v.shape), cols: sizeOf(reduced), kept: v.shape, reduced };
  const axes = (v.attrs as Partial<AxesAttrs> | null)?.axes;
  if (v.op.lower.family !== 'fold' || !axes) return { ...base, elements: 'none' };
  const shape = v.inputs[0]!.shape;
  const trailing = axes.every((a, i) => a === shape.length - axes.length + i);
  return { ...base, elements: trailing ? 'trailing' : { shape, axes } };
}

export const sameSpace = (a: RowSpace, b: RowSpace): boolean =>
  a.rows === b.rows && a.cols === b.cols && sameElements(a, b);

function sameElements({ elements, ...a }: RowSpace, b: RowSpace): boolean {
  // Windows have no elements of their own; those over the same domain are walked together.
  if (elements === 'none')
    return b.elements === 'none' && sameShape(a.kept, b.kept) && sameShape(a.reduced, b.reduced);
  if (elements === 'trailing' || b.elements === 'trailing' || b.elements === 'none')
    return elements === b.elements;
  return sameShape(elements.shape, b.elements.shape) && elements.axes.join() === b.elements.axes.join();
}

/** Index variables of a group's space, exact in their bounds. */
export function spaceVariables(space: RowSpace): { row: Expr; col: Expr } {
  return { row: variable('row', 'i32', space.rows), col: variable('col', 'i32', space.cols) };
}
