// The training worker's session, driven by its messages on a real adapter: everything that the window relies on.

import { afterEach, describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import type { GraphDocument } from '../model/schema.ts';
import { documentOf as netOf } from '../model/testing.ts';
import { type OpenDevice, openDevice } from '../runtime/device.ts';
import { templateOf } from '../templates/index.ts';
import type { FromWorker } from './protocol.ts';
import { Session } from './session.ts';

// A GPU object that is collected takes its devices along.
const gpu = create([]);

class Desk {
  readonly said: FromWorker[] = [];
  readonly devices: OpenDevice[] = [];
  readonly session = new Session({
    openDevice: async () => {
      const open = await openDevice(gpu);
      this.devices.push(open);
      return open;
    },
    post: (message) => void this.said.push(message),
    now: () => performance.now(),
  });

  of<T extends FromWorker['type']>(type: T): Extract<FromWorker, { type: T }>[] {
    return this.said.filter((m): m is Extract<FromWorker, { type: T }> => m.type === type);
  }

  async until(what: () => boolean): Promise<void> {
    for (let waited = 0; !what(); waited += 10) {
      if (waited > 60_000) throw new Error(`still waiting after ${JSON.stringify(this.said.at(-1)?.type)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  get status(): string | undefined {
    return this.of('status').at(-1)?.status;
  }

  losses(run = 1): number[] {
    return this.of('steps')
      .filter((m) => m.run === run)
      .flatMap((m) => [...m.rows.loss]);
  }
}

function documentOf(id: string): GraphDocument {
  const template = templateOf(id);
  if (!template) throw new Error(`there is no template ${id}`);
  return template.document;
}

/** What follows a character, by the character alone. */
function bigramNet(): GraphDocument {
  const windows = { length: 5, stride: 1 };
  const origin = { source: 'text', path: 'a.txt', alphabet: ' abcsu', windows };
  return netOf(
    {
      data: ['data', { origin }],
      embed: ['embedding', { vocabulary: 6, features: 4 }],
      out: ['linear', { units: 6 }],
      loss: 'crossEntropy',
    },
    ['data.x -> embed.x', 'embed.y -> out.x', 'out.y -> loss.prediction', 'data.y -> loss.target'],
  );
}

describe('a training session', () => {
  let desk = new Desk();
  afterEach(() => {
    for (const run of new Set(desk.said.map((m) => m.run))) void desk.session.take({ type: 'dispose', run });
    desk = new Desk();
  });

  const start = async (id: string): Promise<void> => {
    await desk.session.take({ type: 'create', run: 1, document: documentOf(id), files: {} });
    expect(desk.of('failed')).toEqual([]);
    expect(desk.of('ready')).toHaveLength(1);
  };
  const trainTo = async (step: number, run = 1): Promise<void> => {
    await desk.session.take({ type: 'play', run, until: step });
    await desk.until(() => desk.status === 'paused' && desk.of('status').at(-1)!.step === step);
  };

  test('pauses at the step that was asked for, with every step reported and looked at', async () => {
    await start('mlp-spirals');
    await trainTo(30);
    expect(desk.of('steps').flatMap((m) => [...m.rows.steps])).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    );
    expect(desk.of('captures').flatMap((m) => m.captures.map((c) => c.step))).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    );
    expect(desk.of('evaluation').at(-1)).toMatchObject({ evaluation: { step: 30, split: 'validation' } });
  });

  test('takes a step that is asked for while the one before it is measured', async () => {
    await start('mlp-spirals');
    desk.session.take({ type: 'step', run: 1, count: 1 });
    await desk.until(() => desk.losses().length === 1);
    // By now the first evaluation has begun, and takes a while to be compiled.
    await new Promise((resolve) => setTimeout(resolve, 100));
    desk.session.take({ type: 'step', run: 1, count: 1 });
    await desk.until(() => desk.status === 'paused');
    expect(desk.losses()).toHaveLength(2);
  });

  test('says how far compiling is, and profiles a run that goes on as it would have', async () => {
    const { session } = desk;
    const document = documentOf('mlp-xor');
    await session.take({ type: 'create', run: 1, document, files: {} });
    const compiled = desk.of('compiled');
    expect(compiled.map((m) => m.ready)).toEqual(Array.from(compiled, (_, i) => i + 1));
    expect(compiled.at(-1)).toMatchObject({ ready: compiled.length, of: compiled.length });
    await session.take({ type: 'step', run: 1, count: 4 });
    await desk.until(() => desk.losses().length === 4 && desk.status === 'paused');
    await session.take({ type: 'profile', run: 1, ticket: 7 });
    const [{ ticket, profile } = { ticket: 0, profile: null }] = desk.of('profiled');
    expect(ticket).toBe(7);
    expect(profile?.kernels.length).toBe(desk.of('ready')[0]!.facts.dispatches.plain);
    await session.take({ type: 'step', run: 1, count: 4 });
    await desk.until(() => desk.losses().length === 8);

    await session.take({ type: 'create', run: 2, document, files: {} });
    await session.take({ type: 'step', run: 2, count: 8 });
    await desk.until(() => desk.losses(2).length === 8);
    expect(desk.losses(2)).toEqual(desk.losses());
  });

  test('resets to the very same run, and to another one with another seed', async () => {
    await start('mlp-spirals');
    await trainTo(20);
    const first = desk.losses();
    await desk.session.take({ type: 'reset', run: 1 });
    await trainTo(20);
    expect(desk.losses().slice(20)).toEqual(first);
    await desk.session.take({ type: 'reset', run: 1, seed: 99 });
    await trainTo(20);
    expect(desk.losses().slice(40)).not.toEqual(first);
  });

  test('a fork goes on where a run stands to the very same losses, also after a reset', async () => {
    await start('mlp-spirals');
    await trainTo(12);
    await desk.session.take({
      type: 'create',
      run: 2,
      document: documentOf('mlp-spirals'),
      files: {},
      from: 1,
    });
    expect(desk.of('takenOver')).toMatchObject([{ run: 2, takeover: { step: 12, fresh: [] } }]);
    await trainTo(20);
    await trainTo(20, 2);
    expect(desk.losses(2)).toEqual(desk.losses(1).slice(12));
    await desk.session.take({ type: 'reset', run: 2 });
    expect(desk.of('status').at(-1)).toMatchObject({ run: 2, step: 12 });
    await trainTo(20, 2);
    expect(desk.losses(2).slice(8)).toEqual(desk.losses(2).slice(0, 8));
  });

  test('a fork keeps the weights that fit and says which began anew', async () => {
    await start('mlp-spirals');
    await trainTo(12);
    const document = documentOf('mlp-spirals');
    const nodes = Object.entries(document.nodes).map(([id, node]) => {
      if (node.name === 'linear_1')
        return [id, { ...node, params: { ...node.params, init: 'xavierUniform' } }];
      return [id, node.name === 'linear_2' ? { ...node, params: { ...node.params, units: 24 } } : node];
    });
    const changed = { ...document, nodes: Object.fromEntries(nodes) };
    await desk.session.take({ type: 'create', run: 2, document: changed, files: {}, from: 1 });
    const [{ takeover } = { takeover: null }] = desk.of('takenOver');
    // linear_3 takes in another number of units by now, and its bias begins within a bound that depends on that.
    const [second, third] = ['linear_2', 'linear_3'].map((name) => [`${name}.weight`, `${name}.bias`]);
    expect(takeover?.fresh).toEqual(['linear_1.weight', ...second!, ...third!]);
    expect(takeover?.kept).toContain('linear_1.bias');
    await desk.session.take({ type: 'save', run: 1, ticket: 1 });
    await desk.session.take({ type: 'save', run: 2, ticket: 2 });
    const [before, after] = desk
      .of('weights')
      .map(({ tensors }) => new Map(tensors.map((t) => [t.name, t.data])));
    expect(after?.get('linear_1.bias')).toEqual(before?.get('linear_1.bias'));
    expect(after?.get('linear_1.weight')).not.toEqual(before?.get('linear_1.weight'));
    await trainTo(14, 2);
    expect(desk.of('steps').at(-1)?.rows.steps.at(-1)).toBe(13);
  });

  test('a fork of a run that is gone says so', async () => {
    await desk.session.take({
      type: 'create',
      run: 2,
      document: documentOf('mlp-spirals'),
      files: {},
      from: 1,
    });
    expect(desk.of('failed')).toMatchObject([{ run: 2, code: 'train/no-origin' }]);
  });

  test('takes a new batch size over without losing the weights', async () => {
    await start('mlp-spirals');
    await trainTo(20);
    const document = documentOf('mlp-spirals');
    const settings = { ...document.training, batchSize: 16 };
    await desk.session.take({ type: 'save', run: 1, ticket: 1 });
    await desk.session.take({ type: 'settings', run: 1, settings });
    await desk.session.take({ type: 'save', run: 1, ticket: 2 });
    const [before, after] = desk.of('weights');
    expect(after!.tensors).toEqual(before!.tensors);
    expect(desk.of('ready')).toHaveLength(2);
    await trainTo(25);
    expect(desk.of('failed')).toEqual([]);
  });

  test('trains a run and its fork in turn, on the same batches', async () => {
    await start('mlp-spirals');
    await desk.session.take({ type: 'create', run: 2, document: documentOf('mlp-spirals'), files: {} });
    await desk.session.take({ type: 'play', run: 1, until: 25 });
    await desk.session.take({ type: 'play', run: 2, until: 25 });
    await desk.until(() => desk.losses(1).length >= 25 && desk.losses(2).length >= 25);
    expect(desk.losses(2)).toEqual(desk.losses(1));
  });

  test('prunes a run into another one beside it, rewound', async () => {
    await start('mlp-spirals');
    await trainTo(20);
    const document = documentOf('mlp-spirals');
    const create = { type: 'create', document, files: {} } as const;
    const prune = { of: 1, share: 0.5, scope: 'layer', rewind: 4 } as const;
    await desk.session.take({ ...create, run: 2, prune });
    expect(desk.of('failed')).toEqual([]);
    expect(desk.of('ready').at(-1)).toMatchObject({ run: 2, facts: { kept: 0.5 } });
    expect(desk.of('status').at(-1)).toMatchObject({ run: 2, status: 'paused', step: 4 });
    await desk.session.take({ type: 'save', run: 2, ticket: 1 });
    const [saved] = desk.of('weights');
    const weights = saved!.tensors.filter((t) => t.shape.length > 1).flatMap((t) => [...t.data]);
    expect(weights.filter((w) => w === 0).length / weights.length).toBeCloseTo(0.5, 2);
    await desk.session.take({ ...create, run: 3, prune: { ...prune, of: 9 } });
    expect(desk.of('failed').at(-1)).toMatchObject({ run: 3, code: 'train/no-origin' });
  });

  test('stops early, measures every part, and says why it stopped', async () => {
    const document = documentOf('mlp-spirals');
    const optimizer = { kind: 'sgd', params: { learningRate: 0 } };
    const training = { ...document.training, optimizer, stopping: { patience: 1, leastGain: 0 } };
    await desk.session.take({ type: 'create', run: 1, document: { ...document, training }, files: {} });
    await desk.session.take({ type: 'play', run: 1 });
    await desk.until(() => desk.status === 'ended');
    expect(desk.of('notice').at(-1)?.title).toMatch(/^Stopped early/);
    const ends = desk
      .of('evaluation')
      .slice(-3)
      .map((m) => m.evaluation.split);
    expect(ends).toEqual(['train', 'validation', 'test']);
  });

  test('survives the loss of its device: training goes on from the last checkpoint', async () => {
    await start('mlp-spirals');
    await trainTo(20);
    desk.devices[0]!.device.destroy();
    await desk.until(() => desk.of('notice').length === 1 && desk.devices.length === 2);
    await trainTo(40);
    const lost = desk.losses();
    expect(lost).toHaveLength(40);
    await desk.session.take({ type: 'reset', run: 1 });
    await trainTo(40);
    expect(desk.losses().slice(40)).toEqual(lost);
    expect(desk.of('failed')).toEqual([]);
  });

  test('writes text as it is asked, stops when told, and trains on whatever the prompt was', async () => {
    const document = bigramNet();
    const files = { 'a.txt': Uint8Array.from(new TextEncoder().encode('abacus '.repeat(30))).buffer };
    await desk.session.take({ type: 'create', run: 1, document, files });
    const write = (ticket: number, prompt: string, length: number) =>
      desk.session.take({
        type: 'generate',
        run: 1,
        ticket,
        options: { prompt, length, temperature: 1, topK: 0, seed: 5 },
      });
    const written = (ticket: number) => desk.of('generated').filter((m) => m.ticket === ticket);

    await trainTo(20);
    await write(1, 'ab', 12);
    await write(2, 'ab', 12);
    const text = written(1)
      .map((m) => m.text)
      .join('');
    expect(text).toMatch(/^[abcus ]{12}$/);
    expect(
      written(2)
        .map((m) => m.text)
        .join(''),
    ).toBe(text);
    expect(written(1).at(-1)).toMatchObject({ done: true, problem: null, step: 20 });

    const endless = write(3, '', 100_000);
    await desk.until(() => written(3).length >= 3);
    await desk.session.take({ type: 'stopGenerating', run: 1, ticket: 3 });
    await endless;
    expect(written(3).at(-1)).toMatchObject({ done: true, problem: null });
    expect(written(3).length).toBeLessThan(100_000);

    await write(4, 'é', 5);
    expect(written(4)).toHaveLength(1);
    expect(written(4)[0]?.problem?.title).toMatch(/"é" is not among/);
    await trainTo(25);
    expect(desk.of('failed')).toEqual([]);
  });

  test('says in words what cannot be trained', async () => {
    const document = documentOf('mlp-spirals');
    const wires = Object.fromEntries(Object.entries(document.wires).slice(0, 1));
    await desk.session.take({ type: 'create', run: 1, document: { ...document, wires }, files: {} });
    const [failed] = desk.of('failed');
    expect(failed?.title).toMatch(/\w/);
    expect(failed?.fix).not.toMatch(/report/);
  });
});
