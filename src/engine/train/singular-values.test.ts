import { expect, test } from 'vitest';
import { normalNumbers } from '../probe/testing.ts';
import { singularValues } from './singular-values.ts';

/** I − 2vvᵀ/vᵀv: orthogonal, with every element filled. */
function reflection(n: number, seed: number): number[][] {
  const v = normalNumbers(n, { seed });
  const square = v.reduce((sum, x) => sum + x * x, 0);
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square),
  );
}

/** U · diag(values) · V. */
function matrixWith(values: readonly number[], rows: number, columns: number): Float32Array {
  const [u, v] = [reflection(rows, 1), reflection(columns, 2)];
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns];
    return values.reduce((sum, value, k) => sum + u[r]![k]! * value * v[k]![c]!, 0);
  });
}

test.each([
  { rows: 12, columns: 7 },
  { rows: 7, columns: 30 },
])(
  'the largest singular values of a $rows × $columns matrix are those it was made with',
  ({ rows, columns }) => {
    const values = [9, 4, 3.5, 1, 0.5, 0.1, 0.01];
    singularValues(matrixWith(values, rows, columns), [rows, columns], 5).forEach((value, i) => {
      expect(value).toBeCloseTo(values[i]!, 5);
    });
  },
);

test('equal values, a vector, and a matrix of zeros are no trouble', () => {
  expect(singularValues(Float32Array.of(1, 0, 0, 1), [2, 2], 5)).toEqual([
    expect.closeTo(1, 9),
    expect.closeTo(1, 9),
  ]);
  expect(singularValues(Float32Array.of(3, 4), [1, 2], 3)).toEqual([expect.closeTo(5, 6)]);
  expect(singularValues(new Float32Array(6), [2, 3], 2)).toEqual([0, 0]);
});
