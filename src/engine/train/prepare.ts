/**
 * Everything that a run needs before its first step: its programs loaded, its data on the GPU.
 */
import type { PassName, Target } from '../compile/compile.ts';
import { classesAsNumbers, type Dataset, sampleSize } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { invariant } from '../errors.ts';
import { type Model, type ModelParameter, parameterCount } from '../model/build.ts';
import { inline } from '../model/inline.ts';
import type { Metric } from '../model/metrics.ts';
import type { GraphDocument } from '../model/schema.ts';
import { type OpenDevice, targetOf } from '../runtime/device.ts';
import { inParts } from '../runtime/long-work.ts';
import { type LoadedProgram, Machine, withoutLooks } from '../runtime/machine.ts';
import { Outbox, outboxBuffer } from '../runtime/outbox.ts';
import type { DataPlaces } from './batch.ts';
import { BestWeights } from './best.ts';
import type { EvalProgram } from './eval-program.ts';
import type { Layout, Layouts } from './layout.ts';
import { Lookout } from './lookout.ts';
import { planRun, type RunPlan } from './plan.ts';
import type { CompileTimes } from './profile.ts';
import type { RunFacts } from './protocol.ts';
import type { Masks } from './pruning.ts';
import type { StepProgram } from './step-program.ts';
import { maskArena } from './update-program.ts';

/** Hears how many of the kernels are compiled. */
export type CompileProgress = (ready: number, of: number) => void;

export interface PreparedRun {
  readonly facts: RunFacts;
  readonly model: Model;
  readonly machine: Machine;
  /** For what changes between submissions. */
  readonly outbox: Outbox;
  readonly document: GraphDocument;
  readonly data: LoadedData;
  readonly layout: Layouts;
  readonly metrics: readonly Metric[];
  readonly step: StepProgram;
  readonly loaded: LoadedProgram;
  /** What a step runs so many times before `loaded`, where it takes several micro-batches. */
  readonly micro: { readonly loaded: LoadedProgram; readonly count: number } | null;
  /** The arena of masks, where weights are pruned. */
  readonly masks: Float32Array<ArrayBuffer> | null;
  /** Where training may stop early. */
  readonly best: BestWeights | null;
  readonly lookout: Lookout | null;
  /** Its buffers are reserved; its pipelines are made when something is first evaluated. */
  readonly evaluation: EvalProgram;
  /** Loads it, long dispatches in parts. */
  loadEvaluation(): Promise<LoadedProgram>;
  /** The most words that a submission brings back. */
  readonly readback: number;
  /** The scalars that the programs read, by name. */
  readonly hypers: Record<string, number>;
  readonly target: Target;
  /** Without what was compiled later. */
  readonly compiled: Omit<CompileTimes, 'rest'>;
}

/**
 * Builds, compiles and uploads.
 *
 * @throws EngineError where the document cannot be trained or does not fit
 */
export async function prepareRun(
  open: OpenDevice,
  document: GraphDocument,
  data: LoadedData,
  options: {
    readonly probes: boolean;
    readonly masks?: Masks;
    readonly without?: readonly PassName[];
    readonly progress?: CompileProgress;
  },
): Promise<PreparedRun> {
  const { without } = options;
  const started = performance.now();
  const makePlan = (): RunPlan =>
    planRun(
      document,
      data,
      { ...targetOf(open), startsQuickly: open.software, ...(without && { without }) },
      {
        probes: options.probes,
        pruned: options.masks !== undefined,
        longest: open.longWork?.limit ?? null,
      },
    );
  const priced = makePlan();
  // What one workgroup trains is evaluated in no time.
  const later = priced.step.team ? [] : priced.evaluation.questions;
  const learned = await open.tuning?.answer(priced.step.questions, Object.keys(priced.hypers), later);
  const plan = learned ? makePlan() : priced;
  const planned = performance.now();
  const { model, layout, metrics, step, evaluation, probe, hypers, sizes, target } = plan;
  const { probed } = step;
  const training = data.split.train.length;
  const batch = step.batch.length * (step.micro?.count ?? 1);
  const machine = new Machine(open.device);
  await machine.reserve(sizes, step.team?.homes);
  machine.reserveUniforms(Object.keys(hypers));
  const count = [step.program, step.micro?.program, probe?.program].reduce(
    (n, p) => n + (p?.dispatches.length ?? 0),
    0,
  );
  let ready = 0;
  const made = (): void => options.progress?.(++ready, count);
  // Side by side: the driver compiles texts on as many threads as it has.
  const [wholeStep, wholeMicro, lookout] = await Promise.all([
    machine.load(step.program, made),
    step.micro ? machine.load(step.micro.program, made) : null,
    probe && probed
      ? Lookout.open(
          machine,
          probe,
          probed,
          { arena: layout.parameters.size, trainingSamples: training, batch },
          made,
        )
      : null,
  ]);
  // One after the other: what takes long is found by the clock.
  const cut = async (loaded: LoadedProgram, clears: boolean): Promise<LoadedProgram> =>
    open.longWork
      ? inParts(machine, loaded, { ...open.longWork, on: open.software ? 'cpu' : 'gpu', clears })
      : loaded;
  const loaded = await cut(wholeStep, true);
  const micro = step.micro && wholeMicro && { loaded: await cut(wholeMicro, true), count: step.micro.count };
  uploadData(machine, data.dataset, model, plan.data);
  const best = document.training.stopping.patience > 0 ? new BestWeights(machine, layout) : null;
  const dispatchesOf = (of: (loaded: LoadedProgram) => LoadedProgram): number =>
    (step.team ? 1 : of(loaded).program.dispatches.length) +
    (micro ? micro.count * of(micro.loaded).program.dispatches.length : 0);
  const ofStep = [loaded.program, ...(micro ? [micro.loaded.program] : [])];
  const texts = new Set(ofStep.flatMap((p) => p.dispatches.map((d) => d.wgsl)));
  const [answers] = data.dataset.targets;
  const facts: RunFacts = {
    adapter: { name: open.name, software: open.software },
    parameters: parameterCount(model),
    memory: plan.memory,
    stepsPerEpoch: step.stepsPerEpoch,
    samples: { train: training, validation: data.split.validation.length, test: data.split.test.length },
    dispatches: {
      plain: dispatchesOf(withoutLooks),
      looking: dispatchesOf((all) => all) + (probe ? probe.program.dispatches.length : 0),
    },
    batch,
    segments: probed?.segments ?? [],
    tracks: probed?.tracks ?? [],
    chanceLoss: chanceLoss(model),
    constantLoss: constantLoss(model, document, data),
    metrics: metrics.map((m) => m.name),
    kept: keptOf(options.masks),
    classes: answers?.kind === 'class' ? answers.names : [],
    notes: data.dataset.notes,
  };
  return {
    facts,
    model,
    machine,
    outbox: new Outbox(machine, sizes[outboxBuffer] ?? 0),
    document,
    data,
    layout,
    metrics,
    step,
    loaded,
    micro,
    masks: options.masks ? maskArenaOf(layout.parameters, options.masks) : null,
    best,
    lookout,
    evaluation,
    // An evaluation writes all that it reads, so what finding out leaves behind does no harm.
    loadEvaluation: async () => cut(await machine.load(evaluation.program), false),
    readback: plan.readback,
    hypers,
    // What is asked beside training has machines of its own, and is asked often.
    target: { ...target, startsQuickly: false },
    compiled: { plan: planned - started, load: performance.now() - planned, texts: texts.size },
  };
}

/** Masks where the weights lie in their arena; 1 where nothing is pruned. */
function maskArenaOf(layout: Layout<ModelParameter>, masks: Masks): Float32Array<ArrayBuffer> {
  const arena = new Float32Array(layout.size).fill(1);
  for (const [name, mask] of masks) arena.set(mask, layout.place(name, maskArena).offset);
  return arena;
}

/** The share of pruned tensors that is left. */
function keptOf(masks: Masks | undefined): number {
  const all = [...(masks?.values() ?? [])].flatMap((m) => [...m]);
  return all.length === 0 ? 1 : all.filter((m) => m !== 0).length / all.length;
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

/** ln K for a single cross-entropy over K classes, ln 2 for a single yes or no; null for other losses. */
function chanceLoss({ losses, nodes, data }: Model): number | null {
  const [only, ...others] = losses;
  const kind = !only || others.length > 0 ? null : nodes.get(only.node)?.kind;
  if (kind === 'bceWithLogits' || kind === 'bce') return Math.LN2;
  const isClasses = kind === 'crossEntropy' || kind === 'nll';
  return isClasses && data?.target.kind === 'class' && data.target.classes > 1
    ? Math.log(data.target.classes)
    : null;
}

/** For one loss of squared errors: the variance of what is to be predicted over the training part; null for other losses. */
function constantLoss(
  { losses }: Model,
  document: GraphDocument,
  { dataset, split }: LoadedData,
): number | null {
  const [only, ...others] = losses;
  const node = !only || others.length > 0 ? undefined : inline(document).nodes[only.node];
  const [target] = dataset.targets;
  if (node?.kind !== 'mse' || target?.kind !== 'regression' || split.train.length === 0) return null;
  const width = sampleSize(target.shape);
  let variance = 0;
  for (let column = 0; column < width; column++) {
    let [sum, squares] = [0, 0];
    for (const sample of split.train) {
      const value = target.data[sample * width + column] ?? 0;
      sum += value;
      squares += value * value;
    }
    const mean = sum / split.train.length;
    variance += (squares / split.train.length - mean * mean) / width;
  }
  return node.params.form === 'half' ? variance / 2 : variance;
}
