import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { paramFields } from '../layers/fields.ts';
import { ParityTable } from '../testing.ts';
import { addEpoch, noPlateau, plateauParams } from './plateau.ts';
import { scheduleList, scheduleOf } from './schedule.ts';
import goldenFile from './schedules.json' with { type: 'json' };

const rated = z.object({ params: z.record(z.string(), z.json()), rates: z.array(z.number()) });
const golden = z
  .object({
    cases: z.array(rated.extend({ kind: z.string() })),
    losses: z.array(z.number()),
    plateaus: z.array(rated),
  })
  .parse(goldenFile);

const worst = (got: readonly number[], expected: readonly number[]): number =>
  Math.max(...expected.map((e, i) => Math.abs((got[i] ?? Number.NaN) - e) / Math.max(e, 1e-12)));

const table = new ParityTable('Schedules against PyTorch', 'schedules', 'configurations');
afterAll(() => console.log(`${table}`));

describe('schedules', () => {
  test.each(golden.cases)('$kind with $params is PyTorch’s at forty steps', ({ kind, params, rates }) => {
    const spec = scheduleOf(kind);
    if (!spec) throw new Error(`no schedule ${kind}`);
    const p = spec.params.parse(params);
    const error = worst(
      rates.map((_, t) => spec.factor(t, p)),
      rates,
    );
    table.add(kind, error);
    expect(error).toBeLessThan(1e-12);
  });

  test.each(golden.plateaus)(
    'a plateau with $params lowers the rate when PyTorch does',
    ({ params, rates }) => {
      const p = plateauParams.parse(params);
      let state = noPlateau;
      const got = golden.losses.map((loss) => {
        state = addEpoch(state, loss, p);
        return state.factor;
      });
      table.add('plateau', worst(got, rates));
      expect(worst(got, rates)).toBeLessThan(1e-12);
    },
  );

  test('a loss that is no number counts as an epoch that brought nothing', () => {
    const p = plateauParams.parse({ patience: 0 });
    expect(addEpoch(addEpoch(noPlateau, 1, p), Number.NaN, p).factor).toBe(0.1);
  });

  test.each(scheduleList.map((s) => [s.kind, s] as const))(
    '%s is finite and not negative for a long time',
    (_, spec) => {
      const p = spec.params.parse({});
      const factors = [0, 1, 2, 99, 100, 101, 1000, 5000, 1e6].map((t) => spec.factor(t, p));
      expect(factors.every((f) => Number.isFinite(f) && f >= 0)).toBe(true);
      for (const field of paramFields(spec.params)) expect(field.description).toMatch(/[.]$/);
    },
  );

  test('a range test and an inverse root follow their formulas', () => {
    const at = (kind: string, t: number, params: object): number | undefined => {
      const spec = scheduleOf(kind);
      return spec?.factor(t, spec.params.parse(params));
    };
    expect(at('rangeTest', 100, { low: 1e-4, high: 100, steps: 200 })).toBeCloseTo(0.1, 12);
    expect(at('inverseRoot', 399, { warmup: 100 })).toBeCloseTo(0.5, 12);
    expect(at('inverseRoot', 49, { warmup: 100 })).toBeCloseTo(0.5, 12);
  });
});
