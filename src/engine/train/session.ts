/**
 * All runs of one worker: takes messages, trains the runs that play in turn on one device, and reports. What the worker's
 * entry adds is only the wire. Losing the device loses at most the last seconds: runs go on from their checkpoints.
 * Over 500 lines, since all messages meet in the one queue that decides which run has the device.
 */
import { dataSpecOf } from '../data/document.ts';
import { ioOfFiles, type LoadedData, loadDataset } from '../data/load.ts';
import { EngineError, type UserMessage, wordsOf } from '../errors.ts';
import type { GraphDocument } from '../model/schema.ts';
import type { OpenDevice } from '../runtime/device.ts';
import type { EarlyStop } from './best.ts';
import type { Checkpoint } from './checkpoint.ts';
import { examineStart, type StartReport } from './examine.ts';
import type { InspectAnswer } from './inspect-protocol.ts';
import { KeptWeights } from './kept-weights.ts';
import { Pace } from './pace.ts';
import { capturesPerChunk } from './plan.ts';
import type { CompileProgress } from './prepare.ts';
import type { Evaluation, FromWorker, PruneRequest, RunStatus, SavedTensor, ToWorker } from './protocol.ts';
import { drawTicket, type Ticket } from './prune.ts';
import type { Masks } from './pruning.ts';
import { Trainer, type TrainerOptions } from './trainer.ts';
import { Watcher } from './watcher.ts';

export interface SessionOptions {
  readonly openDevice: () => Promise<OpenDevice>;
  readonly post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void;
  readonly now: () => number;
}

type Message<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;

interface Run {
  readonly id: number;
  document: GraphDocument;
  readonly data: LoadedData;
  readonly weights: ReadonlyMap<string, Float32Array> | undefined;
  readonly masks: Masks | undefined;
  trainer: Trainer;
  readonly pace: Pace;
  readonly watcher: Watcher;
  status: RunStatus;
  /** Pause before this step. */
  until: number;
  /** Where it began, if not at step 0 with fresh weights. */
  start: Checkpoint | null;
  /** What the net was at earlier steps, for those who go back to look. */
  readonly kept: KeptWeights;
  checkpoint: Checkpoint | null;
  checkpointAt: number;
  evaluatedAt: { step: number; time: number };
  busy: Promise<void>;
}

const optionsOf = ({ weights, masks }: Pick<Run, 'weights' | 'masks'>): TrainerOptions => ({
  probes: true,
  ...(weights && { weights }),
  ...(masks && { masks }),
});

/** How old an in-memory checkpoint of a playing run may grow, in ms. */
const checkpointEvery = 4000;
/** Validation at most so often, in ms, and never before a whole epoch or this many steps went by. */
const evaluateEvery = 400;
const evaluateSteps = 50;

/** How often kernels are timed: while somebody waits. */
const profiling = { rounds: 3, repeats: 1 };

export class Session {
  private readonly options: SessionOptions;
  private readonly runs = new Map<number, Run>();
  private device: Promise<OpenDevice> | null = null;
  private looping = false;
  /** The examination that was asked for last, and the end of those under way. */
  private examined = 0;
  private examining: Promise<unknown> = Promise.resolve();
  /** Tickets of texts that are wanted. */
  private readonly generating = new Set<number>();

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Handles one message; failures are answered, not thrown. */
  async take(message: ToWorker): Promise<void> {
    try {
      await this.handle(message);
    } catch (error) {
      this.fail(message.run, error);
    }
  }

  private async handle(message: ToWorker): Promise<void> {
    if (message.type === 'create') {
      this.examined = 0;
      return this.create(message);
    }
    if (message.type === 'examine') return this.examine(message);
    const run = this.runs.get(message.run);
    if (!run) return;
    switch (message.type) {
      case 'play':
        run.until = message.until ?? Number.POSITIVE_INFINITY;
        return this.play(run);
      case 'step':
        run.until = run.trainer.step + message.count;
        return this.play(run);
      case 'pause':
        run.until = 0;
        return;
      case 'reset':
        return this.between(run, async () => {
          await run.trainer.reset(message.seed);
          if (message.seed !== undefined) run.start = null;
          if (run.start) run.trainer.restore(run.start);
          if (message.seed !== undefined)
            run.document = { ...run.document, training: { ...run.document.training, seed: message.seed } };
          run.checkpoint = null;
          run.kept.clear();
          run.kept.add(await run.trainer.weightsNow());
          run.pace.restart(run.trainer.step);
          run.watcher.restart();
          run.evaluatedAt = { step: run.trainer.step, time: 0 };
          this.setStatus(run, 'paused');
        });
      case 'settings':
        return this.between(run, () => this.settings(run, { ...run.document, training: message.settings }));
      case 'hyper':
        return run.trainer.setHyper(message.name, message.value);
      case 'look':
        return run.pace.setLook(message.every);
      case 'predict':
        return this.between(run, async () => {
          const rows = await run.trainer.predict(message.rows);
          this.options.post({ type: 'predicted', run: run.id, ticket: message.ticket, rows });
        });
      case 'profile':
        return this.between(run, async () => {
          const profile = await run.trainer.profile(profiling);
          this.options.post({ type: 'profiled', run: run.id, ticket: message.ticket, profile });
        });
      case 'generate':
        this.generating.add(message.ticket);
        return this.between(run, () => this.generate(run, message));
      case 'stopGenerating':
        this.generating.delete(message.ticket);
        return;
      case 'save':
        return this.between(run, async () => {
          const weights = await run.trainer.weights();
          const tensors = [...weights].map(([name, { shape, data }]): SavedTensor => ({ name, shape, data }));
          this.options.post({ type: 'weights', run: run.id, ticket: message.ticket, tensors });
        });
      case 'inspect':
        return this.between(run, () => this.inspect(run, message));
      case 'dispose':
        this.runs.delete(run.id);
        await run.busy;
        return run.trainer.dispose();
      default:
        message satisfies never;
    }
  }

  /** Writes a text and tells it as it comes. What goes wrong is the text's trouble, not the run's. */
  private async generate(run: Run, { ticket, options }: Message<'generate'>): Promise<void> {
    const { step } = run.trainer;
    const tell = (text: string, done: boolean, problem: UserMessage | null): void =>
      this.options.post({ type: 'generated', run: run.id, ticket, text, step, done, problem });
    try {
      await run.trainer.generate(options, {
        text: (character) => tell(character, false, null),
        isStopped: () => !this.generating.has(ticket),
      });
      tell('', true, null);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      tell('', true, error instanceof EngineError ? error.user : { title: words, fix: 'Try again.' });
    } finally {
      this.generating.delete(ticket);
    }
  }

  private async create(message: Message<'create'>): Promise<void> {
    // A net that is about to be trained shows itself: what was to be examined makes room.
    this.examined = message.run;
    const { run: id, document, files, weights } = message;
    this.options.post({
      type: 'status',
      run: id,
      status: 'compiling',
      step: 0,
      stepsPerSecond: 0,
      lookingCost: null,
      lookEvery: 1,
    });
    const spec = dataSpecOf(document);
    if (!spec) throw new EngineError('model/no-data', { node: 'The net' });
    const data = await loadDataset(spec, ioOfFiles(files));
    const given = weights && new Map(weights.map((w) => [w.name, w.data]));
    const { masks, start } = message.prune
      ? await this.drawTicket(message.prune, document)
      : { masks: undefined, start: null };
    const progress = (ready: number, of: number): void =>
      this.options.post({ type: 'compiled', run: id, ready, of });
    const trainer = await this.trainerFor({ data, weights: given, masks }, document, progress);
    if (start) trainer.restore(start);
    const takeover =
      message.from === undefined
        ? null
        : await this.ofOrigin(message.from, (origin) => trainer.takeOver(origin.trainer));
    // A net that goes on says nothing about the loss of a fresh one.
    const facts = takeover ? { ...trainer.facts, chanceLoss: null } : trainer.facts;
    const run: Run = {
      id,
      document,
      data,
      weights: given,
      masks,
      trainer,
      pace: new Pace(await trainer.measureLook(), trainer.step),
      watcher: new Watcher(document, facts),
      status: 'paused',
      until: 0,
      start: start || takeover ? await trainer.checkpoint() : null,
      kept: new KeptWeights(),
      checkpoint: null,
      checkpointAt: 0,
      evaluatedAt: { step: 0, time: 0 },
      busy: Promise.resolve(),
    };
    this.runs.set(id, run);
    run.kept.add(await trainer.weightsNow());
    this.options.post({ type: 'ready', run: id, facts });
    if (takeover) this.options.post({ type: 'takenOver', run: id, takeover });
    this.setStatus(run, 'paused');
  }

  /** Asks something of another run, between two of its submissions. */
  private async ofOrigin<T>(id: number, ask: (origin: Run) => Promise<T>): Promise<T> {
    const origin = this.runs.get(id);
    if (!origin) throw new EngineError('train/no-origin', {});
    const { promise, resolve } = Promise.withResolvers<T>();
    await this.between(origin, async () => resolve(await ask(origin)));
    return promise;
  }

  private async drawTicket({ of, ...pruning }: PruneRequest, document: GraphDocument): Promise<Ticket> {
    const device = await this.open();
    return this.ofOrigin(of, (origin) => {
      const { data, trainer } = origin;
      return drawTicket(device, trainer, { document, data, options: optionsOf(origin) }, pruning);
    });
  }

  /** One at a time, the newest first of all; never while a run plays. */
  private async examine({ run, document, files }: Extract<ToWorker, { type: 'examine' }>): Promise<void> {
    this.examined = run;
    const isWanted = (): boolean => this.examined === run && !this.looping;
    const before = this.examining;
    const examine = async (): Promise<StartReport | null> => {
      const spec = dataSpecOf(document);
      if (!spec || !isWanted()) return null;
      const data = await loadDataset(spec, ioOfFiles(files));
      return isWanted() ? examineStart(await this.open(), document, data, isWanted) : null;
    };
    // A net that cannot be examined has its problems said elsewhere.
    const done = before.then(examine).catch((error: unknown) => {
      if (error instanceof EngineError) return null;
      throw error;
    });
    this.examining = done.catch(() => null);
    this.options.post({ type: 'examined', run, report: await done });
  }

  /** The device, opened once; losing it restores every run on the next one. */
  private open(): Promise<OpenDevice> {
    this.device ??= this.options.openDevice().then((open) => {
      void open.device.lost.then(({ message }) => this.recover(message));
      return open;
    });
    return this.device;
  }

  /** Puts every run on a new device, from its checkpoint; whatever else is asked of a run waits for that. */
  private recover(why: string): void {
    this.device = null;
    for (const run of this.runs.values()) {
      const notice = new EngineError('gpu/lost', { why: why || 'the driver gave no reason' });
      this.options.post({ type: 'notice', run: run.id, ...notice.user });
      this.between(run, () => this.rebuild(run)).catch((error) => this.fail(run.id, error));
    }
  }

  private async rebuild(run: Run): Promise<void> {
    const lost = run.trainer;
    run.trainer = await this.trainerFor(run, run.document);
    if (run.checkpoint) run.trainer.restore(run.checkpoint);
    lost.dispose();
    this.report(run);
  }

  private async trainerFor(
    run: Pick<Run, 'data' | 'weights' | 'masks'>,
    document: GraphDocument,
    progress: CompileProgress = () => undefined,
  ): Promise<Trainer> {
    return Trainer.create(await this.open(), document, run.data, { ...optionsOf(run), progress });
  }

  /** Does something between two submissions of a run. */
  private between(run: Run, work: () => Promise<void> | void): Promise<void> {
    const done = run.busy.then(work);
    run.busy = done.catch(() => undefined);
    return done;
  }

  private async settings(run: Run, document: GraphDocument): Promise<void> {
    const sameSeed = { ...document, training: { ...document.training, seed: run.document.training.seed } };
    if (run.trainer.applySettings(sameSeed.training)) {
      run.document = sameSeed;
      run.watcher.follow(sameSeed);
      return;
    }
    const checkpoint = await run.trainer.checkpoint();
    const old = run.trainer;
    run.trainer = await this.trainerFor(run, sameSeed);
    run.trainer.restore(checkpoint);
    run.document = sameSeed;
    run.watcher.follow(sameSeed, run.trainer.facts);
    old.dispose();
    this.options.post({ type: 'ready', run: run.id, facts: run.trainer.facts });
  }

  private play(run: Run): void {
    this.setStatus(run, 'running');
    if (!this.looping) void this.loop();
  }

  /** Trains every playing run in turn until none plays. */
  private async loop(): Promise<void> {
    this.looping = true;
    try {
      for (;;) {
        const playing = [...this.runs.values()].filter((r) => r.status === 'running');
        if (playing.length === 0) return;
        for (const run of playing) {
          try {
            await this.between(run, () => this.advance(run));
          } catch (error) {
            await this.stumble(run, error);
          }
        }
        // Messages that arrived meanwhile are handled before the next round.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } finally {
      this.looping = false;
    }
  }

  /** One submission of one run. */
  private async advance(run: Run): Promise<void> {
    const { trainer, pace } = run;
    const left = run.until - trainer.step;
    if (run.status !== 'running') return;
    if (left <= 0) return this.pauseAt(run);
    const untilKept = Math.max(1, run.kept.next - trainer.step);
    const count = Math.min(
      left,
      untilKept,
      trainer.mostSteps(),
      pace.stepsNow(trainer.step, capturesPerChunk),
    );
    const start = this.options.now();
    const chunk = await trainer.run(count, (step) => pace.looksAt(step));
    this.options.post({ type: 'steps', run: run.id, rows: chunk.rows });
    if (chunk.captures.length > 0)
      this.options.post({ type: 'captures', run: run.id, captures: chunk.captures });
    run.watcher.take(chunk);
    if (chunk.unsound !== null) return this.halt(run, chunk.unsound);
    if (chunk.captures.length > 0) this.judge(run);
    // What is done with captures is part of what looking costs; an epoch's evaluation is not.
    if (!chunk.evaluation) pace.took(count, chunk.captures.length, this.options.now() - start);
    if (chunk.evaluation) this.tell(run, chunk.evaluation);
    if (trainer.step >= run.kept.next) run.kept.add(await trainer.weightsNow());
    if (chunk.stopped) return this.endEarly(run, chunk.stopped);
    await this.evaluateNow(run, false);
    if (this.options.now() - run.checkpointAt > checkpointEvery) {
      run.checkpoint = await trainer.checkpoint();
      run.checkpointAt = this.options.now();
    }
    const { epochs } = run.document.training;
    if (trainer.step >= epochs * trainer.stepsPerEpoch && run.until === Number.POSITIVE_INFINITY) {
      trainer.restoreBest();
      await this.end(run);
    } else {
      this.report(run);
    }
  }

  /** What goes wrong here is told to whoever asked, and training goes on. */
  private async inspect(run: Run, message: Extract<ToWorker, { type: 'inspect' }>): Promise<void> {
    const { ticket, at, request } = message;
    const weights = at === null ? null : run.kept.at(at);
    const step = weights?.step ?? run.trainer.step;
    const answer = await run.trainer.inspector
      .answer(request, weights, run.kept)
      .catch((error: unknown): InspectAnswer => ({ kind: 'failed', ...wordsOf(error) }));
    this.options.post({ type: 'inspected', run: run.id, ticket, step, answer });
  }

  private endEarly(run: Run, { loss, step }: EarlyStop): Promise<void> {
    const { patience } = run.document.training.stopping;
    run.watcher.stopped();
    this.judge(run);
    this.options.post({
      type: 'notice',
      run: run.id,
      title: `Stopped early: the loss has not fallen for ${patience} ${patience === 1 ? 'epoch' : 'epochs'}`,
      fix: `The weights are again those of step ${step}, where it was ${loss.toPrecision(4)}. Play goes on from them.`,
    });
    return this.end(run);
  }

  /** Training is over for now: measures every part of the data with the weights that are left. */
  private async end(run: Run): Promise<void> {
    for (const split of ['train', 'validation', 'test'] as const)
      if (run.trainer.facts.samples[split] > 0) this.tell(run, await run.trainer.evaluate(split));
    this.setStatus(run, 'ended');
  }

  private async pauseAt(run: Run): Promise<void> {
    await this.evaluateNow(run, true);
    run.checkpoint = await run.trainer.checkpoint();
    // What was asked for meanwhile goes on.
    if (run.until <= run.trainer.step) this.setStatus(run, 'paused');
  }

  private async evaluateNow(run: Run, always: boolean): Promise<void> {
    const { trainer, evaluatedAt } = run;
    const now = this.options.now();
    const due =
      now - evaluatedAt.time > evaluateEvery &&
      trainer.step - evaluatedAt.step >= Math.min(evaluateSteps, trainer.stepsPerEpoch);
    if ((!always && !due) || trainer.facts.samples.validation === 0 || trainer.step === evaluatedAt.step)
      return;
    this.tell(run, await trainer.evaluate('validation'));
  }

  private judge(run: Run): void {
    this.options.post({ type: 'verdicts', run: run.id, verdicts: run.watcher.verdicts });
  }

  private tell(run: Run, evaluation: Evaluation): void {
    run.watcher.evaluated(evaluation);
    if (evaluation.split === 'validation')
      run.evaluatedAt = { step: evaluation.step, time: this.options.now() };
    this.options.post({ type: 'evaluation', run: run.id, evaluation });
  }

  /** A step was not finite: names the first node whose numbers were not, and stops; its weights are those before the step. */
  private async halt(run: Run, step: number): Promise<void> {
    const culprit = await run.watcher.broke(run.trainer, step);
    this.judge(run);
    const { title, fix } = new EngineError('train/non-finite', {
      node: culprit?.name ?? 'The loss',
      step,
      what: culprit?.what ?? 'a number that is not finite',
    }).user;
    run.status = 'failed';
    this.options.post({
      type: 'failed',
      run: run.id,
      code: 'train/non-finite',
      title,
      fix,
      ...(culprit ? { node: culprit.node } : {}),
    });
  }

  /** A step failed: if its device was lost, the run goes on when it is rebuilt; else the run failed. */
  private async stumble(run: Run, error: unknown): Promise<void> {
    const { lost } = run.trainer.machine.device;
    const later = new Promise<false>((resolve) => setTimeout(() => resolve(false), 100));
    if (!(await Promise.race([lost.then(() => true), later]))) this.fail(run.id, error);
  }

  private setStatus(run: Run, status: RunStatus): void {
    run.status = status;
    this.report(run);
  }

  private report(run: Run): void {
    this.options.post({
      type: 'status',
      run: run.id,
      status: run.status,
      step: run.trainer.step,
      stepsPerSecond: run.status === 'running' ? run.pace.stepsPerSecond : 0,
      lookingCost: run.pace.lookingCost,
      lookEvery: run.pace.intervalAt(run.trainer.step),
    });
  }

  private fail(id: number, error: unknown): void {
    const run = this.runs.get(id);
    if (run) run.status = 'failed';
    this.options.post({ type: 'failed', run: id, ...wordsOf(error) });
  }
}
