// The batch of a step: rows of the data set, which lies on the GPU, by the indices that the step was given.
import type { Place } from '../compile/program.ts';
import type { WindowView } from '../data/windows.ts';
import { invariant } from '../errors.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import { reshape } from '../ops/core.ts';
import { add, mul } from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { input, iota, scalar } from '../ops/leaf.ts';

/** A field of the data set in a GPU buffer: sample after sample, or a series that samples are windows of. */
export interface FieldPlace extends Place {
  readonly windows?: WindowView;
}

/** The data set in GPU buffers. */
export interface DataPlaces {
  readonly x: FieldPlace;
  readonly y: FieldPlace;
  readonly count: number;
}

/** The batch out of the data set, by the indices of the step. */
export function batchValues(model: Model, data: DataPlaces, indices: Value): Map<Value, Value> {
  invariant(model.data, 'a trainable model has data');
  const { x, y } = model.data;
  const rows = (v: Value, name: string, { windows, length }: FieldPlace): Value => {
    if (!windows) return gather(input(name, [data.count, ...v.shape.slice(1)], 'batch', v.dtype), indices);
    const width = sizeOf(v.shape.slice(1)) / windows.length;
    const series = input(name, [length / width, width], 'batch', v.dtype);
    return reshape(gather(series, windowRows(indices, windows)), v.shape);
  };
  return new Map([
    [x, rows(x, 'data.x', data.x)],
    [y, rows(y, 'data.y', data.y)],
  ]);
}

/** The rows of a series that the windows of a batch have: [batch, length]. */
function windowRows(indices: Value, { stride, offset, length }: WindowView): Value {
  const [batch = 1] = indices.shape;
  const start = reshape(mul(indices, scalar(stride, 'i32')), [batch, 1]);
  return add(add(start, scalar(offset, 'i32')), iota({ shape: [batch, length], axis: 1, dtype: 'i32' }));
}
