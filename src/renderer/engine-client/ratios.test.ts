import { expect, test } from 'vitest';
import { captureOf, normalNumbers, segmentOf } from '../../engine/probe/testing.ts';
import { addRatios, newRatios } from './ratios.ts';

const weight = (what: 'weight' | 'update', node: string, shape: readonly number[], depth = 1) =>
  segmentOf({ what, node, name: node, tensor: 'weight', shape, depth });

test('the ratio is that of the standard deviations, in powers of ten', () => {
  const ratios = newRatios([weight('weight', 'a', [8, 8]), weight('update', 'a', [8, 8])]);
  const w = normalNumbers(64, { std: 0.3 });
  addRatios(ratios, captureOf(0, [w, w.map((x) => 1e-3 * x)]));
  addRatios(ratios, captureOf(1, [w.map((x) => x + 7), w.map((x) => 1e-2 * x)]));
  expect(ratios.map(({ name }) => name)).toEqual(['a.weight']);
  expect(ratios[0]?.curve.at(0)).toBeCloseTo(-3, 4);
  expect(ratios[0]?.curve.at(1)).toBeCloseTo(-2, 3);
});

test('biases have none, and weights that do not vary add nothing', () => {
  const ratios = newRatios([
    weight('weight', 'bias', [8]),
    weight('update', 'bias', [8]),
    weight('weight', 'zero', [2, 2]),
    weight('update', 'zero', [2, 2]),
  ]);
  expect(ratios.map(({ name }) => name)).toEqual(['zero.weight']);
  addRatios(ratios, captureOf(0, [[1], [1], [0, 0, 0, 0], [1, -1, 1, -1]]));
  expect(ratios[0]?.curve.length).toBe(0);
});

test('the layer next to the input comes first', () => {
  const segments = ['near', 'far'].flatMap((node, i) => [
    weight('weight', node, [2, 2], i),
    weight('update', node, [2, 2], i),
  ]);
  expect(newRatios(segments).map(({ node }) => node)).toEqual(['far', 'near']);
});
