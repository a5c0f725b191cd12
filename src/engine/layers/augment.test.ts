// Augmentation against loops over pixels, for given draws.
import { describe, expect, test } from 'vitest';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { hyper, input } from '../ops/leaf.ts';
import { augmentations } from './augment.ts';
import type { BuildContext } from './define.ts';
import { layerOf } from './index.ts';

const [images, channels, height, width] = [3, 2, 4, 5] as const;
const pixels = Array.from(
  { length: images * channels * height * width },
  (_, i) => Math.sin(i * i) + 0.1 * i,
);
const pixel = (n: number, c: number, i: number, j: number): number =>
  i < 0 || j < 0 || i >= height || j >= width ? 0 : pixels[((n * channels + c) * height + i) * width + j]!;

/** What a layer makes of the images where its draws, one for each image, are given. */
function augmented(
  kind: string,
  params: Record<string, number>,
  draws: readonly (readonly number[])[],
): number[] {
  const spec = layerOf(kind)!;
  const x = input('x', [images, channels, height, width]);
  const feeds = new Map<Value, ArrayLike<number>>([[x, pixels]]);
  let drawn = 0;
  const ctx = {
    node: kind,
    training: true,
    hyper: (name: string, value: number) => {
      const node = hyper({ name, dtype: 'f32' });
      feeds.set(node, [value]);
      return node;
    },
    random: (shape: readonly number[]) => {
      const node = input(`draw ${drawn}`, shape);
      feeds.set(node, draws[drawn++]!);
      return node;
    },
  };
  const { y } = spec.build(ctx as Partial<BuildContext> as BuildContext, { x }, spec.params.parse(params));
  return [...evaluate([y!], feeds)[0]!];
}

/** All pixels by a formula. */
const each = (of: (n: number, c: number, i: number, j: number) => number): number[] =>
  pixels.map((_, k) => {
    const [j, i] = [k % width, Math.floor(k / width) % height];
    return of(Math.floor(k / (channels * height * width)), Math.floor(k / (height * width)) % channels, i, j);
  });

const expectClose = (got: readonly number[], expected: readonly number[]): void =>
  got.forEach((v, k) => {
    expect(v).toBeCloseTo(expected[k]!, 9);
  });

describe('augmentation', () => {
  test.each(augmentations.map((spec) => [spec.kind, spec] as const))(
    '%s lets images pass in evaluation',
    (_, spec) => {
      const x = input('x', [images, channels, height, width]);
      const ctx = { node: 'n', training: false, hyper: (name: string) => hyper({ name, dtype: 'f32' }) };
      expect(spec.build(ctx as Partial<BuildContext> as BuildContext, { x }, spec.params.parse({})).y).toBe(
        x,
      );
    },
  );

  test('a crop moves each image by whole pixels, from −p to p alike, with zeros from outside', () => {
    // Draws of [0, 1) are cut into 2p + 1 parts of the same size.
    const got = augmented('randomCrop', { padding: 2 }, [
      [0, 0.5, 0.9999],
      [0.39, 0.41, 0.61],
    ]);
    const [down, right] = [
      [-2, 0, 2],
      [-1, 0, 1],
    ];
    expectClose(
      got,
      each((n, c, i, j) => pixel(n, c, i + down[n]!, j + right[n]!)),
    );
  });

  test('a flip swaps left and right where the draw is below p', () => {
    const got = augmented('randomFlip', { p: 0.3 }, [[0.2, 0.4, 0.29]]);
    expectClose(
      got,
      each((n, c, i, j) => pixel(n, c, i, n === 1 ? j : width - 1 - j)),
    );
  });

  test('a rotation and shift mixes the four nearest pixels', () => {
    const draws = [
      [0.1, 0.5, 1],
      [0.5, 0.75, 0.2],
      [0.5, 0.25, 0.9],
    ];
    const got = augmented('randomAffine', { degrees: 45, shift: 2 }, draws);
    const expected = each((n, c, i, j) => {
      const [turn, down, right] = draws.map((d) => 2 * d[n]! - 1) as [number, number, number];
      const angle = (turn * 45 * Math.PI) / 180;
      const [di, dj] = [i - (height - 1) / 2, j - (width - 1) / 2];
      const row = Math.cos(angle) * di - Math.sin(angle) * dj + (height - 1) / 2 + 2 * down;
      const column = Math.sin(angle) * di + Math.cos(angle) * dj + (width - 1) / 2 + 2 * right;
      let sum = 0;
      for (const r of [Math.floor(row), Math.floor(row) + 1])
        for (const k of [Math.floor(column), Math.floor(column) + 1])
          sum += (1 - Math.abs(row - r)) * (1 - Math.abs(column - k)) * pixel(n, c, r, k);
      return sum;
    });
    expectClose(got, expected);
  });

  test('brightness multiplies an image, contrast its distances from its mean', () => {
    const draws = [
      [0, 0.5, 0.75],
      [1, 0.5, 0.25],
    ];
    const got = augmented('colourJitter', { brightness: 0.4, contrast: 0.2 }, draws);
    const size = channels * height * width;
    const mean = [0, 1, 2].map(
      (n) => pixels.slice(n * size, (n + 1) * size).reduce((s, v) => s + v, 0) / size,
    );
    const expected = each((n, c, i, j) => {
      const f = 1 + 0.4 * (2 * draws[0]![n]! - 1);
      const g = 1 + 0.2 * (2 * draws[1]![n]! - 1);
      return f * mean[n]! + g * (f * pixel(n, c, i, j) - f * mean[n]!);
    });
    expectClose(got, expected);
  });
});
