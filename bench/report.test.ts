// What the report makes of numbers: single kernels and nets as shares of what was written by hand.
import { expect, test } from 'vitest';
import { byHand } from './alone.ts';
import { withReport } from './report.ts';
import type { Results } from './results.ts';
import { engineResult, workloadResult } from './testing.ts';

const under = { adapter: 'any', browser: 'any', processors: 2, day: '2026-11-21', load: 1 };

test('kernels and nets are told as shares of the kernels written by hand', () => {
  const product = workloadResult('product', 2000, engineResult('Gradloom', 500), engineResult(byHand, 400));
  const results: Results = {
    workloads: {
      mlp512: { ...workloadResult('mlp512', 400, engineResult('Gradloom', 100)), under },
      product: { ...product, apart: 1.5e-7, under },
    },
    growth: [],
    host: [],
  };
  const page = withReport('', results);
  expect(page).toContain('### Against kernels written by hand');
  expect(page).toContain('| `product` | 4 | 5 | 80 | 80 | 1.5e-7 |');
  expect(page).toContain('| `mlp512` | 4 | – | – | 80 (≥ 75) | – |');
});
