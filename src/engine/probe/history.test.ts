import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureHistory } from './history.ts';
import { captureOf, normalNumbers, segmentOf } from './testing.ts';

const limits = { keepFirst: 8, keep: 32 };

function grown(steps: readonly number[], within = limits): CaptureHistory {
  const history = new CaptureHistory([segmentOf({ elements: 2 })], within);
  for (const step of steps) history.add(captureOf(step, [[step, 1]]));
  return history;
}

const stepsOf = (history: CaptureHistory): number[] =>
  Array.from({ length: history.length }, (_, i) => history.stepAt(i));

const increasing = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 600 }).map((gaps) => {
  const steps = [0];
  for (const gap of gaps) steps.push(steps.at(-1)! + gap);
  return steps;
});

test('the first captures, the newest and step 0 stay, in order and within the limit', () => {
  fc.assert(
    fc.property(increasing, (steps) => {
      const kept = stepsOf(grown(steps));
      expect(kept.length).toBe(Math.min(steps.length, limits.keep));
      expect(kept.slice(0, limits.keepFirst)).toEqual(steps.slice(0, limits.keepFirst));
      expect(kept.at(-1)).toBe(steps.at(-1));
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test('what is kept after the first captures is spaced evenly in the logarithm of the step', () => {
  const kept = stepsOf(grown(Array.from({ length: 20_000 }, (_, i) => i)));
  const logs = kept.slice(limits.keepFirst - 1).map((step) => Math.log(step + 1));
  const ideal = (logs.at(-1)! - logs[0]!) / (logs.length - 1);
  const gaps = logs.slice(1).map((value, i) => value - logs[i]!);
  expect(Math.max(...gaps)).toBeLessThan(2.5 * ideal);
});

test('a capture comes back as it went in, also after others were thinned out', () => {
  const history = grown(Array.from({ length: 500 }, (_, i) => i));
  const position = 20;
  const step = history.stepAt(position);
  expect(history.captureAt(position)).toEqual(captureOf(step, [[step, 1]]));
});

test('a step is found by the last capture at or before it', () => {
  const history = grown([0, 10, 20, 30]);
  expect([0, 9, 10, 25, 99].map((step) => history.positionOf(step))).toEqual([0, 0, 1, 2, 3]);
});

test('a long run of a net with 60 probed tensors stays under 12 MB', () => {
  const segments = Array.from({ length: 60 }, (_, i) => segmentOf({ node: `n${i}`, elements: 256 }));
  const history = new CaptureHistory(segments);
  const tensors = segments.map((_, i) => normalNumbers(256, { std: 10 ** (-i / 5), seed: i + 1 }));
  const capture = captureOf(0, tensors);
  for (let step = 0; step < 1500; step++) history.add({ ...capture, step });
  expect(history.length).toBe(1024);
  expect(history.bytes).toBeLessThan(12e6);
});

test('a cleared history starts again at step 0', () => {
  const history = grown([0, 1, 2]);
  history.clear();
  expect([history.length, history.bytes]).toEqual([0, 0]);
  history.add(captureOf(0, [[1, 1]]));
  expect(history.stepAt(0)).toBe(0);
});
