// Learning-rate schedules on a real adapter: every step takes exactly the rate of its rule, and changing it compiles nothing.
import { describe, expect, test } from 'vitest';
import type { GraphDocument } from '../model/schema.ts';
import { addEpoch, noPlateau, plateauParams } from '../optim/plateau.ts';
import { scheduleList } from '../optim/schedule.ts';
import { losses, mlp, trainerOf } from './testing.ts';

const learningRate = 0.05;

function sgdWith(kind: string, params: Record<string, number | string | number[]> = {}): GraphDocument {
  return mlp([8, 2], 'tanh', {
    optimizer: { kind: 'sgd', params: { learningRate, momentum: 0.9 } },
    schedule: { kind, params },
  });
}

/** Parameters under which a schedule moves within a few steps. */
const quick: Record<string, Record<string, number | string | number[]>> = {
  step: { every: 3, gamma: 0.5 },
  milestones: { at: [2, 5], gamma: 0.3 },
  exponential: { gamma: 0.9 },
  linear: { first: 0.1, last: 1, steps: 6 },
  polynomial: { steps: 10, power: 2 },
  cosine: { steps: 10, last: 0.1 },
  warmupCosine: { warmup: 4, first: 0.1, steps: 8, last: 0.1 },
  cosineRestarts: { steps: 3, growth: 2 },
  cyclic: { peak: 4, half: 3, mode: 'triangular2' },
  oneCycle: { steps: 12 },
  inverseRoot: { warmup: 4 },
  rangeTest: { low: 0.01, high: 10, steps: 12 },
};

describe('a schedule', () => {
  test.each(scheduleList.map((s) => [s.kind, s] as const))(
    '%s gives each step its rate, as if it were set by hand before it',
    async (kind, spec) => {
      const scheduled = sgdWith(kind, quick[kind] ?? {});
      const t = await trainerOf(scheduled, false);
      const [five, seven] = [await t.run(5), await t.run(7)];
      t.dispose();
      const factors = Array.from({ length: 12 }, (_, s) =>
        spec.factor(s, spec.params.parse(quick[kind] ?? {})),
      );
      const rates = factors.map((f) => Math.fround(learningRate * f));
      expect([...five.rows.learningRates, ...seven.rows.learningRates]).toEqual(rates);

      const byHand = await trainerOf(sgdWith('constant'), false);
      const expected: number[] = [];
      for (const rate of rates) {
        const params = { learningRate: rate, momentum: 0.9 };
        expect(
          byHand.applySettings({ ...scheduled.training, ...constant, optimizer: { kind: 'sgd', params } }),
        ).toBe(true);
        expected.push(...(await byHand.run(1)).rows.loss);
      }
      byHand.dispose();
      expect([...five.rows.loss, ...seven.rows.loss]).toEqual(expected);
    },
  );

  test('outlives many submissions, a checkpoint and a reset', async () => {
    const document = sgdWith('cosine', { steps: 2500 });
    const t = await trainerOf(document, false);
    const first = await losses(t, [3]);
    const checkpoint = await t.checkpoint();
    const rate = (step: number): number =>
      Math.fround((learningRate * (1 + Math.cos((Math.PI * step) / 2500))) / 2);
    const seen: number[] = [];
    while (t.step < 2300)
      seen.push(...(await t.run(Math.min(230, t.mostSteps(), 2300 - t.step))).rows.learningRates);
    seen.forEach((r, i) => {
      expect(r).toBe(rate(i + 3));
    });
    const later = await losses(t, [5]);
    t.restore(checkpoint);
    while (t.step < 2300) await t.run(Math.min(1024, t.mostSteps(), 2300 - t.step));
    expect(await losses(t, [5])).toEqual(later);
    await t.reset();
    expect(await losses(t, [3])).toEqual(first);
    t.dispose();
  });

  test('changes while training without compiling anything', async () => {
    const t = await trainerOf(sgdWith('constant'), false);
    await t.run(4);
    const before = t.machine.created;
    const { training } = sgdWith('exponential', { gamma: 0.5 });
    expect(t.applySettings(training)).toBe(true);
    const { rows } = await t.run(2);
    expect([...rows.learningRates]).toEqual([learningRate / 16, learningRate / 32].map(Math.fround));
    expect(t.machine.created).toBe(before);
    expect(() => t.applySettings({ ...training, schedule: { kind: 'none', params: {} } })).toThrow(/unknown/);
    t.dispose();
  });

  test('on a plateau follows the loss at the ends of epochs, however steps are submitted', async () => {
    const params = { patience: 0, gamma: 0.5, threshold: 0.5 };
    const document = sgdWith('plateau', params);
    const t = await trainerOf(document, false);
    let state = noPlateau;
    const expected: number[] = [];
    const all: number[] = [];
    while (t.step < 4 * t.stepsPerEpoch) {
      const chunk = await t.run(Math.min(9, t.mostSteps()));
      all.push(...chunk.rows.learningRates);
      for (const _ of chunk.rows.steps) expected.push(Math.fround(learningRate * state.factor));
      expect(chunk.evaluation !== null).toBe(t.step % t.stepsPerEpoch === 0);
      if (!chunk.evaluation) continue;
      expect(chunk.evaluation).toEqual(await t.evaluate('validation'));
      state = addEpoch(state, chunk.evaluation.loss, plateauParams.parse(params));
    }
    expect(state.factor).toBeLessThan(1);
    expect(all).toEqual(expected);

    const checkpoint = await t.checkpoint();
    const next = (await t.run(1)).rows;
    t.restore(checkpoint);
    expect((await t.run(1)).rows).toEqual(next);
    t.dispose();
  });
});

const constant = { schedule: { kind: 'constant', params: {} } };
