/**
 * Owns the training worker. Commands go out at once; what comes back is gathered and folded into the store at most once a
 * frame (four times a second while the page is hidden, where frames stop but training does not). Over 500 lines, since every
 * command touches the same bookkeeping of runs; what can be said without it lies in files of its own.
 */
import type {
  DataFiles,
  FromWorker,
  GenerateOptions,
  GraphDocument,
  InspectAnswer,
  InspectRequest,
  Profile,
  Pruning,
  SavedTensor,
  ToWorker,
  TrainingSettings,
  UserMessage,
} from '../../engine/index.ts';
import { type ForkOrigin, foldMessage, newRun, type RunView, rewindRun } from './run.ts';
import { hotChanges, isSameGraph } from './same-graph.ts';
import { startView } from './start.ts';
import { shownRun, type TrainingStore } from './store.ts';

/** The least of a Worker that the client needs. */
export interface TrainingPort {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
}

/** What the worker tells: its messages, and that it broke. */
export interface PortListener {
  message(message: FromWorker): void;
  broke(why: string): void;
}

export interface ClientOptions {
  readonly store: TrainingStore;
  spawn(listener: PortListener): TrainingPort;
  /** Reads the data files that a document asks for. Rejects with an error whose message is for the user. */
  readFiles(document: GraphDocument): Promise<DataFiles>;
  /** Calls back soon: at the next frame, or after a pause while hidden. */
  schedule(flush: () => void): void;
}

export interface CreateOptions {
  /** Train as soon as it is compiled. */
  readonly play: boolean;
}

/** Who takes part in a race. */
export interface RaceEntry {
  /** `Adam`. */
  readonly name: string;
  readonly training: TrainingSettings;
}

/** An answer about the inside of a net, and the step whose weights it is about. */
export type Inspected<K extends InspectAnswer['kind']> = Extract<InspectAnswer, { kind: K }> & {
  readonly step: number;
};

/** Who hears of a text while it is written. */
export interface TextListener {
  /** More of it, and the step whose weights write. */
  text(text: string, step: number): void;
  /** It is as long as it was to be, was stopped, or cannot be written. */
  done(problem: UserMessage | null): void;
}

/** What of another run a new one starts from. */
type Origin = Pick<Extract<ToWorker, { type: 'create' }>, 'prune' | 'from'>;

type Ticket = { resolve(message: FromWorker): void; reject(error: Error): void; readonly run: number };

export class TrainingClient {
  readonly #options: ClientOptions;
  #port: TrainingPort | null = null;
  #lastRun = 0;
  #lastExamination = 0;
  #lastTicket = 0;
  #gathered: FromWorker[] = [];
  #flushing = false;
  readonly #playWhenReady = new Set<number>();
  /** Runs whose worker has not yet said that it is back at its start, and which step that is: what it says until then is of the past. */
  readonly #resetting = new Map<number, number>();
  /** The examination that was asked for last, until it is answered. */
  #examined: { readonly run: number; readonly document: GraphDocument } | null = null;
  readonly #tickets = new Map<number, Ticket>();
  readonly #writers = new Map<number, { readonly run: number; readonly listener: TextListener }>();

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Makes a run of the document and shows it in place of the one shown, which is stopped. Returns its number. */
  create(document: GraphDocument, { play }: CreateOptions): number {
    this.#stopShown();
    const id = this.#add(document, null);
    this.#options.store.setState({ shown: id, beside: null, at: null, stale: false });
    this.#start(id, document, play);
    return id;
  }

  /**
   * Trains one net several times side by side, with settings that differ but for the seed: the same first weights and batches.
   * The first is shown in place of what was shown, which is stopped. Returns their numbers.
   */
  race(document: GraphDocument, entries: readonly RaceEntry[]): readonly number[] {
    this.#stopShown();
    const { seed } = document.training;
    const race = entries.map(({ name, training }) =>
      this.#add({ ...document, training: { ...training, seed } }, null, name),
    );
    this.#options.store.setState({ race, shown: race[0] ?? null, beside: null, at: null, stale: false });
    for (const id of race) this.#start(id, this.#run(id).document, true);
    return race;
  }

  /**
   * Trains a changed document beside a run: same seed, same batches, from step 0 or from where the run stands, with the
   * weights that fit. Both are shown.
   */
  fork(origin: ForkOrigin, document: GraphDocument): number {
    const original = this.#run(origin.run);
    const seed = original.document.training.seed;
    const forked = { ...document, training: { ...document.training, seed } };
    this.#endRace(origin.run);
    const id = this.#add(forked, origin);
    this.#options.store.setState({ shown: id, beside: origin.run, at: null, stale: false });
    this.#start(id, forked, true, origin.from === 'now' ? { from: origin.run } : {});
    return id;
  }

  /**
   * Prunes the smallest weights of a run, and trains what is left beside it from the weights that they had at the start or
   * soon after it: same seed, same batches. Both are shown.
   */
  prune(run: number, pruning: Pruning): number {
    const { document } = this.#run(run);
    const change = `pruned ${Math.round(100 * pruning.share)} %`;
    this.#endRace(run);
    const id = this.#add(document, { run, change, from: 'start' });
    this.#options.store.setState({ shown: id, beside: run, at: null, stale: false });
    this.#start(id, document, true, { prune: { ...pruning, of: run } });
    return id;
  }

  play(run: number): void {
    if (this.#run(run).facts) this.#send({ type: 'play', run });
    else this.#playWhenReady.add(run);
  }

  pause(run: number): void {
    this.#playWhenReady.delete(run);
    this.#send({ type: 'pause', run });
  }

  /** Trains this many steps, then pauses. */
  step(run: number, count: number): void {
    this.#send({ type: 'step', run, count });
  }

  /** Ends a run for good and frees its GPU memory; its curves and captures stay. */
  stop(run: number): void {
    this.#playWhenReady.delete(run);
    this.#send({ type: 'dispose', run });
    this.#refuse(run, { title: 'This run was stopped', fix: 'Play again to ask it.' });
    this.#update(run, (view) => ({ ...view, status: 'stopped', stepsPerSecond: 0 }));
  }

  /** Back to where it began: with the same weights as then, or at step 0 with those of another seed. */
  reset(run: number, seed?: number): void {
    this.#flush();
    if (seed !== undefined) this.#update(run, (view) => ({ ...view, takeover: null }));
    if (this.#state.shown === run) this.#options.store.setState({ at: null });
    this.#resetting.set(run, this.#run(run).takeover?.step ?? 0);
    this.#send(seed === undefined ? { type: 'reset', run } : { type: 'reset', run, seed });
    this.#update(run, (view) => {
      const { document } = view;
      return rewindRun(
        view,
        seed === undefined ? document : { ...document, training: { ...document.training, seed } },
      );
    });
  }

  /** Settings that change while it trains. */
  setSettings(run: number, settings: TrainingSettings): void {
    this.#send({ type: 'settings', run, settings });
    this.#keepDocument(run, { ...this.#run(run).document, training: settings });
  }

  /** Takes a capture at every n-th step; 0: none. */
  look(run: number, every: number): void {
    this.#send({ type: 'look', run, every });
  }

  show(run: number): void {
    const { shown, beside } = this.#state;
    this.#options.store.setState({ shown: run, beside: beside === run ? shown : beside, at: null });
  }

  /** Goes back to a step of the shown run, in all pictures; null, or a step that is not behind the newest: to the newest. */
  seek(step: number | null): void {
    const newest = shownRun(this.#state)?.log?.history.lastStep ?? -1;
    this.#options.store.setState({ at: step === null || step >= newest ? null : Math.max(0, step) });
  }

  lay(beside: number | null): void {
    if (beside !== null) this.#endRace(beside, this.#state.shown);
    this.#options.store.setState({ beside });
  }

  /** Forgets a run and all that it recorded. */
  remove(run: number): void {
    if (isAlive(this.#run(run))) this.stop(run);
    const { runs, shown, beside, race } = this.#state;
    const left = new Map(runs);
    left.delete(run);
    this.#options.store.setState({
      runs: left,
      shown: shown === run ? ([...left.keys()].at(-1) ?? null) : shown,
      beside: beside === run ? null : beside,
      race: race.filter((id) => id !== run),
    });
  }

  /** Another document was opened: its net has nothing to do with these runs. */
  forgetAll(): void {
    for (const run of this.#state.runs.values()) if (isAlive(run)) this.stop(run.id);
    this.#options.store.setState({
      runs: new Map(),
      shown: null,
      beside: null,
      race: [],
      start: null,
      at: null,
      stale: false,
    });
  }

  /** The document changed: settings reach the shown run at once, a changed graph marks it stale. */
  follow(document: GraphDocument): void {
    const run = shownRun(this.#state);
    if (!run || !isAlive(run)) return;
    const stale = !isSameGraph(run.document, document);
    if (stale !== this.#state.stale) this.#options.store.setState({ stale });
    // Whoever races by other settings than the document's keeps them.
    const races = this.#state.race.indexOf(run.id) > 0;
    if (stale || !run.facts || races) return;
    const changes = hotChanges(run.document, document);
    for (const { name, value } of changes) this.#send({ type: 'hyper', run: run.id, name, value });
    if (changes.length > 0) this.#keepDocument(run.id, { ...document, training: run.document.training });
    const { seed } = run.document.training;
    // Another seed is another run's beginning; "new seed" asks for it, a typed number waits for the next reset.
    const settings = { ...document.training, seed };
    if (JSON.stringify(settings) !== JSON.stringify(run.document.training)) {
      this.setSettings(run.id, settings);
    }
  }

  /** Looks at a net before it is trained; what is asked last counts. What cannot be looked at is told elsewhere. */
  examine(document: GraphDocument): void {
    // Numbers of their own, so that runs are counted without them.
    const run = --this.#lastExamination;
    this.#examined = { run, document };
    this.#options.readFiles(document).then(
      (files) => {
        if (this.#examined?.run !== run) return;
        this.#send({ type: 'examine', run, document, files }, Object.values(files));
      },
      () => this.forgetStart(), // a file that cannot be read: pressing Play says so
    );
  }

  /** What the graph starts from is not known any more. */
  forgetStart(): void {
    this.#examined = null;
    if (this.#state.start) this.#options.store.setState({ start: null });
  }

  async predict(run: number, rows: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    const ticket = ++this.#lastTicket;
    const answer = this.#answer(run, ticket);
    this.#send({ type: 'predict', run, ticket, rows });
    const message = await answer;
    if (message.type !== 'predicted') throw new Error('The training worker answered something else.');
    return message.rows;
  }

  /**
   * Asks about the inside of a run's net with the weights of a step; null: as they are now.
   *
   * @throws Error with words for people
   */
  async inspect<K extends InspectRequest['kind']>(
    run: number,
    at: number | null,
    request: Extract<InspectRequest, { kind: K }>,
  ): Promise<Inspected<K>> {
    if (this.#run(run).status === 'stopped')
      throw new Error('This run was stopped and its GPU memory freed. Play again to look inside.');
    const ticket = ++this.#lastTicket;
    const answer = this.#answer(run, ticket);
    this.#send({ type: 'inspect', run, ticket, at, request });
    const message = await answer;
    if (message.type === 'inspected' && message.answer.kind === 'failed')
      throw new Error(`${message.answer.title}. ${message.answer.fix}`);
    if (message.type !== 'inspected' || !isAnswerTo(request.kind, message.answer))
      throw new Error('The training worker answered something else.');
    return { ...message.answer, step: message.step };
  }

  /** Lets the net write with the weights as they are; the run waits meanwhile. Returns what stops it. */
  generate(run: number, options: GenerateOptions, listener: TextListener): () => void {
    const ticket = ++this.#lastTicket;
    this.#writers.set(ticket, { run, listener });
    this.#send({ type: 'generate', run, ticket, options });
    return () => {
      if (this.#writers.has(ticket)) this.#send({ type: 'stopGenerating', run, ticket });
    };
  }

  /** Times the kernels of a run's step; it waits meanwhile. @throws Error with words for people */
  async profile(run: number): Promise<Profile> {
    const ticket = ++this.#lastTicket;
    const answer = this.#answer(run, ticket);
    this.#send({ type: 'profile', run, ticket });
    const message = await answer;
    if (message.type !== 'profiled') throw new Error('The training worker answered something else.');
    return message.profile;
  }

  /** The weights as they are now. */
  async saveWeights(run: number): Promise<readonly SavedTensor[]> {
    const ticket = ++this.#lastTicket;
    const answer = this.#answer(run, ticket);
    this.#send({ type: 'save', run, ticket });
    const message = await answer;
    if (message.type !== 'weights') throw new Error('The training worker answered something else.');
    return message.tensors;
  }

  dispose(): void {
    this.#port?.terminate();
    this.#port = null;
    for (const { reject } of this.#tickets.values()) reject(new Error('Training was closed.'));
    this.#tickets.clear();
  }

  get #state() {
    return this.#options.store.getState();
  }

  #run(id: number): RunView {
    const run = this.#state.runs.get(id);
    if (!run) throw new Error(`There is no run ${id}.`);
    return run;
  }

  /** Frees the GPU of what is shown, before something else is. */
  #stopShown(): void {
    const { shown } = this.#state;
    this.#endRace();
    if (shown !== null && isAlive(this.#run(shown))) this.stop(shown);
  }

  /** Ends a race, and stops its runs but for those that are still wanted. */
  #endRace(...wanted: readonly (number | null)[]): void {
    for (const id of this.#state.race) if (!wanted.includes(id) && isAlive(this.#run(id))) this.stop(id);
    this.#options.store.setState({ race: [] });
  }

  #add(document: GraphDocument, fork: ForkOrigin | null, name = fork?.change): number {
    const id = ++this.#lastRun;
    const title = name === undefined ? `Run ${id}` : `Run ${id}: ${name}`;
    const runs = new Map(this.#state.runs).set(id, newRun({ id, title, fork, document }));
    this.#options.store.setState({ runs });
    return id;
  }

  #start(run: number, document: GraphDocument, play: boolean, origin: Origin = {}): void {
    if (play) this.#playWhenReady.add(run);
    this.#options.readFiles(document).then(
      (files) => {
        if (!this.#state.runs.get(run) || this.#run(run).status === 'stopped') return;
        this.#send({ type: 'create', run, document, files, ...origin }, Object.values(files));
      },
      (error: Error) => this.#fail(run, error.message),
    );
  }

  #fail(run: number, title: string, fix = ''): void {
    this.#take({ type: 'failed', run, code: 'client', title, fix });
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#port ??= this.#spawn();
    this.#port.postMessage(message, transfer);
  }

  #spawn(): TrainingPort {
    return this.#options.spawn({
      message: (message) => this.#take(message),
      broke: (why) => {
        // The worker itself broke: a bug of ours. Every run in it is lost; a new worker serves the next one.
        this.dispose();
        const fix = 'Start the run again. If it happens again, please report it.';
        for (const run of this.#state.runs.values()) {
          if (isAlive(run))
            this.#fail(run.id, `Training broke off: ${why || 'the worker could not start'}`, fix);
        }
      },
    });
  }

  #take(message: FromWorker): void {
    this.#gathered.push(message);
    if (this.#flushing) return;
    this.#flushing = true;
    this.#options.schedule(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const messages = this.#gathered;
    if (messages.length === 0) return;
    this.#gathered = [];
    const runs = new Map(this.#state.runs);
    for (const message of messages) {
      this.#settle(message);
      if (message.type === 'examined') this.#begin(message);
      const run = runs.get(message.run);
      if (!run || (run.status === 'stopped' && message.type !== 'failed')) continue; // late words of an ended run
      if (this.#isOfThePast(message)) continue;
      runs.set(message.run, foldMessage(run, message));
    }
    this.#options.store.setState({ runs });
    for (const message of messages) {
      if (message.type === 'ready' && this.#playWhenReady.delete(message.run)) this.play(message.run);
    }
  }

  #isOfThePast(message: FromWorker): boolean {
    if (!this.#resetting.has(message.run)) return false;
    if (
      message.type === 'status' &&
      message.status === 'paused' &&
      message.step === this.#resetting.get(message.run)
    ) {
      this.#resetting.delete(message.run);
      return false;
    }
    return ['status', 'steps', 'captures', 'evaluation', 'verdicts'].includes(message.type);
  }

  #begin({ run, report }: Extract<FromWorker, { type: 'examined' }>): void {
    if (this.#examined?.run !== run) return;
    const { document } = this.#examined;
    this.#options.store.setState({ start: report && startView(document, report, -run) });
  }

  #settle(message: FromWorker): void {
    if (isTicketed(message)) {
      this.#tickets.get(message.ticket)?.resolve(message);
      this.#tickets.delete(message.ticket);
    } else if (message.type === 'generated') {
      const { ticket, text, step, done, problem } = message;
      const listener = this.#writers.get(ticket)?.listener;
      if (text !== '') listener?.text(text, step);
      if (!done) return;
      this.#writers.delete(ticket);
      listener?.done(problem);
    } else if (message.type === 'failed') {
      this.#refuse(message.run, message);
    }
  }

  /** Nobody will answer what was asked of this run. */
  #refuse(run: number, { title, fix }: UserMessage): void {
    for (const [number, ticket] of this.#tickets) {
      if (ticket.run !== run) continue;
      ticket.reject(new Error(`${title}. ${fix}`));
      this.#tickets.delete(number);
    }
    for (const [number, writer] of this.#writers) {
      if (writer.run !== run) continue;
      this.#writers.delete(number);
      writer.listener.done({ title, fix });
    }
  }

  #answer(run: number, ticket: number): Promise<FromWorker> {
    return new Promise((resolve, reject) => this.#tickets.set(ticket, { resolve, reject, run }));
  }

  /** The document that a run trains by from now on. */
  #keepDocument(run: number, document: GraphDocument): void {
    this.#update(run, (view) => ({ ...view, document }));
  }

  #update(id: number, change: (run: RunView) => RunView): void {
    const runs = new Map(this.#state.runs);
    runs.set(id, change(this.#run(id)));
    this.#options.store.setState({ runs });
  }
}

/** Holds, or will hold, a place in the worker. */
export function isAlive({ status }: RunView): boolean {
  return status !== 'stopped' && status !== 'failed';
}

/** Answers that end a question. */
function isTicketed(
  message: FromWorker,
): message is Extract<FromWorker, { type: 'predicted' | 'profiled' | 'weights' | 'inspected' }> {
  return ['predicted', 'profiled', 'weights', 'inspected'].includes(message.type);
}

function isAnswerTo<K extends InspectAnswer['kind']>(
  kind: K,
  answer: InspectAnswer,
): answer is Extract<InspectAnswer, { kind: K }> {
  return answer.kind === kind;
}
