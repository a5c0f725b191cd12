// Lottery tickets on a real adapter: pruned weights are exactly 0 at every step, the others start where they once were.
import { expect, test } from 'vitest';
import { testDevice } from '../runtime/testing.ts';
import { drawTicket } from './prune.ts';
import { mlp, spirals, trainerOf } from './testing.ts';
import { Trainer } from './trainer.ts';

const document = mlp([8, 8, 2], 'tanh', { optimizer: { kind: 'adamw', params: { learningRate: 0.02 } } });
const options = { probes: false };

test.each([0, 12])(
  'pruned weights stay exactly 0, and the others begin at step %i of the whole net',
  async (rewind) => {
    const open = { device: await testDevice(), name: 'test', software: true };
    const data = await spirals;
    const whole = await trainerOf(document, false);
    if (rewind > 0) await whole.run(rewind);
    const early = await whole.weights();
    await whole.run(40);
    const late = await whole.weights();

    const { masks, start } = await drawTicket(
      open,
      whole,
      { document, data, options },
      { share: 0.6, scope: 'layer', rewind },
    );
    expect(await whole.weights()).toEqual(late);
    const t = await Trainer.create(open, document, data, { ...options, masks });
    if (start) t.restore(start);
    expect(t.step).toBe(rewind);
    const expectPruned = async (isStart: boolean): Promise<void> => {
      for (const [name, { data: weights }] of await t.weights()) {
        const mask = masks.get(name);
        weights.forEach((w, i) => {
          if (mask?.[i] === 0) expect(Object.is(w, 0)).toBe(true);
          else if (isStart) expect(w).toBe(early.get(name)!.data[i]);
          else if (mask) expect(w).not.toBe(0);
        });
      }
    };
    await expectPruned(true);
    const checkpoint = await t.checkpoint();
    for (const steps of [1, 30]) {
      await t.run(steps);
      await expectPruned(false);
    }
    expect(t.facts.kept).toBeCloseTo(0.4, 1);
    t.restore(checkpoint);
    await expectPruned(true);
    await t.reset();
    for (const [name, mask] of masks) {
      const { data: weights } = (await t.weights()).get(name)!;
      weights.forEach((w, i) => {
        expect(w !== 0).toBe(mask[i] === 1);
      });
    }

    const again = await drawTicket(
      open,
      t,
      { document, data, options: { ...options, masks } },
      { share: 0.5, scope: 'net', rewind: 0 },
    );
    const left = [...again.masks.values()].flatMap((m) => [...m]);
    expect(left.filter((m) => m === 1).length / left.length).toBeCloseTo(0.2, 1);
    for (const [name, mask] of again.masks)
      expect(mask.every((m, i) => m <= masks.get(name)![i]!)).toBe(true);
    t.dispose();
    whole.dispose();
  },
);
