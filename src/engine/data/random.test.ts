import { describe, expect, test } from 'vitest';
import { pcgHash, philox4x32, randomStream } from './random.ts';

describe('philox4x32', () => {
  // The known answers that come with the Random123 library (philox 4x32, 10 rounds).
  test.each([
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)('gives the published answer for key $key', ({ counter, key, words }) => {
    expect(philox4x32(counter, key)).toEqual(words);
  });
});

test('pcgHash is the published integer function and maps no two words to one', () => {
  // By the formula in arbitrary precision.
  const exact = (x: bigint): number => {
    const mask = 0xffffffffn;
    const state = (x * 747796405n + 2891336453n) & mask;
    const word = (((state >> ((state >> 28n) + 4n)) ^ state) * 277803737n) & mask;
    return Number(((word >> 22n) ^ word) & mask);
  };
  for (const x of [0, 1, 2, 12345, 0x7fffffff, 0x80000000, 0xffffffff])
    expect(pcgHash(x)).toBe(exact(BigInt(x)));
  expect(new Set(Array.from({ length: 20_000 }, (_, i) => pcgHash(i))).size).toBe(20_000);
});

describe('a random stream', () => {
  test('repeats for the same seed and differs by seed, purpose and substream', () => {
    const take = (...args: Parameters<typeof randomStream>) => {
      const random = randomStream(...args);
      return Array.from({ length: 8 }, () => random.uint32());
    };
    const first = take(7, 'points');
    expect(take(7, 'points')).toEqual(first);
    for (const other of [
      take(8, 'points'),
      take(7, 'noise'),
      take(7, 'points', 1),
      take(7 + 2 ** 32, 'points'),
    ]) {
      expect(other).not.toEqual(first);
    }
  });

  test('spreads uniform draws evenly: chi-square over 64 bins stays below its 99.9 % point', () => {
    const random = randomStream(1, 'points');
    const draws = 64_000;
    const bins = new Float64Array(64);
    for (let i = 0; i < draws; i++) bins[Math.floor(random.uniform() * 64)]! += 1;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(103.4); // 63 degrees of freedom
  });

  test('draws integers below n without favouring small ones', () => {
    const random = randomStream(3, 'labels');
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[random.below(3)]! += 1;
    for (const n of counts) expect(Math.abs(n - 10_000)).toBeLessThan(300);
    expect(randomStream(3, 'labels').below(1)).toBe(0);
  });

  test('draws normal numbers with mean 0, variance 1, no skew and the right tails', () => {
    const random = randomStream(5, 'noise');
    const n = 100_000;
    const x = Array.from({ length: n }, () => random.normal());
    const moment = (k: number) => x.reduce((sum, v) => sum + v ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(0.015);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.12);
    expect(x.filter((v) => Math.abs(v) > 1.96).length / n).toBeCloseTo(0.05, 2);
  });
});
