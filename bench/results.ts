// What the page hands back: plain numbers, from which report.ts writes. Times are in ms.
import type { Alone } from './alone.ts';

export interface EngineResult {
  readonly engine: string;
  /** From nothing to the numbers of the first step: building, compiling, uploading, one step. */
  readonly firstStep: number;
  /** Losses of the first steps. */
  readonly losses: readonly number[];
  /** One per round: ms a step. */
  readonly rounds: readonly number[];
  /** Steps of each round. */
  readonly steps: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The most bytes of buffers alive at once, from its start on. */
  readonly peakBytes: number;
  /** The day when it was measured; set by run.ts. */
  readonly day?: string;
}

/** Why an engine has no numbers for a workload. */
export interface EngineFailure {
  readonly engine: string;
  readonly day?: string;
  readonly error: string;
}

export interface WorkloadResult {
  readonly name: string;
  readonly about: string;
  readonly mflop: number;
  /** How far what Gradloom computes lies from what the kernel written by hand does, at most, of the largest number. */
  readonly apart?: number;
  readonly engines: readonly (EngineResult | EngineFailure)[];
}

export const hasNumbers = (r: EngineResult | EngineFailure): r is EngineResult => 'rounds' in r;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/**
 * A workload measured again, perhaps by some engines only: what was known of the others stays, each with its day.
 */
export function joined(before: WorkloadResult | undefined, now: WorkloadResult, day: string): WorkloadResult {
  const measured = new Set(now.engines.map(({ engine }) => engine));
  const kept = before?.engines.filter(({ engine }) => !measured.has(engine)) ?? [];
  return { ...now, engines: [...now.engines.map((e) => ({ ...e, day })), ...kept] };
}

/** How a measurement is made. */
export interface How {
  readonly rounds: number;
  /** Steps at the start whose losses are compared between engines. */
  readonly compared: number;
  /** ms that a round of one engine should take. */
  readonly roundTime: number;
  /** Names of engines that take part; all where it is empty. */
  readonly engines: readonly string[];
}

/** Growth of the time with one size. */
export interface Growth {
  readonly along: 'batch' | 'depth';
  readonly size: number;
  readonly result: WorkloadResult;
}

export interface HostCost {
  readonly name: string;
  /** ms of processor time a step, with one step to a submission, and with as many as the app makes of short steps. */
  readonly single: number;
  readonly many: number;
  /** The same while every step is looked at. */
  readonly looking: number;
  /** Bytes that stay behind, per step. */
  readonly kept: number;
}

/** The machine and its load, for the report. */
export interface Circumstances {
  readonly adapter: string;
  readonly browser: string;
  readonly processors: number;
  /** The day of it, as 2026-11-21. */
  readonly day: string;
  /** Runnable processes, a minute's mean, when the measurement ended. */
  readonly load: number;
}

/** Everything measured so far; a later run replaces what it measures again. */
export interface Results {
  readonly workloads: Readonly<Record<string, WorkloadResult & { readonly under: Circumstances }>>;
  readonly growth: readonly Growth[];
  readonly host: readonly HostCost[];
  /** When host and growth were measured. */
  readonly days?: { readonly growth?: string; readonly host?: string };
}

/** What the page offers to run.ts, as `globalThis.bench`. */
export interface BenchPage {
  readonly adapter: { readonly name: string; readonly software: boolean };
  workload(name: string, how: How): Promise<WorkloadResult>;
  /** A single kernel, also against one that is written by hand. */
  alone(name: Alone['name'], how: How): Promise<WorkloadResult>;
  /** How the time grows with the batch of mlp, or with the depth of deep. */
  growth(along: Growth['along'], size: number, how: How): Promise<WorkloadResult>;
}

declare global {
  var bench: Promise<BenchPage>;
}
