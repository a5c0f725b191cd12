import { expect, test } from 'vitest';
import { addLossOf, noBest } from './stopping.ts';

const after = (losses: readonly number[], leastGain = 0) =>
  losses.reduce(
    (state, loss, epoch) => addLossOf(state, { loss, step: 10 * (epoch + 1) }, leastGain),
    noBest,
  );

test('the best is remembered with its step, and epochs since it are counted', () => {
  expect(after([3, 2, 2.5, 2])).toEqual({ best: 2, bestStep: 20, bad: 2 });
  expect(after([3, 2, 2.5, 1.9])).toEqual({ best: 1.9, bestStep: 40, bad: 0 });
});

test('a gain that is too small does not count, nor does a loss that is no number', () => {
  expect(after([3, 2.95, 2.9], 0.2)).toEqual({ best: 3, bestStep: 10, bad: 2 });
  expect(after([Number.NaN, 3, Number.NaN])).toEqual({ best: 3, bestStep: 20, bad: 1 });
});
