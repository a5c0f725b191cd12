import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { hyper, input } from '../ops/leaf.ts';
import { ParityTable } from '../testing.ts';
import goldenFile from './golden.json' with { type: 'json' };
import { optimizerList, optimizerOf } from './index.ts';

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

/** The parameters after each step, through the interpreter. */
function train(kind: string, given: Record<string, unknown>): number[][] {
  const spec = optimizerOf(kind);
  if (!spec) throw new Error(`no optimiser ${kind}`);
  const params = spec.params.parse(given);
  const size = golden.start.length;
  const parameters = input('p', [size]);
  const gradients = input('g', [size]);
  const step = hyper({ name: 'step', dtype: 'f32' });
  const state = Object.fromEntries(spec.states.map((s) => [s, input(s, [size])]));
  const scalars = new Map(
    Object.entries(spec.hypers(params)).map(([name, value]) => [
      name,
      { value, node: hyper({ name, dtype: 'f32' }) },
    ]),
  );
  const updated = spec.update(
    {
      parameters,
      gradients,
      state,
      step,
      hyper: (name) => {
        const found = scalars.get(name);
        if (!found) throw new Error(`no scalar ${name}`);
        return found.node;
      },
    },
    params,
  );
  let p = golden.start;
  let states = spec.states.map(() => new Array<number>(size).fill(0));
  return golden.gradients.map((g, i) => {
    const feeds = new Map<Value, ArrayLike<number>>([
      [parameters, p],
      [gradients, g],
      [step, [i + 1]],
      ...[...scalars.values()].map(({ node, value }) => [node, [value]] as const),
    ]);
    spec.states.forEach((s, k) => {
      feeds.set(state[s] as Value, states[k] ?? []);
    });
    const [next = new Float64Array(), ...kept] = evaluate(
      [updated.parameters, ...spec.states.map((s) => updated.state[s] as Value)],
      feeds,
    );
    p = [...next];
    states = kept.map((k) => [...k]);
    return p;
  });
}

const table = new ParityTable('Optimisers against PyTorch, float64', 'optimisers', 'configurations');
afterAll(() => console.log(`${table}`));

describe('optimisers', () => {
  test.each(golden.cases)('$kind with $params takes PyTorch’s twenty steps', ({ kind, params, steps }) => {
    const ours = train(kind, params);
    const worst = Math.max(
      ...steps.flatMap((row, i) =>
        row.map((v, k) => Math.abs((ours[i]?.[k] ?? Number.NaN) - v) / (1e-8 + Math.abs(v))),
      ),
    );
    table.add(kind, worst);
    expect(worst).toBeLessThan(1e-12);
  });

  test('every optimiser has defaults, a learning rate, and scalars that are finite', () => {
    for (const spec of optimizerList) {
      const scalars = spec.hypers(spec.params.parse({}));
      expect(scalars).toHaveProperty('learningRate');
      expect(Object.values(scalars).every(Number.isFinite)).toBe(true);
    }
  });
});
