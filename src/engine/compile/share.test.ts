// Texts that differ in added whole numbers become one; anything else stays apart.
import { describe, expect, test } from 'vitest';
import type { Dispatch } from './program.ts';
import { shareTexts } from './share.ts';

const dispatch = (wgsl: string): Dispatch => ({
  label: 'test',
  wgsl,
  grid: [1, 1],
  bindings: [{ buffer: 'a', offset: 0, length: 64 }],
  written: [true],
  usesUniforms: false,
  args: [],
  flops: 0,
  variant: null,
  onlyLooks: false,
});
const textsOf = (shared: readonly Dispatch[]): number => new Set(shared.map((d) => d.wgsl)).size;

describe('dispatches whose texts differ in added numbers', () => {
  test('share one text, and say the numbers', () => {
    const shared = shareTexts([16, 32, 48].map((at) => dispatch(`b0[(wg + ${at}i)] = b0[${at}i];`)));
    expect(textsOf(shared)).toBe(1);
    expect(shared[0]!.wgsl).toBe(
      '@group(0) @binding(1) var<uniform> args: array<vec4<i32>, 1>;\nb0[(wg + args[0][0])] = b0[args[0][0]];',
    );
    expect(shared.map((d) => d.args)).toEqual([[16], [32], [48]]);
  });

  test('keep numbers that are the same in all of them, and tell apart those that are not', () => {
    const shared = shareTexts(
      [1, 2, 3].map((at) => dispatch(`b0[(wg + 5i)] = b0[(${at}i + wg)] + b0[${9 - at}i];`)),
    );
    expect(shared[0]!.wgsl).toContain('b0[(wg + 5i)] = b0[(args[0][0] + wg)] + b0[args[0][1]];');
    expect(shared.map((d) => d.args)).toEqual([
      [1, 8],
      [2, 7],
      [3, 6],
    ]);
  });

  test('stay apart where a factor, a bound or a stride differs', () => {
    const shared = shareTexts(
      [4, 8, 16].map((n) => dispatch(`for (var k = 0i; k < ${n}i; k += ${n}i) { b0[(k * ${n}i)] = 1f; }`)),
    );
    expect(textsOf(shared)).toBe(3);
    expect(shared.every((d) => d.args.length === 0)).toBe(true);
  });

  test('share one text where keys of random numbers and words of the hyper-parameters differ', () => {
    const shared = shareTexts(
      [
        [2065635358, 'hyper[3][2]'],
        [4294967295, 'hyper[2][1]'],
      ].map(([key, word]) => dispatch(`b0[wg] = f32((${key}u * 1664525u) + 7u) * ${word};`)),
    );
    expect(textsOf(shared)).toBe(1);
    expect(shared[0]!.wgsl).toContain(
      'f32((bitcast<u32>(args[0][0]) * 1664525u) + 7u) * hyper[args[0][1] >> 2u][args[0][1] & 3i];',
    );
    expect(shared.map((d) => d.args)).toEqual([
      [2065635358, 14],
      [4294967295, 9],
    ]);
  });

  test('stay as they are where there is but one', () => {
    expect(shareTexts([dispatch('b0[1i] = 1f;')])[0]!.args).toEqual([]);
  });
});
