// Every layer against PyTorch in float64: outputs, gradients by inputs and parameters, and what states become.
import { afterAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../ops/evaluate.ts';
import { layerGoldens, layerGraph, ParityTable, relativeError, titleOf } from './testing.ts';

const table = new ParityTable();
afterAll(() => console.log(`Layers against PyTorch, float64\n${table}`));

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

describe.each(Object.entries(layerGoldens))('%s', (_, cases) => {
  test.each(cases.map((golden) => ({ title: titleOf(golden), golden })))('$title', ({ golden }) => {
    const { checks, feeds, declared } = layerGraph(golden);
    const named = [...golden.parameters, ...golden.states].map(({ name, shape }) => ({ name, shape }));
    expect([...declared].sort(byName)).toEqual(named.sort(byName));
    expect(checks.map((c) => [c.what, c.root.shape])).toEqual(checks.map((c) => [c.what, c.shape]));
    const results = evaluate(
      checks.map((c) => c.root),
      feeds,
    );
    const errors = checks.map((c, i) => [c.what, relativeError(results[i]!, c.expected)] as const);
    table.add(golden.kind, Math.max(...errors.map(([, error]) => error)));
    expect(errors.filter(([, error]) => error > 1e-9)).toEqual([]);
  });
});
