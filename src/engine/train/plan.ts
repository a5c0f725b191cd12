/**
 * A run before any GPU is asked for: the model built for its data, its programs compiled, every byte that it will take counted.
 */
import type { Target } from '../compile/compile.ts';
import { type LongWork, withSpare } from '../compile/long-work.ts';
import { lookingUniform } from '../compile/looks.ts';
import { type ProbeProgram, probeProgram } from '../compile/probe-program.ts';
import type { Place, Program } from '../compile/program.ts';
import {
  type Dataset,
  describeDataset,
  type InputField,
  sampleSize,
  type TargetField,
} from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { EngineError, invariant } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import { buildModel, type Model } from '../model/build.ts';
import { type Metric, metricsOf } from '../model/metrics.ts';
import type { GraphDocument, TrainingSettings } from '../model/schema.ts';
import { summarise } from '../model/summary.ts';
import { gradientHypers } from '../optim/gradients.ts';
import { optimizerOf } from '../optim/index.ts';
import { outboxBuffer } from '../runtime/outbox.ts';
import type { DataPlaces, FieldPlace } from './batch.ts';
import { BestWeights } from './best.ts';
import { EpochOrders } from './epoch-orders.ts';
import { compileEval, type EvalProgram, evalCountUniform } from './eval-program.ts';
import { Evaluator } from './evaluator.ts';
import { type Layouts, layOut } from './layout.ts';
import { type MemoryPlan, memoryPlanOf } from './memory-plan.ts';
import { paramsOf } from './params.ts';
import { Rates, rateRule } from './rates.ts';
import { compileStep, type StepProgram, type StepSpec } from './step-program.ts';
import { mostTeamTexts, processorFor } from './team-program.ts';
import { gradientUniform, optimizerUniform } from './update-program.ts';

/** The most samples of an evaluation's batch. */
const largestEvalBatch = 256;
/** Elements of activations that an evaluation may take, whatever a step takes. */
const freeActivations = 2 ** 21;

/** Submissions whose results may be under way at once. */
export const slots = 3;
/** Looks that one submission may take. */
export const capturesPerChunk = 8;

/** The uniform that holds the seed. */
export const seedWord = 'seed';

export interface RunPlan {
  readonly model: Model;
  readonly layout: Layouts;
  readonly metrics: readonly Metric[];
  readonly data: DataPlaces;
  readonly step: StepProgram;
  readonly evaluation: EvalProgram;
  /** What a look runs; null where nothing can be looked at. */
  readonly probe: ProbeProgram | null;
  /** The scalars that the programs read, by name. */
  readonly hypers: Record<string, number>;
  /** Elements of each buffer that the programs share. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The most words that a submission brings back. */
  readonly readback: number;
  readonly memory: MemoryPlan;
  readonly target: Target;
}

/**
 * Builds and compiles.
 *
 * @throws EngineError where the document cannot be trained
 */
export function planRun(
  document: GraphDocument,
  data: LoadedData,
  target: Target,
  options: {
    readonly probes: boolean;
    readonly pruned: boolean;
    /** What a dispatch may take, in ms: longer ones may be cut, and room is kept for that. Null where they stay whole. */
    readonly longest: number | null;
  },
): RunPlan {
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
  const { learningRate, ...scalars } = optimizer.hypers(optimizerParams);
  rateRule(document.training, learningRate ?? 0); // says what is wrong with it before anything is made

  const layout: Layouts = { parameters: layOut(model.parameters), memory: layOut(model.states) };
  const metrics = metricsOf(model);
  const hypers = startingHypers(document, model, scalars);
  const uniforms = Object.keys(hypers);
  const dataPlaces = placesOf(data.dataset, model);
  const spec: StepSpec = {
    model,
    metrics,
    optimizer,
    optimizerParams,
    layout,
    data: dataPlaces,
    samples: training,
    accumulation: microBatches(document.training.accumulation, training, batch),
    penalised: isPenalised(document.training),
    pruned: options.pruned,
    probes: options.probes,
    uniforms,
    target,
  };
  const roomy = <P extends { readonly program: Program }>(of: P): P =>
    options.longest === null
      ? of
      : { ...of, program: withSpare(of.program, longWorkOn(target, options.longest)) };
  const compiled = compileSmall(spec) ?? compileStep(spec);
  const step = roomy({ ...compiled, micro: compiled.micro && roomy(compiled.micro) });
  const evalModel = buildModel(document, shapes, {
    batch: Math.min(evalBatchFor(step, batch), data.dataset.count),
    training: false,
  });
  const evaluation = roomy(compileEval(evalModel, layout, dataPlaces, { uniforms, ...target }));
  const probed = step.probed;
  // Before a step that is looked at, its parameters and the gradients of the step before are kept.
  const probe =
    probed && probeProgram(probed.looks, probed.rows, 2 * layout.parameters.size, target.processor);

  const sizes: Record<string, number> = {};
  const programs = [step.program, evaluation.program, ...(probe ? [probe.program] : [])];
  for (const p of programs)
    for (const [name, n] of Object.entries(p.buffers)) sizes[name] = Math.max(sizes[name] ?? 0, n);
  for (const p of [dataPlaces.x, dataPlaces.y]) sizes[p.buffer] = p.length;
  const homes = step.team?.homes ?? {};
  for (const name of Object.keys(homes)) delete sizes[name];
  if (document.training.stopping.patience > 0) Object.assign(sizes, BestWeights.buffers(layout));
  // All that may wait for one submission: the numbers of the next steps, and those of an evaluation between them.
  sizes[outboxBuffer] =
    2 * uniforms.length + EpochOrders.words(step) + Rates.words(step.rates) + Evaluator.sent(evaluation);
  const readback = Math.max(
    step.ring.length + (probe ? capturesPerChunk * (probe.bins.length + probe.moments.length) : 0),
    Evaluator.words(evaluation),
  );
  const memory = memoryPlanOf({
    sizes: withoutJoined(sizes, homes),
    programs: [...programs, ...(step.micro ? [step.micro.program] : [])],
    uniforms: uniforms.length,
    readback: { words: readback, slots },
    largestRead: Math.max(layout.parameters.size, layout.memory.size, probe?.moments.length ?? 0),
    // What one workgroup runs lies apart from what an evaluation takes.
    activations: step.team
      ? step.arena.lowerBound + evaluation.lowerBound
      : Math.max(step.arena.lowerBound, evaluation.lowerBound),
  });
  return {
    model,
    layout,
    metrics,
    data: dataPlaces,
    step,
    evaluation,
    probe,
    hypers,
    sizes,
    readback,
    memory,
    target,
  };
}

const longWorkOn = ({ processor }: Target, limit: number): LongWork => ({
  limit,
  on: processor === 'cpu' ? 'cpu' : 'gpu',
});

/** Forward and backward take about three times what forward takes. */
const stepToForward = 3;

/** A small step, to be run by one workgroup; null where it is no small one, or its text would become too long. */
function compileSmall(spec: StepSpec): StepProgram | null {
  const { model, target, accumulation } = spec;
  const processor = processorFor(stepToForward * summarise(model).flops.forward, target.processor);
  if (processor === target.processor || accumulation > 1 || target.without?.includes('team')) return null;
  const small = compileStep({ ...spec, target: { ...target, processor } });
  return small.team && small.team.texts <= mostTeamTexts ? small : null;
}

/** The sizes of buffers, and of those that are parts of joined ones instead of these. */
function withoutJoined(
  sizes: Readonly<Record<string, number>>,
  homes: Readonly<Record<string, Place>>,
): Record<string, number> {
  const joined = new Set(Object.values(homes).map((home) => home.buffer));
  const apart = Object.entries(sizes).filter(([name]) => !joined.has(name));
  const parts = Object.entries(homes).map(([name, { length }]) => [name, length] as const);
  return Object.fromEntries([...apart, ...parts]);
}

/**
 * Samples of an evaluation's batch: many where activations are small, so that it takes few dispatches, and not so many that it
 * takes more memory than a step does.
 */
function evalBatchFor({ arena }: StepProgram, batch: number): number {
  const times = Math.max(1, Math.floor(freeActivations / Math.max(1, arena.size)));
  return Math.max(1, Math.min(largestEvalBatch, batch * times));
}

/** Micro-batches of a step: as many as the settings ask for, and the data has. */
const microBatches = (asked: number, samples: number, batch: number): number =>
  Math.max(1, Math.min(asked, Math.floor(samples / batch)));

/** Whether the update has to know of penalties. */
export const isPenalised = ({ penalty }: TrainingSettings): boolean => penalty.l1 > 0 || penalty.l2 > 0;

function startingHypers(
  document: GraphDocument,
  model: Model,
  optimizer: Readonly<Record<string, number>>,
): Record<string, number> {
  return {
    [seedWord]: document.training.seed,
    [evalCountUniform]: 0,
    [lookingUniform]: 0,
    ...updateHypers(document.training, optimizer),
    ...Object.fromEntries(model.hypers.map((h) => [h.name, h.value])),
  };
}

/** The scalars that the update reads, by the names of their uniforms. */
export function updateHypers(
  { clipping, penalty }: TrainingSettings,
  optimizer: Readonly<Record<string, number>>,
): Record<string, number> {
  const named = (of: Readonly<Record<string, number>>, uniform: (name: string) => string) =>
    Object.entries(of).map(([name, value]) => [uniform(name), value] as const);
  return Object.fromEntries([
    ...named(optimizer, optimizerUniform),
    ...named(gradientHypers(clipping, penalty), gradientUniform),
  ]);
}

function placesOf(dataset: Dataset, model: Model): DataPlaces {
  invariant(model.data, 'a trainable model has data');
  const place = (buffer: string, leaf: Value, field: InputField | TargetField | undefined): FieldPlace => {
    invariant(field, 'a data set has an input and a target');
    const { windows, data } = field;
    if (windows) return { buffer, offset: 0, length: data.length, windows };
    return { buffer, offset: 0, length: dataset.count * sampleSize(leaf.shape.slice(1)) };
  };
  return {
    count: dataset.count,
    x: place('data:x', model.data.x, dataset.inputs[0]),
    y: place('data:y', model.data.y, dataset.targets[0]),
  };
}
