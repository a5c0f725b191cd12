/**
 * One training step as one static program: gather the batch, forward, loss, backward, norm of the gradients, update, record.
 * Where gradients are accumulated it is two: one for each micro-batch, and one for the update at the end.
 */
import { gradientMap } from '../autodiff/grad.ts';
import { type AdvanceSpec, advanceDispatch, nextMicroDispatch } from '../compile/advance.ts';
import { type CompileOptions, compileGraph, type Target, type Wanted } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { replaceValues, topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { Model } from '../model/build.ts';
import type { Metric } from '../model/metrics.ts';
import { input, inputAttrs, zeros } from '../ops/leaf.ts';
import { mean } from '../ops/reduce.ts';
import {
  compileAccumulate,
  memoryOfMicro,
  microNumber,
  placeOfMicro,
  sumsArena,
} from './accumulate-program.ts';
import { batchValues, type DataPlaces } from './batch.ts';
import { type Layouts, placeOfWeight } from './layout.ts';
import {
  columnPlace,
  counterPlace,
  lossPlace,
  microColumnPlace,
  microPlace,
  normPlace,
  ratePlace,
  scalarBuffers,
  soundPlace,
} from './places.ts';
import { compileNorm, compileUpdate, type UpdateSpec } from './update-program.ts';

/** A tensor that a probe looks at. */
export interface ProbedTensor {
  readonly node: string;
  readonly name: string;
  readonly what: 'activation' | 'gradient' | 'weight' | 'weightGradient';
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly depth: number;
  readonly place: Place;
}

export interface StepProgram {
  /** What a step encodes: a micro-batch so many times, where there are several, and then the rest. */
  readonly micro: { readonly program: Program; readonly count: number } | null;
  readonly program: Program;
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
  readonly probed: readonly ProbedTensor[];
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

/** Distance of each node from the loss, in wires. */
function depths(model: Model): Map<string, number> {
  const depth = new Map<string, number>(model.losses.map((id) => [id, 0]));
  const wires = Object.values(model.document.wires);
  for (const id of [...model.order].reverse()) {
    const here = depth.get(id);
    if (here === undefined) continue;
    for (const w of wires)
      if (w.to[0] === id) depth.set(w.from[0], Math.max(depth.get(w.from[0]) ?? 0, here + 1));
  }
  return depth;
}

/**
 * Node outputs worth looking at: what lies between the first parameters and the loss. What comes before any parameter is the
 * data itself, in another shape; a gradient there would cost a product and change nothing.
 */
function probedOutputs(
  model: Model,
): Array<{ node: string; name: string; port: string; value: Value; depth: number }> {
  const depth = depths(model);
  const parameters = new Set(model.parameters.map((p) => p.value));
  const learned = new Set<Value>();
  const values = [...model.nodes.values()].flatMap((n) => Object.values(n.outputs));
  for (const v of topological(values))
    if (parameters.has(v) || v.inputs.some((i) => learned.has(i))) learned.add(v);
  return model.order.flatMap((id) => {
    const node = model.nodes.get(id)!;
    const at = depth.get(id);
    if (at === undefined || at === 0 || node.state !== 'built') return [];
    return Object.entries(node.outputs)
      .filter(([, value]) => learned.has(value))
      .map(([port, value]) => ({ node: id, name: node.name, port, value, depth: at }));
  });
}

/** Compiles a training step. */
export function compileStep(spec: StepSpec): StepProgram {
  const { model, layout } = spec;
  invariant(model.lossPerSample, 'a trainable model has a loss');
  const size = model.options.batch;
  const indices = input('batch.indices', [size], 'batch', 'i32');
  const { accumulation } = spec;
  const isWhole = accumulation === 1;
  const exchange = batchValues(model, spec.data, indices);
  exchange.set(model.step, microNumber(accumulation));
  if (!isWhole) for (const state of layout.memory.items) exchange.set(state.value, memoryOfMicro(state));

  // Everything that is differentiated is rebuilt on the real batch at once, so that shared values stay shared.
  const outputs = probedOutputs(model);
  const metricValues = spec.metrics.map((m) => m.perSample);
  const rebuilt = replaceValues(
    [model.lossPerSample, ...metricValues, ...outputs.map((o) => o.value)],
    exchange,
  );
  const loss = mean(rebuilt[0]!, 'all');
  const metricMeans = rebuilt.slice(1, 1 + metricValues.length).map((v) => mean(v, 'all'));
  const activations = rebuilt.slice(1 + metricValues.length);
  const parameters = layout.parameters.items.map((p) => p.value);
  const gradient = gradientMap(loss, [...parameters, ...activations]);

  /** Columns of the ring: the loss is the first, the norm the second. */
  const columnsOfBatch = [0, ...metricMeans.map((_, i) => 2 + i)];
  const columns = [loss, ...metricMeans].map((value, i): Wanted => {
    const column = columnsOfBatch[i]!;
    return { value, at: isWhole ? columnPlace(column) : microColumnPlace(column) };
  });
  const gradients: Wanted[] = layout.parameters.items.map((p) => ({
    value: gradient.get(p.value) ?? zeros(p.shape),
    at: layout.parameters.place(p.name, 'grads'),
  }));
  const memory: Wanted[] = replaceValues(
    layout.memory.items.map((m) => m.next),
    exchange,
  ).map((value, i) => ({ value, at: layout.memory.place(layout.memory.items[i]!.name, 'nextMemory') }));
  const watched = spec.probes
    ? outputs.flatMap((o, i) => {
        const dy = gradient.get(activations[i]!);
        return dy
          ? [
              { ...o, what: 'activation' as const, value: activations[i]! },
              { ...o, what: 'gradient' as const, value: dy },
            ]
          : [{ ...o, what: 'activation' as const, value: activations[i]! }];
      })
    : [];

  const epochs = Math.max(2, Math.min(1024, Math.ceil(orderLength / spec.samples)));
  const stepsPerEpoch = Math.max(1, Math.floor(spec.samples / (size * accumulation)));
  const places: Record<string, Place> = {
    'data.x': spec.data.x,
    'data.y': spec.data.y,
    'batch.indices': { buffer: 'batch', offset: 0, length: size },
    counter: counterPlace,
  };
  const options: CompileOptions = { arena: 'arena', uniforms: spec.uniforms, ...spec.target };
  const placeOf = (leaf: Value): Place => {
    const name = inputAttrs(leaf)?.name ?? '';
    const place = places[name] ?? placeOfWeight(layout, name) ?? placeOfMicro(layout, name);
    invariant(place, `the input ${name} has a place`);
    return place;
  };
  const main = compileGraph(
    [...gradients, ...columns, ...memory, ...watched.map(({ value }) => ({ value }))],
    placeOf,
    options,
  );

  const gradientArena = isWhole ? 'grads' : sumsArena;
  const norm = compileNorm({ ...spec, gradients: gradientArena }, options);
  const update = compileUpdate({ ...spec, gradients: gradientArena }, options);
  const columnPlaces = [lossPlace, normPlace, ...metricMeans.map((_, i) => columnPlace(2 + i))];
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
  const { uniforms } = spec;
  const accumulate = isWhole ? null : compileAccumulate(layout, columnsOfBatch, accumulation, options);
  const buffers = {
    ...main.program.buffers,
    ...scalarBuffers(columnPlaces.length),
    batch: size,
    order: order.length,
    ring: ring.length,
    rates: rates.length,
    params: layout.parameters.size,
    grads: layout.parameters.size,
    memory: layout.memory.size,
    nextMemory: layout.memory.size,
    ...norm.buffers,
    ...accumulate?.buffers,
    ...Object.fromEntries(spec.optimizer.states.map((s) => [`state:${s}`, layout.parameters.size])),
  };
  const forwards = main.program.dispatches;
  const backToWeights = [...norm.dispatches, ...update, advanceDispatch(advance, options)];
  const firstWatched = gradients.length + columns.length + memory.length;
  const probed: ProbedTensor[] = watched.map((w, i) => ({
    node: w.node,
    name: w.name,
    what: w.what,
    tensor: w.port,
    shape: w.value.shape,
    depth: w.depth,
    place: main.places[firstWatched + i]!,
  }));
  if (spec.probes) probed.push(...probedParameters(model, layout, gradientArena));
  return {
    micro: accumulate && {
      program: {
        dispatches: [...forwards, ...accumulate.dispatches, nextMicroDispatch(advance, options)],
        buffers,
        uniforms,
      },
      count: accumulation,
    },
    program: {
      dispatches: accumulate ? backToWeights : [...forwards, ...backToWeights],
      buffers,
      uniforms,
    },
    ring,
    ringRows,
    rates,
    columns: columnPlaces.length,
    batch: places['batch.indices']!,
    order,
    epochs,
    stepsPerEpoch,
    probed,
    arena: { size: main.program.buffers.arena ?? 0, lowerBound: main.lowerBound },
  };
}

function probedParameters(model: Model, layout: Layouts, gradients: string): ProbedTensor[] {
  const depth = depths(model);
  return layout.parameters.items.flatMap((p) =>
    (['weight', 'weightGradient'] as const).map((what) => ({
      node: p.node,
      name: model.nodes.get(p.node)!.name,
      what,
      tensor: p.tensor,
      shape: p.shape,
      depth: depth.get(p.node) ?? 0,
      place: layout.parameters.place(p.name, what === 'weight' ? 'params' : gradients),
    })),
  );
}
