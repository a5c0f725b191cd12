/**
 * The kernel of a `rows` group. Reductions of one row run stage by stage, later stages reading earlier results
 * from registers; then row results and row elements are written. One thread takes a row when rows are short or plenty,
 * a whole workgroup when they are long.
 */

import type { DType } from '../ir/dtype.ts';
import { constant, type Expr, i32, load, operandsOf, select, unary, variable } from '../ir/expr.ts';
import { add, binary, divide, flatten, lessThan, mul, scale, unflatten } from '../ir/index-math.ts';
import { groupVariable, type Kernel, laneVariable, type SharedArray, type Stmt } from '../ir/kernel.ts';
import type { Monoid } from '../ir/op.ts';
import type { Value } from '../ir/value.ts';
import { type Group, isWhole, memberIndex, reduceElement, reduceName } from './groups.ts';
import { type Results, whenLooking } from './looks.ts';
import type { Lower } from './lower.ts';
import { isLong, readTogether } from './quads.ts';
import { rebuildExpr } from './rebuild.ts';
import { indexIn, spaceVariables } from './row-space.ts';
import { isTeam, type ProcessorKind, teamThreads } from './tiling.ts';

/** Threads of a workgroup where each takes a row of its own. */
const rowsPerGroup = 64;
/** The most threads that share one row; WebGPU guarantees 256 to a workgroup. */
const widestGroup = 256;
/** Rows up to this length are one thread's work. */
const shortRow = 32;

/** On a processor, threads that wait for each other are dear: only a few, very long rows are shared. */
const fewRows = 8;
const longRow = 1024;
/** Windows up to this size are written out. */
const mostTaps = 16;

/** A stage: reductions that share one loop over the row. */
type Stage = readonly Value[];

export function rowKernel(
  group: Group,
  { stores, lower, looks, lowerForLooks }: Results,
  name: string,
  on: ProcessorKind,
): Kernel {
  const { rows, cols, elements } = group.space;
  const alone = isAlone(group, on);
  const threads = alone ? rowsPerGroup : sharingThreads(cols, on);
  const lane = variable(laneVariable, 'i32', threads);
  const isWide =
    elements === 'trailing' &&
    cols % 4 === 0 &&
    cols >= (alone ? 8 : 4 * threads) &&
    !wholeValues(group, stores, lower).some(isLong);
  const walk: Walk = { ...walkBy(isWide ? 4 : 1, cols), threads, alone, lane, cols };

  const shared: SharedArray[] = [];
  const body: Stmt[] = [];
  for (const stage of stagesOf(group, lower))
    body.push(...stageStatements(group, stage, lower, walk, shared));
  body.push(...storeStatements(group, stores, lower, walk, 'out'));
  body.push(...whenLooking(storeStatements(group, looks, lowerForLooks, walk, 'look')));

  const groups = alone ? Math.ceil(rows / threads) : rows;
  const wg = variable(groupVariable, 'i32', groups);
  const start = alone ? add(mul(wg, i32(threads)), lane) : wg;
  const whole: Stmt[] = [
    { kind: 'let', name: 'row', value: start },
    ...guarded(alone && rows % threads !== 0, rows, body),
  ];
  return {
    name,
    threads,
    groups,
    shared,
    body: whole,
    flops: rows * cols * Math.max(1, group.reduces.length) * 2,
    variant: null,
  };
}

/** Whether each thread takes a row of its own. */
function isAlone({ space: { rows, cols, elements } }: Group, on: ProcessorKind): boolean {
  if (cols <= shortRow) return true;
  switch (on) {
    case 'cpu':
    case 'cpuTeam':
      return rows >= fewRows || cols <= longRow;
    case 'gpu':
      return rows >= 512 && elements !== 'trailing';
    case 'gpuTeam':
      return rows >= teamThreads.gpuTeam / 8;
    default:
      return on satisfies never;
  }
}

/** Threads that share a row. */
const sharingThreads = (cols: number, on: ProcessorKind): number =>
  isTeam(on) ? teamThreads[on] : Math.min(widestGroup, 2 ** Math.ceil(Math.log2(cols)));

function guarded(needed: boolean, rows: number, body: readonly Stmt[]): readonly Stmt[] {
  return needed ? [{ kind: 'if', cond: lessThan(variable('row', 'i32'), i32(rows)), body }] : body;
}

/** How a thread goes along its row. */
interface Walk {
  readonly threads: number;
  readonly alone: boolean;
  readonly lane: Expr;
  readonly cols: number;
  /** The variable of the loop over the row, and how far it goes. */
  readonly name: string;
  readonly turns: number;
  /** The row elements of one turn: one, or four neighbours. */
  readonly places: readonly Expr[];
}

function walkBy(width: 1 | 4, cols: number): Pick<Walk, 'name' | 'turns' | 'places'> {
  if (width === 1) return { name: 'col', turns: cols, places: [variable('col', 'i32', cols)] };
  const quarter = variable('quarter', 'i32', cols / 4);
  return {
    name: 'quarter',
    turns: cols / 4,
    places: [0, 1, 2, 3].map((i) => add(scale(quarter, 4), i32(i))),
  };
}

/** A loop over the row: all of it by one thread, or every so many elements by each. */
function alongRow({ alone, lane, threads, name, turns }: Walk, body: readonly Stmt[]): Stmt {
  return { kind: 'for', name, from: alone ? i32(0) : lane, to: i32(turns), by: alone ? 1 : threads, body };
}

/** What is computed for each element of a row. */
function wholeValues(group: Group, stores: readonly Value[], lower: Lower): Expr[] {
  return [
    ...group.reduces.map((v) => elementOf(group, v, lower)),
    ...stores.filter((v) => isWhole(group, v)).map((v) => lower(v, memberIndex(group, v, true)!)),
  ];
}

/** Splits reductions into loops: one that reads another's result comes after it. */
function stagesOf(group: Group, lower: Lower): Stage[] {
  const stages: Value[][] = [];
  for (const v of group.reduces) {
    const reads = registersIn(elementOf(group, v, lower));
    const current = stages.at(-1);
    if (current && !current.some((other) => reads.has(reduceName(group, other)))) current.push(v);
    else stages.push([v]);
  }
  return stages;
}

/** What a reduction folds at a place of its row; wherever the loop is, unless told. */
function elementOf(group: Group, v: Value, lower: Lower, col = spaceVariables(group.space).col): Expr {
  const { row } = spaceVariables(group.space);
  const domain = v.op.lower.kind === 'reduce' ? v.op.lower.domain(v.inputs, v.attrs, v) : [];
  return reduceElement(v, unflatten(row, v.shape), unflatten(col, domain), lower);
}

function registersIn(e: Expr, seen = new Set<Expr>(), names = new Set<string>()): Set<string> {
  if (seen.has(e)) return names;
  seen.add(e);
  if (e.kind === 'var') names.add(e.name);
  for (const o of operandsOf(e)) registersIn(o, seen, names);
  return names;
}

const isPosition = (m: Monoid): boolean => m === 'argmax' || m === 'argmin';

/** a combined with b, of a plain monoid. A NaN on either side wins a comparison. */
function combine(monoid: Monoid, a: Expr, b: Expr): Expr {
  switch (monoid) {
    case 'sum':
      return binary('add', a, b);
    case 'prod':
      return binary('mul', a, b);
    default:
      return select(beats(monoid, b, a), b, a);
  }
}

/** Whether a candidate replaces the best so far. */
function beats(monoid: Monoid, candidate: Expr, best: Expr): Expr {
  const better =
    monoid === 'max' || monoid === 'argmax' ? lessThan(best, candidate) : lessThan(candidate, best);
  return best.type === 'f32' ? binary('or', better, unary('isNan', candidate)) : better;
}

const monoidOf = (v: Value): Monoid => (v.op.lower.kind === 'reduce' ? v.op.lower.monoid : 'sum');

/** One place of the row is taken into the reduction. */
function foldIn(group: Group, v: Value, lower: Lower, col: Expr, turn: number): Stmt[] {
  const monoid = monoidOf(v);
  const element = readTogether(elementOf(group, v, lower, col));
  const name = reduceName(group, v);
  const acc = variable(`${name}_acc`, element.type);
  if (!isPosition(monoid))
    return [{ kind: 'assign', name: `${name}_acc`, value: combine(monoid, acc, element) }];
  const at = variable(`${name}_at`, 'i32');
  const winning = `${name}_wins${turn}`;
  const wins = variable(winning, 'bool');
  return [
    { kind: 'let', name: winning, value: beats(monoid, element, acc) },
    { kind: 'assign', name: `${name}_at`, value: select(wins, col, at) },
    { kind: 'assign', name: `${name}_acc`, value: select(wins, element, acc) },
  ];
}

function stageStatements(
  group: Group,
  stage: Stage,
  lower: Lower,
  walk: Walk,
  shared: SharedArray[],
): Stmt[] {
  const { cols } = walk;
  const { col } = spaceVariables(group.space);
  const first = walk.alone ? i32(0) : binary('min', walk.lane, i32(cols - 1));
  const before: Stmt[] = [];
  const after: Stmt[] = [];
  for (const v of stage) {
    const monoid = monoidOf(v);
    const element = elementOf(group, v, lower);
    const name = reduceName(group, v);
    // Extremes start from an element of the row, sums and products from their neutral element.
    const start =
      monoid === 'sum'
        ? constant(0, element.type)
        : monoid === 'prod'
          ? constant(1, element.type)
          : readTogether(rebuildExpr(element, (x) => (x === col ? first : null)));
    before.push({ kind: 'var', name: `${name}_acc`, type: element.type, value: start });
    if (isPosition(monoid)) before.push({ kind: 'var', name: `${name}_at`, type: 'i32', value: first });
    after.push(
      ...(walk.alone
        ? keepResult(v, name, monoid)
        : shareResult(name, monoid, element.type as DType, walk, shared)),
    );
  }
  const fold = (at: Expr, turn: number): Stmt[] => stage.flatMap((v) => foldIn(group, v, lower, at, turn));
  // Along a small window every tap is known, and with it most of its index.
  const isWindow = walk.alone && group.space.elements === 'none' && cols <= mostTaps;
  const loop: Stmt[] = isWindow
    ? Array.from({ length: cols }, (_, tap) => fold(i32(tap), tap)).flat()
    : [alongRow(walk, walk.places.flatMap(fold))];
  return [...before, ...loop, ...after];
}

function keepResult(v: Value, name: string, monoid: Monoid): Stmt[] {
  const result = isPosition(monoid) ? variable(`${name}_at`, 'i32') : variable(`${name}_acc`, v.dtype);
  return [{ kind: 'let', name, value: result }];
}

/** Combines the threads' partial results in a tree, so that rounding does not depend on scheduling. */
function shareResult(name: string, monoid: Monoid, type: DType, walk: Walk, shared: SharedArray[]): Stmt[] {
  const { lane, threads } = walk;
  const array = (t: DType): number => {
    const slot = -1 - shared.length;
    shared.push({ slot, type: t, length: threads, space: 'workgroup', quads: false });
    return slot;
  };
  const values = array(type);
  const acc = variable(`${name}_acc`, type);
  const positions = isPosition(monoid) ? array('i32') : null;
  const at = variable(`${name}_at`, 'i32');
  const statements: Stmt[] = [{ kind: 'store', slot: values, index: lane, value: acc }];
  if (positions !== null) statements.push({ kind: 'store', slot: positions, index: lane, value: at });
  statements.push({ kind: 'barrier' });
  for (let half = threads / 2; half >= 1; half /= 2) {
    const mine = load(values, lane, type);
    const theirs = load(values, add(lane, i32(half)), type);
    const body: Stmt[] = [];
    if (positions === null) {
      body.push({ kind: 'store', slot: values, index: lane, value: combine(monoid, mine, theirs) });
    } else {
      const myPlace = load(positions, lane, 'i32');
      const theirPlace = load(positions, add(lane, i32(half)), 'i32');
      const tied = binary('and', binary('eq', mine, theirs), lessThan(theirPlace, myPlace));
      const wins = `${name}_tree${half}`;
      body.push({ kind: 'let', name: wins, value: binary('or', beats(monoid, theirs, mine), tied) });
      const won = variable(wins, 'bool');
      body.push({ kind: 'let', name: `${wins}_at`, value: select(won, theirPlace, myPlace) });
      body.push({ kind: 'store', slot: values, index: lane, value: select(won, theirs, mine) });
      body.push({ kind: 'store', slot: positions, index: lane, value: variable(`${wins}_at`, 'i32') });
    }
    statements.push({ kind: 'if', cond: lessThan(lane, i32(half)), body }, { kind: 'barrier' });
  }
  const result = positions === null ? load(values, i32(0), type) : load(positions, i32(0), 'i32');
  statements.push({ kind: 'let', name, value: result });
  return statements;
}

function storeStatements(
  group: Group,
  stores: readonly Value[],
  lower: Lower,
  walk: Walk,
  named: string,
): Stmt[] {
  const { row } = spaceVariables(group.space);
  const each: Stmt[] = [];
  const once: Stmt[] = [];
  // All values before all stores: a result may take the place of what another one reads.
  const late: Array<{ readonly into: Stmt[]; readonly store: Stmt }> = [];
  for (const v of stores) {
    const name = `${named}${late.length}`;
    const value = variable(name, v.dtype);
    if (!isWhole(group, v)) {
      const index = memberIndex(group, v, false)!;
      once.push({ kind: 'let', name, value: lower(v, index) });
      late.push({ into: once, store: { kind: 'store', slot: v.id, index: flatten(index, v.shape), value } });
      continue;
    }
    const places = walk.places.map((col) => indexIn(group.space, v, row, col)!);
    const values = places.map((index, i): Expr => {
      each.push({ kind: 'let', name: `${name}_${i}`, value: readTogether(lower(v, index)) });
      return variable(`${name}_${i}`, v.dtype);
    });
    late.push({ into: each, store: storeAlong(v, flatten(places[0]!, v.shape), values) });
  }
  for (const { into, store } of late) into.push(store);
  const statements: Stmt[] = [];
  if (each.length > 0) statements.push(alongRow(walk, each));
  if (once.length > 0) {
    if (walk.alone) statements.push(...once);
    else statements.push({ kind: 'if', cond: binary('eq', walk.lane, i32(0)), body: once });
  }
  return statements;
}

/** One value, or four side by side. */
function storeAlong({ id }: Value, index: Expr, [x, y, z, w]: readonly Expr[]): Stmt {
  if (!y || !z || !w) return { kind: 'store', slot: id, index, value: x! };
  return { kind: 'storeQuad', slot: id, index: divide(index, 4), values: [x!, y, z, w] };
}
