/**
 * How a product is cut. A thread keeps a box of results in registers and walks the inner axis in boxes whose steps are
 * written out; the larger both are, the fewer elements are read for each multiplication. Every cut that fits is priced, and
 * the cheapest taken: prices are those of the kind of processor, measured.
 */
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { ProductForm } from './product-form.ts';

/**
 * Where kernels run: on a processor's vector units, or on a GPU; on all of it, or in one workgroup that runs whole programs.
 * Large register blocks suit processors.
 */
export type ProcessorKind = 'gpu' | 'cpu' | TeamKind;
export type TeamKind = 'gpuTeam' | 'cpuTeam';

/** Threads of the one workgroup. A processor runs them in turns, as many at once as a vector has lanes. */
export const teamThreads: Readonly<Record<TeamKind, number>> = { cpuTeam: 16, gpuTeam: 256 };

export interface Tiling {
  /** Results of a thread: rows, and columns along each of their axes. */
  readonly rows: number;
  readonly columns: Shape;
  /** Inner places that are written out. */
  readonly inner: Shape;
  /** Threads of a workgroup along batches, rows and columns. */
  readonly threads: Threads;
}

export type Threads = readonly [batches: number, rows: number, columns: number];

interface Prices {
  /** Of reading an element, in multiply-adds. */
  readonly read: number;
  /** Of carrying a result through a turn of the loop. */
  readonly carry: number;
  /** Results in registers at most. */
  readonly mostResults: number;
  /** Multiply-adds written out at most: longer texts take longer to compile than they save. */
  readonly mostText: number;
  /** Threads that keep the whole device busy. */
  readonly enoughThreads: number;
  /** Whether no more than those run at all: then the others wait. */
  readonly isTeam?: true;
  /** Threads of a workgroup: the largest of those that leave the fewest idle. */
  readonly groups: readonly number[];
}

/**
 * On a processor, four threads run in the lanes of a vector: reading gathers four elements one by one and costs 6 to 7
 * multiply-adds (SwiftShader), results beyond the registers cost little. On a GPU, many threads hide what reading costs.
 */
const prices: Readonly<Record<ProcessorKind, Prices>> = {
  cpu: { read: 6.5, carry: 0.8, mostResults: 256, mostText: 448, enoughThreads: 64, groups: [16, 8, 4] },
  gpu: { read: 3, carry: 0, mostResults: 32, mostText: 288, enoughThreads: 16_384, groups: [64] },
  cpuTeam: {
    read: 6.5,
    carry: 0.8,
    mostResults: 16,
    mostText: 32,
    enoughThreads: teamThreads.cpuTeam,
    isTeam: true,
    groups: [1],
  },
  gpuTeam: {
    read: 3,
    carry: 0,
    mostResults: 16,
    mostText: 32,
    enoughThreads: teamThreads.gpuTeam,
    isTeam: true,
    groups: [1],
  },
};

const blockSizes: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16];

/** Block sizes along an axis that need not compute much for nothing. */
const blocksOf = (extent: number): number[] => blockSizes.filter((n) => n <= Math.max(1, extent));

/** How many places along an inner axis may be written out: all, or a part that leaves no rest. */
const partsOf = (extent: number): number[] =>
  Array.from({ length: Math.min(extent, 16) }, (_, i) => i + 1).filter((n) => extent % n === 0);

/** All boxes of at most `limit` cells, along the last three axes. */
function boxes(shape: Shape, options: (extent: number) => readonly number[], limit: number): Shape[] {
  let made: Shape[] = [[]];
  shape.forEach((extent, axis) => {
    const sizes = axis < shape.length - 3 ? [1] : options(extent);
    made = made.flatMap((box) => sizes.map((n) => [...box, n])).filter((box) => sizeOf(box) <= limit);
  });
  return made;
}

const blocksAlong = (extent: number, block: number): number => Math.ceil(extent / block);

/** The cheapest cut of a product. `quads`: operands can be read four at a time along a lone inner axis. */
export function chooseTiling(form: ProductForm, on: ProcessorKind, quads: boolean): Tiling {
  const price = prices[on];
  const useful = form.rows * sizeOf(form.columns);
  // A lone inner axis is walked in fours where that reads quads, whatever rest it leaves.
  const lone = form.inner.length === 1;
  const innerBoxes: Shape[] = lone
    ? [[1], ...(quads && form.inner[0]! >= 4 ? [[4]] : [])]
    : boxes(form.inner, partsOf, price.mostText);
  const columnBoxes = boxes(form.columns, blocksOf, 32);
  let best: { cost: number; tiling: Omit<Tiling, 'threads'>; blocks: Threads } | null = null;
  for (const inner of innerBoxes) {
    const turns = form.inner.reduce((n, extent, axis) => n * blocksAlong(extent, inner[axis]!), 1);
    for (const columns of columnBoxes) {
      const { reads, pairs } = form.cost(columns, inner);
      const columnBlocks = columns.reduce((n, c, axis) => n * blocksAlong(form.columns[axis]!, c), 1);
      for (const rows of blocksOf(form.rows)) {
        const results = rows * sizeOf(columns);
        const text = rows * pairs;
        if (results > price.mostResults || (text > price.mostText && results > 1)) continue;
        const rowBlocks = blocksAlong(form.rows, rows);
        const threads = rowBlocks * columnBlocks * form.batches;
        const turn = text + price.read * (reads + rows * sizeOf(inner)) + price.carry * results + 4;
        // Of cuts that cost the same, the shorter text is compiled sooner.
        const cost = ((turn * turns + 2 * results) * shareOf(threads, price) * (1 + text / 8192)) / useful;
        if (!best || cost < best.cost)
          best = { cost, tiling: { rows, columns, inner }, blocks: [form.batches, rowBlocks, columnBlocks] };
      }
    }
  }
  return { ...best!.tiling, threads: threadsFor(best!.blocks, price.groups) };
}

/** What so many threads take of the device, those that have nothing to do beside them. */
function shareOf(threads: number, { enoughThreads, isTeam }: Prices): number {
  if (isTeam) return Math.ceil(threads / enoughThreads) * enoughThreads;
  return threads * Math.sqrt(Math.max(1, enoughThreads / threads));
}

/** Threads of a workgroup, so that few are idle and neighbours share what they read. */
function threadsFor(blocks: Threads, sizes: readonly number[]): Threads {
  let best: { threads: Threads; started: number; spread: number } | null = null;
  for (const threads of sizes.flatMap(shapesOf)) {
    const started = threads.reduce((n, t, i) => n * t * blocksAlong(blocks[i]!, t), 1);
    // A square of rows and columns reads less than a line of either; batches share nothing.
    const spread = threads[0] * Math.max(threads[1], threads[2]);
    if (
      !best ||
      started < best.started ||
      (started === best.started && spread < best.spread && sizeOf(threads) === sizeOf(best.threads))
    )
      best = { threads, started, spread };
  }
  return best!.threads;
}

/** Every way to lay out a power of two of threads. */
function shapesOf(size: number): Threads[] {
  const shapes: Threads[] = [];
  for (let batches = 1; batches <= size; batches *= 2)
    for (let rows = 1; batches * rows <= size; rows *= 2) shapes.push([batches, rows, size / batches / rows]);
  return shapes;
}
