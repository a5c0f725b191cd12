/**
 * An evaluation as a program: forward only, and what is measured over the samples that count, batch after batch. Each run of
 * it takes the next batch and writes a row of sums; a confusion matrix is counted up from batch to batch.
 */
import { advanceDispatch } from '../compile/advance.ts';
import { type CompileOptions, compileGraph, type Target } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { replaceValues } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import { metricsOf } from '../model/metrics.ts';
import { type Judging, judgingOf } from '../model/scores.ts';
import { broadcastTo, reshape } from '../ops/core.ts';
import { add, cast, div, less, maximum, mul, sub, toF32, where } from '../ops/elementwise.ts';
import { hyper, input, inputAttrs, iota, scalar, zeros } from '../ops/leaf.ts';
import { oneHot } from '../ops/losses.ts';
import { swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { batchValues, type DataPlaces } from './batch.ts';
import { type Layouts, placeOfWeight } from './layout.ts';
import { evalColumnPlace, evalCounterPlace, evalScalarBuffers } from './places.ts';

export interface EvalProgram {
  readonly program: Program;
  readonly batchSize: number;
  readonly batch: Place;
  readonly order: Place;
  /** Rows of sums: the loss, the metrics, the means of `judging`; then the mean and the spread of its numbers. */
  readonly ring: Place;
  readonly columns: number;
  /** Samples that the order buffer holds at most. */
  readonly capacity: number;
  readonly judging: Judging;
  /** The counts of `judging.tally`: row by row what samples are, column by column what they were taken for. */
  readonly confusion: Place | null;
}

/** Name of the uniform that says how many samples of the order count. */
export const evalCountUniform = 'eval.count';

/** Compiles the evaluation of a model in eval mode. */
export function compileEval(
  model: Model,
  layout: Layouts,
  data: DataPlaces,
  options: { uniforms: readonly string[] } & Target,
): EvalProgram {
  invariant(model.lossPerSample, 'a trainable model has a loss');
  const batchSize = model.options.batch;
  const judging = judgingOf(model);
  const indices = input('batch.indices', [batchSize], 'batch', 'i32');
  const counter = cast(reshape(input('counter', [1], 'state', 'u32'), []), 'i32');
  const exchange = batchValues(model, data, indices);
  const position = add(
    iota({ shape: [batchSize], axis: 0, dtype: 'i32' }),
    mul(counter, scalar(batchSize, 'i32')),
  );
  const counts = less(position, cast(hyper({ name: evalCountUniform, dtype: 'f32' }), 'i32'));
  const total = (v: Value): Value => sum(where(counts, v, zeros(v.shape)), 'all');
  const perSample = [
    model.lossPerSample,
    ...metricsOf(model).map((m) => m.perSample),
    ...judging.means.map((m) => m.perSample),
  ];
  const { numbers, tally } = judging;
  const rebuilt = replaceValues(
    [...perSample, ...(numbers ? [numbers] : []), ...(tally ? [tally.truth, tally.answer] : [])],
    exchange,
  );
  const sums = rebuilt.slice(0, perSample.length).map(total);
  if (numbers) {
    const y = rebuilt[perSample.length]!;
    const mean = div(total(y), maximum(sum(toF32(counts), 'all'), scalar(1)));
    const apart = sub(y, mean);
    sums.push(mean, total(mul(apart, apart)));
  }
  const [truth, answer] = rebuilt.slice(-2);
  const tallied = tally && truth && answer ? countPairs(truth, answer, counts, tally.classes) : null;

  const places: Record<string, Place> = {
    'data.x': data.x,
    'data.y': data.y,
    'batch.indices': { buffer: 'evalBatch', offset: 0, length: batchSize },
    counter: evalCounterPlace,
  };
  const compileOptions: CompileOptions = { arena: 'arena', ...options };
  const columnPlaces = sums.map((_, i) => evalColumnPlace(i));
  const main = compileGraph(
    [...sums.map((value, i) => ({ value, at: columnPlaces[i]! })), ...(tallied ? [{ value: tallied }] : [])],
    (leaf) => {
      const { name } = inputAttrs(leaf)!;
      const place = places[name] ?? placeOfWeight(layout, name);
      invariant(place, `the input ${name} has a place`);
      return place;
    },
    compileOptions,
  );
  const confusion: Place | null = tallied && {
    buffer: 'confusion',
    offset: 0,
    length: sizeOf(tallied.shape),
  };
  const counting = confusion ? compileSum(main.places.at(-1)!, confusion, compileOptions) : null;
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
      dispatches: [...main.program.dispatches, ...(counting?.dispatches ?? []), advance],
      buffers: {
        ...main.program.buffers,
        ...counting?.buffers,
        ...(confusion && { [confusion.buffer]: confusion.length }),
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
    judging,
    confusion,
  };
}

/** How often each class is answered by each: f32 [classes, classes], over the samples that count. */
function countPairs(truth: Value, answer: Value, counts: Value, classes: number): Value {
  const [batch = 1, ...rest] = truth.shape;
  const rows = sizeOf(truth.shape);
  const each = broadcastTo(reshape(toF32(counts), [batch, ...rest.map(() => 1)]), truth.shape);
  const ones = (labels: Value): Value => toF32(oneHot(reshape(labels, [rows]), classes));
  return matmul(swapLast(mul(ones(truth), reshape(each, [rows, 1]))), ones(answer));
}

/** Adds numbers to those that lie somewhere. */
function compileSum(what: Place, to: Place, options: CompileOptions): Program {
  const leaf = (name: string): Value => input(name, [to.length], 'state');
  const places: Record<string, Place> = { what: { ...what, length: to.length }, to };
  return compileGraph(
    [{ value: add(leaf('to'), leaf('what')), at: to }],
    (v) => places[inputAttrs(v)!.name]!,
    { ...options, arena: 'tally' },
  ).program;
}
