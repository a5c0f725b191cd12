import { beforeEach, describe, expect, test } from 'vitest';
import { TrainingClient } from './client.ts';
import { createTrainingStore, runsTogether, seenRun, shownRun, type TrainingStore } from './store.ts';
import { ChainPort, chainDocument } from './testing.ts';

let port: ChainPort;
let store: TrainingStore;
let client: TrainingClient;
let frames: (() => void)[];

const frame = (): void => {
  for (const flush of frames.splice(0)) flush();
};
const loaded = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const shown = () => shownRun(store.getState())!;

beforeEach(() => {
  port = new ChainPort();
  store = createTrainingStore();
  frames = [];
  client = new TrainingClient({
    store,
    spawn: (listener) => port.listen(listener),
    readFiles: async () => ({}),
    schedule: (flush) => frames.push(flush),
  });
});

async function started(hidden = 8, kind: 'sigmoid' | 'relu' = 'sigmoid'): Promise<number> {
  const id = client.create(chainDocument(hidden, kind), { play: true });
  await loaded();
  frame();
  return id;
}

test('a run is compiled, plays as it was asked to, and fills its curves and captures', async () => {
  await started();
  port.advance(30);
  frame();
  expect(shown()).toMatchObject({ status: 'running', step: 30, title: 'Run 1' });
  expect(shown().log?.batch.loss.length).toBe(30);
  expect(shown().log?.history.length).toBe(30);
  expect(shown().log?.splits.validation.loss.latest).toBeGreaterThan(0);
});

test('however many messages arrive, the store changes once a frame', async () => {
  await started();
  let changes = 0;
  store.subscribe(() => changes++);
  for (let i = 0; i < 20; i++) port.advance(1);
  expect(changes).toBe(0);
  frame();
  expect(changes).toBe(1);
});

test('a deep sigmoid net gets its verdict within 60 steps, and its ReLU twin none', async () => {
  await started();
  port.advance(60);
  frame();
  expect(shown().verdicts[0]).toMatchObject({ rule: 'vanishing', culprit: { name: 'sigmoid_8' } });
  await started(8, 'relu');
  port.advance(200);
  frame();
  expect(shown().verdicts).toEqual([]);
  expect(shown().trend.now).toBeLessThan(0.5);
});

test('a threshold that a person changed holds for the next captures', async () => {
  await started();
  const document = shown().document;
  const training = { ...document.training, thresholds: { vanishing: { captures: 40 } } };
  client.follow({ ...document, training });
  port.advance(39);
  frame();
  expect(shown().verdicts).toEqual([]);
  port.advance(1);
  frame();
  expect(shown().verdicts[0]?.thresholds.captures?.value).toBe(40);
});

test('a fork trains beside its origin with the same seed, and both are shown', async () => {
  const origin = await started();
  const fork = client.fork({ run: origin, change: 'ReLU + He', from: 'start' }, chainDocument(8, 'relu'));
  await loaded();
  frame();
  port.advance(5);
  frame();
  const { runs, shown: id, beside } = store.getState();
  expect([id, beside]).toEqual([fork, origin]);
  expect([runs.get(origin)?.step, runs.get(fork)?.step]).toEqual([5, 5]);
  expect(runs.get(fork)?.document.training.seed).toBe(runs.get(origin)?.document.training.seed);
  expect(runs.get(fork)?.title).toBe('Run 2: ReLU + He');
});

test('a fork from where a run stands says so, and resets to there', async () => {
  const origin = await started();
  port.advance(9);
  const fork = client.fork({ run: origin, change: 'ReLU + He', from: 'now' }, chainDocument(8, 'relu'));
  await loaded();
  frame();
  expect(port.sent.findLast(({ type }) => type === 'create')).toMatchObject({ run: fork, from: origin });
  expect(shown()).toMatchObject({ title: 'Run 2: ReLU + He, from step 9', step: 9 });
  port.advance(5);
  frame();
  expect([shown().step, shown().log?.history.stepAt(0)]).toEqual([14, 9]);
  client.reset(fork);
  expect(shown()).toMatchObject({ step: 9, status: 'paused' });
  client.play(fork);
  port.advance(1);
  frame();
  expect([...shown().log!.batch.loss.points().steps]).toEqual([9]);
});

test('a race trains one net by several settings side by side, in place of what was shown', async () => {
  const before = await started();
  const document = chainDocument(8, 'relu');
  const entry = (name: string, learningRate: number) => ({
    name,
    training: { ...document.training, seed: 99, optimizer: { kind: 'sgd', params: { learningRate } } },
  });
  const race = client.race(document, [entry('slow', 0.01), entry('fast', 0.1), entry('faster', 1)]);
  await loaded();
  frame();
  port.advance(5);
  frame();
  expect(store.getState().runs.get(before)?.status).toBe('stopped');
  expect(runsTogether(store.getState()).map(({ id }) => id)).toEqual(race);
  const runs = race.map((id) => store.getState().runs.get(id)!);
  expect(runs.map(({ title, step, status }) => `${title}, ${status} at ${step}`)).toEqual([
    'Run 2: slow, running at 5',
    'Run 3: fast, running at 5',
    'Run 4: faster, running at 5',
  ]);
  expect(runs.map((run) => run.document.training.seed)).toEqual(race.map(() => document.training.seed));

  // The one that is shown first has the document's settings, and follows them; the others keep theirs.
  const edited = { ...document, training: { ...document.training, batchSize: 7 } };
  client.show(race[1]!);
  client.follow(edited);
  expect(shown().document.training.batchSize).toBe(document.training.batchSize);
  client.show(race[0]!);
  client.follow(edited);
  expect(shown().document.training.batchSize).toBe(7);

  await started();
  expect(race.map((id) => store.getState().runs.get(id)?.status)).toEqual(['stopped', 'stopped', 'stopped']);
  expect(runsTogether(store.getState())).toHaveLength(1);
});

test('a pruned run trains beside the one whose weights it is drawn from', async () => {
  const origin = await started();
  port.advance(3);
  const pruned = client.prune(origin, { share: 0.25, scope: 'net', rewind: 2 });
  await loaded();
  frame();
  expect(port.sent.findLast(({ type }) => type === 'create')).toMatchObject({
    run: pruned,
    prune: { of: origin, share: 0.25, scope: 'net', rewind: 2 },
  });
  expect(store.getState()).toMatchObject({ shown: pruned, beside: origin });
  expect(shown().title).toBe('Run 2: pruned 25 %');
});

test('reset goes back to step 0 and gives the same losses again', async () => {
  const id = await started();
  port.advance(10);
  frame();
  const losses = [...shown().log!.batch.loss.points().means];
  client.reset(id);
  expect(shown()).toMatchObject({ step: 0, status: 'paused', generation: 1 });
  client.play(id);
  port.advance(10);
  frame();
  expect([...shown().log!.batch.loss.points().means]).toEqual(losses);
});

test('what the worker still says of the time before a reset is dropped', async () => {
  const id = await started();
  port.advance(5);
  frame();
  port.busy = true;
  client.reset(id, 7);
  port.advance(5);
  frame();
  expect(shown()).toMatchObject({ step: 0, status: 'paused' });
  port.release();
  client.step(id, 2);
  frame();
  expect([...shown().log!.batch.loss.points().steps]).toEqual([0, 1]);
  expect(shown().log!.history.stepAt(1)).toBe(1);
});

test('steps that are trained again after a lost GPU are not recorded twice', async () => {
  const id = await started();
  port.advance(5);
  port.postMessage({ type: 'reset', run: id }); // the worker by itself, from a checkpoint
  port.postMessage({ type: 'play', run: id });
  port.advance(7);
  frame();
  expect([...shown().log!.batch.loss.points().steps]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(shown().log!.history.length).toBe(7);
});

test('a new batch size compiles again and keeps curves, captures and status', async () => {
  await started();
  port.advance(5);
  frame();
  const { facts } = shown();
  const segments = facts!.segments.map((segment) => ({ ...segment, elements: 2 * segment.elements }));
  port.listener?.message({ type: 'ready', run: 1, facts: { ...facts!, segments } });
  port.advance(1);
  frame();
  expect(shown()).toMatchObject({ status: 'running', step: 6, generation: 0 });
  expect(shown().log?.history.length).toBe(6);
  expect(shown().facts?.segments).toBe(segments);
});

test('another seed gives other weights', async () => {
  const id = await started();
  port.advance(1);
  frame();
  const first = shown().log!.batch.loss.latest;
  client.reset(id, 99);
  client.step(id, 1);
  frame();
  expect(shown().log!.batch.loss.latest).not.toBe(first);
  expect(shown().document.training.seed).toBe(99);
});

describe('edits of the document', () => {
  test('a learning rate reaches the worker at once', async () => {
    await started();
    const document = chainDocument(8, 'sigmoid');
    const optimizer = { kind: 'sgd', params: { learningRate: 0.05 } };
    client.follow({ ...document, training: { ...document.training, optimizer } });
    expect(port.sent.at(-1)).toMatchObject({ type: 'settings', settings: { optimizer } });
    expect(store.getState().stale).toBe(false);
  });

  test('a moved node changes nothing; a changed graph marks the run stale, and undoing it does not', async () => {
    await started();
    const document = chainDocument(8, 'sigmoid');
    const data = document.nodes.data!;
    const sent = port.sent.length;
    client.follow({ ...document, nodes: { ...document.nodes, data: { ...data, position: [9, 9] } } });
    expect([store.getState().stale, port.sent.length]).toEqual([false, sent]);
    client.follow(chainDocument(7, 'sigmoid'));
    expect(store.getState().stale).toBe(true);
    client.follow(document);
    expect(store.getState().stale).toBe(false);
  });
});

test('late words of a stopped run are dropped', async () => {
  const id = await started();
  port.advance(3);
  client.stop(id);
  frame();
  expect(shown()).toMatchObject({ status: 'stopped', step: 0 });
});

test('a file that cannot be read fails the run with its words', async () => {
  const broken = new TrainingClient({
    store,
    spawn: (listener) => port.listen(listener),
    readFiles: () => Promise.reject(new Error('penguins.bin is missing.')),
    schedule: (flush) => frames.push(flush),
  });
  broken.create(chainDocument(3, 'relu'), { play: true });
  await loaded();
  frame();
  expect(shown()).toMatchObject({ status: 'failed', problem: { title: 'penguins.bin is missing.' } });
});

test('a worker that breaks fails its runs, and the next run gets a new worker', async () => {
  await started();
  port.listener?.broke('out of memory');
  frame();
  expect(shown().problem?.title).toBe('Training broke off: out of memory');
  port = new ChainPort();
  await started();
  port.advance(1);
  frame();
  expect(shown().step).toBe(1);
});

test('a text is heard as it is written, until it is stopped', async () => {
  const id = await started();
  const heard: unknown[] = [];
  const options = { prompt: 'a', length: 9, temperature: 1, topK: 0, seed: 1 };
  const stop = client.generate(id, options, {
    text: (text, step) => heard.push([text, step]),
    done: (problem) => heard.push(problem),
  });
  const { ticket } = port.sent.find((m) => m.type === 'generate')!;
  const say = (text: string, done: boolean) =>
    port.listener!.message({ type: 'generated', run: id, ticket, text, step: 7, done, problem: null });
  say('b', false);
  say('c', false);
  frame();
  stop();
  say('', true);
  frame();
  expect(heard).toEqual([['b', 7], ['c', 7], null]);
  expect(port.sent.filter((m) => m.type === 'stopGenerating')).toHaveLength(1);
  stop();
  expect(port.sent.filter((m) => m.type === 'stopGenerating')).toHaveLength(1);
});

test('a text of a run that fails ends with the run’s problem', async () => {
  const id = await started();
  const heard: unknown[] = [];
  const options = { prompt: '', length: 9, temperature: 1, topK: 0, seed: 1 };
  client.generate(id, options, { text: () => {}, done: (problem) => heard.push(problem) });
  port.listener!.message({ type: 'failed', run: id, code: 'x', title: 'It broke', fix: 'Mend it.' });
  frame();
  expect(heard).toEqual([{ title: 'It broke', fix: 'Mend it.' }]);
});

test('predictions come back to whoever asked', async () => {
  const id = await started();
  const answer = client.predict(id, Float32Array.of(1, 2, 3, 4));
  frame();
  expect([...(await answer)]).toEqual([1, 2]);
});

describe('before training', () => {
  const seen = () => seenRun(store.getState());
  const examined = async (hidden: number): Promise<void> => {
    client.examine(chainDocument(hidden, 'sigmoid'));
    await loaded();
    frame();
  };

  test('pictures show what the net starts from, and the first run takes its place', async () => {
    await examined(3);
    expect(seen()).toMatchObject({ title: 'Before training', status: 'stopped', step: 0 });
    expect(seen()?.log?.history.length).toBe(1);
    expect(seen()?.trend.now).toBeGreaterThan(0);
    const run = await started(3);
    expect(seen()?.id).toBe(run);
    expect(seen()?.title).toBe('Run 1');
  });

  test('of several examinations the one that was asked for last counts', async () => {
    client.examine(chainDocument(3, 'sigmoid'));
    client.examine(chainDocument(5, 'sigmoid'));
    await loaded();
    frame();
    expect(port.sent.filter(({ type }) => type === 'examine')).toHaveLength(1);
    expect(Object.keys(seen()?.document.nodes ?? {})).toHaveLength(13);
  });

  test('an edit takes it away until the new net was looked at, and a changed graph shows it again', async () => {
    await examined(3);
    client.forgetStart();
    expect(seen()).toBeNull();
    const run = await started(3);
    client.follow(chainDocument(5, 'sigmoid'));
    expect(seen()?.id).toBe(run);
    await examined(5);
    expect(seen()?.title).toBe('Before training');
  });
});
