// Numbers of the developer panel, as they are written.
import type { MemoryPlan, MemoryUse } from '../../../engine/index.ts';

/** Milliseconds with as many digits as mean something. */
export function inMillis(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(ms >= 10 ? 1 : 3);
}

export function rate(n: number): string {
  return n >= 100 ? n.toFixed(0) : n.toFixed(2);
}

const titles: Readonly<Record<MemoryUse, string>> = {
  data: 'Data',
  weights: 'Weights',
  gradients: 'Gradients',
  optimizer: 'Optimiser',
  activations: 'Activations',
  looking: 'Looking',
  'best weights': 'Best weights',
  'read-back': 'Read-back',
  other: 'Orders, rates and the rest',
};

/** What the memory is for, the most first. */
export function partsOf({ buffers }: MemoryPlan): { use: MemoryUse; title: string; bytes: number }[] {
  const sums = new Map<MemoryUse, number>();
  for (const { use, bytes } of buffers) sums.set(use, (sums.get(use) ?? 0) + bytes);
  return [...sums]
    .map(([use, bytes]) => ({ use, title: titles[use], bytes }))
    .sort((a, b) => b.bytes - a.bytes);
}
