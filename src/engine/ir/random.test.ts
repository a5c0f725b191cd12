import { describe, expect, test } from 'vitest';
import { hash4, hashText, randomStream } from './random.ts';

/** pcg4d as its authors print it, in whole numbers of any size: what `hash4` must equal. */
function pcg4d(words: readonly [number, number, number, number]): number {
  const mask = 0xffffffffn;
  let [x, y, z, w] = words.map((v) => (BigInt(v) * 1664525n + 1013904223n) & mask) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const stir = (): void => {
    x = (x + y * w) & mask;
    y = (y + z * x) & mask;
    z = (z + x * y) & mask;
    w = (w + y * z) & mask;
  };
  stir();
  [x, y, z, w] = [x, y, z, w].map((v) => v ^ (v >> 16n)) as [bigint, bigint, bigint, bigint];
  stir();
  return Number(x);
}

describe('the hash', () => {
  test('is pcg4d', () => {
    const words: [number, number, number, number][] = [
      [0, 0, 0, 0],
      [1, 2, 3, 4],
      [0xffffffff, 0x80000000, 7, 0x12345678],
    ];
    expect(words.map((v) => hash4(...v))).toEqual(words.map(pcg4d));
  });

  test('of a text is FNV-1a', () => {
    expect([hashText(''), hashText('a'), hashText('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });
});

describe('a stream', () => {
  const draws = Array.from({ length: 20_000 }, (_, i) => i);
  const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;

  test('is a function of seed, name and position', () => {
    const uniform = (seed: number, name: string): number => randomStream(seed, name).uniform(5);
    expect(uniform(1, 'a')).toBe(uniform(1, 'a'));
    expect(new Set([uniform(1, 'a'), uniform(2, 'a'), uniform(1, 'b')]).size).toBe(3);
  });

  test('is uniform on [0, 1)', () => {
    const u = draws.map(randomStream(7, 'weights').uniform);
    expect(u.every((v) => v >= 0 && v < 1)).toBe(true);
    // Three standard errors.
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(0.0062);
  });

  test('has normal numbers of mean 0 and variance 1, all finite', () => {
    const n = draws.map((i) => randomStream(7, 'weights').normal(i));
    expect(n.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean(n))).toBeLessThan(0.0213);
    expect(Math.abs(mean(n.map((v) => v * v)) - 1)).toBeLessThan(0.03);
  });

  test('has whole numbers below a bound, each as often', () => {
    const counts = [0, 0, 0, 0, 0];
    for (const i of draws) counts[randomStream(7, 'order').below(i, 5)]! += 1;
    expect(counts.every((c) => Math.abs(c - 4000) < 170)).toBe(true);
  });
});
