// The batch of a step: rows of the data set, which lies on the GPU, by the indices that the step was given.
import type { Place } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import { cast } from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { input } from '../ops/leaf.ts';

/** Data sets in GPU buffers, sample after sample. */
export interface DataPlaces {
  readonly x: Place;
  readonly y: Place;
  readonly count: number;
}

/** The batch out of the data set, by the indices of the step. */
export function batchValues(model: Model, data: DataPlaces, indices: Value): Map<Value, Value> {
  invariant(model.data, 'a trainable model has data');
  const { x, y } = model.data;
  const rows = (v: Value, name: string): Value =>
    cast(gather(input(name, [data.count, ...v.shape.slice(1)], 'batch', v.dtype), indices), v.dtype);
  return new Map([
    [x, rows(x, 'data.x')],
    [y, rows(y, 'data.y')],
  ]);
}
