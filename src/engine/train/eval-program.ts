/** An evaluation as a program: forward only, sums of the loss and the metrics over the samples that count, batch after batch. */
import { advanceDispatch } from '../compile/advance.ts';
import { type CompileOptions, compileGraph, type Target } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { replaceValues } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import type { Metric } from '../model/metrics.ts';
import { reshape } from '../ops/core.ts';
import { add, cast, less, mul, where } from '../ops/elementwise.ts';
import { hyper, input, inputAttrs, iota, scalar, zeros } from '../ops/leaf.ts';
import { sum } from '../ops/reduce.ts';
import { batchValues, type DataPlaces } from './batch.ts';
import { type Layouts, placeOfWeight } from './layout.ts';
import { evalColumnPlace, evalCounterPlace, evalScalarBuffers } from './places.ts';

export interface EvalProgram {
  readonly program: Program;
  readonly batchSize: number;
  readonly batch: Place;
  readonly order: Place;
  readonly ring: Place;
  readonly columns: number;
  /** Samples that the order buffer holds at most. */
  readonly capacity: number;
}

/** Name of the uniform that says how many samples of the order count. */
export const evalCountUniform = 'eval.count';

/** Compiles an evaluation: each run of the program takes the next batch and writes a row of sums. */
export function compileEval(
  model: Model,
  metrics: readonly Metric[],
  layout: Layouts,
  data: DataPlaces,
  options: { uniforms: readonly string[] } & Target,
): EvalProgram {
  invariant(model.lossPerSample, 'a trainable model has a loss');
  const batchSize = model.options.batch;
  const indices = input('batch.indices', [batchSize], 'batch', 'i32');
  const counter = cast(reshape(input('counter', [1], 'state', 'u32'), []), 'i32');
  const exchange = batchValues(model, data, indices);
  const position = add(
    iota({ shape: [batchSize], axis: 0, dtype: 'i32' }),
    mul(counter, scalar(batchSize, 'i32')),
  );
  const counts = less(position, cast(hyper({ name: evalCountUniform, dtype: 'f32' }), 'i32'));
  const total = (v: Value): Value => sum(where(counts, v, zeros(v.shape)), 'all');
  const sums = replaceValues([model.lossPerSample, ...metrics.map((m) => m.perSample)], exchange).map(total);
  const places: Record<string, Place> = {
    'data.x': data.x,
    'data.y': data.y,
    'batch.indices': { buffer: 'evalBatch', offset: 0, length: batchSize },
    counter: evalCounterPlace,
  };
  const compileOptions: CompileOptions = { arena: 'arena', ...options };
  const columnPlaces = sums.map((_, i) => evalColumnPlace(i));
  const main = compileGraph(
    sums.map((value, i) => ({ value, at: columnPlaces[i]! })),
    (leaf) => {
      const { name } = inputAttrs(leaf)!;
      const place = places[name] ?? placeOfWeight(layout, name);
      invariant(place, `the input ${name} has a place`);
      return place;
    },
    compileOptions,
  );
  const capacity = Math.ceil(data.count / batchSize + 1) * batchSize;
  const order: Place = { buffer: 'evalOrder', offset: 0, length: capacity };
  const ring: Place = { buffer: 'evalRing', offset: 0, length: (capacity / batchSize) * sums.length };
  const advance = advanceDispatch(
    {
      counter: evalCounterPlace,
      order,
      epochs: 1,
      perEpoch: capacity,
      stepsPerEpoch: capacity / batchSize,
      batch: places['batch.indices']!,
      columns: columnPlaces,
      ring,
      ringRows: capacity / batchSize,
      sound: null,
    },
    compileOptions,
  );
  return {
    program: {
      dispatches: [...main.program.dispatches, advance],
      buffers: {
        ...main.program.buffers,
        ...evalScalarBuffers(sums.length),
        evalBatch: batchSize,
        evalOrder: capacity,
        evalRing: ring.length,
      },
      uniforms: options.uniforms,
    },
    batchSize,
    batch: places['batch.indices']!,
    order,
    ring,
    columns: sums.length,
    capacity,
  };
}
