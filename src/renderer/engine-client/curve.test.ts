import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Curve, smoothed } from './curve.ts';

test('a curve never outgrows its capacity, and keeps mean, lowest and highest of everything added', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const curve = new Curve(16);
        values.forEach((value, step) => {
          curve.add(step, value);
        });
        const { steps, means, lows, highs } = curve.points();
        expect(steps.length).toBeLessThanOrEqual(16);
        expect(Math.min(...lows)).toBe(Math.min(...values));
        expect(Math.max(...highs)).toBe(Math.max(...values));
        expect(steps.at(-1)).toBe(values.length - 1);
        const full = curve.valuesPerPoint;
        const sum = means.reduce((s, mean, i) => {
          const inPoint = i < means.length - 1 ? full : values.length - full * (means.length - 1);
          return s + mean * inPoint;
        }, 0);
        expect(sum).toBeCloseTo(
          values.reduce((s, v) => s + v, 0),
          0,
        );
      },
    ),
  );
});

test('smoothing has no lag at the start and skips what is not finite', () => {
  expect([...smoothed([4, 4, Number.NaN, 4], 0.9)].map((v) => Math.fround(v))).toEqual([4, 4, 4, 4]);
});

test('the value at a step is that of the point that holds it', () => {
  const curve = new Curve(4);
  expect(curve.at(0)).toBeNaN();
  for (let step = 0; step < 8; step++) curve.add(step, step);
  // Two values to a point by now.
  expect([0, 1, 2, 7, 99].map((step) => curve.at(step))).toEqual([0.5, 0.5, 2.5, 6.5, 6.5]);
});

test('what was known by a step is the last point that was over by then', () => {
  const curve = new Curve(8);
  expect(curve.before(3)).toBeNaN();
  for (const step of [4, 8, 12]) curve.add(step, step / 4);
  expect([3, 4, 7, 8, 99].map((step) => curve.before(step))).toEqual([Number.NaN, 1, 1, 2, 3]);
});
