/**
 * The pipeline: simplify → group → decide what is kept → plan memory → make kernels → print them → share texts. Pure: no GPU is needed.
 */
import { forgetOldExpressions } from '../ir/expr.ts';
import { topological } from '../ir/graph.ts';
import type { Kernel } from '../ir/kernel.ts';
import { formatShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { detach } from '../ops/detach.ts';
import { dispatchOf, type Operand, type PlacedKernel } from './bindings.ts';
import { gatherSums } from './gather-sums.ts';
import { behindMoves, behindReshapes, type Group, groupGraph, groupLowering, isLeaf } from './groups.ts';
import type { Part } from './in-place.ts';
import type { Results } from './looks.ts';
import type { Lower } from './lower.ts';
import { mapKernel } from './map-kernel.ts';
import { arenaOf, type Lifetime, planArenas } from './memory.ts';
import { productCuts, productKernel, productOf, quickKernel } from './product-kernel.ts';
import type { Dispatch, Place, Program } from './program.ts';
import { rowKernel } from './row-kernel.ts';
import { shareTexts } from './share.ts';
import { simplify } from './simplify.ts';
import { splitDepths } from './split-depth.ts';
import { decideStores, type GroupStores } from './stores.ts';
import { isTeam, type Processor, type ProcessorKind } from './tiling.ts';

/** A result that the caller wants in memory; `at` says where, else the arena of activations holds it until the program ends. */
export interface Wanted {
  readonly value: Value;
  readonly at?: Place;
  /** It is part of what is differentiated: what it is made of is no gradient. Where nothing is said to be, all is. */
  readonly isForward?: true;
  /** Only looks read it (see looks.ts): it is there after a run with the uniform `looking` at 1. */
  readonly isForLooks?: true;
}

/** What a program is compiled for. */
export interface Target extends Processor {
  /** WebGPU guarantees 8 storage buffers to a shader; adapters may have more. */
  readonly maxBindings: number;
  /** Passes that are left out: results are the same to rounding, and come slower. */
  readonly without?: readonly PassName[];
  /** Whether products have a second text, for a start. Where it is the driver that compiles them, nobody knows whether its bits are the same. */
  readonly startsQuickly?: boolean;
}

/** What WebGPU guarantees on every adapter. */
export const anyTarget = (processor: ProcessorKind): Target => ({
  maxBindings: 8,
  processor,
  lanes: 1,
  workgroup: { bytes: 16_384, threads: 256 },
  halves: false,
  choices: new Map(),
});

export interface CompileOptions extends Target {
  /** The arena for values between kernels. */
  readonly arena: string;
  /** Words of the uniform buffer that other programs beside this one agree on. */
  readonly uniforms: readonly string[];
  /** What gradients are multiplied by where they are rounded to 16 bits: a power of two. Those of a mean are small. */
  readonly gradientScale?: number;
}

/** What makes programs faster and can be left out. */
export const passNames = [
  'simplify',
  'gatherSums',
  'splitDepths',
  'quickStart',
  'shareTexts',
  'subgroups',
  'workgroupTiles',
  'halves',
] as const;
/** `team`: what one workgroup can run is run by all of the device. */
export type PassName = (typeof passNames)[number] | 'team';

/** The rewrites of a graph before it is grouped, in their order. */
const rewrites: ReadonlyArray<
  readonly [PassName, (roots: readonly Value[], target: Target) => readonly Value[]]
> = [
  ['simplify', simplify],
  ['gatherSums', gatherSums],
  ['simplify', simplify],
  ['splitDepths', (roots, { processor }) => splitDepths(roots, processor)],
];

/** A product whose cut can be chosen by measuring. */
export interface CutQuestion {
  readonly key: string;
  readonly flops: number;
  /** The names of cuts that are worth measuring, the cheapest by price first. */
  cuts(count: number): readonly string[];
  /** The kernel with one of them. */
  dispatch(cut: string): Dispatch;
  /** Where it finds numbers, and where it puts its results. */
  readonly reads: readonly Place[];
  readonly results: readonly Place[];
}

export interface Compiled {
  readonly program: Program;
  /** What the program's dispatches are made of, in their order. */
  readonly kernels: readonly PlacedKernel[];
  /** What could be cut otherwise. */
  readonly questions: readonly CutQuestion[];
  /** Where each wanted value is found, in the order of `wanted`. */
  readonly places: readonly Place[];
  /** Elements that any schedule of this order must hold at once. */
  readonly lowerBound: number;
}

/** Compiles one graph. `placeOf` finds the buffer of each leaf. */
export function compileGraph(
  wanted: readonly Wanted[],
  placeOf: (leaf: Value) => Place,
  options: CompileOptions,
): Compiled {
  forgetOldExpressions();
  const isOn = (pass: PassName): boolean => !options.without?.includes(pass);
  // What a team runs is cut for its one workgroup, and threads do not meet inside of it.
  const inTeam = isTeam(options.processor);
  const on: Processor = {
    processor: options.processor,
    lanes: isOn('subgroups') && !inTeam ? options.lanes : 1,
    halves: isOn('halves') && !inTeam && options.halves,
    choices: inTeam ? new Map<string, string>() : options.choices,
    workgroup: isOn('workgroupTiles') && !inTeam ? options.workgroup : { bytes: 0, threads: 0 },
  };
  const kept = rewrites
    .reduce<readonly Value[]>(
      (roots, [pass, rewrite]) => (isOn(pass) ? rewrite(roots, options) : roots),
      wanted.map((w) => w.value),
    )
    .map(behindReshapes);
  const forward = new Set(topological(kept.filter((_, i) => wanted[i]!.isForward)).map(behindMoves));
  const scaleOf = (v: Value): number =>
    forward.size === 0 || forward.has(behindMoves(v)) ? 1 : (options.gradientScale ?? 1);
  const given = new Map<Value, Place>();
  wanted.forEach(({ at }, i) => {
    // A result with a place of its own is computed for that place alone: the second to want it gets a copy.
    if (isLeaf(kept[i]!) || (at && given.has(kept[i]!))) kept[i] = detach(kept[i]!);
    if (at) given.set(kept[i]!, at);
  });
  const isLook = (_: Value, i: number): boolean => wanted[i]!.isForLooks === true;
  const grouping = groupGraph(
    kept.filter((v, i) => !isLook(v, i)),
    kept.filter(isLook),
  );
  const { wholes, parts } = grouping.inPlace;
  const plan = decideStores(grouping);

  const lifetimes = joinParts(lifetimesOf(plan, new Set(kept), given), parts);
  const arenas = planArenas(lifetimes, options.arena);
  const find = (v: Value): Place => {
    if (isLeaf(v)) return placeOf(v);
    const part = parts.get(v);
    if (part) {
      const whole = find(part.whole);
      return { ...whole, offset: whole.offset + part.offset, length: sizeOf(v.shape) };
    }
    const offset = arenas.offsets.get(v);
    return (
      given.get(v) ?? {
        buffer: arenaOf(v.dtype, options.arena),
        offset: offset ?? fail(v),
        length: sizeOf(v.shape),
      }
    );
  };
  const values = new Map<number, Value>();
  for (const { stores, looks, loads } of plan)
    for (const v of [...stores, ...looks, ...loads]) values.set(v.id, v);

  /** The group that stores each value, and the same with what is stored for looks. */
  const home = new Map(plan.flatMap((p) => p.stores.map((v) => [v, p.group.number] as const)));
  const homeForLooks = new Map([
    ...home,
    ...plan.flatMap((p) => p.looks.map((v) => [v, p.group.number] as const)),
  ]);
  // What has no elements takes no kernel.
  const busy = plan.filter(({ group }) => group.space.rows > 0 && !wholes.has(group.core));
  const operandOf = (slot: number): Operand => {
    const value = values.get(slot)!;
    return { type: value.dtype, place: find(value) };
  };
  const lowerFrom = (group: Group, homes: ReadonlyMap<Value, number>): Lower =>
    groupLowering(
      group,
      (v) =>
        isLeaf(v) ||
        ((homes.get(v) ?? Number.POSITIVE_INFINITY) < group.number &&
          !group.members.has(v) &&
          !group.reduces.includes(v) &&
          group.rowSum !== v),
    );
  // A kernel that is for looks alone asks no more.
  const resultsOf = ({ group, stores, looks }: GroupStores): Results => {
    const lowerForLooks = lowerFrom(group, homeForLooks);
    return stores.length === 0
      ? { stores: looks, lower: lowerForLooks, looks: [], lowerForLooks }
      : { stores, lower: lowerFrom(group, home), looks, lowerForLooks };
  };
  const results = new Map(busy.map((planned) => [planned, resultsOf(planned)] as const));
  const products = new Map(
    busy
      .filter(({ group }) => group.kind === 'product')
      .map((planned) => [planned, productOf(planned.group, results.get(planned)!, scaleOf)] as const),
  );
  const kernelOf = (planned: GroupStores, on: Processor): Kernel => {
    const { group } = planned;
    const stored = results.get(planned)!;
    const name = kernelName(group, stored.stores);
    const product = products.get(planned);
    if (product) return productKernel(product, name, on);
    const make = group.kind === 'rows' ? rowKernel : mapKernel;
    return make(group, stored, name, on.processor);
  };
  const kernels = busy.map(
    (planned): PlacedKernel => ({
      kernel: kernelOf(planned, on),
      operandOf,
      onlyLooks: planned.stores.length === 0,
    }),
  );
  const quickOf = (planned: GroupStores, at: number, uses: number): Dispatch | null => {
    const product = products.get(planned);
    const kernel = product && quickKernel(product, kernels[at]!.kernel.name, on, uses);
    return kernel ? dispatchOf({ ...kernels[at]!, kernel }, options) : null;
  };
  const questions = busy.flatMap((planned, i): CutQuestion[] => {
    const product = products.get(planned);
    if (!product || inTeam) return [];
    return [
      {
        key: product.key(),
        flops: kernels[i]!.kernel.flops,
        cuts: (count) => productCuts(product, on, count),
        dispatch: (cut) => {
          const kernel = kernelOf(planned, { ...on, choices: { get: () => cut } });
          return dispatchOf({ ...kernels[i]!, kernel }, options);
        },
        // Whole numbers are places elsewhere.
        reads: [...planned.loads].filter((v) => v.dtype === 'f32').map(find),
        results: results.get(planned)!.stores.map(find),
      },
    ];
  });
  const share = isOn('shareTexts') ? shareTexts : (all: readonly Dispatch[]): readonly Dispatch[] => all;
  const steady = share(kernels.map((k) => dispatchOf(k, options)));
  const startsQuickly = options.startsQuickly === true && !inTeam && isOn('quickStart');
  const uses = (text: string): number => steady.filter(({ wgsl }) => wgsl === text).length;
  const quick = startsQuickly ? steady.map(({ wgsl }, i) => quickOf(busy[i]!, i, uses(wgsl))) : [];
  const shared = share(quick.flatMap((d) => d ?? []));
  let next = 0;
  return {
    program: {
      dispatches: steady.map((d, i) => (quick[i] ? { ...d, quick: [shared[next++]!] } : d)),
      buffers: arenas.sizes,
      uniforms: options.uniforms,
    },
    kernels,
    questions,
    places: kept.map(find),
    lowerBound: arenas.lowerBound,
  };
}

function fail(v: Value): never {
  throw new Error(
    `Gradloom assumed that ${v.op.id} ${formatShape(v.shape)} has a place in memory. Please report this.`,
  );
}

/** Says what a kernel computes: its reductions, then what it stores. */
function kernelName(group: Group, stores: readonly Value[]): string {
  const last = stores.at(-1)!;
  const parts = [...group.reduces.map((v) => v.op.id), ...(last === group.core ? [] : [last.op.id])];
  return `${(parts.length > 0 ? parts : [group.core.op.id]).join('+')} ${formatShape(group.core.shape)}`;
}

function lifetimesOf(
  plan: readonly GroupStores[],
  forever: ReadonlySet<Value>,
  given: ReadonlyMap<Value, Place>,
): Lifetime[] {
  const first = new Map<Value, number>();
  const last = new Map<Value, number>();
  plan.forEach(({ stores, looks, loads }, i) => {
    for (const v of [...stores, ...looks]) first.set(v, i);
    for (const v of [...stores, ...looks, ...loads]) last.set(v, i);
  });
  return [...first]
    .filter(([v]) => !given.has(v))
    .map(([value, at]) => ({
      value,
      first: at,
      last: forever.has(value) ? Number.POSITIVE_INFINITY : last.get(value)!,
    }));
}

/** A concatenation lives from its first part on, and parts live in it. */
function joinParts(lifetimes: readonly Lifetime[], parts: ReadonlyMap<Value, Part>): Lifetime[] {
  const wholes = new Map<Value, { first: number; last: number }>();
  for (const { value, first, last } of lifetimes) {
    const whole = parts.get(value)?.whole;
    if (!whole) continue;
    const known = wholes.get(whole);
    wholes.set(whole, {
      first: Math.min(known?.first ?? first, first),
      last: Math.max(known?.last ?? last, last),
    });
  }
  return lifetimes
    .filter(({ value }) => !parts.has(value))
    .map((l) => {
      const joined = wholes.get(l.value);
      return joined
        ? { ...l, first: Math.min(l.first, joined.first), last: Math.max(l.last, joined.last) }
        : l;
    });
}
