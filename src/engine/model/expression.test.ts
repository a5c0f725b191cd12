import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateExpression } from './expression.ts';

describe('expressions in number fields', () => {
  test.each([
    ['28*28', 784],
    ['28 × 28', 784],
    ['3*2^8^1', 768],
    ['-2^2', -4],
    ['2^-1', 0.5],
    ['(1+2)*3 - 4/8', 8.5],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['10 000', 10_000],
    ['7 % 4', 3],
    ['−3', -3],
  ])('%s is %d', (text, value) => {
    expect(evaluateExpression(text)).toBeCloseTo(value, 12);
  });

  test.each(['', '1+', '(1', '1)', 'alert(1)', '1 2', '1/0', 'e', '--', '2**3', '1e999'])(
    '%j is nothing',
    (text) => {
      expect(evaluateExpression(text)).toBeNull();
    },
  );

  test('every number reads as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        expect(evaluateExpression(String(n)) ?? Number.NaN).toBe(n === 0 ? 0 * n + 0 : n);
      }),
    );
  });
});
