// Two lies that trackers are known for, and that exponent bins cannot tell: no range is fitted to the data, in time or across layers.
import { expect, test } from 'vitest';
import { segmentBins } from './bins.ts';
import { captureOf, normalNumbers } from './testing.ts';

/** Bins that hold anything, and the share of elements in the fullest. */
function shapeOf(bins: Uint32Array): { filled: number; fullest: number } {
  const total = bins.reduce((sum, n) => sum + n, 0);
  return { filled: bins.filter((n) => n > 0).length, fullest: Math.max(...bins) / total };
}

test('a narrow distribution at 0.97 keeps its shape whatever stands beside it (tensorboard #1803)', () => {
  const narrow = normalNumbers(4096, { std: 0.005 }).map((x) => 0.97 + x);
  const alone = captureOf(0, [narrow]);
  const beside = captureOf(0, [narrow, normalNumbers(4096, { std: 1000 })]);
  expect(segmentBins(beside.bins, 0)).toEqual(alone.bins);
  // All of it between ½ and 1, where 0.97 lies: not a flat line over thirty bins.
  expect(shapeOf(alone.bins)).toEqual({ filled: 1, fullest: 1 });
});

test('a healthy layer beside one of a hundredfold range keeps its spread (wandb #4699)', () => {
  const healthy = normalNumbers(4096, { std: 0.1, seed: 2 });
  const large = normalNumbers(4096, { std: 10, seed: 3 });
  const { bins } = captureOf(0, [healthy, large]);
  const shapes = [segmentBins(bins, 0), segmentBins(bins, 1)].map(shapeOf);
  for (const { filled, fullest } of shapes) {
    expect(filled).toBeGreaterThan(12);
    expect(fullest).toBeLessThan(0.25);
  }
  expect(Math.abs(shapes[0]!.fullest - shapes[1]!.fullest)).toBeLessThan(0.08);
});

test('a spike at one step changes no other step’s bins', () => {
  const calm = normalNumbers(1024, { std: 0.1 });
  const before = captureOf(0, [calm]).bins;
  captureOf(1, [calm.map((x) => x * 1e6)]);
  expect(captureOf(2, [calm]).bins).toEqual(before);
});
