/**
 * One training step as one static program: gather the batch, forward, loss, backward, norm of the gradients, update, record.
 * Where gradients are accumulated it is two: one for each micro-batch, and one for the update at the end.
 */
import { gradientMap } from '../autodiff/grad.ts';
import { type AdvanceSpec, nextMicroKernel } from '../compile/advance.ts';
import { dispatchOf } from '../compile/bindings.ts';
import {
  type CompileOptions,
  type CutQuestion,
  compileGraph,
  type Target,
  type Wanted,
} from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { isTeam } from '../compile/tiling.ts';
import { invariant } from '../errors.ts';
import { replaceValues } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import type { Metric } from '../model/metrics.ts';
import { input, inputAttrs, zeros } from '../ops/leaf.ts';
import { mean } from '../ops/reduce.ts';
import {
  compileAccumulate,
  memoryOfMicro,
  microColumns,
  microGradients,
  microMeans,
  microNumber,
  placeOfMicro,
  sumsArena,
  valuesOfMeans,
} from './accumulate-program.ts';
import { batchValues, type DataPlaces } from './batch.ts';
import { compileEnd } from './end-program.ts';
import { placeOfWeight } from './layout.ts';
import {
  columnPlace,
  counterPlace,
  lossPlace,
  microPlace,
  normPlace,
  ratePlace,
  scalarBuffers,
  soundPlace,
} from './places.ts';
import { keepForProbes, type Probed, probedOutputs, valuesOfLook } from './probed.ts';
import { compileTeam, type TeamTurns } from './team-program.ts';
import { compileSquares, compileUpdate, maskArena, type UpdateSpec } from './update-program.ts';

export interface StepProgram {
  /** What a step encodes: a micro-batch so many times, where there are several, and then the rest. */
  readonly micro: { readonly program: Program; readonly count: number } | null;
  readonly program: Program;
  /** Kernels of a step that is not cut into micro-batches. */
  readonly kernels: number;
  /** Where one workgroup runs the step: how many steps each dispatch of the program is. */
  readonly team: TeamTurns | null;
  /** The first so many dispatches of `micro`, or of `program`, go over a batch and change nothing that lasts; 0 for a team. */
  readonly overBatch: number;
  /** The columns of the ring: loss, gradient norm, then the metrics. */
  readonly ring: Place;
  readonly ringRows: number;
  /** Learning rates of the coming steps: that of step s at s modulo its length. */
  readonly rates: Place;
  readonly columns: number;
  readonly batch: Place;
  readonly order: Place;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** What probes can look at; null where nothing is kept for them. */
  readonly probed: Probed | null;
  /** Products whose cut can be chosen by measuring. */
  readonly questions: readonly CutQuestion[];
  /** Elements of the activations' arena, and the least that this order of kernels needs. */
  readonly arena: { readonly size: number; readonly lowerBound: number };
}

export interface StepSpec extends Omit<UpdateSpec, 'gradients'> {
  readonly model: Model;
  readonly metrics: readonly Metric[];
  readonly data: DataPlaces;
  /** Samples of the training part. */
  readonly samples: number;
  /** Micro-batches of a step. */
  readonly accumulation: number;
  /** Keep every node's activation and its gradient, so that they can be looked at. */
  readonly probes: boolean;
  readonly uniforms: readonly string[];
  readonly target: Target;
}

/** Rows that the ring of step numbers holds: at most so many steps go into one submission. */
const ringRows = 1024;
/** Learning rates that their table holds: those of a whole submission, and of the step after it. */
const rateRows = 2 * ringRows;
/** Indices that the order buffer holds at least, so that short epochs do not make short submissions. */
const orderLength = 65_536;

/** More would make what is computed anew in the backward pass, and is no gradient, too large for 16 bits. */
const mostGradientScale = 1024;

/** Makes gradients of a mean over so many about as large as those of a single one. */
const gradientScaleOf = (terms: number): number =>
  Math.min(mostGradientScale, 2 ** Math.ceil(Math.log2(Math.max(1, terms))));

/** Compiles a training step. */
export function compileStep(spec: StepSpec): StepProgram {
  const { model, layout } = spec;
  invariant(model.lossPerSample, 'a trainable model has a loss');
  const size = model.options.batch;
  const indices = input('batch.indices', [size], 'batch', 'i32');
  const { accumulation } = spec;
  const runsInTeam = isTeam(spec.target.processor);
  const isWhole = accumulation === 1;
  const exchange = batchValues(model, spec.data, indices);
  exchange.set(model.step, microNumber(accumulation));
  if (!isWhole) for (const state of layout.memory.items) exchange.set(state.value, memoryOfMicro(state));

  // Everything that is differentiated is rebuilt on the real batch at once, so that shared values stay shared.
  const outputs = probedOutputs(model);
  const metricValues = spec.metrics.map((m) => m.perSample);
  const looked = spec.probes ? [...outputs.map((o) => o.value), ...model.looks.flatMap(valuesOfLook)] : [];
  const parts = isWhole ? [] : valuesOfMeans(model, spec.metrics);
  const roots = [model.lossPerSample, ...metricValues, ...looked, ...parts];
  const rebuilt = replaceValues(roots, exchange);
  const found = new Map(roots.map((v, i) => [v, rebuilt[i]!]));
  const real = (v: Value): Value => found.get(v)!;
  const loss = mean(real(model.lossPerSample), 'all');
  const samples = isWhole ? [model.lossPerSample, ...metricValues].map(real) : [];
  const parameters = layout.parameters.items.map((p) => p.value);
  const gradient = gradientMap(loss, [...parameters, ...looked.map(real)]);
  const means = isWhole ? null : microMeans(model, spec.metrics, real);

  // Columns of the ring: the loss is the first, the norm the second.
  const columns = (means ? microColumns(means) : samples.map((value): Wanted => ({ value }))).map(
    (wanted): Wanted => ({ ...wanted, isForward: true }),
  );
  const gradientsOf = (of: ReadonlyMap<Value, Value>, arena: string): Wanted[] =>
    layout.parameters.items.map((p) => ({
      value: of.get(p.value) ?? zeros(p.shape),
      at: layout.parameters.place(p.name, arena),
    }));
  const gradients =
    means && means.losses.length > 1
      ? means.losses.flatMap(({ value }, i) => gradientsOf(gradientMap(value, parameters), microGradients(i)))
      : gradientsOf(gradient, microGradients(0));
  const memory: Wanted[] = replaceValues(
    layout.memory.items.map((m) => m.next),
    exchange,
  ).map((value, i) => ({ value, at: layout.memory.place(layout.memory.items[i]!.name, 'nextMemory') }));
  const gradientArena = isWhole ? 'grads' : sumsArena;
  const kept = spec.probes
    ? keepForProbes(model, outputs, real, gradient, layout.parameters, gradientArena)
    : null;
  const watched = kept?.values ?? [];

  // Even, since half of them are laid out at a time.
  const epochs = 2 * Math.max(1, Math.min(512, Math.ceil(orderLength / spec.samples / 2)));
  const stepsPerEpoch = Math.max(1, Math.floor(spec.samples / (size * accumulation)));
  const places: Record<string, Place> = {
    'data.x': spec.data.x,
    'data.y': spec.data.y,
    'batch.indices': { buffer: 'batch', offset: 0, length: size },
    counter: counterPlace,
  };
  // What one workgroup runs has buffers of its own, which are parts of one.
  const arena = runsInTeam ? 'arena:team' : 'arena';
  const options: CompileOptions = { arena, uniforms: spec.uniforms, ...spec.target };
  const placeOf = (leaf: Value): Place => {
    const name = inputAttrs(leaf)?.name ?? '';
    const place = places[name] ?? placeOfWeight(layout, name) ?? placeOfMicro(layout, name);
    invariant(place, `the input ${name} has a place`);
    return place;
  };
  const main = compileGraph(
    [...gradients, ...columns, ...memory, ...watched.map((value): Wanted => ({ value, isForLooks: true }))],
    placeOf,
    { ...options, gradientScale: gradientScaleOf(sizeOf(real(model.lossPerSample).shape)) },
  );

  const squares = compileSquares({ ...spec, gradients: gradientArena }, options);
  const update = compileUpdate({ ...spec, gradients: gradientArena }, options);
  const columnPlaces = [lossPlace, normPlace, ...metricValues.map((_, i) => columnPlace(2 + i))];
  const ring: Place = { buffer: 'ring', offset: 0, length: ringRows * columnPlaces.length };
  const order: Place = { buffer: 'order', offset: 0, length: epochs * spec.samples };
  const rates: Place = { buffer: 'rates', offset: 0, length: rateRows };
  const advance: AdvanceSpec = {
    counter: counterPlace,
    order,
    epochs,
    perEpoch: spec.samples,
    stepsPerEpoch,
    batch: places['batch.indices']!,
    columns: columnPlaces,
    ring,
    ringRows,
    sound: soundPlace,
    rate: { table: rates, at: ratePlace },
    micro: isWhole ? null : { counter: microPlace, count: accumulation },
  };
  const end = compileEnd(
    {
      samples: samples.map(({ shape }, i) => ({
        shape,
        place: main.places[gradients.length + i]!,
        mean: i === 0 ? lossPlace : columnPlace(1 + i),
      })),
      squares: squares.places[0]!,
      advance,
    },
    options,
  );
  const { uniforms } = spec;
  const accumulate = means && compileAccumulate(layout, means, accumulation, options);
  const buffers = {
    ...main.program.buffers,
    ...scalarBuffers(columnPlaces.length, columns.length),
    batch: size,
    order: order.length,
    ring: ring.length,
    rates: rates.length,
    params: layout.parameters.size,
    grads: layout.parameters.size,
    memory: layout.memory.size,
    nextMemory: layout.memory.size,
    ...squares.program.buffers,
    ...end.buffers,
    ...update.program.buffers,
    ...(spec.pruned && { [maskArena]: layout.parameters.size }),
    ...accumulate?.buffers,
    ...Object.fromEntries(spec.optimizer.states.map((s) => [`state:${s}`, layout.parameters.size])),
  };
  const kernels = [main, squares, end, update].flatMap((part) => part.kernels);
  const joined = runsInTeam ? compileTeam(kernels, buffers, options) : null;
  const forwards = main.program.dispatches;
  const backToWeights = [...squares.program.dispatches, end.dispatch, ...update.program.dispatches];
  const firstWatched = gradients.length + columns.length + memory.length;
  return {
    micro: accumulate && {
      program: {
        dispatches: [...forwards, ...accumulate.dispatches, dispatchOf(nextMicroKernel(advance), options)],
        buffers,
        uniforms,
      },
      count: accumulation,
    },
    program: joined?.program ?? {
      dispatches: accumulate ? backToWeights : [...forwards, ...backToWeights],
      buffers,
      uniforms,
    },
    kernels: kernels.length,
    team: joined,
    overBatch: joined ? 0 : forwards.length,
    ring,
    ringRows,
    rates,
    columns: columnPlaces.length,
    batch: places['batch.indices']!,
    order,
    epochs,
    stepsPerEpoch,
    probed: kept?.at(main.places.slice(firstWatched)) ?? null,
    questions: main.questions,
    arena: {
      size: Object.values(main.program.buffers).reduce((total, size) => total + size, 0),
      lowerBound: main.lowerBound,
    },
  };
}
