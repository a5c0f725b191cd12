// `gradloom train`: trains a document on this machine's GPU, without a window.

import {
  type Chunk,
  classReport,
  drawTicket,
  type EarlyStop,
  type Evaluation,
  formatCount,
  type GraphDocument,
  type Pruning,
  readable,
  Trainer,
  type TrainerOptions,
  Watcher,
  watchedChunks,
  writeSafetensors,
} from '../../engine/index.ts';
import { writeAtomically } from '../services/atomic-write.ts';
import { about, CliError } from './failure.ts';
import { assertTrainable, loadData, readDocumentFile } from './files.ts';
import { openGpu } from './gpu.ts';
import { ProgressBar, print, printJson, say } from './output.ts';
import { VerdictReport } from './verdicts.ts';

export interface TrainOptions {
  readonly steps?: number;
  readonly epochs?: number;
  readonly seed?: number;
  readonly json?: boolean;
  readonly verdicts?: boolean;
  readonly weightsOut?: string;
  /** Products may round their factors to 16 bits. */
  readonly f16?: boolean;
  /** Percent of the weights to prune after training, before it begins anew. */
  readonly prune?: number;
  readonly pruneRounds?: number;
  readonly pruneScope?: Pruning['scope'];
  readonly rewind?: number;
}

/** Steps of one submission grow until it takes about this long, so that the bar moves and Ctrl-C is heard. */
const chunkMs = 200;

export async function train(path: string, options: TrainOptions): Promise<void> {
  const document = withSeed(await readDocumentFile(path), options.seed);
  assertTrainable(path, document);
  const { data } = await loadData(path, document);
  const json = options.json ?? false;
  const gpu = await openGpu(json, { f16: options.f16 ?? false });
  const plain = { probes: options.verdicts ?? false };
  let trainer = await about(path, () => Trainer.create(gpu, document, data, plain));
  try {
    const started = performance.now();
    const total = options.steps ?? (options.epochs ?? document.training.epochs) * trainer.stepsPerEpoch;
    if (!json) for (const note of trainer.facts.notes) say(note);
    const report = options.verdicts ? new VerdictReport(json) : null;
    const telling = { document, json, report };
    let result = await trainOnce(trainer, total, telling);
    let masks: TrainerOptions['masks'];
    const rounds = options.prune === undefined ? 0 : (options.pruneRounds ?? 1);
    for (let round = 1; round <= rounds; round++) {
      const { kept } = trainer.facts;
      if (json) printJson({ round, kept, ...partsOf(trainer, result.evaluations) });
      else printParts(trainer, result.evaluations, `${readable(100 * kept)} % of the weights: `);
      const origin = { document, data, options: masks ? { ...plain, masks } : plain };
      const ticket = await drawTicket(gpu, trainer, origin, pruningOf(options));
      trainer.dispose();
      masks = ticket.masks;
      trainer = await Trainer.create(gpu, document, data, { ...plain, masks });
      if (ticket.start) trainer.restore(ticket.start);
      result = await trainOnce(trainer, total, telling);
    }
    if (options.weightsOut !== undefined) await saveWeights(trainer, options.weightsOut);
    const seconds = (performance.now() - started) / 1000;
    const verdicts = report ? { verdicts: report.verdicts } : {};
    await gpu.save();
    if (json) printJson({ done: true, ...summaryOf(trainer, result, seconds), ...verdicts });
    else printSummary(trainer, result, seconds, options.weightsOut);
  } finally {
    trainer.dispose();
  }
}

const pruningOf = ({ prune = 0, rewind = 0, pruneScope = 'layer' }: TrainOptions): Pruning => ({
  share: prune / 100,
  scope: pruneScope,
  rewind,
});

/** What one training came to. */
interface Result {
  readonly last: Row | null;
  readonly best: EarlyStop | null;
  readonly evaluations: readonly Evaluation[];
}

async function trainOnce(trainer: Trainer, total: number, telling: Telling): Promise<Result> {
  const last = await runSteps(trainer, total, telling);
  const best = trainer.restoreBest();
  return { last, best, evaluations: await evaluateAll(trainer) };
}

const withSeed = (document: GraphDocument, seed: number | undefined): GraphDocument =>
  seed === undefined ? document : { ...document, training: { ...document.training, seed } };

/** How a run is told of. */
interface Telling {
  readonly document: GraphDocument;
  readonly json: boolean;
  /** Null where the run is not judged. */
  readonly report: VerdictReport | null;
}

/** The numbers of the last step, by name. */
type Row = Readonly<Record<string, number>>;

function rowAt(trainer: Trainer, { rows }: Chunk, i: number): Row {
  return {
    step: rows.steps[i] ?? 0,
    loss: rows.loss[i] ?? Number.NaN,
    ...Object.fromEntries(trainer.facts.metrics.map((name, m) => [name, rows.metrics[m]?.[i] ?? Number.NaN])),
    gradientNorm: rows.gradientNorm[i] ?? Number.NaN,
    learningRate: rows.learningRates[i] ?? Number.NaN,
  };
}

async function runSteps(
  trainer: Trainer,
  total: number,
  { document, json, report }: Telling,
): Promise<Row | null> {
  const bar = new ProgressBar(total);
  const watcher = new Watcher(document, trainer.facts);
  let last: Row | null = null;
  for await (const chunk of report ? watchedChunks(trainer, watcher, total) : plainChunks(trainer, total)) {
    for (let i = 0; i < chunk.rows.steps.length; i++) {
      last = rowAt(trainer, chunk, i);
      if (json) printJson(last);
    }
    report?.update(watcher.verdicts);
    if (chunk.unsound !== null) {
      bar.end();
      throw new CliError(
        `The loss or a gradient is not a finite number at step ${chunk.unsound}. Lower the learning rate, clip the gradients, or check the data for missing values.`,
        1,
      );
    }
    bar.update(trainer.step, `loss ${last?.loss?.toPrecision(4) ?? ''}`);
  }
  bar.end();
  return last;
}

/** As many steps at a time as take about `chunkMs`. */
async function* plainChunks(trainer: Trainer, total: number): AsyncGenerator<Chunk> {
  let size = 8;
  while (trainer.step < total) {
    const begun = performance.now();
    const chunk = await trainer.run(Math.min(size, trainer.mostSteps(), total - trainer.step));
    yield chunk;
    if (chunk.stopped) return;
    const took = performance.now() - begun;
    if (took < chunkMs / 2) size *= 2;
    else if (took > chunkMs * 2) size = Math.max(1, size >> 1);
  }
}

async function evaluateAll(trainer: Trainer): Promise<Evaluation[]> {
  const { samples } = trainer.facts;
  const found: Evaluation[] = [];
  for (const split of ['train', 'validation', 'test'] as const)
    if (samples[split] > 0) found.push(await trainer.evaluate(split));
  return found;
}

async function saveWeights(trainer: Trainer, path: string): Promise<void> {
  const weights = await trainer.weights();
  const tensors = [...weights].map(
    ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
  );
  await writeAtomically(path, new Uint8Array(writeSafetensors(tensors, { format: 'pt' })));
}

const measuresOf = (trainer: Trainer, e: Evaluation): Row => ({
  loss: e.loss,
  ...Object.fromEntries(trainer.facts.metrics.map((name, m) => [name, e.metrics[m] ?? Number.NaN])),
  ...e.scores,
});

/** The confusion matrix and what follows from it for each class, where answers are classes. */
function classesOf(trainer: Trainer, { confusion }: Evaluation) {
  if (!confusion) return {};
  const names = trainer.facts.classes;
  const classes = classReport(confusion).classes.map((c, i) => ({ name: names[i] ?? String(i), ...c }));
  return { classes, confusion };
}

/** What was measured of each part of the data, by its name. */
function partsOf(trainer: Trainer, evaluations: readonly Evaluation[]) {
  return Object.fromEntries(
    evaluations.map((e) => [e.split, { ...measuresOf(trainer, e), ...classesOf(trainer, e) }]),
  );
}

/** The same for people, a line for each part. */
function printParts(trainer: Trainer, evaluations: readonly Evaluation[], before = ''): void {
  for (const e of evaluations) {
    const measures = Object.entries(measuresOf(trainer, e)).map(
      ([name, value]) => `${name} ${value.toPrecision(4)}`,
    );
    print(`${before}${e.split.padEnd(10)} ${measures.join(', ')}`);
  }
}

function summaryOf(trainer: Trainer, { last, best, evaluations }: Result, seconds: number) {
  const { adapter, parameters, samples, stepsPerEpoch, memory, dispatches, notes } = trainer.facts;
  const steps = trainer.step;
  return {
    steps,
    epochs: steps / stepsPerEpoch,
    last,
    ...(best && { best }),
    ...(trainer.facts.kept < 1 && { kept: trainer.facts.kept }),
    ...partsOf(trainer, evaluations),
    seconds,
    stepsPerSecond: steps / seconds,
    adapter,
    cuts: trainer.cuts,
    parameters,
    samples,
    memoryBytes: memory.bytes,
    dispatches: dispatches.plain,
    notes,
  };
}

function printSummary(
  trainer: Trainer,
  { best, evaluations }: Result,
  seconds: number,
  weightsOut: string | undefined,
): void {
  const steps = trainer.step;
  print(`${formatCount(steps)} steps in ${seconds.toFixed(1)} s (${formatCount(steps / seconds)} a second)`);
  if (best) print(`The weights are those of step ${best.step}, where the loss was lowest`);
  if (trainer.facts.kept < 1) print(`${readable(100 * trainer.facts.kept)} % of the weights are left`);
  printParts(trainer, evaluations);
  if (weightsOut !== undefined) print(`Weights saved to ${weightsOut}`);
}
