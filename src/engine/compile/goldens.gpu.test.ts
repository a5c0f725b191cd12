// Functions of ops on the GPU against PyTorch, results and gradients, fused as the compiler likes.
import { describe, test } from 'vitest';
import { goldenGraph, goldens } from '../ops/goldens/testing.ts';
import { runOnGpu } from '../runtime/testing.ts';
import { expectAllClose } from '../testing.ts';

describe.each(Object.entries(goldens))('%s', (_, cases) => {
  test.each(cases)('$name', async (golden) => {
    const { y, gradients, feeds } = goldenGraph(golden);
    const wanted = [golden.y, ...golden.gradients];
    const roots = [y, ...gradients].filter((_, i) => wanted[i]);
    const { results } = await runOnGpu(roots, feeds);
    wanted
      .filter((expected) => expected !== null)
      .forEach((expected, i) => {
        const largest = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
        expectAllClose(results[i]!, expected, { rtol: 1e-5, atol: 1e-5 * Math.max(largest, 1e-3) });
      });
  });
});
