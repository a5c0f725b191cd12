// Every layer against PyTorch in float64: outputs, gradients by inputs and parameters, and what states become.
import { afterAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../ops/evaluate.ts';
import { ParityTable, relativeError } from '../../testing.ts';
import { augmentations } from '../augment.ts';
import activations from '../golden.json' with { type: 'json' };
import { layerList } from '../index.ts';
import { layerGoldens, layerGraph, titleOf } from './testing.ts';

const layers = new ParityTable('Layers against PyTorch, float64', 'layers', 'configurations');
const losses = new ParityTable('Losses against PyTorch, float64', 'losses', 'configurations');
afterAll(() =>
  console.log(`${layers}

${losses}`),
);

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

// Augmentation draws at random; for given draws it is held to float64 loops over pixels (augment.test.ts).
const ownJudge = new Set(['data', ...augmentations.map((l) => l.kind)]);

test('every layer has a case of its own', () => {
  const answered = [...Object.values(layerGoldens).flat(), ...activations.cases].map((c) => c.kind);
  const asked = layerList.map((l) => l.kind).filter((kind) => !ownJudge.has(kind));
  expect(asked.filter((kind) => !answered.includes(kind))).toEqual([]);
});

describe.each(Object.entries(layerGoldens))('%s', (family, cases) => {
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
    (family === 'losses' ? losses : layers).add(golden.kind, Math.max(...errors.map(([, error]) => error)));
    expect(errors.filter(([, error]) => error > 1e-9)).toEqual([]);
  });
});
