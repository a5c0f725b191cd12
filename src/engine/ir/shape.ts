// Shapes: sizes from the outermost axis to the innermost, row-major. A scalar is [].
import { EngineError } from '../errors.ts';

export type Shape = readonly number[];

/** How many elements a tensor of this shape has; 1 for a scalar. Exact up to 2⁵³. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** `64 × 128`, or `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ');
}

/** The axis counted from 0, for an axis that may be given from the end; an error names `op` where there is none. */
export function wholeAxis(axis: number, rank: number, op: string): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new EngineError('shape/axis', { op, axis, rank });
  return axis < 0 ? axis + rank : axis;
}

/** NumPy's rule: aligned from the right, sizes are equal or one of them is 1. */
export function broadcastShape(a: Shape, b: Shape, op: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const da = a[i - rank + a.length] ?? 1;
    const db = b[i - rank + b.length] ?? 1;
    if (da !== db && da !== 1 && db !== 1)
      throw new EngineError('shape/broadcast', { op, a: formatShape(a), b: formatShape(b) });
    return da === 1 ? db : da;
  });
}
