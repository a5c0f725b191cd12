/**
 * Trains one document on one device: compiles its step once, then submits many steps at a time and hands back their numbers.
 * Same document, same seed, same device: the same numbers to the bit, however often one looks, pauses or evaluates.
 */

import type { Target } from '../compile/compile.ts';
import { type ProbeProgram, probeProgram } from '../compile/probe-program.ts';
import { type Place, programBytes } from '../compile/program.ts';
import { classesAsNumbers, type Dataset, describeDataset, sampleSize } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { epochOrder } from '../data/shuffle.ts';
import { EngineError, invariant } from '../errors.ts';
import { binCount, momentCount, momentNames } from '../ir/capture.ts';
import { initialValues } from '../layers/init.ts';
import {
  buildModel,
  type Model,
  type ModelParameter,
  type ModelState,
  parameterCount,
} from '../model/build.ts';
import { finishMetric, type Metric, metricsOf } from '../model/metrics.ts';
import type { GraphDocument, TrainingSettings } from '../model/schema.ts';
import type { OptimizerSpec } from '../optim/define.ts';
import { optimizerOf } from '../optim/index.ts';
import type { ProbeCapture, ProbeSegment } from '../probe/types.ts';
import { type OpenDevice, targetOf } from '../runtime/device.ts';
import { type LoadedProgram, Machine, type Pass } from '../runtime/machine.ts';
import { ReadbackRing } from '../runtime/readback.ts';
import { type Layout, layOut } from './layout.ts';
import { Predictor } from './predictor.ts';
import type { Evaluation, RunFacts, StepRows } from './protocol.ts';
import {
  compileEval,
  compileStep,
  counterPlace,
  type DataPlaces,
  type EvalProgram,
  evalCounterPlace,
  evalCountUniform,
  type Layouts,
  optimizerUniform,
  type StepProgram,
} from './step-program.ts';

export interface TrainerOptions {
  /** Keep activations and their gradients where probes can look at them. */
  readonly probes: boolean;
  /** Weights by name (`linear_1.weight`), instead of fresh ones. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
}

/** All that training has come to: enough to go on from, on another device too. */
export interface Checkpoint {
  readonly step: number;
  readonly seed: number;
  /** The arenas of parameters and optimiser states, by buffer name. */
  readonly arenas: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

/** What one submission of steps brought back. */
export interface Chunk {
  readonly rows: StepRows;
  /** ‖∂L/∂parameters‖ at each step. */
  readonly gradientNorms: Float32Array;
  readonly captures: readonly ProbeCapture[];
  /** The first step whose numbers were not finite; the weights are those before it. */
  readonly unsound: number | null;
}

const evalBatch = 256;
/** Submissions whose results may be under way at once. */
const slots = 3;
/** Looks that one submission may take. */
export const capturesPerChunk = 8;

const seedWord = 'seed';

export class Trainer {
  readonly facts: RunFacts;
  readonly model: Model;
  readonly machine: Machine;
  private readonly document: GraphDocument;
  private readonly data: LoadedData;
  private readonly layout: Layouts;
  private readonly metrics: readonly Metric[];
  private readonly program: StepProgram;
  private readonly loaded: LoadedProgram;
  private readonly looking: { program: ProbeProgram; loaded: LoadedProgram } | null;
  private readonly evaluation: { program: EvalProgram; loaded: LoadedProgram };
  private readonly ring: ReadbackRing;
  private readonly predictor: Predictor;
  private hypers: Record<string, number>;
  private given: ReadonlyMap<string, Float32Array> | null;
  private seed: number;
  private submitted = 0;
  /** Epochs whose order is on the GPU: all below this number that still matter. */
  private orderedEpochs = 0;
  /** The first epoch whose order was laid out since the last start. */
  private firstOrdered = 0;
  private hypersChanged = true;

  /** Builds, compiles and uploads; throws an `EngineError` where the document cannot be trained or does not fit. */
  static async create(
    open: OpenDevice,
    document: GraphDocument,
    data: LoadedData,
    options: TrainerOptions,
  ): Promise<Trainer> {
    const shapes = describeDataset(data.dataset);
    const training = data.split.train.length;
    const batch = Math.min(document.training.batchSize, training);
    const model = buildModel(document, shapes, { batch, training: true });
    const error = model.problems.find((p) => p.severity === 'error');
    if (error || !model.trainable)
      throw new EngineError('train/untrainable', {
        title: error?.title ?? 'There is nothing to train',
        fix: error?.advice ?? 'Add a loss and a layer with weights.',
      });
    const optimizer = optimizerOf(document.training.optimizer.kind);
    if (!optimizer)
      throw new EngineError('train/untrainable', {
        title: `The optimiser ${document.training.optimizer.kind} is unknown`,
        fix: 'Choose another optimiser.',
      });
    const optimizerParams = paramsOf(optimizer, document.training.optimizer.params);

    const machine = new Machine(open.device);
    const layout: Layouts = { parameters: layOut(model.parameters), memory: layOut(model.states) };
    const metrics = metricsOf(model);
    const hypers = startingHypers(document, model, optimizer.hypers(optimizerParams));
    const uniforms = Object.keys(hypers);
    const target = targetOf(open);
    const dataPlaces = placesOf(data.dataset, model);
    const step = compileStep({
      model,
      metrics,
      optimizer,
      optimizerParams,
      layout,
      data: dataPlaces,
      samples: training,
      probes: options.probes,
      uniforms,
      target,
    });
    const evalModel = buildModel(document, shapes, {
      batch: Math.min(evalBatch, data.dataset.count),
      training: false,
    });
    const evaluate = compileEval(evalModel, metricsOf(evalModel), layout, dataPlaces, {
      uniforms,
      ...target,
    });
    const probe =
      options.probes && step.probed.length > 0
        ? probeProgram(
            step.probed.map((p) => p.place),
            target.processor,
          )
        : null;

    const sizes: Record<string, number> = {};
    const programs = [step.program, evaluate.program, ...(probe ? [probe.program] : [])];
    for (const p of programs)
      for (const [name, n] of Object.entries(p.buffers)) sizes[name] = Math.max(sizes[name] ?? 0, n);
    for (const p of [dataPlaces.x, dataPlaces.y]) sizes[p.buffer] = p.length;
    await machine.reserve(sizes);
    machine.reserveUniforms(uniforms);
    const loaded = await machine.load(step.program);
    const evalLoaded = await machine.load(evaluate.program);
    const looking = probe ? { program: probe, loaded: await machine.load(probe.program) } : null;
    for (const t of probe?.tables ?? []) machine.write(t.place, t.data);
    uploadData(machine, data.dataset, model, dataPlaces);

    const segments = step.probed.map(
      ({ place: _, ...p }): ProbeSegment => ({ ...p, elements: p.shape.reduce((n, d) => n * d, 1) }),
    );
    const plain = step.program.dispatches.length;
    const facts: RunFacts = {
      adapter: { name: open.name, software: open.software },
      parameters: parameterCount(model),
      memoryBytes: programBytes({ ...step.program, buffers: sizes }),
      stepsPerEpoch: step.stepsPerEpoch,
      samples: { train: training, validation: data.split.validation.length, test: data.split.test.length },
      dispatches: { plain, looking: plain + (probe ? probe.program.dispatches.length : 0) },
      segments,
      metrics: metrics.map((m) => m.name),
      notes: data.dataset.notes,
    };
    const trainer = new Trainer({
      facts,
      model,
      machine,
      document,
      data,
      layout,
      metrics,
      step,
      loaded,
      looking,
      evaluation: { program: evaluate, loaded: evalLoaded },
      hypers,
      weights: options.weights ?? null,
      target,
    });
    await trainer.reset();
    return trainer;
  }

  private constructor(parts: {
    facts: RunFacts;
    model: Model;
    machine: Machine;
    document: GraphDocument;
    data: LoadedData;
    layout: Layouts;
    metrics: readonly Metric[];
    step: StepProgram;
    loaded: LoadedProgram;
    looking: { program: ProbeProgram; loaded: LoadedProgram } | null;
    evaluation: { program: EvalProgram; loaded: LoadedProgram };
    hypers: Record<string, number>;
    weights: ReadonlyMap<string, Float32Array> | null;
    target: Target;
  }) {
    this.facts = parts.facts;
    this.model = parts.model;
    this.machine = parts.machine;
    this.document = parts.document;
    this.data = parts.data;
    this.layout = parts.layout;
    this.metrics = parts.metrics;
    this.program = parts.step;
    this.loaded = parts.loaded;
    this.looking = parts.looking;
    this.evaluation = parts.evaluation;
    this.hypers = parts.hypers;
    this.given = parts.weights;
    this.seed = parts.document.training.seed;
    const captureWords = parts.looking
      ? parts.looking.program.bins.length + parts.looking.program.moments.length
      : 0;
    const words = Math.max(
      parts.step.ring.length + capturesPerChunk * captureWords,
      parts.evaluation.program.ring.length,
    );
    this.ring = new ReadbackRing(parts.machine, words, slots);
    this.predictor = new Predictor(
      parts.machine,
      parts.document,
      describeDataset(parts.data.dataset),
      parts.layout,
      {
        uniforms: Object.keys(parts.hypers),
        ...parts.target,
      },
    );
  }

  /** Steps submitted so far: the number of the next one. */
  get step(): number {
    return this.submitted;
  }

  get stepsPerEpoch(): number {
    return this.program.stepsPerEpoch;
  }

  /** Back to step 0 with the same initial weights, or those of another seed. */
  async reset(seed = this.seed): Promise<void> {
    if (seed !== this.seed) this.given = null;
    const { layout, machine, given } = this;
    const fresh = [
      ...layout.parameters.items.map((p) => ({
        name: p.name,
        place: layout.parameters.place(p.name, 'params'),
        values: (size: number) => initialValues(p.init, size, seed, p.name),
      })),
      ...layout.memory.items.map((m) => ({
        name: m.name,
        place: layout.memory.place(m.name, 'memory'),
        values: (size: number) => new Float32Array(size).fill(m.init),
      })),
    ];
    for (const p of fresh) {
      const { place } = p;
      const values = given?.get(p.name) ?? p.values(place.length);
      if (values.length !== place.length)
        throw new EngineError('train/weights', { name: p.name, expected: place.length, got: values.length });
      machine.write(place, values);
    }
    const encoder = machine.device.createCommandEncoder();
    for (const name of this.stateArenas()) encoder.clearBuffer(machine.buffer(name));
    encoder.clearBuffer(machine.buffer('grads'));
    machine.device.queue.submit([encoder.finish()]);
    this.startAt(0, seed);
  }

  private stateArenas(): string[] {
    return Object.keys(this.program.program.buffers).filter((name) => name.startsWith('state:'));
  }

  /** Everything that training changes. */
  private arenas(): Place[] {
    const { parameters, memory } = this.layout;
    return [
      ...['params', ...this.stateArenas()].map((buffer) => ({ buffer, offset: 0, length: parameters.size })),
      { buffer: 'memory', offset: 0, length: memory.size },
    ];
  }

  /** What `restore` needs to go on from here. Waits for the steps submitted so far. */
  async checkpoint(): Promise<Checkpoint> {
    const arenas = new Map<string, Float32Array<ArrayBuffer>>();
    const { step, seed } = { step: this.submitted, seed: this.seed };
    for (const place of this.arenas())
      arenas.set(place.buffer, new Float32Array(await this.machine.read(place)));
    return { step, seed, arenas };
  }

  /** Goes on from a checkpoint of this document, perhaps made on another device or with other settings. */
  restore(checkpoint: Checkpoint): void {
    for (const place of this.arenas()) {
      const data = checkpoint.arenas.get(place.buffer);
      if (data?.length === place.length) this.machine.write(place, data);
    }
    this.startAt(checkpoint.step, checkpoint.seed);
  }

  /** Makes `step` the next one: its counter, the order of its epoch and its batch. */
  private startAt(step: number, seed: number): void {
    this.seed = seed;
    this.hypers[seedWord] = seed;
    this.hypersChanged = true;
    this.submitted = step;
    const { stepsPerEpoch, batch } = this.program;
    const epoch = Math.floor(step / stepsPerEpoch);
    this.firstOrdered = epoch;
    this.orderedEpochs = epoch;
    this.layOrder(step);
    this.machine.write(counterPlace, Uint32Array.of(step));
    const order = epochOrder(this.data.split.train, { seed, epoch });
    const at = (step % stepsPerEpoch) * batch.length;
    this.machine.write(batch, Int32Array.from(order.subarray(at, at + batch.length)));
  }

  /** Puts the order of the coming epochs on the GPU where it is not there yet; says how many steps it covers from here. */
  private layOrder(step: number): number {
    const { epochs, stepsPerEpoch, order } = this.program;
    const epoch = Math.floor(step / stepsPerEpoch);
    // The last dispatch of a step lays out the next batch, so one more epoch than is trained is needed. All epochs of a
    // stretch are written at once, in slots that steps already submitted no longer read.
    if (epoch + 1 >= this.orderedEpochs) {
      const perEpoch = order.length / epochs;
      const half = Math.max(1, Math.floor(epochs / 2));
      const until = this.orderedEpochs + (this.orderedEpochs === this.firstOrdered ? epochs : half);
      for (let e = this.orderedEpochs; e < until; e++) {
        const indices = epochOrder(this.data.split.train, { seed: this.seed, epoch: e });
        const place = { buffer: order.buffer, offset: (e % epochs) * perEpoch, length: perEpoch };
        this.machine.write(place, Int32Array.from(indices));
      }
      this.orderedEpochs = until;
    }
    return (this.orderedEpochs - 1) * stepsPerEpoch - step;
  }

  /** The most steps that may be submitted at once from here. */
  mostSteps(): number {
    return Math.min(this.program.ringRows, Math.max(1, this.layOrder(this.submitted)));
  }

  /**
   * Submits the next `count` steps, at most `mostSteps()`, looking after those whose number `lookAt` accepts (at most
   * `capturesPerChunk`). Resolves when the GPU has done them; further submissions may be made before that.
   */
  async run(count: number, lookAt: (step: number) => boolean = () => false): Promise<Chunk> {
    invariant(
      count >= 1 && count <= this.mostSteps(),
      `1 to ${this.mostSteps()} steps are submitted at once`,
    );
    const { machine, looking } = this;
    this.syncHypers();
    const first = this.submitted;
    const captureSteps: number[] = [];
    this.submitted += count;
    const slot = await this.ring.acquire();
    const encoder = machine.device.createCommandEncoder();
    let word = this.program.ring.length;
    let pass: Pass | null = null;
    for (let step = first; step < first + count; step++) {
      pass ??= encoder.beginComputePass();
      machine.encode(pass, this.loaded);
      if (!looking || captureSteps.length >= capturesPerChunk || !lookAt(step)) continue;
      pass.end();
      pass = null;
      const { bins, moments } = looking.program;
      encoder.clearBuffer(machine.buffer(bins.buffer));
      const look = encoder.beginComputePass();
      machine.encode(look, looking.loaded);
      look.end();
      word = this.ring.copy(encoder, slot, word, [bins, moments]);
      captureSteps.push(step);
    }
    pass?.end();
    this.ring.copy(encoder, slot, 0, [this.program.ring]);
    machine.device.queue.submit([encoder.finish()]);
    const bytes = await this.ring.take(slot, word);
    return this.chunkOf(bytes, first, count, captureSteps);
  }

  private chunkOf(bytes: ArrayBuffer, first: number, count: number, captureSteps: readonly number[]): Chunk {
    const { ringRows, columns, ring } = this.program;
    const table = new Float32Array(bytes, 0, ring.length);
    const column = (c: number): Float32Array =>
      Float32Array.from({ length: count }, (_, i) => table[((first + i) % ringRows) * columns + c]!);
    const loss = column(0);
    const gradientNorms = column(1);
    const found = loss.findIndex((v, i) => !Number.isFinite(v) || !Number.isFinite(gradientNorms[i]!));
    const unsound = found < 0 ? null : first + found;
    const kept = found < 0 ? count : found + 1;
    const metrics = this.metrics.map((m, k) =>
      column(2 + k)
        .map((v) => finishMetric(m, v))
        .subarray(0, kept),
    );
    const rows: StepRows = {
      steps: Uint32Array.from({ length: kept }, (_, i) => first + i),
      loss: loss.subarray(0, kept),
      metrics,
    };
    if (unsound !== null) this.submitted = unsound;
    return {
      rows,
      gradientNorms: gradientNorms.subarray(0, kept),
      captures: this.capturesOf(bytes, captureSteps),
      unsound,
    };
  }

  private capturesOf(bytes: ArrayBuffer, steps: readonly number[]): ProbeCapture[] {
    const segments = this.facts.segments.length;
    const words = segments * (binCount + momentCount);
    return steps.map((step, i) => {
      const at = (this.program.ring.length + i * words) * 4;
      return {
        step,
        bins: new Uint32Array(bytes.slice(at, at + segments * binCount * 4)),
        moments: new Float32Array(bytes.slice(at + segments * binCount * 4, at + words * 4)),
      };
    });
  }

  /** Loss and metrics over a whole part of the data, in eval mode. Changes nothing that training reads. */
  async evaluate(split: Evaluation['split']): Promise<Evaluation> {
    const { machine } = this;
    const indices = this.data.split[split];
    const { program, loaded } = this.evaluation;
    const step = this.submitted;
    const runs = Math.ceil(indices.length / program.batchSize);
    if (runs === 0) return { step, split, loss: Number.NaN, metrics: this.metrics.map(() => Number.NaN) };
    this.hypers[evalCountUniform] = indices.length;
    this.hypersChanged = true;
    this.syncHypers();
    const order = new Int32Array(program.capacity);
    order.set(Int32Array.from(indices));
    machine.write(program.order, order);
    machine.write(program.batch, order.subarray(0, program.batchSize));
    machine.write(evalCounterPlace, Uint32Array.of(0));
    const slot = await this.ring.acquire();
    const encoder = machine.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < runs; i++) machine.encode(pass, loaded);
    pass.end();
    const place: Place = { ...program.ring, length: runs * program.columns };
    this.ring.copy(encoder, slot, 0, [place]);
    machine.device.queue.submit([encoder.finish()]);
    const sums = new Float32Array(await this.ring.take(slot, place.length));
    const total = Array.from({ length: program.columns }, (_, c) => {
      let sum = 0;
      for (let r = 0; r < runs; r++) sum += sums[r * program.columns + c]!;
      return sum / indices.length;
    });
    return {
      step,
      split,
      loss: total[0]!,
      metrics: this.metrics.map((m, i) => finishMetric(m, total[i + 1]!)),
    };
  }

  /** What the model says to given inputs: rows of the model's input, in eval mode. */
  predict(rows: Float32Array): Promise<Float32Array> {
    this.syncHypers();
    return this.predictor.predict(rows);
  }

  /** All weights by name, and what layers remember beside them: PyTorch's state_dict. */
  async weights(): Promise<Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>> {
    const { parameters, memory } = this.layout;
    const found = new Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>();
    const collect = async (layout: Layout<ModelParameter | ModelState>, arena: string): Promise<void> => {
      if (layout.items.length === 0) return;
      const all = new Float32Array(
        await this.machine.read({ buffer: arena, offset: 0, length: layout.size }),
      );
      for (const item of layout.items) {
        const { offset, length } = layout.place(item.name, arena);
        found.set(item.name, { shape: item.shape, data: all.slice(offset, offset + length) });
      }
    };
    await collect(parameters, 'params');
    await collect(memory, 'memory');
    return found;
  }

  /** The first tensor, from the data on, that holds a number that is not finite. Meant for a step that was halted. */
  async firstUnsound(): Promise<{ node: string; name: string; what: string } | null> {
    const { looking, machine } = this;
    if (!looking) return null;
    const encoder = machine.device.createCommandEncoder();
    encoder.clearBuffer(machine.buffer(looking.program.bins.buffer));
    const pass = encoder.beginComputePass();
    machine.encode(pass, looking.loaded);
    pass.end();
    machine.device.queue.submit([encoder.finish()]);
    const moments = new Float32Array(await machine.read(looking.program.moments));
    const kinds = ['activation', 'gradient', 'weightGradient'] as const;
    for (const kind of kinds) {
      const order = this.facts.segments.map((s, i) => ({ s, i })).filter(({ s }) => s.what === kind);
      // Forwards for activations, backwards for gradients: where the trouble began.
      order.sort((a, b) => (kind === 'activation' ? b.s.depth - a.s.depth : a.s.depth - b.s.depth));
      for (const { s, i } of order) {
        const nans = moments[i * momentCount + momentNames.indexOf('nans')]!;
        const infinities =
          moments[i * momentCount + momentNames.indexOf('positiveInfinities')]! +
          moments[i * momentCount + momentNames.indexOf('negativeInfinities')]!;
        if (nans + infinities === 0) continue;
        const number = nans > 0 ? 'NaN' : 'an infinite number';
        return {
          node: s.node,
          name: s.name,
          what: kind === 'activation' ? number : `${number} in its gradient`,
        };
      }
    }
    return null;
  }

  /** What one look takes, in ms: the median of a few that nobody reads. */
  async measureLook(): Promise<number> {
    const { looking, machine } = this;
    if (!looking) return 0;
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      await machine.device.queue.onSubmittedWorkDone();
      const start = performance.now();
      const encoder = machine.device.createCommandEncoder();
      encoder.clearBuffer(machine.buffer(looking.program.bins.buffer));
      const pass = encoder.beginComputePass();
      for (let n = 0; n < 4; n++) machine.encode(pass, looking.loaded);
      pass.end();
      machine.device.queue.submit([encoder.finish()]);
      await machine.device.queue.onSubmittedWorkDone();
      times.push((performance.now() - start) / 4);
    }
    return times.sort((a, b) => a - b)[2]!;
  }

  /** Takes over hot settings: the optimiser's numbers. False where the new settings need a new program. */
  applySettings(settings: TrainingSettings): boolean {
    const now = this.document.training;
    const optimizer = optimizerOf(settings.optimizer.kind);
    if (!optimizer || settings.optimizer.kind !== now.optimizer.kind || settings.batchSize !== now.batchSize)
      return false;
    const params = paramsOf(optimizer, settings.optimizer.params);
    const before = paramsOf(optimizer, now.optimizer.params);
    const cold = Object.keys(params).some((k) => typeof params[k] === 'boolean' && params[k] !== before[k]);
    if (cold) return false;
    for (const [name, value] of Object.entries(optimizer.hypers(params)))
      this.setHyper(optimizerUniform(name), value);
    return true;
  }

  /** Changes a scalar that the programs read; takes effect with the next submission. */
  setHyper(name: string, value: number): void {
    invariant(name in this.hypers, `${name} is a hyper-parameter of this run`);
    this.hypers[name] = value;
    this.hypersChanged = true;
  }

  private syncHypers(): void {
    if (!this.hypersChanged) return;
    this.machine.writeUniforms(this.hypers, integerWords);
    this.hypersChanged = false;
  }

  dispose(): void {
    this.ring.dispose();
    this.machine.dispose();
  }
}

/** An optimiser's parameters with defaults filled in, or words for what is wrong with them. */
function paramsOf(optimizer: OptimizerSpec, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed = optimizer.params.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EngineError('param/invalid', {
    node: optimizer.title,
    param: issue?.path.join('.') ?? 'a parameter',
    why: `is out of bounds (${issue?.message ?? 'not valid'})`,
  });
}

const integerWords: ReadonlySet<string> = new Set([seedWord]);

function startingHypers(
  document: GraphDocument,
  model: Model,
  optimizer: Readonly<Record<string, number>>,
): Record<string, number> {
  return {
    [seedWord]: document.training.seed,
    [evalCountUniform]: 0,
    ...Object.fromEntries(Object.entries(optimizer).map(([name, value]) => [optimizerUniform(name), value])),
    ...Object.fromEntries(model.hypers.map((h) => [h.name, h.value])),
  };
}

function placesOf(dataset: Dataset, model: Model): DataPlaces {
  invariant(model.data, 'a trainable model has data');
  const { x, y } = model.data;
  const elements = (shape: readonly number[]): number => dataset.count * sampleSize(shape.slice(1));
  return {
    count: dataset.count,
    x: { buffer: 'data:x', offset: 0, length: elements(x.shape) },
    y: { buffer: 'data:y', offset: 0, length: elements(y.shape) },
  };
}

function uploadData(machine: Machine, dataset: Dataset, model: Model, places: DataPlaces): void {
  invariant(model.data, 'a trainable model has data');
  const [input] = dataset.inputs;
  const [target] = dataset.targets;
  invariant(input && target, 'a data set has an input and a target');
  machine.write(places.x, input.data);
  const y =
    model.data.y.dtype === 'f32' && target.kind === 'class' ? classesAsNumbers(target).data : target.data;
  machine.write(places.y, y);
}
