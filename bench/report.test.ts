// What the report makes of numbers: single kernels and nets as shares of what was written by hand.
import { expect, test } from 'vitest';
import { byHand } from './alone.ts';
import { withReport } from './report.ts';
import type { EngineResult, Results, WorkloadResult } from './results.ts';

const engine = (name: string, ms: number): EngineResult => ({
  engine: name,
  firstStep: 1,
  losses: [],
  rounds: [ms],
  steps: 1,
  counts: {},
  peakBytes: 0,
});
const under = { adapter: 'any', browser: 'any', processors: 2, day: '2026-11-21', load: 1 };
const workload = (name: string, mflop: number, ...engines: EngineResult[]): WorkloadResult => ({
  name,
  about: 'small',
  mflop,
  engines,
});

test('kernels and nets are told as shares of the kernels written by hand', () => {
  const product = workload('product', 2000, engine('Gradloom', 500), engine(byHand, 400));
  const results: Results = {
    workloads: {
      mlp512: { ...workload('mlp512', 400, engine('Gradloom', 100)), under },
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
