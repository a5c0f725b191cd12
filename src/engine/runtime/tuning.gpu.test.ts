// Measuring cuts: what was measured is kept, used, and not measured again; within a session nothing changes.
import { describe, expect, test } from 'vitest';
import { type Compiled, compileGraph } from '../compile/compile.ts';
import { sizeOf } from '../ir/shape.ts';
import { input, inputAttrs } from '../ops/leaf.ts';
import { swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { targetOf } from './device.ts';
import { testDevice } from './testing.ts';
import { type CutStore, type Measuring, Tuning } from './tuning.ts';

const measuring = (budget: number): Measuring => ({ now: () => performance.now(), budget });

const products = () => [
  matmul(input('a', [24, 40]), input('b', [40, 16])),
  matmul(input('a', [24, 40]), swapLast(input('c', [12, 40]))),
];

async function compiledWith(tuning: Tuning): Promise<Compiled> {
  const open = { device: await testDevice(), name: 'test', software: true, tuning };
  return compileGraph(
    products().map((value) => ({ value })),
    (leaf) => ({ buffer: inputAttrs(leaf)!.name, offset: 0, length: sizeOf(leaf.shape) }),
    { arena: 'arena', uniforms: [], ...targetOf(open) },
  );
}

const variantsOf = ({ program }: Compiled): ReadonlyArray<string | null> =>
  program.dispatches.map((d) => d.variant);

describe('the cuts of a device', () => {
  test('are measured once, kept by the name of the adapter, and used from then on', async () => {
    const store = new Map<string, string>();
    const device = await testDevice();
    const tuning = new Tuning(device, store, measuring(60_000));
    const { questions } = await compiledWith(tuning);
    expect(await tuning.answer(questions, [])).toBe(true);
    expect(store.size).toBe(2);
    for (const [key, cut] of store) {
      expect(key).toContain(device.adapterInfo.vendor);
      expect(cut).toMatch(/^(direct|subgroup|workgroup) \d/);
    }
    expect(variantsOf(await compiledWith(tuning))).toEqual([...store.values()]);

    const kept = new Map(store);
    const later = new Tuning(device, store, measuring(60_000));
    expect(await later.answer((await compiledWith(later)).questions, [])).toBe(false);
    expect(store).toEqual(kept);
  });

  test('are none that compute something else, however fast', async () => {
    const store = new Map<string, string>();
    const tuning = new Tuning(await testDevice(), store, measuring(60_000));
    const { questions } = await compiledWith(tuning);
    const wrong: string[] = [];
    const only = questions.map((question) => ({
      ...question,
      // Two ways that are right, so that they are the most, and one that is not.
      cuts(count: number) {
        const [right, others] = [true, false].map((isDirect) =>
          question.cuts(count).filter((cut) => cut.startsWith('direct ') === isDirect),
        );
        return [...others!.slice(0, 1), ...right!.slice(0, 2)];
      },
      dispatch(cut: string) {
        const made = question.dispatch(cut);
        if (cut.startsWith('direct ')) return made;
        wrong.push(cut);
        // The first workgroup does nothing, and so is quick.
        return { ...made, wgsl: made.wgsl.replace(/^ {2}let wg = .*$/m, '$&\n  if (wg == 0i) { return; }') };
      },
    }));
    await tuning.answer(only, []);
    expect(wrong.length).toBe(questions.length);
    expect(store.size).toBe(questions.length);
    for (const cut of store.values()) expect(wrong).not.toContain(cut);
  });

  test('are by price where there is no time, and stay so for the session', async () => {
    const store = new Map<string, string>();
    let budget = 0;
    const patient: Measuring = {
      now: () => performance.now(),
      get budget() {
        return budget;
      },
    };
    const tuning = new Tuning(await testDevice(), store, patient);
    const first = await compiledWith(tuning);
    expect(await tuning.answer(first.questions, [])).toBe(false);
    budget = 60_000;
    expect(await tuning.answer(first.questions, [])).toBe(false);
    expect(variantsOf(await compiledWith(tuning))).toEqual(variantsOf(first));
  });

  test('of another adapter are left alone', async () => {
    const store: CutStore = new Map([['elsewhere|||not this one|matmul', 'workgroup 4×4×8 on 8×8']]);
    const plain = variantsOf(await compiledWith(new Tuning(await testDevice(), new Map(), null)));
    expect(variantsOf(await compiledWith(new Tuning(await testDevice(), store, null)))).toEqual(plain);
  });
});
