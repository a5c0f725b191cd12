// Functions of ops against PyTorch, both in float64: results and gradients.
import { describe, expect, test } from 'vitest';
import { expectAllClose } from '../testing.ts';
import { evaluate } from './evaluate.ts';
import { goldenGraph, goldens } from './goldens/testing.ts';

describe.each(Object.entries(goldens))('%s', (_, cases) => {
  test.each(cases)('$name is what PyTorch makes of it, and so are its gradients', (golden) => {
    const { y, gradients, feeds } = goldenGraph(golden);
    expect(y.shape).toEqual(golden.shape);
    const [result, ...pulled] = evaluate([y, ...gradients], feeds);
    expectAllClose(result!, golden.y, { rtol: 1e-9, atol: 1e-11 });
    golden.gradients.forEach((expected, i) => {
      if (expected) expectAllClose(pulled[i]!, expected, { rtol: 1e-9, atol: 1e-10 });
    });
  });
});
