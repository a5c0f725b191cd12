// Results to make reports of.
import type { EngineResult, WorkloadResult } from './results.ts';

/** An engine that takes so many ms. */
export const engineResult = (engine: string, ms: number): EngineResult => ({
  engine,
  firstStep: 1,
  losses: [],
  rounds: [ms],
  steps: 1,
  counts: {},
  peakBytes: 0,
});

/** A workload of so many million operations, in some engines. */
export const workloadResult = (
  name: string,
  mflop: number,
  ...engines: readonly EngineResult[]
): WorkloadResult => ({ name, about: 'small', mflop, engines });
