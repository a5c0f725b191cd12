// Clipping and penalties against PyTorch, in float64.
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { mul, sqrt } from '../ops/elementwise.ts';
import { evaluate } from '../ops/evaluate.ts';
import { hyper, input } from '../ops/leaf.ts';
import { sum } from '../ops/reduce.ts';
import goldenFile from './golden.json' with { type: 'json' };
import { clipped, clippingParams, gradientHypers, penalised, penaltyParams } from './gradients.ts';

const golden = z
  .object({
    start: z.array(z.number()),
    gradients: z.array(z.array(z.number())),
    clipped: z.array(
      z.object({ clipping: clippingParams, penalty: penaltyParams, steps: z.array(z.array(z.number())) }),
    ),
  })
  .parse(goldenFile);

test.each(golden.clipped)(
  '$clipping with $penalty gives PyTorch’s gradients for twenty steps',
  ({ clipping, penalty, steps }) => {
    const [p, g] = ['p', 'g'].map((name) => input(name, [golden.start.length])) as [Value, Value];
    const scalars = gradientHypers(clipping, penalty);
    const nodes = new Map(Object.keys(scalars).map((name) => [name, hyper({ name, dtype: 'f32' })]));
    const scalar = (name: keyof typeof scalars): Value => nodes.get(name)!;
    const whole = penalised(g, p, scalar);
    const result = clipped(whole, sqrt(sum(mul(whole, whole), 'all')), scalar);
    let parameters = golden.start;
    steps.forEach((expected, i) => {
      const feeds = new Map<Value, ArrayLike<number>>([
        [p, parameters],
        [g, golden.gradients[i]!],
        ...Object.entries(scalars).map(([name, value]) => [nodes.get(name)!, [value]] as const),
      ]);
      const [change] = evaluate([result], feeds);
      parameters = parameters.map((v, k) => v - 0.1 * change![k]!);
      parameters.forEach((v, k) => {
        expect(Math.abs(v - expected[k]!)).toBeLessThan(1e-12 * (1 + Math.abs(expected[k]!)));
      });
    });
  },
);
