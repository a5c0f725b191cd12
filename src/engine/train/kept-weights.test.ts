import { expect, test } from 'vitest';
import { KeptWeights, nextKept, type WeightsAt } from './kept-weights.ts';

const at = (step: number): WeightsAt => ({
  step,
  params: new Float32Array(256).fill(step),
  memory: new Float32Array(0),
});

/** What is kept of a run of this length. */
function keptOf(steps: number, kept = new KeptWeights()): KeptWeights {
  for (let step = 0; step <= steps; step++) if (step >= kept.next) kept.add(at(step));
  return kept;
}

test('every early step is kept, later ones evenly in the logarithm, and the number stays small', () => {
  expect(keptOf(20).steps.slice(0, 18)).toEqual(Array.from({ length: 18 }, (_, i) => i));
  let count = 0;
  for (let step = 0; step < 1e7; step = nextKept(step)) count++;
  expect(count).toBeLessThan(280);
});

test('a step shows the weights of the last kept step before it', () => {
  const kept = keptOf(1000);
  expect(kept.at(7)?.params[0]).toBe(7);
  const found = kept.at(500)?.step ?? 0;
  expect(found).toBeGreaterThan(500 / 1.07);
  expect(found).toBeLessThanOrEqual(500);
  expect(new KeptWeights().at(3)).toBeNull();
});

test('memory is bounded, and the first and the newest step stay', () => {
  const kept = keptOf(1000, new KeptWeights(10 * 1024));
  expect(kept.steps).toHaveLength(10);
  expect([kept.steps[0], kept.steps.at(-1)]).toEqual([0, keptOf(1000).steps.at(-1)]);
});

test('steps that are trained again after a lost GPU are not kept twice', () => {
  const kept = keptOf(10);
  kept.add(at(4));
  expect(kept.steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  kept.clear();
  expect(kept.next).toBe(0);
});
