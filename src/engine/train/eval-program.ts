/**
 * An evaluation as a program: forward only, and what is measured over the samples that count, batch after batch. Each run of
 * it takes the next batch and writes a row of sums; a confusion matrix is counted up from batch to batch. A mean is a sum of
 * numbers over a sum of weights, so that batches join to what one batch of all samples would say, whatever a mask hides.
 */
import { advanceKernel } from '../compile/advance.ts';
import { dispatchOf } from '../compile/bindings.ts';
import { type CompileOptions, type CutQuestion, compileGraph, type Target } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { replaceValues } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import { metricsOf } from '../model/metrics.ts';
import { type Judging, judgingOf, type Tally } from '../model/scores.ts';
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

/** The columns whose sums over all batches make one mean. */
export interface MeanColumns {
  readonly sum: number;
  /** Null: the number of samples. */
  readonly weights: number | null;
}

export interface EvalProgram {
  readonly program: Program;
  /** What could be cut otherwise. */
  readonly questions: readonly CutQuestion[];
  /** Elements of the activations that this order of kernels needs at least. */
  readonly lowerBound: number;
  readonly batchSize: number;
  readonly batch: Place;
  readonly order: Place;
  /** Rows of sums; the last three are count, mean and spread of the numbers of `judging`, where it has them. */
  readonly ring: Place;
  readonly columns: number;
  /** Their sum is the loss. */
  readonly losses: readonly MeanColumns[];
  readonly metrics: readonly MeanColumns[];
  /** Those of `judging`. */
  readonly means: readonly MeanColumns[];
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
  const sums: Value[] = [];
  const columnOf = new Map<Value, number>();
  /** The column of the sum over what counts; one for all who ask for the same. */
  const total = (v: Value): number => {
    const known = columnOf.get(v);
    if (known !== undefined) return known;
    const [batch = 1, ...rest] = v.shape;
    const each = broadcastTo(reshape(counts, [batch, ...rest.map(() => 1)]), v.shape);
    columnOf.set(v, sums.length);
    return sums.push(sum(where(each, v, zeros(v.shape)), 'all')) - 1;
  };
  const meanOf = ({ perSample, weights }: { perSample: Value; weights: Value | null }): MeanColumns => {
    if (!weights) return { sum: total(perSample), weights: null };
    // Numbers per sample are scaled so that their plain mean is the weighed one; here the scale comes from all batches.
    const scale = div(sum(weights, 'all'), scalar(batchSize));
    return { sum: total(mul(perSample, scale)), weights: total(weights) };
  };
  const [losses, metrics, means] = [model.losses, metricsOf(model), judging.means].map((all) =>
    all.map(meanOf),
  ) as [MeanColumns[], MeanColumns[], MeanColumns[]];
  const { numbers, tally } = judging;
  if (numbers)
    sums.push(...spreadOf(numbers.target, numbers.mask ? mul(counts, numbers.mask) : toF32(counts)));
  const pairs = tally && countPairs(tally, counts);
  const rebuilt = replaceValues([...sums, ...(pairs ? [pairs] : [])], exchange);
  const tallied = (pairs && rebuilt[sums.length]) ?? null;

  const places: Record<string, Place> = {
    'data.x': data.x,
    'data.y': data.y,
    'batch.indices': { buffer: 'evalBatch', offset: 0, length: batchSize },
    counter: evalCounterPlace,
  };
  const compileOptions: CompileOptions = { arena: 'arena', ...options };
  const columnPlaces = sums.map((_, i) => evalColumnPlace(i));
  const columns = columnPlaces.map((at, i) => ({ value: rebuilt[i]!, at }));
  const main = compileGraph(
    [...columns, ...(tallied ? [{ value: tallied }] : [])],
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
  const advance = advanceKernel({
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
  });
  return {
    program: {
      dispatches: [
        ...main.program.dispatches,
        ...(counting?.dispatches ?? []),
        dispatchOf(advance, compileOptions),
      ],
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
    questions: main.questions,
    lowerBound: main.lowerBound,
    batchSize,
    batch: places['batch.indices']!,
    order,
    ring,
    columns: sums.length,
    losses,
    metrics,
    means,
    capacity,
    judging,
    confusion,
  };
}

/** How many count, their mean, and the sum of their squared distances from it. */
function spreadOf(y: Value, weights: Value): [Value, Value, Value] {
  const count = sum(weights, 'all');
  const mean = div(sum(mul(weights, y), 'all'), maximum(count, scalar(1)));
  const apart = sub(y, mean);
  return [count, mean, sum(mul(weights, mul(apart, apart)), 'all')];
}

/** How often each class is answered by each: f32 [classes, classes], over the samples that count. */
function countPairs({ truth, answer, classes, mask }: Tally, counts: Value): Value {
  const rows = sizeOf(truth.shape);
  const seen = (v: Value): Value =>
    broadcastTo(
      reshape(
        v,
        truth.shape.map((_, i) => v.shape[i] ?? 1),
      ),
      truth.shape,
    );
  const each = mask ? mul(seen(toF32(counts)), seen(mask)) : seen(toF32(counts));
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
