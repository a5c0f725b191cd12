// Plain loops over dense arrays, for the references: written for reading, never for speed.
import type { Dense, TensorType } from '../ir/op.ts';
import { type Shape, sizeOf, stridesOf } from '../ir/shape.ts';

/** Runs through every index of a shape in order; for references only. */
export function eachIndex(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const total = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let flat = 0; flat < total; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** The flat position of an index. */
export function flatAt(index: readonly number[], shape: Shape): number {
  const strides = stridesOf(shape);
  return index.reduce((at, i, axis) => at + i * strides[axis]!, 0);
}

/** Fills an output by asking, for each of its indices, which input element it is; null gives 0. */
export function moved(
  x: Dense,
  out: TensorType,
  from: (index: readonly number[]) => readonly number[] | null,
): Float64Array {
  const result = new Float64Array(sizeOf(out.shape));
  eachIndex(out.shape, (index, flat) => {
    const at = from(index);
    if (at) result[flat] = x.data[flatAt(at, x.shape)]!;
  });
  return result;
}

/** Where a number stands first; also where it is NaN. */
export function placeOf(all: readonly number[], n: number): number {
  return all.findIndex((v) => Object.is(v, n) || v === n);
}
