/**
 * Everything that a run needs before its first step: the model built for its data, its programs compiled and loaded, its
 * data on the GPU.
 */

import type { Target } from '../compile/compile.ts';
import { probeProgram } from '../compile/probe-program.ts';
import { programBytes } from '../compile/program.ts';
import {
  classesAsNumbers,
  type Dataset,
  describeDataset,
  type InputField,
  sampleSize,
  type TargetField,
} from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { EngineError, invariant } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import { buildModel, type Model, type ModelParameter, parameterCount } from '../model/build.ts';
import { type Metric, metricsOf } from '../model/metrics.ts';
import type { GraphDocument, TrainingSettings } from '../model/schema.ts';
import { gradientHypers } from '../optim/gradients.ts';
import { optimizerOf } from '../optim/index.ts';
import { type OpenDevice, targetOf } from '../runtime/device.ts';
import { type LoadedProgram, Machine } from '../runtime/machine.ts';
import { Outbox, outboxBuffer } from '../runtime/outbox.ts';
import type { DataPlaces, FieldPlace } from './batch.ts';
import { BestWeights } from './best.ts';
import { EpochOrders } from './epoch-orders.ts';
import { compileEval, type EvalProgram, evalCountUniform } from './eval-program.ts';
import { Evaluator } from './evaluator.ts';
import { type Layout, type Layouts, layOut } from './layout.ts';
import { Lookout } from './lookout.ts';
import { paramsOf } from './params.ts';
import type { RunFacts } from './protocol.ts';
import type { Masks } from './pruning.ts';
import { Rates, rateRule } from './rates.ts';
import { compileStep, type StepProgram } from './step-program.ts';
import { gradientUniform, maskArena, optimizerUniform } from './update-program.ts';

const evalBatch = 256;

/** The uniform that holds the seed. */
export const seedWord = 'seed';

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
  /** The scalars that the programs read, by name. */
  readonly hypers: Record<string, number>;
  readonly target: Target;
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
  options: { readonly probes: boolean; readonly masks?: Masks },
): Promise<PreparedRun> {
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

  const machine = new Machine(open.device);
  const layout: Layouts = { parameters: layOut(model.parameters), memory: layOut(model.states) };
  const metrics = metricsOf(model);
  const hypers = startingHypers(document, model, scalars);
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
    accumulation: microBatches(document.training.accumulation, training, batch),
    penalised: isPenalised(document.training),
    pruned: options.masks !== undefined,
    probes: options.probes,
    uniforms,
    target,
  });
  const evalModel = buildModel(document, shapes, {
    batch: Math.min(evalBatch, data.dataset.count),
    training: false,
  });
  const evaluate = compileEval(evalModel, layout, dataPlaces, {
    uniforms,
    ...target,
  });
  const probed = step.probed;
  // Before a step that is looked at, its parameters and the gradients of the step before are kept.
  const probe =
    probed && probeProgram(probed.looks, probed.rows, 2 * layout.parameters.size, target.processor);

  const sizes: Record<string, number> = {};
  const programs = [step.program, evaluate.program, ...(probe ? [probe.program] : [])];
  for (const p of programs)
    for (const [name, n] of Object.entries(p.buffers)) sizes[name] = Math.max(sizes[name] ?? 0, n);
  for (const p of [dataPlaces.x, dataPlaces.y]) sizes[p.buffer] = p.length;
  // All that may wait for one submission: the numbers of the next steps, and those of an evaluation between them.
  sizes[outboxBuffer] =
    2 * uniforms.length + EpochOrders.words(step) + Rates.words(step.rates) + Evaluator.sent(evaluate);
  await machine.reserve(sizes);
  machine.reserveUniforms(uniforms);
  const loaded = await machine.load(step.program);
  const micro = step.micro && { loaded: await machine.load(step.micro.program), count: step.micro.count };
  uploadData(machine, data.dataset, model, dataPlaces);

  const lookout =
    probe && probed
      ? await Lookout.open(machine, probe, probed, {
          arena: layout.parameters.size,
          trainingSamples: training,
          batch: batch * (step.micro?.count ?? 1),
        })
      : null;
  const best = document.training.stopping.patience > 0 ? await BestWeights.create(machine, layout) : null;
  const plain =
    step.program.dispatches.length +
    (step.micro ? step.micro.count * step.micro.program.dispatches.length : 0);
  const [answers] = data.dataset.targets;
  const facts: RunFacts = {
    adapter: { name: open.name, software: open.software },
    parameters: parameterCount(model),
    memoryBytes: programBytes({ ...step.program, buffers: sizes }),
    stepsPerEpoch: step.stepsPerEpoch,
    samples: { train: training, validation: data.split.validation.length, test: data.split.test.length },
    dispatches: { plain, looking: plain + (probe ? probe.program.dispatches.length : 0) },
    batch: batch * (step.micro?.count ?? 1),
    segments: probed?.segments ?? [],
    tracks: probed?.tracks ?? [],
    chanceLoss: chanceLoss(model),
    metrics: metrics.map((m) => m.name),
    kept: keptOf(options.masks),
    classes: answers?.kind === 'class' ? answers.names : [],
    notes: data.dataset.notes,
  };
  return {
    facts,
    model,
    machine,
    outbox: new Outbox(machine, sizes[outboxBuffer]),
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
    evaluation: evaluate,
    hypers,
    target,
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
