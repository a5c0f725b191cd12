import { describe, expect, test } from 'vitest';
import type { Initialiser } from './define.ts';
import { biasInitialiser, initialValues, weightInitialiser } from './init.ts';
import { linear } from './linear.ts';

const size = 40_000;

const moments = (init: Initialiser) => {
  const values = initialValues(init, size, 1, 'a.weight');
  const mean = values.reduce((a, b) => a + b, 0) / size;
  const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / size);
  return { mean, std, largest: values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) };
};

describe('initial values', () => {
  const fan = [300, 100] as const;
  test.each([
    [{ kind: 'normal', mean: 0, std: 0.01 }, 0.01, Infinity],
    [{ kind: 'uniform', low: -0.3, high: 0.3 }, 0.3 / Math.sqrt(3), 0.3],
    [{ kind: 'xavierUniform', gain: 1, fan }, Math.sqrt(2 / 400), Math.sqrt(6 / 400)],
    [{ kind: 'xavierNormal', gain: 2, fan }, 2 * Math.sqrt(2 / 400), Infinity],
    [{ kind: 'heUniform', gain: Math.SQRT2, fan }, Math.sqrt(2 / 300), Math.sqrt(6 / 300)],
    [{ kind: 'heNormal', gain: Math.SQRT2, fan }, Math.sqrt(2 / 300), Infinity],
  ] satisfies [Initialiser, number, number][])(
    '%j has the deviation and the bound that its rule asks for',
    (init, std, bound) => {
      const got = moments(init);
      // Four standard errors of the mean and of the deviation.
      expect(Math.abs(got.mean)).toBeLessThan((4 * std) / Math.sqrt(size));
      expect(Math.abs(got.std / std - 1)).toBeLessThan(4 / Math.sqrt(2 * size));
      expect(got.largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
    },
  );

  test.each([
    [3, 5],
    [5, 3],
    [4, 4],
    [1, 6],
  ])('orthogonal weights of %i × %i have a shorter side at right angles', (rows, columns) => {
    const w = initialValues({ kind: 'orthogonal', gain: 2, columns }, rows * columns, 1, 'a.weight');
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const at = (v: number, i: number): number => w[rows <= columns ? v * columns + i : i * columns + v] ?? 0;
    for (let a = 0; a < count; a++)
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
        expect(product).toBeCloseTo(a === b ? 4 : 0, 5);
      }
  });

  test('constants are constant', () => {
    expect([...initialValues({ kind: 'constant', value: 0.5 }, 3, 1, 'a')]).toEqual([0.5, 0.5, 0.5]);
    expect([...initialValues({ kind: 'zeros' }, 2, 1, 'a')]).toEqual([0, 0]);
    expect([...initialValues({ kind: 'ones' }, 2, 1, 'a')]).toEqual([1, 1]);
  });

  test('a stretch of uniform numbers can start higher', () => {
    const plain = { kind: 'uniform', low: -1, high: 1 } as const;
    const raised = initialValues({ ...plain, raised: [1, 3, 10] }, 4, 1, 'a');
    const [a, b, c, d] = initialValues(plain, 4, 1, 'a');
    expect([...raised]).toEqual([a, Math.fround((b ?? 0) + 10), Math.fround((c ?? 0) + 10), d]);
  });

  test('the same seed and name give the same numbers, others others', () => {
    const draw = (seed: number, name: string) =>
      initialValues({ kind: 'normal', mean: 0, std: 1 }, 8, seed, name).join();
    expect(draw(1, 'a.weight')).toBe(draw(1, 'a.weight'));
    expect(new Set([draw(1, 'a.weight'), draw(2, 'a.weight'), draw(1, 'a.bias')]).size).toBe(3);
  });

  test('a linear layer starts like PyTorch’s unless told otherwise', () => {
    const p = linear.params.parse({});
    const bound = 1 / Math.sqrt(64);
    expect(weightInitialiser(p, [64, 16])).toEqual({ kind: 'uniform', low: -bound, high: bound });
    expect(biasInitialiser(p, 64)).toEqual({ kind: 'uniform', low: -bound, high: bound });
    expect(weightInitialiser(linear.params.parse({ init: 'normal', initStd: 0.5 }), [64, 16])).toEqual({
      kind: 'normal',
      mean: 0,
      std: 0.5,
    });
  });
});
