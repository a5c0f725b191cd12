// Kernels run in order: what one reads from memory, an earlier one has written.
import { describe, expect, test } from 'vitest';
import { broadcastTo } from '../ops/core.ts';
import { mul } from '../ops/elementwise.ts';
import { input, scalar } from '../ops/leaf.ts';
import { matmul } from '../ops/product.ts';
import { runOnGpu } from '../runtime/testing.ts';

describe('a compiled graph', () => {
  test('reads no constant from memory before the kernel that stores it has run', async () => {
    const a = input('a', [2, 2]);
    const b = input('b', [2, 2]);
    const factor = broadcastTo(scalar(3), [2, 2]);
    const scaled = mul(matmul(a, b), factor);
    const { results } = await runOnGpu(
      [scaled, factor],
      new Map([
        [a, [1, 2, 3, 4]],
        [b, [1, 0, 0, 1]],
      ]),
    );
    expect(results.map((r) => Array.from(r))).toEqual([
      [3, 6, 9, 12],
      [3, 3, 3, 3],
    ]);
  });
});
