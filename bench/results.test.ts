// Reports are made of pieces, measured on different days.
import { expect, test } from 'vitest';
import { type EngineResult, joined, type WorkloadResult } from './results.ts';

const engine = (name: string, ms: number): EngineResult => ({
  engine: name,
  firstStep: 1,
  losses: [],
  rounds: [ms],
  steps: 1,
  counts: {},
  peakBytes: 0,
});
const workload = (...engines: EngineResult[]): WorkloadResult => ({
  name: 'gpt',
  about: 'small',
  mflop: 1,
  engines,
});

test('an engine that is measured again replaces its old numbers, and the others keep theirs with their day', () => {
  const first = joined(undefined, workload(engine('Gradloom', 2), engine('jax-js', 8)), '2026-11-20');
  const second = joined(first, workload(engine('Gradloom', 1), engine('TensorFlow.js', 9)), '2026-11-21');
  expect(second.engines.map((e) => [e.engine, 'rounds' in e && e.rounds[0], e.day])).toEqual([
    ['Gradloom', 1, '2026-11-21'],
    ['TensorFlow.js', 9, '2026-11-21'],
    ['jax-js', 8, '2026-11-20'],
  ]);
});
