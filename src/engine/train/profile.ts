/**
 * Where the time of a step goes: each kernel by the GPU's own clock, with its arithmetic and memory traffic, against what the
 * adapter reaches in a large product and in a long copy. What `npm run profile` prints and the developer panel shows.
 */
import { compileGraph, type Target } from '../compile/compile.ts';
import type { Value } from '../ir/value.ts';
import { neg } from '../ops/elementwise.ts';
import { input } from '../ops/leaf.ts';
import { matmul } from '../ops/product.ts';
import { type KernelTime, timeKernels } from '../runtime/kernel-times.ts';
import { Machine } from '../runtime/machine.ts';
import type { MemoryPlan } from './memory-plan.ts';
import type { AdapterWords } from './protocol.ts';

/** What an adapter reaches at best: multiply-adds count 2. */
export interface Ceilings {
  readonly flopsPerMs: number;
  readonly bytesPerMs: number;
}

/** What there was to do before the first step, in ms. */
export interface CompileTimes {
  /** From the document to the programs, on the processor. */
  readonly plan: number;
  /** Making pipelines of texts, buffers, and uploading the data. */
  readonly load: number;
  /** Making the pipelines that took the place of those at the start, while steps ran. */
  readonly rest: number;
  /** Different texts among the dispatches of a step. */
  readonly texts: number;
}

export interface Profile {
  readonly adapter: AdapterWords;
  /** Null where the adapter has no clock. */
  readonly ceilings: Ceilings | null;
  /** The dispatches of a step, in their order. */
  readonly kernels: readonly ProfiledKernel[];
  readonly memory: MemoryPlan;
  readonly compile: CompileTimes;
}

export interface ProfiledKernel {
  readonly label: string;
  /** How its product is cut on this device, in short (`subgroup 16×8×4`); null for what is no product. */
  readonly cut: string | null;
  /** How often a step runs it: as often as there are micro-batches, or once. */
  readonly perStep: number;
  readonly grid: readonly [number, number];
  readonly flops: number;
  /** What its operands take, each counted once. */
  readonly bytes: number;
  /** Median of one run; null where the adapter has no clock. */
  readonly millis: number | null;
}

/** A kernel's time in proportion. */
export interface KernelShare extends ProfiledKernel {
  /** Place in the step, from 0. */
  readonly order: number;
  /** Of the time of all kernels of a step; null where nothing was timed. */
  readonly share: number | null;
  readonly gflopsPerSecond: number | null;
  readonly gigabytesPerSecond: number | null;
  /** What its arithmetic or its traffic would take at the ceilings, whichever is more, of its time: 1 is as good as it gets. */
  readonly ofBest: number | null;
}

/** What all kernels of a step take together. */
export function millisOfStep(kernels: readonly ProfiledKernel[]): number {
  return kernels.reduce((n, k) => n + k.perStep * (k.millis ?? 0), 0);
}

/** Each kernel in proportion, in the order of the step. */
export function kernelShares({ kernels, ceilings }: Pick<Profile, 'kernels' | 'ceilings'>): KernelShare[] {
  const total = millisOfStep(kernels);
  return kernels.map((k, order) => {
    const { millis, flops, bytes } = k;
    const per = (n: number): number | null => (millis === null || millis <= 0 ? null : n / millis);
    const best = ceilings && Math.max(flops / ceilings.flopsPerMs, bytes / ceilings.bytesPerMs);
    const ofBest = best === null ? null : per(best);
    const giga = (rate: number | null): number | null => (rate === null ? null : rate / 1e6);
    return {
      ...k,
      order,
      share: millis === null || total === 0 ? null : (k.perStep * millis) / total,
      gflopsPerSecond: giga(per(flops)),
      gigabytesPerSecond: giga(per(bytes)),
      ofBest: ofBest === null ? null : Math.min(1, ofBest),
    };
  });
}

/** Sides and lengths that keep an adapter busy for long enough to be timed. */
const sizes = { software: { side: 512, length: 2 ** 20 }, gpu: { side: 4096, length: 2 ** 25 } } as const;

/** Measures a device; null where it has no clock. */
export async function measureCeilings(
  device: Machine['device'],
  target: Target,
  rounds: number,
): Promise<Ceilings | null> {
  const { side, length } = sizes[target.processor === 'gpu' ? 'gpu' : 'software'];
  const product = await timeOf(device, target, rounds, [side, side], (a) => matmul(a, a));
  const copy = product && (await timeOf(device, target, rounds, [length], (a) => neg(a)));
  if (!product || !copy) return null;
  return { flopsPerMs: product.flops / product.millis, bytesPerMs: copy.bytes / copy.millis };
}

/** The time of the largest kernel of a graph of one input. */
async function timeOf(
  device: Machine['device'],
  target: Target,
  rounds: number,
  shape: readonly number[],
  make: (a: Value) => Value,
): Promise<KernelTime | null> {
  const machine = new Machine(device);
  const a = input('a', shape);
  const elements = shape.reduce((n, d) => n * d, 1);
  const { program } = compileGraph(
    [{ value: make(a) }],
    () => ({ buffer: 'a', offset: 0, length: elements }),
    {
      arena: 'arena',
      uniforms: [],
      ...target,
    },
  );
  await machine.reserve({ a: elements });
  const times = await timeKernels(machine, await machine.load(program), { rounds, repeats: 1 });
  machine.dispose();
  return times?.toSorted((x, y) => y.millis - x.millis)[0] ?? null;
}
