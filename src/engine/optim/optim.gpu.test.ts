// The rules of all optimisers in float32 on a real adapter, against PyTorch's twenty steps in float64.
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { hyper, input } from '../ops/leaf.ts';
import { runOnGpu } from '../runtime/testing.ts';
import goldenFile from './golden.json' with { type: 'json' };
import { optimizerOf } from './index.ts';

const golden = z
  .object({
    start: z.array(z.number()),
    gradients: z.array(z.array(z.number())),
    cases: z.array(
      z.object({
        kind: z.string(),
        params: z.record(z.string(), z.json()),
        steps: z.array(z.array(z.number())),
      }),
    ),
  })
  .parse(goldenFile);

test.each(golden.cases)(
  '$kind with $params takes PyTorch’s twenty steps on the GPU',
  async ({ kind, params, steps }) => {
    const spec = optimizerOf(kind)!;
    const given = spec.params.parse(params);
    const size = golden.start.length;
    const [parameters, gradients] = ['p', 'g'].map((name) => input(name, [size])) as [Value, Value];
    const states = spec.states.map((name) => input(name, [size]));
    const updated = spec.update(
      {
        parameters,
        gradients,
        state: Object.fromEntries(spec.states.map((name, i) => [name, states[i]!])),
        step: hyper({ name: 'step', dtype: 'f32' }),
        hyper: (name) => hyper({ name, dtype: 'f32' }),
      },
      given,
    );
    const roots = [updated.parameters, ...spec.states.map((name) => updated.state[name]!)];
    let p: ArrayLike<number> = golden.start;
    let kept: ArrayLike<number>[] = states.map(() => new Array<number>(size).fill(0));
    for (const [i, g] of golden.gradients.entries()) {
      const feeds = new Map<Value, ArrayLike<number>>([
        [parameters, p],
        [gradients, g],
        ...states.map((state, k) => [state, kept[k]!] as const),
      ]);
      const hypers = { ...spec.hypers(given), step: i + 1 };
      const {
        results: [next, ...rest],
      } = await runOnGpu(roots, feeds, { hypers });
      p = next!;
      kept = rest;
    }
    Array.from(p).forEach((v, k) => {
      const expected = steps.at(-1)![k]!;
      expect(Math.abs(v - expected) / (1 + Math.abs(expected))).toBeLessThan(1e-5);
    });
  },
);
