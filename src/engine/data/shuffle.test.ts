import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochOrder, permutation, permutationArray } from './shuffle.ts';

const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const epoch = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('a keyed permutation', () => {
  test('visits every position once, for any count, seed and epoch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), seed, epoch, (count, seed, epoch) => {
        const order = permutationArray(count, { seed, epoch });
        expect(order.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
      }),
    );
  });

  test('answers for a single position what the whole array says', () => {
    const at = permutation(1000, { seed: 9, epoch: 4 });
    const order = permutationArray(1000, { seed: 9, epoch: 4 });
    for (const i of [0, 1, 500, 999]) expect(at(i)).toBe(order[i]);
  });

  test('stays the same from release to release, for saved runs depend on it', () => {
    expect([...permutationArray(10, { seed: 1, epoch: 0 })]).toMatchInlineSnapshot(`
      [
        4,
        1,
        6,
        3,
        8,
        9,
        2,
        7,
        5,
        0,
      ]
    `);
    expect([...permutationArray(10, { seed: 1, epoch: 1 })]).toMatchInlineSnapshot(`
      [
        0,
        2,
        6,
        9,
        5,
        8,
        1,
        4,
        3,
        7,
      ]
    `);
    expect([
      ...permutationArray(70_000, { seed: 2 ** 40 + 3, epoch: 7 }).subarray(0, 6),
    ]).toMatchInlineSnapshot(`
      [
        20999,
        53039,
        21057,
        1102,
        11114,
        39237,
      ]
    `);
  });

  test('picks among the 24 orders of four samples evenly (chi-square, 99.9 % point)', () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 4800; epoch++) {
      const order = permutationArray(4, { seed: 11, epoch }).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
    expect(counts.size).toBe(24);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom
  });

  test('leaves a sample anywhere with equal chance, and neighbours apart', () => {
    const count = 50;
    const epochs = 5000;
    const places = Array.from({ length: count }, () => new Float64Array(count));
    let adjacent = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = permutationArray(count, { seed: 3, epoch });
      order.forEach((sample, place) => {
        places[sample]![place]! += 1;
        if (place > 0 && sample === order[place - 1]! + 1) adjacent += 1;
      });
    }
    const expected = epochs / count;
    const chiSquare = places
      .flatMap((row) => [...row])
      .reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    const freedom = (count - 1) ** 2;
    expect(Math.abs(chiSquare - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom));
    // A random order has (n − 1)/n successor pairs on average.
    expect(adjacent / epochs).toBeGreaterThan(0.9);
    expect(adjacent / epochs).toBeLessThan(1.06);
  });
});

test('an epoch visits exactly the given indices, and another epoch in another order', () => {
  const indices = Uint32Array.of(4, 8, 15, 16, 23, 42);
  const first = epochOrder(indices, { seed: 1, epoch: 0 });
  expect(first.toSorted()).toEqual(indices);
  expect(epochOrder(indices, { seed: 1, epoch: 1 })).not.toEqual(first);
  expect(epochOrder(indices, { seed: 1, epoch: 0 })).toEqual(first);
});
