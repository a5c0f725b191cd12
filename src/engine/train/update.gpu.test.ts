// What happens between the gradients and the weights, on a real adapter: clipping, penalties, accumulation.
import { describe, expect, test } from 'vitest';
import type { Json } from '../model/schema.ts';
import { losses, mlp, trainerOf } from './testing.ts';
import type { Trainer } from './trainer.ts';

const sgd = (params: Record<string, Json> = {}) => ({
  optimizer: { kind: 'sgd', params: { learningRate: 0.5, ...params } },
});
const net = (training: Record<string, Json>) => mlp([8, 2], 'tanh', { ...sgd(), ...training });

/** All weights, one after the other. */
const flat = async (t: Trainer): Promise<number[]> =>
  [...(await t.weights()).values()].flatMap(({ data }) => [...data]);

/** What one step changes, and the norm of the gradient that it reports. */
async function change(
  training: Record<string, Json>,
): Promise<{ by: number[]; from: number[]; norm: number }> {
  const t = await trainerOf(net(training), false);
  const from = await flat(t);
  const { rows } = await t.run(1);
  const to = await flat(t);
  t.dispose();
  return { by: to.map((w, i) => w - from[i]!), from, norm: rows.gradientNorm[0]! };
}

const size = (v: readonly number[]): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
const close = (a: readonly number[], b: readonly number[], to: number): void =>
  a.forEach((v, i) => {
    expect(Math.abs(v - b[i]!)).toBeLessThanOrEqual(to);
  });

describe('gradients', () => {
  test('are clipped by norm and by value; the norm that is told is the one before', async () => {
    const whole = await change({});
    expect(size(whole.by) / whole.norm).toBeCloseTo(0.5, 5);
    const limit = whole.norm / 4;
    const byNorm = await change({ clipping: { kind: 'norm', limit } });
    expect(byNorm.norm).toBe(whole.norm);
    close(
      byNorm.by,
      whole.by.map((v) => v / 4),
      1e-6,
    );
    const largest = Math.max(...whole.by.map(Math.abs)) / 0.5;
    const byValue = await change({ clipping: { kind: 'value', limit: largest / 2 } });
    close(
      byValue.by,
      whole.by.map((v) => Math.max(-largest / 4, Math.min(largest / 4, v))),
      1e-6,
    );
    const untouched = await change({ clipping: { kind: 'norm', limit: 2 * whole.norm } });
    expect(untouched.by).toEqual(whole.by);
  });

  test('have the slopes of L1 and L2 added, and their norm knows of it', async () => {
    const [plain, penalised] = [await change({}), await change({ penalty: { l1: 0.25, l2: 0.5 } })];
    const extra = plain.from.map((w) => 0.25 * Math.sign(w) + 0.5 * w);
    close(
      penalised.by,
      plain.by.map((v, i) => v - 0.5 * extra[i]!),
      1e-6,
    );
    expect(penalised.norm).toBeCloseTo(size(penalised.by) / 0.5, 4);
  });

  test('are clipped and penalised anew without compiling, and cost no dispatch', async () => {
    const t = await trainerOf(
      net({ penalty: { l1: 0.01, l2: 0 }, clipping: { kind: 'norm', limit: 1 } }),
      false,
    );
    const plain = await trainerOf(net({}), false);
    expect(t.facts.dispatches).toEqual(plain.facts.dispatches);
    plain.dispose();
    await t.run(2);
    const before = t.machine.created;
    const { training } = net({ penalty: { l1: 0, l2: 0.02 }, clipping: { kind: 'value', limit: 0.001 } });
    expect(t.applySettings(training)).toBe(true);
    const from = await flat(t);
    await t.run(1);
    close(await flat(t), from, 0.5 * 0.001 + 1e-7);
    expect(t.machine.created).toBe(before);
    expect(t.applySettings(net({}).training)).toBe(false);
    t.dispose();
  });
});

describe('accumulation over micro-batches', () => {
  const momentum = sgd({ learningRate: 0.1, momentum: 0.9 });

  test('trains as one batch so many times as large does', async () => {
    const whole = await trainerOf(net({ ...momentum, batchSize: 60 }), false);
    const parts = await trainerOf(net({ ...momentum, batchSize: 15, accumulation: 4 }), false);
    expect(parts.stepsPerEpoch).toBe(whole.stepsPerEpoch);
    const [a, b] = [await whole.run(30), await parts.run(30)];
    close([...b.rows.loss], [...a.rows.loss], 2e-6);
    close([...b.rows.metrics[0]!], [...a.rows.metrics[0]!], 1e-6);
    close([...b.rows.gradientNorm], [...a.rows.gradientNorm], 2e-6);
    close(await flat(parts), await flat(whole), 1e-5);
    whole.dispose();
    parts.dispose();
  });

  test('is the same to the bit however steps are submitted, and from a checkpoint', async () => {
    const t = await trainerOf(
      net({ ...momentum, batchSize: 16, accumulation: 3, clipping: { kind: 'norm', limit: 1 } }),
    );
    const first = await losses(t, [20], () => true);
    await t.reset();
    expect(await losses(t, [1, 6, 13])).toEqual(first);
    const checkpoint = await t.checkpoint();
    const next = await losses(t, [25]);
    t.restore(checkpoint);
    expect(await losses(t, [5, 20])).toEqual(next);
    t.dispose();
  });

  test('hands what layers remember from one micro-batch to the next', async () => {
    const document = mlp([6, 2], 'batchNorm1d', { ...momentum, batchSize: 16, accumulation: 2 });
    const two = await trainerOf(document, false);
    await two.run(1);
    const one = await trainerOf(
      mlp([6, 2], 'batchNorm1d', { ...sgd({ learningRate: 0 }), batchSize: 16 }),
      false,
    );
    await one.run(2);
    const remembered = async (t: Trainer) => [...(await t.weights()).get('batchNorm1d_1.running_mean')!.data];
    close(await remembered(two), await remembered(one), 1e-7);
    one.dispose();
    two.dispose();
  });
});
