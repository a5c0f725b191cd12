/**
 * One training step as one static program: gather the batch, forward, loss, backward, norm of the gradients, update, record.
 * And its sibling for evaluation: forward only, sums of the metrics over the samples that count.
 */
import { gradientMap } from '../autodiff/grad.ts';
import { advanceDispatch } from '../compile/advance.ts';
import { type CompileOptions, compileGraph, type Target, type Wanted } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { replaceValues, topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import type { Model, ModelParameter, ModelState } from '../model/build.ts';
import type { Metric } from '../model/metrics.ts';
import { reshape } from '../ops/core.ts';
import { add, cast, less, mul, sqrt, sub, where } from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { hyper, input, inputAttrs, iota, scalar, zeros } from '../ops/leaf.ts';
import { mean, sum } from '../ops/reduce.ts';
import type { OptimizerSpec } from '../optim/define.ts';
import { arenaRow, type Layout } from './layout.ts';

/** Data sets in GPU buffers, sample after sample. */
export interface DataPlaces {
  readonly x: Place;
  readonly y: Place;
  readonly count: number;
}

const scalarPlace = (buffer: string, offset: number): Place => ({ buffer, offset, length: 1 });

/** Scalars that kernels pass on, 256 bytes apart so that each can be bound. */
const scalarsBuffer = 'scalars';
export const counterPlace = scalarPlace('counter', 0);
export const evalCounterPlace = scalarPlace('evalCounter', 0);
const slotPlace = (i: number): Place => scalarPlace(scalarsBuffer, i * 64);

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
  readonly program: Program;
  /** The columns of the ring: loss, gradient norm, then the metrics. */
  readonly ring: Place;
  readonly ringRows: number;
  readonly columns: number;
  readonly batch: Place;
  readonly order: Place;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly probed: readonly ProbedTensor[];
  /** Elements of the activations' arena, and the least that this order of kernels needs. */
  readonly arena: { readonly size: number; readonly lowerBound: number };
}

/** Where the model's tensors lie. */
export interface Layouts {
  /** In the arenas `params`, `grads` and those of the optimiser's states. */
  readonly parameters: Layout<ModelParameter>;
  /** In the arenas `memory` and `nextMemory`: what layers remember between steps. */
  readonly memory: Layout<ModelState>;
}

/** Where a leaf of the model lies: a parameter, or what a layer remembers; null for anything else. */
export function placeOfWeight(layout: Layouts, name: string): Place | null {
  if (layout.parameters.has(name)) return layout.parameters.place(name, 'params');
  return layout.memory.has(name) ? layout.memory.place(name, 'memory') : null;
}

export interface StepSpec {
  readonly model: Model;
  readonly metrics: readonly Metric[];
  readonly optimizer: OptimizerSpec;
  readonly optimizerParams: Record<string, unknown>;
  readonly layout: Layouts;
  readonly data: DataPlaces;
  /** Samples of the training part. */
  readonly samples: number;
  /** Keep every node's activation and its gradient, so that they can be looked at. */
  readonly probes: boolean;
  readonly uniforms: readonly string[];
  readonly target: Target;
}

/** Rows that the ring of step numbers holds: at most so many steps go into one submission. */
const ringRows = 1024;
/** Indices that the order buffer holds at least, so that short epochs do not make short submissions. */
const orderLength = 65_536;

/** The name of an optimiser's scalar among the uniforms. */
export const optimizerUniform = (name: string): string => `optimizer.${name}`;

/** The batch out of the data set, by the indices of the step. */
function batchValues(model: Model, data: DataPlaces, indices: Value): Map<Value, Value> {
  invariant(model.data, 'a trainable model has data');
  const { x, y } = model.data;
  const rows = (v: Value, name: string): Value =>
    cast(gather(input(name, [data.count, ...v.shape.slice(1)], 'batch', v.dtype), indices), v.dtype);
  return new Map([
    [x, rows(x, 'data.x')],
    [y, rows(y, 'data.y')],
  ]);
}

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
  const step = cast(reshape(input('counter', [1], 'state', 'u32'), []), 'u32');
  const exchange = batchValues(model, spec.data, indices);
  exchange.set(model.step, step);

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

  const columns: Wanted[] = [loss, ...metricMeans].map((value, i) => ({
    value,
    at: slotPlace(i === 0 ? 0 : i + 1),
  }));
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
  const stepsPerEpoch = Math.max(1, Math.floor(spec.samples / size));
  const places: Record<string, Place> = {
    'data.x': spec.data.x,
    'data.y': spec.data.y,
    'batch.indices': { buffer: 'batch', offset: 0, length: size },
    counter: counterPlace,
  };
  const options: CompileOptions = { arena: 'arena', uniforms: spec.uniforms, ...spec.target };
  const placeOf = (leaf: Value): Place => {
    const name = inputAttrs(leaf)?.name ?? '';
    const place = places[name] ?? placeOfWeight(layout, name);
    invariant(place, `the input ${name} has a place`);
    return place;
  };
  const main = compileGraph(
    [...gradients, ...columns, ...memory, ...watched.map(({ value }) => ({ value }))],
    placeOf,
    options,
  );

  const count = 1 + metricMeans.length;
  const norm = compileNorm(layout.parameters, slotPlace(0), slotPlace(1), options);
  const update = compileUpdate(spec, layout, options);
  const columnPlaces = [slotPlace(0), slotPlace(1), ...metricMeans.map((_, i) => slotPlace(i + 2))];
  const ring: Place = { buffer: 'ring', offset: 0, length: ringRows * columnPlaces.length };
  const order: Place = { buffer: 'order', offset: 0, length: epochs * spec.samples };
  const advance = advanceDispatch(
    {
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
    },
    options,
  );
  const buffers = {
    ...main.program.buffers,
    scalars: (count + 4) * 64,
    sound: 64,
    counter: 64,
    batch: size,
    order: order.length,
    ring: ring.length,
    params: layout.parameters.size,
    grads: layout.parameters.size,
    memory: layout.memory.size,
    nextMemory: layout.memory.size,
    ...norm.program.buffers,
    ...Object.fromEntries(spec.optimizer.states.map((s) => [`state:${s}`, layout.parameters.size])),
  };
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
  if (spec.probes) probed.push(...probedParameters(model, layout));
  return {
    program: {
      dispatches: [...main.program.dispatches, ...norm.program.dispatches, ...update, advance],
      buffers,
      uniforms: spec.uniforms,
    },
    ring,
    ringRows,
    columns: columnPlaces.length,
    batch: places['batch.indices']!,
    order,
    epochs,
    stepsPerEpoch,
    probed,
    arena: { size: main.program.buffers.arena ?? 0, lowerBound: main.lowerBound },
  };
}

/** f32: 1 where the step's numbers are finite. */
const soundPlace = scalarPlace('sound', 0);

function probedParameters(model: Model, layout: Layouts): ProbedTensor[] {
  const depth = depths(model);
  return layout.parameters.items.flatMap((p) =>
    (['weight', 'weightGradient'] as const).map((what) => ({
      node: p.node,
      name: model.nodes.get(p.node)!.name,
      what,
      tensor: p.tensor,
      shape: p.shape,
      depth: depth.get(p.node) ?? 0,
      place: layout.parameters.place(p.name, what === 'weight' ? 'params' : 'grads'),
    })),
  );
}

/** ‖g‖ over all parameters, in two stages, and whether it and the loss are finite. */
function compileNorm(layout: Layout<ModelParameter>, lossAt: Place, normAt: Place, options: CompileOptions) {
  const g = input('grads', [layout.size], 'state');
  const loss = reshape(input('loss', [1], 'state'), []);
  const rows = sum(
    mul(reshape(g, [layout.size / arenaRow, arenaRow]), reshape(g, [layout.size / arenaRow, arenaRow])),
    1,
  );
  const norm = sqrt(sum(rows, 'all'));
  // Only finite numbers give 0 when they are taken from themselves.
  const sound = less(mul(sub(norm, norm), sub(loss, loss)), scalar(1));
  const places: Record<string, Place> = {
    grads: { buffer: 'grads', offset: 0, length: layout.size },
    loss: lossAt,
  };
  return compileGraph(
    [
      { value: norm, at: normAt },
      { value: sound, at: soundPlace },
    ],
    (leaf) => places[inputAttrs(leaf)!.name]!,
    { ...options, arena: 'norm' },
  );
}

/** The optimiser's rule over the arenas, in place; nothing is written where the step is not sound. */
function compileUpdate(spec: StepSpec, layout: Layouts, options: CompileOptions) {
  const flat = (name: string): Value => input(name, [layout.parameters.size], 'state');
  const states = Object.fromEntries(spec.optimizer.states.map((s) => [s, flat(`state:${s}`)]));
  const parameters = flat('params');
  const step = add(cast(reshape(input('counter', [1], 'state', 'u32'), []), 'f32'), scalar(1));
  const updated = spec.optimizer.update(
    {
      parameters,
      gradients: flat('grads'),
      state: states,
      step,
      hyper: (name) => hyper({ name: optimizerUniform(name), dtype: 'f32' }),
    },
    spec.optimizerParams,
  );
  const sound = reshape(input('sound', [1], 'state'), []);
  const guarded = (now: Value, before: Value): Value => where(sound, now, before);
  const whole = (buffer: string): Place => ({
    buffer,
    offset: 0,
    length: (buffer.endsWith('emory') ? layout.memory : layout.parameters).size,
  });
  const wanted: Wanted[] = [
    { value: guarded(updated.parameters, parameters), at: whole('params') },
    ...spec.optimizer.states.map((s) => ({
      value: guarded(updated.state[s]!, states[s]!),
      at: whole(`state:${s}`),
    })),
  ];
  if (layout.memory.items.length > 0) {
    const [before, now] = ['memory', 'nextMemory'].map((name) =>
      input(name, [layout.memory.size], 'state'),
    ) as [Value, Value];
    wanted.push({ value: guarded(now, before), at: whole('memory') });
  }
  const placeOf = (leaf: Value): Place => {
    const { name } = inputAttrs(leaf)!;
    return name === 'counter' ? counterPlace : name === 'sound' ? soundPlace : whole(name);
  };
  return compileGraph(wanted, placeOf, { ...options, arena: 'update' }).program.dispatches;
}

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
  const columnPlaces = sums.map((_, i): Place => ({ buffer: 'evalScalars', offset: i * 64, length: 1 }));
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
        evalScalars: (sums.length + 1) * 64,
        evalCounter: 64,
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
