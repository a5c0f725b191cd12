/**
 * How a product is cut. A thread keeps a box of results in registers and walks the inner axis in boxes whose steps are
 * written out; the larger both are, the fewer elements are read for each multiplication. Threads that need the same
 * elements read them each for itself, tell them each other within a subgroup, or lay them out in workgroup memory. Every cut
 * that fits is priced, and the cheapest taken where nothing was measured: prices are those of the kind of processor.
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

export const isTeam = (on: ProcessorKind): on is TeamKind => on === 'cpuTeam' || on === 'gpuTeam';

/** One workgroup of a device. */
export const teamOf = (on: ProcessorKind): TeamKind => (isTeam(on) ? on : `${on}Team`);

/** What kernels are cut for. */
export interface Processor {
  readonly processor: ProcessorKind;
  /** Threads of every subgroup; 1 where that varies, or where they cannot tell each other anything. */
  readonly lanes: number;
  /** What a workgroup may have at most: bytes of memory, and threads. */
  readonly workgroup: { readonly bytes: number; readonly threads: number };
  /** Whether tiles may be laid out as 16-bit numbers: the device has them, and the user allows it. */
  readonly halves: boolean;
  readonly choices: Choices;
}

/** Cuts that were chosen for this device by measuring, by the key of the product (see product-key.ts). */
export type Choices = Pick<ReadonlyMap<string, string>, 'get'>;

/** `direct`: each thread reads for itself. `subgroup`: rows are told. `workgroup`: both factors are laid out. */
const sharings = ['direct', 'subgroup', 'workgroup'] as const;
type Sharing = (typeof sharings)[number];

export interface Tiling {
  readonly sharing: Sharing;
  /** What is laid out has 16 bits; products of it are exact, and summed in 32. */
  readonly half: boolean;
  /** Results of a thread: rows, and columns along each of their axes (`workgroup`: along all of them as one). */
  readonly rows: number;
  readonly columns: Shape;
  /** Inner places that are written out; those that are laid out at a time (`workgroup`: along all axes as one). */
  readonly inner: Shape;
  /** Threads of a workgroup along batches, rows and columns. */
  readonly threads: Threads;
}

export type Threads = readonly [batches: number, rows: number, columns: number];

/** A cut with what it is expected to cost; only the order of costs means anything. */
export interface Priced extends Omit<Tiling, 'threads'> {
  readonly cost: number;
  /** Multiply-adds written out. */
  readonly text: number;
  /** Threads of a workgroup where the cut says so; else they follow from how many blocks there are. */
  readonly threads: Threads | null;
  readonly blocks: Threads;
}

interface Prices {
  /** Of reading an element, in multiply-adds. */
  readonly read: number;
  /** Of reading an element of workgroup memory. */
  readonly readShared: number;
  /** Of working out where an element that is laid out comes from and goes to. */
  readonly move: number;
  /** Of waiting for the other threads. */
  readonly barrier: number;
  /** Of learning an element from another thread. */
  readonly broadcast: number;
  /** Of carrying a result through a turn of the loop. */
  readonly carry: number;
  /** Results in registers at most; where factors are laid out, more are worth their registers. */
  readonly mostResults: Readonly<Record<Sharing, number>>;
  /** Multiply-adds written out at most: longer texts take longer to compile than they save. */
  readonly mostText: number;
  /**
   * What compiling a multiply-add that is written out takes, in multiply-adds of a step, spread over some thousand steps of
   * training: small products are not worth a long text.
   */
  readonly compile: number;
  /** Threads that keep the whole device busy. */
  readonly enoughThreads: number;
  /** Workgroups that do. */
  readonly enoughGroups: number;
  /** Whether no more threads than those run at all: then the others wait. */
  readonly isTeam?: true;
  /** Threads of a workgroup: the largest of those that leave the fewest idle. */
  readonly groups: readonly number[];
}

/**
 * On a processor, four threads run in the lanes of a vector: reading gathers four elements one by one and costs 6 to 7
 * multiply-adds (SwiftShader), results beyond the registers cost little, and waiting is a change of fibres. On a GPU, many
 * threads hide what reading costs.
 */
const wholePrices: Readonly<Record<'cpu' | 'gpu', Prices>> = {
  cpu: {
    read: 6.5,
    readShared: 6.5,
    move: 6,
    barrier: 1000,
    broadcast: 1,
    carry: 0.8,
    mostResults: { direct: 256, subgroup: 256, workgroup: 64 },
    mostText: 512,
    compile: 600,
    enoughThreads: 64,
    enoughGroups: 1,
    groups: [16, 8, 4],
  },
  gpu: {
    read: 3,
    readShared: 0.5,
    move: 3,
    barrier: 16,
    broadcast: 1,
    carry: 0,
    mostResults: { direct: 32, subgroup: 32, workgroup: 64 },
    mostText: 288,
    compile: 0,
    enoughThreads: 16_384,
    enoughGroups: 64,
    groups: [64],
  },
};

/** In a team, texts stand one behind the other, and few threads share the work. */
const teamPrices = (of: Prices, enoughThreads: number): Prices => ({
  ...of,
  mostResults: { direct: 16, subgroup: 0, workgroup: 0 },
  mostText: 32,
  enoughThreads,
  enoughGroups: 1,
  isTeam: true,
  groups: [1],
});

const prices: Readonly<Record<ProcessorKind, Prices>> = {
  ...wholePrices,
  cpuTeam: teamPrices(wholePrices.cpu, teamThreads.cpuTeam),
  gpuTeam: teamPrices(wholePrices.gpu, teamThreads.gpuTeam),
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

/** What so many threads take of the device, those that have nothing to do beside them. */
function shareOf(
  { threads, groups }: { threads: number; groups: number },
  { enoughThreads, enoughGroups, isTeam }: Prices,
): number {
  if (isTeam) return Math.ceil(threads / enoughThreads) * enoughThreads;
  return threads * Math.sqrt(Math.max(1, enoughThreads / threads, enoughGroups / groups));
}

/** What a cut costs for each result that is asked for. */
function costOf(
  form: ProductForm,
  price: Prices,
  cut: { work: number; threads: number; groups: number; text: number },
): number {
  // Of cuts that cost the same, the shorter text is compiled sooner.
  const total = cut.work * shareOf(cut, price) * (1 + cut.text / 8192) + price.compile * cut.text;
  return total / (form.rows * sizeOf(form.columns));
}

/** What a product is cut for, and how its operands can be read. */
export interface CutScene {
  readonly form: ProductForm;
  readonly on: Processor;
  /** Operands can be read four at a time along a lone inner axis. */
  readonly quads: boolean;
  /** What else is made of the factors wants them whole. */
  readonly exact: boolean;
}

/** Of all cuts the cheapest by price; or the one of this name, where it fits. */
export function chooseTiling(all: readonly Priced[], name: string | undefined): Priced {
  const named = name === undefined ? undefined : all.find((t) => tilingName(t) === name);
  // Whether 16 bits are any faster differs from GPU to GPU: only what was measured has them.
  const whole = all.filter((t) => !t.half);
  return named ?? whole.reduce((best, t) => (t.cost < best.cost ? t : best));
}

/** The names of the cheapest cuts, the cheapest first: the best of each kind of sharing, then others unlike them. */
export function shortlist(scene: CutScene, length: number): string[] {
  const sorted = tilingsOf(scene).toSorted((a, b) => a.cost - b.cost);
  const kinds = sharings.flatMap((sharing) => [false, true].map((half) => ({ sharing, half })));
  const firsts = kinds.flatMap(
    ({ sharing, half }) => sorted.find((t) => t.sharing === sharing && t.half === half) ?? [],
  );
  // Neighbours in price differ in little that could be measured: one of each size is enough.
  const sizes = new Map<string, Priced>();
  for (const t of sorted) {
    const size = `${t.sharing} ${t.rows * sizeOf(t.columns)} ${t.half}`;
    if (!sizes.has(size)) sizes.set(size, t);
  }
  const others = [...sizes.values()].filter((t) => !firsts.includes(t));
  return [...firsts, ...others]
    .slice(0, length)
    .toSorted((a, b) => a.cost - b.cost)
    .map(tilingName);
}

export const tilingsOf = (scene: CutScene): Priced[] => [
  ...registerTilings(scene),
  ...workgroupTilings(scene),
];

export function finished(
  { sharing, half, rows, columns, inner, threads, blocks }: Priced,
  on: Processor,
): Tiling {
  return {
    sharing,
    half,
    rows,
    columns,
    inner,
    threads: threads ?? threadsFor(blocks, prices[on.processor].groups),
  };
}

/** A cut in short: `subgroup 16×8×4`, or `workgroup 8×8×16 on 16×16 f16`. What it leaves out follows from the product. */
export function tilingName({
  sharing,
  half,
  rows,
  columns,
  inner,
  threads,
}: Omit<Priced, 'cost' | 'text' | 'blocks'>): string {
  const on = sharing === 'workgroup' ? ` on ${threads!.slice(1).join('×')}` : '';
  return `${sharing} ${rows}×${columns.join('.')}×${inner.join('.')}${on}${half ? halfSuffix : ''}`;
}

const halfSuffix = ' f16';
/** Whether the cut of this name rounds factors to 16 bits. */
export const isHalf = (name: string): boolean => name.endsWith(halfSuffix);

/** Cuts whose threads walk boxes of inner places by themselves, or as a subgroup that reads its rows together. */
function registerTilings({ form, on: { processor, lanes }, quads }: CutScene): Priced[] {
  const price = prices[processor];
  // A lone inner axis is walked in fours where that reads quads or spares turns, whatever rest it leaves.
  const lone = form.inner.length === 1;
  const inFours = lone && form.inner[0]! >= 4 && (quads || price.carry > 0);
  const innerBoxes: Shape[] = lone
    ? [[1], ...(inFours ? [[4]] : [])]
    : boxes(form.inner, partsOf, price.mostText);
  const columnBoxes = boxes(form.columns, blocksOf, 32);
  const rowBlocks = blocksOf(form.rows);
  const made: Priced[] = [];
  for (const inner of innerBoxes) {
    const turns = form.inner.reduce((n, extent, axis) => n * blocksAlong(extent, inner[axis]!), 1);
    for (const columns of columnBoxes) {
      const { reads, pairs } = form.cost(columns, inner);
      const columnBlocks = columns.reduce((n, c, axis) => n * blocksAlong(form.columns[axis]!, c), 1);
      // All threads of a workgroup have the same rows, so that it does not matter which of them are a subgroup.
      const width = form.choosesRows ? null : widthFor(columnBlocks, lanes, price.groups);
      for (const rows of rowBlocks) {
        const results = rows * sizeOf(columns);
        const text = rows * pairs;
        if (text > price.mostText && results > 1) continue;
        const down = blocksAlong(form.rows, rows);
        const blocks: Threads = [form.batches, down, columnBlocks];
        const common = text + price.read * reads + price.carry * results + 4;
        const add = (sharing: Sharing, threads: Threads | null, started: number, rowReads: number): void => {
          if (results > price.mostResults[sharing]) return;
          const work = (common + rowReads * sizeOf(inner)) * turns + 2 * results;
          const groups = started / price.groups[0]!;
          const cost = costOf(form, price, { work, threads: started, groups, text });
          made.push({ cost, text, sharing, half: false, rows, columns, inner, threads, blocks });
        };
        add('direct', null, sizeOf(blocks), price.read * rows);
        if (width !== null && rows > 1)
          add(
            'subgroup',
            [1, 1, width],
            form.batches * down * blocksAlong(columnBlocks, width) * width,
            price.read * Math.ceil(rows / lanes) + price.broadcast * rows,
          );
      }
    }
  }
  return made;
}

/** Threads of a workgroup of whole subgroups that leaves the fewest idle; null where threads tell each other nothing. */
function widthFor(blocks: number, lanes: number, groups: readonly number[]): number | null {
  const started = (width: number): number => blocksAlong(blocks, width) * width;
  const widths = groups.filter((n) => lanes > 1 && n % lanes === 0);
  return widths.toSorted((a, b) => started(a) - started(b) || b - a)[0] ?? null;
}

/** Threads of a workgroup along rows and columns, where they lay out what they read. */
const tileThreads: readonly (readonly [rows: number, columns: number])[] = [
  [8, 8],
  [8, 16],
  [16, 8],
  [16, 16],
];
const tileDepths: readonly number[] = [8, 16, 32];

/** Cuts whose workgroups lay out a tile of both factors at a time, four numbers wide. */
function workgroupTilings(scene: CutScene): Priced[] {
  const halves = scene.on.halves && !scene.exact ? [false, true] : [false];
  return halves.flatMap((half) => tilesOf(scene, half));
}

function tilesOf({ form, on: { processor, workgroup } }: CutScene, half: boolean): Priced[] {
  const price = prices[processor];
  const [columnCount, depth] = [sizeOf(form.columns), sizeOf(form.inner)];
  const made: Priced[] = [];
  if (form.choosesRows) return made;
  for (const [down, across] of tileThreads)
    for (const rows of [4, 8])
      for (const columns of [4, 8])
        for (const inner of tileDepths) {
          const group = down * across;
          const tile = rows * down + columns * across;
          const isEven = [rows * down, columns * across].every((side) => (side * inner) % (4 * group) === 0);
          const width = half ? 2 : 4;
          const bytes = width * (tileLength(rows * down, inner) + tileLength(columns * across, inner));
          if (!isEven || bytes > workgroup.bytes || group > workgroup.threads) continue;
          const turns = blocksAlong(depth, inner);
          const turn =
            rows * columns * inner +
            price.readShared * (width / 4) * (rows + columns) * inner +
            ((price.read + price.move) * tile * inner) / group +
            2 * price.barrier;
          const blocks: Threads = [
            form.batches,
            blocksAlong(form.rows, rows * down),
            blocksAlong(columnCount, columns * across),
          ];
          const results = rows * columns;
          made.push({
            cost: costOf(form, price, {
              work: turn * turns + 2 * results,
              groups: sizeOf(blocks),
              threads: sizeOf(blocks) * group,
              text: 4 * results,
            }),
            text: 4 * results,
            sharing: 'workgroup',
            half,
            rows,
            columns: [columns],
            inner: [inner],
            threads: [1, down, across],
            blocks,
          });
        }
  return made;
}

/** Elements that a tile of so many rows (or columns) and inner places takes, whichever way it is laid out. */
export const tileLength = (side: number, inner: number): number => side * (inner + 4);

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
