/**
 * Trains one document on one device: compiles its step once, then submits many steps at a time and hands back their numbers.
 * Same document, same seed, same device: the same numbers to the bit, however often one looks, pauses or evaluates.
 * Over 500 lines, since it is the one place that knows in which order the parts of a run may be touched.
 */
import type { PassName } from '../compile/compile.ts';
import type { Place } from '../compile/program.ts';
import { describeDataset } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { epochOrder } from '../data/shuffle.ts';
import { EngineError, invariant } from '../errors.ts';
import { initialValues } from '../layers/init.ts';
import type { Model } from '../model/build.ts';
import { finishMetric, type Metric } from '../model/metrics.ts';
import type { GraphDocument, TrainingSettings } from '../model/schema.ts';
import { optimizerOf } from '../optim/index.ts';
import { noPlateau } from '../optim/plateau.ts';
import { noBest } from '../optim/stopping.ts';
import type { ProbeCapture } from '../probe/types.ts';
import type { OpenDevice } from '../runtime/device.ts';
import { type KernelTime, timeKernels } from '../runtime/kernel-times.ts';
import { type LoadedProgram, type Machine, type Pass, withoutLooks } from '../runtime/machine.ts';
import type { Outbox } from '../runtime/outbox.ts';
import { ReadbackRing } from '../runtime/readback.ts';
import type { BestWeights, EarlyStop } from './best.ts';
import type { Checkpoint } from './checkpoint.ts';
import { EpochOrders } from './epoch-orders.ts';
import { evalCountUniform } from './eval-program.ts';
import { Evaluator } from './evaluator.ts';
import { type GenerateListener, type GenerateOptions, TextGenerator, type TrainedNet } from './generate.ts';
import { Inspector, type InspectorOptions } from './inspector.ts';
import type { WeightsAt } from './kept-weights.ts';
import type { Layouts } from './layout.ts';
import type { Lookout } from './lookout.ts';
import { paramsOf } from './params.ts';
import { counterPlace, microPlace } from './places.ts';
import { capturesPerChunk, isPenalised, seedWord, slots, updateHypers } from './plan.ts';
import { Predictor } from './predictor.ts';
import { type CompileProgress, type PreparedRun, prepareRun } from './prepare.ts';
import { measureCeilings, type Profile } from './profile.ts';
import type { Evaluation, RunFacts, StepRows } from './protocol.ts';
import type { Masks } from './pruning.ts';
import { Rates } from './rates.ts';
import type { StepProgram } from './step-program.ts';
import { type Takeover, takeOver } from './takeover.ts';
import { arenaPlace, maskArena } from './update-program.ts';
import { type NamedWeights, readWeights, weightsByName, writeWeights } from './weights.ts';

export interface TrainerOptions {
  /** Keep activations and their gradients where probes can look at them. */
  readonly probes: boolean;
  /** Weights by name (`linear_1.weight`), instead of fresh ones. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** By name: 0 for each weight that is pruned, and stays exactly 0; tensors without one are trained whole. */
  readonly masks?: Masks;
  /** Passes of the compiler that are left out. */
  readonly without?: readonly PassName[];
  readonly progress?: CompileProgress;
}

/** What one submission of steps brought back. */
export interface Chunk {
  readonly rows: StepRows;
  readonly captures: readonly ProbeCapture[];
  /** The first step whose numbers were not finite; the weights are those before it. */
  readonly unsound: number | null;
  /** Where the epoch's loss matters and the submission ended one: what was measured. */
  readonly evaluation: Evaluation | null;
  /** Where training stops early, with the best weights restored. */
  readonly stopped: EarlyStop | null;
}

export class Trainer {
  readonly facts: RunFacts;
  readonly model: Model;
  readonly machine: Machine;
  /** Looks inside the net, apart from training. */
  readonly inspector: Inspector;
  private readonly outbox: Outbox;
  private readonly document: GraphDocument;
  private readonly data: LoadedData;
  private readonly layout: Layouts;
  private readonly metrics: readonly Metric[];
  private readonly program: StepProgram;
  private readonly loaded: LoadedProgram;
  private readonly micro: PreparedRun['micro'];
  private readonly target: PreparedRun['target'];
  private readonly compiled: PreparedRun['compiled'];
  private readonly lookout: Lookout | null;
  private readonly evaluator: Evaluator;
  private readonly ring: ReadbackRing;
  private readonly predictor: Predictor;
  private generator: TextGenerator | null = null;
  private readonly net: TrainedNet;
  private readonly rates: Rates;
  private readonly orders: EpochOrders;
  private readonly best: BestWeights | null;
  private stopping: TrainingSettings['stopping'];
  private hypers: Record<string, number>;
  private readonly masks: PreparedRun['masks'];
  private given: ReadonlyMap<string, Float32Array> | null;
  private seed: number;
  private submitted = 0;
  private hypersChanged = true;

  /** Builds, compiles and uploads; throws an `EngineError` where the document cannot be trained or does not fit. */
  static async create(
    open: OpenDevice,
    document: GraphDocument,
    data: LoadedData,
    options: TrainerOptions,
  ): Promise<Trainer> {
    const trainer = new Trainer(await prepareRun(open, document, data, options), options.weights ?? null);
    await trainer.reset();
    return trainer;
  }

  private constructor(run: PreparedRun, weights: ReadonlyMap<string, Float32Array> | null) {
    this.facts = run.facts;
    this.model = run.model;
    this.machine = run.machine;
    this.outbox = run.outbox;
    this.document = run.document;
    this.data = run.data;
    this.layout = run.layout;
    this.metrics = run.metrics;
    this.program = run.step;
    this.loaded = run.loaded;
    this.micro = run.micro;
    this.target = run.target;
    this.compiled = run.compiled;
    this.lookout = run.lookout;
    this.hypers = run.hypers;
    this.given = weights;
    this.masks = run.masks;
    if (run.masks) run.machine.write(arenaPlace(run.layout, maskArena), run.masks);
    this.seed = run.document.training.seed;
    this.ring = new ReadbackRing(run.machine, run.readback, slots);
    this.evaluator = new Evaluator(run.machine, run.outbox, this.ring, run);
    this.best = run.best;
    this.stopping = run.document.training.stopping;
    this.orders = new EpochOrders(run.machine, run.outbox, run.step, run.data.split.train);
    this.rates = new Rates(run.outbox, run.step.rates);
    this.setRates(run.document.training);
    const uniforms = Object.keys(run.hypers);
    const shapes = describeDataset(run.data.dataset);
    this.predictor = new Predictor(run.machine, run.document, shapes, run.layout, {
      uniforms,
      ...run.target,
    });
    const { machine, document, data, layout, target } = run;
    const hypers = () => ({ values: this.hypers, integers: integerWords });
    const measure: InspectorOptions['measure'] = (part, at) => this.evaluateAt(part, at);
    this.inspector = new Inspector({ machine, document, data, layout, target, hypers, measure });
    this.net = { machine, document, data, layout, uniforms, target };
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
      machine.write(place, this.pruned(place, values));
    }
    const encoder = machine.device.createCommandEncoder();
    for (const name of this.stateArenas()) machine.clear(encoder, name);
    machine.clear(encoder, 'grads');
    machine.device.queue.submit([encoder.finish()]);
    this.startAt({ step: 0, seed, plateau: noPlateau, stopping: noBest });
  }

  /** What is to lie at a place, with pruned weights at 0. */
  private pruned<T extends Float32Array>({ buffer, offset }: Place, values: T): T | Float32Array {
    const { masks } = this;
    if (!masks || buffer !== 'params') return values;
    return values.map((w, i) => (masks[offset + i] === 0 ? 0 : w));
  }

  private stateArenas(): string[] {
    const optimizer = optimizerOf(this.document.training.optimizer.kind);
    return optimizer?.states.map((state) => `state:${state}`) ?? [];
  }

  /** Everything that training changes. */
  private arenas(): Place[] {
    const { parameters, memory } = this.layout;
    return [
      ...['params', ...this.stateArenas()].map((buffer) => ({ buffer, offset: 0, length: parameters.size })),
      { buffer: 'memory', offset: 0, length: memory.size },
      ...(this.best?.places ?? []),
    ];
  }

  /** What `restore` needs to go on from here. Waits for the steps submitted so far. */
  async checkpoint(): Promise<Checkpoint> {
    const arenas = new Map<string, Float32Array<ArrayBuffer>>();
    const { submitted: step, seed } = this;
    const { plateau } = this.rates;
    const stopping = this.best?.state ?? noBest;
    for (const place of this.arenas())
      arenas.set(place.buffer, new Float32Array(await this.machine.read(place)));
    return { step, seed, arenas, plateau, stopping };
  }

  /** The weights as they are now. Waits for the steps submitted so far. */
  weightsNow(): Promise<WeightsAt> {
    return readWeights(this.machine, this.layout, this.submitted);
  }

  /**
   * How long each kernel of a step takes, in milliseconds; null where the adapter has no clock. Training stands where it stood.
   */
  async kernelTimes(rounds: number, repeats = 4): Promise<readonly KernelTime[] | null> {
    await this.settled();
    const before = await this.checkpoint();
    const all: KernelTime[] = [];
    for (const loaded of this.programs) {
      const times = await timeKernels(this.machine, loaded, { rounds, repeats });
      if (!times) return null;
      all.push(...times);
    }
    this.restore(before);
    return all;
  }

  /** Waits until steps are as fast as they get: at the start, kernels that take long to compile are others. */
  settled(): Promise<void> {
    return this.machine.settled();
  }

  /** What a step encodes: a micro-batch, where it takes several, and the rest. */
  private get programs(): LoadedProgram[] {
    // Of dispatches that are several steps each, the first is one.
    const { loaded, micro } = this;
    const step = this.program.team ? firstOf(loaded) : loaded;
    return [...(micro ? [micro.loaded] : []), step].map(withoutLooks);
  }

  /** Where the time of a step goes, and the memory. Training stands where it stood. */
  async profile(how: { readonly rounds: number; readonly repeats: number }): Promise<Profile> {
    const { machine, facts, target } = this;
    await this.settled();
    const compile = { ...this.compiled, rest: machine.finishMillis };
    const ceilings = await measureCeilings(machine.device, target, how.rounds);
    const times = await this.kernelTimes(how.rounds, how.repeats);
    const dispatches = this.programs.flatMap(({ program }) => program.dispatches);
    const micro = this.micro ? withoutLooks(this.micro.loaded).program.dispatches.length : 0;
    const kernels = dispatches.map(({ label, grid, flops, bindings, variant }, i) => ({
      label,
      cut: variant,
      perStep: i < micro ? this.micro!.count : 1,
      grid,
      flops,
      bytes: bindings.reduce((n, b) => n + b.length * 4, 0),
      millis: times?.[i]?.millis ?? null,
    }));
    return { adapter: facts.adapter, ceilings, kernels, memory: facts.memory, compile };
  }

  /** How the products of a step are cut on this device, by the names of their kernels. */
  get cuts(): readonly { readonly kernel: string; readonly cut: string }[] {
    return this.loaded.program.dispatches.flatMap(({ label, variant }) =>
      variant === null ? [] : [{ kernel: label, cut: variant }],
    );
  }

  /** Goes on from a checkpoint of this document, perhaps made on another device or with other settings. */
  restore(checkpoint: Checkpoint): void {
    for (const place of this.arenas()) {
      const data = checkpoint.arenas.get(place.buffer);
      if (data?.length !== place.length) continue;
      this.machine.write(place, this.pruned(place, data));
    }
    this.startAt(checkpoint);
  }

  /** Goes on where another trainer of a similar net stands, with the tensors that fit. Waits for the steps submitted so far. */
  async takeOver(origin: Trainer): Promise<Takeover> {
    const from = { layout: origin.layout, checkpoint: await origin.checkpoint() };
    const { checkpoint, takeover } = takeOver(from, {
      layout: this.layout,
      checkpoint: await this.checkpoint(),
    });
    this.restore(checkpoint);
    return takeover;
  }

  /** Makes `step` the next one: its counter, its learning rate, the order of its epoch and its batch. */
  private startAt({ step, seed, plateau, stopping }: Omit<Checkpoint, 'arenas'>): void {
    this.outbox.drop();
    this.rates.restore(plateau);
    if (this.best) this.best.state = stopping;
    this.seed = seed;
    this.hypers[seedWord] = seed;
    this.hypersChanged = true;
    this.submitted = step;
    this.lookout?.restart();
    const { stepsPerEpoch, batch } = this.program;
    const epoch = Math.floor(step / stepsPerEpoch);
    this.orders.restart(step, seed);
    this.machine.write(counterPlace, Uint32Array.of(step));
    this.machine.write(microPlace, Uint32Array.of(0));
    const order = epochOrder(this.data.split.train, { seed, epoch });
    const at = (step % stepsPerEpoch) * batch.length * (this.micro?.count ?? 1);
    this.machine.write(batch, Int32Array.from(order.subarray(at, at + batch.length)));
  }

  /** The most steps that may be submitted at once from here. */
  mostSteps(): number {
    const { stepsPerEpoch, ringRows } = this.program;
    const most = Math.min(ringRows, Math.max(1, this.orders.cover(this.submitted)));
    return this.watchesEpochs ? Math.min(most, stepsPerEpoch - (this.submitted % stepsPerEpoch)) : most;
  }

  /**
   * Submits the next `count` steps, at most `mostSteps()`, looking after those whose number `lookAt` accepts (at most
   * `capturesPerChunk`). Resolves when the GPU has done them, and at the end of an epoch whose loss matters, when that is
   * measured too; where no epoch's loss matters, further submissions may be made before that.
   */
  async run(count: number, lookAt: (step: number) => boolean = () => false): Promise<Chunk> {
    invariant(
      count >= 1 && count <= this.mostSteps(),
      `1 to ${this.mostSteps()} steps are submitted at once`,
    );
    const { machine, lookout, outbox } = this;
    const first = this.submitted;
    this.submitted += count;
    const slot = await this.ring.acquire();
    this.orders.post(first + count);
    this.rates.cover(first, count);
    this.postHypers();
    const encoder = machine.device.createCommandEncoder();
    outbox.send(encoder);
    let word = this.program.ring.length;
    let pass: Pass | null = null;
    const looked = lookout ? looksWithin(first, count, lookAt) : [];
    for (let step = first; step < first + count; ) {
      const look = looked.includes(step) ? lookout : null;
      const next = look ? step + 1 : (looked.find((s) => s > step) ?? first + count);
      if (look) {
        pass?.end();
        pass = null;
        look.before(encoder);
      }
      pass ??= encoder.beginComputePass();
      this.encodeSteps(pass, next - step, look !== null);
      step = next;
      if (!look) continue;
      look.encode(pass);
      pass.end();
      pass = null;
      look.after(encoder);
      word = this.ring.copy(encoder, slot, word, look.places);
    }
    pass?.end();
    this.ring.copy(encoder, slot, 0, [this.program.ring]);
    machine.device.queue.submit([encoder.finish()]);
    const bytes = await this.ring.take(slot, word);
    machine.finish();
    const chunk = this.chunkOf(bytes, first, count, looked);
    const ended = chunk.unsound === null && this.submitted % this.program.stepsPerEpoch === 0;
    return ended && this.watchesEpochs ? { ...chunk, ...(await this.endEpoch()) } : chunk;
  }

  /** Encodes so many steps, one after the other. */
  private encodeSteps(pass: Pass, count: number, looks: boolean): void {
    const { machine, loaded, micro, program } = this;
    if (program.team) machine.encodeTurns(pass, loaded, program.team.turns, count);
    for (let step = 0; !program.team && step < count; step++) {
      for (let i = 0; micro && i < micro.count; i++) machine.encode(pass, micro.loaded, looks);
      machine.encode(pass, loaded, looks);
    }
  }

  /** Whether the loss at the end of each epoch matters: to the schedule, or to early stopping. */
  private get watchesEpochs(): boolean {
    return this.rates.watchesEpochs || this.best !== null;
  }

  /** Measures the epoch that ended: by validation, or by the training part where there is none. */
  private async endEpoch(): Promise<Pick<Chunk, 'evaluation' | 'stopped'>> {
    const split = this.facts.samples.validation > 0 ? 'validation' : 'train';
    const evaluation = await this.evaluate(split);
    this.rates.endEpoch(evaluation.loss);
    const isOver = this.best?.endEpoch(evaluation, this.stopping) ?? false;
    return { evaluation, stopped: isOver ? this.restoreBest() : null };
  }

  /** Puts back the weights of the epoch with the lowest loss, where training may stop early and an epoch has ended. */
  restoreBest(): EarlyStop | null {
    return this.best?.restore() ?? null;
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
      learningRates: Float32Array.from({ length: kept }, (_, i) => this.rates.at(first + i)),
      gradientNorm: gradientNorms.subarray(0, kept),
      metrics,
    };
    if (unsound !== null) this.submitted = unsound;
    // Behind a step that was not sound, the same step is made again: what was looked at then is known.
    const looked = captureSteps.filter((step) => unsound === null || step <= unsound);
    return {
      rows,
      captures: this.lookout?.captures(bytes, ring.length, looked) ?? [],
      unsound,
      evaluation: null,
      stopped: null,
    };
  }

  /** Loss and metrics over a whole part of the data, in eval mode. Changes nothing that training reads. */
  async evaluate(split: Evaluation['split']): Promise<Evaluation> {
    const samples = Int32Array.from(this.data.split[split]);
    const step = this.submitted;
    if (samples.length === 0) {
      const metrics = this.metrics.map(() => Number.NaN);
      return { step, split, loss: Number.NaN, metrics, scores: {}, confusion: null };
    }
    this.hypers[evalCountUniform] = samples.length;
    this.hypersChanged = true;
    return { step, split, ...(await this.evaluator.measure(samples, () => this.postHypers())) };
  }

  /** Evaluates with the weights of another step, then puts back those there were. Meant for between two submissions. */
  private async evaluateAt(split: Evaluation['split'], weights: WeightsAt | null): Promise<Evaluation> {
    if (!weights) return this.evaluate(split);
    const now = await this.weightsNow();
    writeWeights(this.machine, weights);
    try {
      return { ...(await this.evaluate(split)), step: weights.step };
    } finally {
      writeWeights(this.machine, now);
    }
  }

  /** What the model says to given inputs: rows of the model's input, in eval mode. */
  predict(rows: Float32Array): Promise<Float32Array> {
    this.syncHypers();
    return this.predictor.predict(rows);
  }

  /** Writes text with the weights as they are. @throws EngineError `generate/…`, and `data/character` for the prompt */
  async generate(options: GenerateOptions, listener: GenerateListener): Promise<void> {
    this.syncHypers();
    this.generator ??= new TextGenerator(this.net);
    return this.generator.generate(options, listener);
  }

  /** All weights by name, and what layers remember beside them: PyTorch's state_dict. */
  weights(): Promise<Map<string, NamedWeights>> {
    return weightsByName(this.machine, this.layout);
  }

  /** The first tensor, from the data on, that holds a number that is not finite. Meant for a step that was halted. */
  async firstUnsound(): Promise<{ node: string; name: string; what: string } | null> {
    return this.lookout?.firstUnsound((pass) => this.encodeSteps(pass, 1, true)) ?? null;
  }

  /** What one look takes, in ms; 0 where nothing can be looked at. Meant for between two submissions. */
  async measureLook(): Promise<number> {
    const { program, dispatches } = this.micro?.loaded ?? this.loaded;
    const overBatch = { program, dispatches: dispatches.slice(0, this.program.overBatch) };
    return this.lookout?.measure(overBatch) ?? 0;
  }

  /** Takes over hot settings: the numbers of the optimiser, the schedule, clipping and penalties. False where the new settings need a new program. */
  applySettings(settings: TrainingSettings): boolean {
    const now = this.document.training;
    const optimizer = optimizerOf(settings.optimizer.kind);
    const same = (['batchSize', 'accumulation'] as const).every((key) => settings[key] === now[key]);
    if (!optimizer || settings.optimizer.kind !== now.optimizer.kind || !same) return false;
    if (isPenalised(settings) !== isPenalised(now)) return false;
    const params = paramsOf(optimizer, settings.optimizer.params);
    const before = paramsOf(optimizer, now.optimizer.params);
    const cold = Object.keys(params).some((k) => typeof params[k] === 'boolean' && params[k] !== before[k]);
    if (cold) return false;
    if (settings.stopping.patience > 0 !== (this.best !== null)) return false;
    this.stopping = settings.stopping;
    this.setRates(settings);
    const { learningRate: _, ...scalars } = optimizer.hypers(params);
    for (const [name, value] of Object.entries(updateHypers(settings, scalars))) this.setHyper(name, value);
    return true;
  }

  private setRates(settings: TrainingSettings): void {
    const optimizer = optimizerOf(settings.optimizer.kind);
    invariant(optimizer, 'the optimiser of a run is known');
    const { learningRate = 0 } = optimizer.hypers(paramsOf(optimizer, settings.optimizer.params));
    this.rates.set(settings, learningRate);
  }

  /** Changes a scalar that the programs read; takes effect with the next submission. */
  setHyper(name: string, value: number): void {
    invariant(name in this.hypers, `${name} is a hyper-parameter of this run`);
    this.hypers[name] = value;
    this.hypersChanged = true;
  }

  /** Has the next submission bring the hyper-parameters along. */
  private postHypers(): void {
    if (!this.hypersChanged) return;
    const { machine, hypers } = this;
    this.outbox.post(machine.uniforms, machine.uniformWords(hypers, integerWords));
    this.hypersChanged = false;
  }

  private syncHypers(): void {
    if (!this.hypersChanged) return;
    this.machine.writeUniforms(this.hypers, integerWords);
    this.hypersChanged = false;
  }

  dispose(): void {
    this.ring.dispose();
    this.inspector.dispose();
    this.machine.dispose();
  }
}

const firstOf = ({ program, dispatches }: LoadedProgram): LoadedProgram => ({
  program: { ...program, dispatches: program.dispatches.slice(0, 1) },
  dispatches: dispatches.slice(0, 1),
});

/** The first of the coming steps that are looked at, as many as one submission may. */
function looksWithin(first: number, count: number, lookAt: (step: number) => boolean): number[] {
  const looked: number[] = [];
  for (let step = first; step < first + count && looked.length < capturesPerChunk; step++)
    if (lookAt(step)) looked.push(step);
  return looked;
}

const integerWords: ReadonlySet<string> = new Set([seedWord]);
