/**
 * The variant of the product family for GPUs: a workgroup lays out a tile of both factors in its memory, four numbers at a
 * time, and every thread adds up its results from there. Each factor is laid out the way it is read: with four inner places
 * side by side, or with four rows (or columns). The axes of a convolution are walked as one, its patches made on the way.
 */
import { bool, type Expr, f32, i32, laneOfQuad, select, variable } from '../ir/expr.ts';
import { add, divide, lessThan, mul, remainder, scale, unflatten } from '../ir/index-math.ts';
import { groupVariable, laneVariable, type SharedArray, type Stmt } from '../ir/kernel.ts';
import { sizeOf } from '../ir/shape.ts';
import { factorOf } from './product-form.ts';
import type { Direction } from './product-key.ts';
import {
  accumulate,
  batchName,
  type ProductWalk,
  registers,
  resultName,
  type Scene,
} from './product-walk.ts';
import { readTogether } from './quads.ts';
import { tileLength } from './tiling.ts';

const quad = 4;

/** One factor of a product: its rows, or its columns, as a line. */
interface Side {
  readonly name: 'a' | 'b';
  readonly slot: number;
  /** Of a thread, and of the threads beside each other. */
  readonly block: number;
  readonly threads: number;
  /** Which of these the thread is, and where the tile begins. */
  readonly thread: Expr;
  readonly start: Expr;
  /** What it is multiplied by when it is laid out. */
  readonly scale: number;
  /** The factor at a place and an inner place. */
  element(place: Expr, inner: Expr): Expr;
}

export function tileWalk(scene: Scene): ProductWalk {
  const { form, tiling, group, lower } = scene;
  const [depth, columnCount] = [sizeOf(form.inner), sizeOf(form.columns)];
  const [, down, across] = tiling.threads;
  const [columns, inner] = [tiling.columns[0]!, tiling.inner[0]!];
  const counts = [
    form.batches,
    Math.ceil(form.rows / (tiling.rows * down)),
    Math.ceil(columnCount / (columns * across)),
  ];
  const wg = unflatten(variable(groupVariable, 'i32', sizeOf(counts)), counts);
  const lane = variable(laneVariable, 'i32', down * across);
  const batch = variable(batchName, 'i32', form.batches);
  const named = (name: string, extent: number): Expr => variable(name, 'i32', extent);
  const at = (place: Expr): Expr[] => unflatten(place, form.inner);
  const a: Side = {
    name: 'a',
    slot: -1,
    block: tiling.rows,
    threads: down,
    thread: named('ty', down),
    start: scale(named('tm', counts[1]!), tiling.rows * down),
    scale: tiling.half ? scene.scales.row : 1,
    element: (row, k) => factorOf(group.core, form, { batch, row }, at(k), lower),
  };
  const b: Side = {
    name: 'b',
    slot: -2,
    block: columns,
    threads: across,
    thread: named('tx', across),
    start: scale(named('tn', counts[2]!), columns * across),
    scale: tiling.half ? scene.scales.column : 1,
    element: (column, k) =>
      factorOf(group.core, form, { batch, column: unflatten(column, form.columns) }, at(k), lower),
  };
  const turns = Math.ceil(depth / inner);
  const k0 = scale(variable('k0', 'i32', turns), inner);
  // What lies neither way is read as neighbours: in a convolution, of one row of an image.
  const { rows: da, columns: db } = scene.directions();
  const shared = (side: Side): SharedArray => ({
    slot: side.slot,
    type: tiling.half ? 'f16' : 'f32',
    length: tileLength(side.threads * side.block, inner),
    space: 'workgroup',
    quads: true,
  });
  const turn: Stmt[] = [
    ...layOut(a, da, { k0, inner, depth, lane, threads: down * across }),
    ...layOut(b, db, { k0, inner, depth, lane, threads: down * across }),
    { kind: 'barrier' },
    {
      kind: 'for',
      name: 'kq',
      from: i32(0),
      to: i32(inner / quad),
      by: 1,
      body: fourPlaces(scene, a, da, b, db, inner),
    },
    { kind: 'barrier' },
  ];
  return {
    groups: sizeOf(counts),
    shared: [shared(a), shared(b)],
    head: [
      { kind: 'let', name: batchName, value: wg[0]! },
      { kind: 'let', name: 'tm', value: wg[1]! },
      { kind: 'let', name: 'tn', value: wg[2]! },
      { kind: 'let', name: 'ty', value: divide(lane, across) },
      { kind: 'let', name: 'tx', value: remainder(lane, across) },
    ],
    body: [
      ...registers(scene),
      { kind: 'for', name: 'k0', from: i32(0), to: i32(turns), by: 1, body: turn },
      ...scaledBack(scene, a.scale * b.scale),
    ],
    fits: bool(true),
    mayStayOut: false,
    box: [tiling.rows, columns],
    row: (i) => placeOf(a, da, i),
    column: ([j]) => unflatten(placeOf(b, db, j!), form.columns),
  };
}

/**
 * A thread's i-th place of a side. Neighbouring threads have neighbouring places (or fours of them), so that they read
 * and store what lies side by side.
 */
function placeOf({ start, thread, threads }: Side, direction: Direction, i: Expr): Expr {
  if (direction === 'inner') return add(start, add(thread, scale(i, threads)));
  return add(start, add(scale(add(thread, scale(divide(i, quad), threads)), quad), remainder(i, quad)));
}

/** Where in its tile a quad of a factor lies; along the inner axes, a gap after each line spreads them over the banks. */
const quadAt = (side: Side, direction: Direction, line: Expr, item: Expr, inner: number): Expr =>
  direction === 'inner'
    ? add(scale(line, inner / quad + 1), item)
    : add(scale(line, (side.threads * side.block) / quad), item);

/** Results of factors that were multiplied by powers of two, as they are without. */
function scaledBack({ tiling }: Scene, by: number): Stmt[] {
  if (by === 1) return [];
  return Array.from({ length: tiling.rows * sizeOf(tiling.columns) }, (_, cell): Stmt => {
    const name = resultName(cell);
    return { kind: 'assign', name, value: mul(variable(name, 'f32'), f32(1 / by)) };
  });
}

/** Fills a tile of one factor; all threads take part. Past the last inner place lies 0. */
function layOut(
  side: Side,
  direction: Direction,
  at: { k0: Expr; inner: number; depth: number; lane: Expr; threads: number },
): Stmt[] {
  const places = side.threads * side.block;
  const perLine = direction === 'inner' ? at.inner / quad : places / quad;
  const count = (places * at.inner) / quad / at.threads;
  return Array.from({ length: count }, (_, n): Stmt[] => {
    const number = add(at.lane, i32(n * at.threads));
    const name = (what: string): string => `${side.name}${what}${n}`;
    const line = divide(number, perLine);
    const item = remainder(number, perLine);
    const values = [0, 1, 2, 3].map((i) => {
      const wide = add(scale(item, quad), i32(i));
      const [place, k] = direction === 'inner' ? [line, wide] : [wide, line];
      const inside = add(at.k0, k);
      const factor = readTogether(side.element(add(side.start, place), inside));
      const value = side.scale === 1 ? factor : mul(factor, f32(side.scale));
      return { name: name(`v${i}_`), value: select(lessThan(inside, i32(at.depth)), value, f32(0)) };
    });
    return [
      ...values.map((v): Stmt => ({ kind: 'let', ...v })),
      {
        kind: 'storeQuad',
        slot: side.slot,
        index: quadAt(side, direction, line, item, at.inner),
        values: values.map((v) => variable(v.name, 'f32')) as [Expr, Expr, Expr, Expr],
      },
    ];
  }).flat();
}

/** What a thread adds from four inner places of the tiles. */
function fourPlaces({ group }: Scene, a: Side, da: Direction, b: Side, db: Direction, inner: number): Stmt[] {
  const kq = variable('kq', 'i32', inner / quad);
  const read = (side: Side, direction: Direction, i: number, u: number): Expr => {
    const { thread, threads } = side;
    if (direction === 'inner')
      return laneOfQuad(side.slot, quadAt(side, direction, add(thread, i32(i * threads)), kq, inner), u);
    const item = add(thread, i32(Math.floor(i / quad) * threads));
    return laneOfQuad(
      side.slot,
      quadAt(side, direction, add(scale(kq, quad), i32(u)), item, inner),
      i % quad,
    );
  };
  const statements: Stmt[] = [];
  for (let u = 0; u < quad; u++) {
    const factors = (side: Side, direction: Direction): Expr[] =>
      Array.from({ length: side.block }, (_, i) => {
        const name = `${side.name}${u}_${i}`;
        statements.push({ kind: 'let', name, value: read(side, direction, i, u) });
        return variable(name, 'f32');
      });
    statements.push(...accumulate(group, factors(a, da), factors(b, db)));
  }
  return statements;
}
