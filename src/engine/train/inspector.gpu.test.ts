// Looking inside a trained net through the session's messages, on a real adapter: values, gradients and the past are true.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import { openDevice } from '../runtime/device.ts';
import { templateOf } from '../templates/index.ts';
import type { Inside, InspectAnswer, InspectRequest, Tensor } from './inspect-protocol.ts';
import type { FromWorker } from './protocol.ts';
import { Session } from './session.ts';

// A GPU object that is collected takes its devices along.
const gpu = create([]);
const said: FromWorker[] = [];
const session = new Session({
  openDevice: () => openDevice(gpu),
  post: (message) => void said.push(message),
  now: () => performance.now(),
});
let tickets = 0;

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 10) {
    if (waited > 60_000) throw new Error(`still waiting after ${JSON.stringify(said.at(-1)?.type)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function ask<K extends InspectRequest['kind']>(
  request: Extract<InspectRequest, { kind: K }>,
  at: number | null = null,
): Promise<Extract<InspectAnswer, { kind: K }> & { readonly step: number }> {
  const ticket = ++tickets;
  await session.take({ type: 'inspect', run: 1, ticket, at, request });
  const found = said.find((m) => m.type === 'inspected' && m.ticket === ticket);
  if (found?.type !== 'inspected' || found.answer.kind !== request.kind)
    throw new Error(JSON.stringify(found));
  return { ...(found.answer as Extract<InspectAnswer, { kind: K }>), step: found.step };
}

const softmax = (row: ArrayLike<number>): number[] => {
  const powers = Array.from(row, (v) => Math.exp(v));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
};

describe('inside a classifier of points', () => {
  let inside: Inside;
  beforeAll(async () => {
    const document = templateOf('mlp-spirals')!.document;
    await session.take({ type: 'create', run: 1, document, files: {} });
    await session.take({ type: 'play', run: 1, until: 24 });
    await until(() => said.some((m) => m.type === 'status' && m.status === 'paused' && m.step === 24));
    ({ inside } = await ask({ kind: 'describe' }));
  });
  afterAll(() => session.take({ type: 'dispose', run: 1 }));

  test('says what there is to look at', () => {
    expect(inside.input).toMatchObject({ shape: [2], size: 2 });
    expect(inside.target.names).toHaveLength(2);
    expect(inside.decision).toBe('largest');
    expect(inside.outputs.map(({ name }) => name)).toEqual([
      'linear_1',
      'relu_1',
      'linear_2',
      'relu_2',
      'linear_3',
      'output',
    ]);
    expect(inside.outputs.every(({ hasGradient }) => hasGradient)).toBe(true);
    expect(inside.parts.train + inside.parts.validation + inside.parts.test).toBe(800);
  });

  test('a sample’s loss and gradient are those of its own answer', async () => {
    const { samples } = await ask({ kind: 'samples', part: 'train', places: [3, 4, 5, 6, 7] });
    const { node, port } = inside.answer;
    const { tensors } = await ask({
      kind: 'values',
      inputs: samples.inputs,
      targets: samples.targets,
      wishes: [{ of: 'answer' }, { of: 'gradient', node, port }, { of: 'loss' }],
    });
    const [answer, gradient, loss] = tensors as [Tensor, Tensor, Tensor];
    expect([answer.shape, gradient.shape, loss.shape]).toEqual([[5, 2], [5, 2], [5]]);
    samples.targets.forEach((label, i) => {
      const shares = softmax(answer.data.subarray(2 * i, 2 * i + 2));
      expect(loss.data[i]).toBeCloseTo(-Math.log(shares[label]!), 4);
      shares.forEach((share, k) => {
        expect(gradient.data[2 * i + k]).toBeCloseTo(share - (k === label ? 1 : 0), 4);
      });
    });
  });

  test('answers do not depend on how many are asked at once', async () => {
    const { answers, targets } = await ask({ kind: 'answers', part: 'test', most: 600 });
    const { samples } = await ask({ kind: 'samples', part: 'test', places: [0] });
    const { tensors } = await ask({
      kind: 'values',
      inputs: samples.inputs,
      targets: null,
      wishes: [{ of: 'answer' }],
    });
    expect(targets).toHaveLength(inside.parts.test);
    tensors[0]!.data.forEach((value, k) => {
      expect(value).toBeCloseTo(answers.data[k]!, 5);
    });
  });

  test('going back shows the weights of that step, and training is not disturbed', async () => {
    const now = await ask({ kind: 'weights' });
    const then = await ask({ kind: 'weights' }, 10);
    const first = await ask({ kind: 'weights' }, 0);
    expect([now.step, then.step, first.step]).toEqual([24, 10, 0]);
    const of = (answer: typeof now): number[] => [...answer.tensors['linear_2.weight']!.data];
    expect(of(then)).not.toEqual(of(now));
    await session.take({ type: 'reset', run: 1 });
    expect(of(await ask({ kind: 'weights' }))).toEqual(of(first));
    await session.take({ type: 'play', run: 1, until: 10 });
    await until(
      () =>
        said.at(-1)?.type === 'status' &&
        session !== null &&
        said.some((m) => m.type === 'status' && m.status === 'paused' && m.step === 10),
    );
    expect(of(await ask({ kind: 'weights' }))).toEqual(of(then));
  });

  test('scores of a step gone back to are those measured when the run was there, and weights stay as they are', async () => {
    const pausedAt = (step: number): boolean =>
      said.some((m) => m.type === 'status' && m.status === 'paused' && m.step === step);
    await session.take({ type: 'reset', run: 1 });
    for (const step of [9, 21]) {
      await session.take({ type: 'play', run: 1, until: step });
      await until(() => pausedAt(step));
    }
    const measured = said.findLast((m) => m.type === 'evaluation' && m.evaluation.step === 9);
    const before = await ask({ kind: 'weights' });
    const { evaluation, step } = await ask({ kind: 'scores', part: 'validation' }, 9);
    expect(step).toBe(9);
    expect(measured).toMatchObject({ evaluation });
    expect(evaluation.confusion?.flat().reduce((a, b) => a + b)).toBe(inside.parts.validation);
    expect(await ask({ kind: 'weights' })).toEqual(before);
    const now = await ask({ kind: 'scores', part: 'validation' });
    expect(now.evaluation.step).toBe(21);
    expect(now.evaluation.loss).not.toBe(evaluation.loss);
  });

  test('the spectrum begins with the initial weights, largest value first', async () => {
    const { steps, values } = await ask({ kind: 'spectrum', parameter: 'linear_2.weight', count: 4 });
    expect(steps[0]).toBe(0);
    expect(values).toHaveLength(steps.length);
    for (const row of values) expect([...row].sort((a, b) => b - a)).toEqual(row);
  });

  test('a question that cannot be answered is told to whoever asked', async () => {
    await session.take({
      type: 'inspect',
      run: 1,
      ticket: 999,
      at: null,
      request: { kind: 'values', inputs: new Float32Array(3), targets: null, wishes: [{ of: 'answer' }] },
    });
    expect(said.findLast((m) => m.type === 'inspected')).toMatchObject({
      ticket: 999,
      answer: { kind: 'failed' },
    });
  });
});
