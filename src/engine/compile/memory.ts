/**
 * The memory plan: where each kept value lives, and how long. Values whose lifetimes do not meet share bytes; the peak is
 * known before anything is allocated.
 */
import type { DType } from '../ir/dtype.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';

/** WebGPU's default minStorageBufferOffsetAlignment, 256 bytes, in 32-bit elements: every tensor can be bound by itself. */
export const alignment = 64;

export function aligned(elements: number): number {
  return Math.max(1, Math.ceil(elements / alignment)) * alignment;
}

/** When a value is written and last read, as dispatch numbers; `last` is Infinity for what outlives the step. */
export interface Lifetime {
  readonly value: Value;
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** Offsets in elements. */
  readonly offsets: ReadonlyMap<Value, number>;
  /** Elements of the arena. */
  readonly size: number;
  /** What no schedule of this order can go below: the most that is alive at once. */
  readonly lowerBound: number;
}

/** Places values by decreasing size, each at the lowest offset where nobody alive at the same time is. */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const placed: Array<Lifetime & { offset: number; size: number }> = [];
  const offsets = new Map<Value, number>();
  let size = 0;
  const order = lifetimes
    .map((l) => ({ ...l, size: aligned(sizeOf(l.value.shape)) }))
    .sort((a, b) => b.size - a.size || a.first - b.first);
  for (const item of order) {
    const neighbours = placed
      .filter((p) => p.first <= item.last && item.first <= p.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const p of neighbours) {
      if (offset + item.size <= p.offset) break;
      offset = Math.max(offset, p.offset + p.size);
    }
    placed.push({ ...item, offset });
    offsets.set(item.value, offset);
    size = Math.max(size, offset + item.size);
  }
  return { offsets, size, lowerBound: mostAlive(placed) };
}

function mostAlive(items: ReadonlyArray<Lifetime & { size: number }>): number {
  const events = items.flatMap((i) => [
    { at: i.first, change: i.size },
    { at: i.last + 1, change: -i.size },
  ]);
  events.sort((a, b) => a.at - b.at || a.change - b.change);
  let alive = 0;
  let most = 0;
  for (const e of events) {
    alive += e.change;
    most = Math.max(most, alive);
  }
  return most;
}

/** Where every kept value lives, in arenas of one type each. */
export interface Arenas {
  /** Offsets in elements of the value's arena. */
  readonly offsets: ReadonlyMap<Value, number>;
  /** Elements of each arena, by the name of its buffer. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly lowerBound: number;
}

/** The buffer that holds what is kept of a type. A kernel binds a range of a buffer once, as one type. */
export function arenaOf(dtype: DType, arena: string): string {
  return dtype === 'f32' ? arena : `${arena}.${dtype}`;
}

/** Plans an arena for each type that is kept; the one for f32 is always there. */
export function planArenas(lifetimes: readonly Lifetime[], arena: string): Arenas {
  const offsets = new Map<Value, number>();
  const sizes: Record<string, number> = {};
  let lowerBound = 0;
  for (const dtype of new Set<DType>(['f32', ...lifetimes.map((l) => l.value.dtype)])) {
    const plan = planMemory(lifetimes.filter((l) => l.value.dtype === dtype));
    for (const [value, offset] of plan.offsets) offsets.set(value, offset);
    sizes[arenaOf(dtype, arena)] = plan.size;
    lowerBound += plan.lowerBound;
  }
  return { offsets, sizes, lowerBound };
}
