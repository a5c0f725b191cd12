// Reports are made of pieces, measured on different days.
import { expect, test } from 'vitest';
import { type EngineResult, joined, type WorkloadResult } from './results.ts';
import { engineResult, workloadResult } from './testing.ts';

const workload = (...engines: EngineResult[]): WorkloadResult => workloadResult('gpt', 1, ...engines);

test('an engine that is measured again replaces its old numbers, and the others keep theirs with their day', () => {
  const first = joined(
    undefined,
    workload(engineResult('Gradloom', 2), engineResult('jax-js', 8)),
    '2026-11-20',
  );
  const second = joined(
    first,
    workload(engineResult('Gradloom', 1), engineResult('TensorFlow.js', 9)),
    '2026-11-21',
  );
  expect(second.engines.map((e) => [e.engine, 'rounds' in e && e.rounds[0], e.day])).toEqual([
    ['Gradloom', 1, '2026-11-21'],
    ['TensorFlow.js', 9, '2026-11-21'],
    ['jax-js', 8, '2026-11-20'],
  ]);
});
