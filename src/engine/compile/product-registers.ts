/**
 * The variants of the product family without workgroup memory: each thread walks the inner axis in boxes that are written out, and
 * reads four neighbours at a time where they lie side by side. In the one for subgroups, threads that have the same rows
 * read a part of them each, and tell the others.
 */
import { bool, broadcast, type Expr, i32, variable } from '../ir/expr.ts';
import { add, binary, lessThan, remainder, scale, unflatten } from '../ir/index-math.ts';
import { groupVariable, laneVariable, type Stmt, subgroupVariable } from '../ir/kernel.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Lower } from './lower.ts';
import { factorOf, type ProductForm } from './product-form.ts';
import {
  accumulate,
  batchName,
  isZero,
  type ProductWalk,
  placesIn,
  registers,
  type Scene,
} from './product-walk.ts';
import { readTogether } from './quads.ts';
import type { Tiling } from './tiling.ts';

/** Which batch, block of rows and block of columns a thread takes. */
const blockNames = [batchName, 'mb', 'nb'] as const;

/** How many blocks and workgroups there are, each along batches, rows and columns. */
interface Cut {
  readonly blocks: readonly number[];
  readonly groups: readonly number[];
  /** Blocks along each axis of the columns. */
  readonly along: Shape;
}

/** Where a thread's results begin. Those past an edge are computed from whatever is there, and not stored. */
interface Places {
  readonly batch: Expr;
  readonly m0: Expr;
  readonly n0: readonly Expr[];
}

/** @param lanes threads of a subgroup */
export function registerWalk(scene: Scene, lanes: number): ProductWalk {
  const { form, tiling } = scene;
  const cut = cutOf(form, tiling);
  const at = placesOf(form, tiling, cut);
  const told = tiling.sharing === 'subgroup' ? lanes : 1;
  return {
    groups: sizeOf(cut.groups),
    shared: [],
    head: blockNumbers(tiling, cut, told > 1),
    body: [...registers(scene), ...walk(scene, at, told)],
    fits: fitsOf(tiling, cut),
    // Whoever has nothing to do may have something to tell.
    mayStayOut: told === 1,
    box: [tiling.rows, ...tiling.columns],
    row: (i) => add(at.m0, i),
    column: (place) => at.n0.map((start, axis) => add(start, place[axis]!)),
  };
}

function cutOf(form: ProductForm, { rows, columns, threads }: Tiling): Cut {
  const along = columns.map((block, axis) => Math.ceil(form.columns[axis]! / block));
  const blocks = [form.batches, Math.ceil(form.rows / rows), sizeOf(along)];
  return { blocks, along, groups: blocks.map((n, i) => Math.ceil(n / threads[i]!)) };
}

/** The block along an axis that a thread would take if there were as many as there are threads. */
function blockOf(axis: number, { threads }: Tiling, { groups }: Cut): Expr {
  const wg = unflatten(variable(groupVariable, 'i32', sizeOf(groups)), groups);
  const lane = unflatten(variable(laneVariable, 'i32', sizeOf(threads)), threads);
  return add(scale(wg[axis]!, threads[axis]!), lane[axis]!);
}

/** @param bounded threads past the last block walk along it, since others wait for them */
function blockNumbers(tiling: Tiling, cut: Cut, bounded: boolean): Stmt[] {
  return blockNames.map((name, i) => {
    const block = blockOf(i, tiling, cut);
    return { kind: 'let', name, value: bounded ? binary('min', block, i32(cut.blocks[i]! - 1)) : block };
  });
}

function fitsOf(tiling: Tiling, cut: Cut): Expr {
  return blockNames.reduce<Expr>(
    (all, _, i) => binary('and', all, lessThan(blockOf(i, tiling, cut), i32(cut.blocks[i]!))),
    bool(true),
  );
}

function placesOf(form: ProductForm, { rows, columns }: Tiling, { blocks, along }: Cut): Places {
  // Past the last block nothing is computed, so there the numbers of blocks are bounds.
  const [, mb, nb] = blockNames.map((name, i) => variable(name, 'i32', blocks[i]!)) as [Expr, Expr, Expr];
  return {
    batch: variable(batchName, 'i32', form.batches),
    m0: scale(mb, rows),
    n0: unflatten(nb, along).map((b, axis) => scale(b, columns[axis]!)),
  };
}

/** The loops over the inner axis: whole boxes, then the rest of a lone axis. */
function walk(scene: Scene, at: Places, told: number): Stmt[] {
  const { form, tiling } = scene;
  const whole = form.inner.map((extent, axis) => Math.floor(extent / tiling.inner[axis]!));
  const starts = whole.map((n, axis) => scale(variable(`k${axis}`, 'i32', n), tiling.inner[axis]!));
  let body = turn(scene, at, told, starts, tiling.inner, 'x');
  for (let axis = whole.length - 1; axis >= 0; axis--)
    if (whole[axis]! > 1)
      body = [{ kind: 'for', name: `k${axis}`, from: i32(0), to: i32(whole[axis]!), by: 1, body }];
  const rest = form.inner.length === 1 ? form.inner[0]! - whole[0]! * tiling.inner[0]! : 0;
  return rest === 0 ? body : [...body, ...turn(scene, at, told, [i32(form.inner[0]! - rest)], [rest], 'r')];
}

/** One box of inner places, written out. */
function turn(
  { group, form, tiling, lower }: Scene,
  at: Places,
  told: number,
  starts: readonly Expr[],
  box: Shape,
  tag: string,
): Stmt[] {
  const statements: Stmt[] = [];
  const columns = placesIn(tiling.columns);
  placesIn(box).forEach((offset, u) => {
    const inner = starts.map((start, axis) => add(start, i32(offset[axis]!)));
    const named = (name: string, value: Expr): Expr => {
      if (isZero(value)) return value;
      statements.push({ kind: 'let', name, value: readTogether(value) });
      return variable(name, value.type);
    };
    const rowFactor = (row: Expr): Expr =>
      factorOf(group.core, form, { batch: at.batch, row: add(at.m0, row) }, inner, lower);
    const left =
      told === 1
        ? Array.from({ length: tiling.rows }, (_, i) => named(`a${tag}${u}_${i}`, rowFactor(i32(i))))
        : toldRows(tiling.rows, told, (part, row) => named(`p${tag}${u}_${part}`, rowFactor(row))).map(
            (value, i) => named(`a${tag}${u}_${i}`, value),
          );
    const right = columns.map((place, j) => {
      const column = at.n0.map((start, axis) => add(start, i32(place[axis]!)));
      return named(`b${tag}${u}_${j}`, factorOf(group.core, form, { batch: at.batch, column }, inner, lower));
    });
    statements.push(...accumulate(group, left, right));
  });
  return statements;
}

/** The factors of rows, of which each thread of a subgroup reads every `lanes`-th. */
function toldRows(rows: number, lanes: number, read: (part: number, row: Expr) => Expr): Expr[] {
  const lane = remainder(variable(subgroupVariable, 'i32', lanes), Math.min(rows, lanes));
  const parts = Array.from({ length: Math.ceil(rows / lanes) }, (_, part) =>
    read(part, add(lane, i32(part * lanes))),
  );
  return Array.from({ length: rows }, (_, i) => {
    const part = parts[Math.floor(i / lanes)]!;
    return isZero(part) ? part : broadcast(part, i % lanes);
  });
}

/** Whether neighbours of an operand lie along a lone inner axis: then four of them are read at once. */
export function readsAlong(core: Value, form: ProductForm, lower: Lower): boolean {
  if (form.inner.length !== 1) return false;
  const k = scale(variable('k0', 'i32', 2), 4);
  const batch = variable(batchName, 'i32', form.batches);
  const row = variable('mb', 'i32', form.rows);
  const column = form.columns.map((extent, axis) => variable(`nb${axis}`, 'i32', extent));
  return [
    { batch, row },
    { batch, column },
  ].some((at) => {
    const [a, b] = [k, add(k, i32(1))].map((place) => readTogether(factorOf(core, form, at, [place], lower)));
    return a?.kind === 'lane' && b?.kind === 'lane' && a.x === b.x;
  });
}
