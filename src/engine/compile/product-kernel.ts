/**
 * The kernel of a `product` group: each thread keeps a box of results in registers, walks the inner axis once, then runs
 * the maps that follow on each result. Operands are read through whatever moves precede them, so a transpose costs nothing,
 * and four neighbours at a time where they lie side by side; what neighbouring results share is read once. The left
 * operand's sums over the inner axis (a bias gradient) come with the product.
 */
import { invariant } from '../errors.ts';
import { bool, type Expr, f32, i32, load, select, variable } from '../ir/expr.ts';
import { add, binary, flatten, lessThan, mul, scale, unflatten } from '../ir/index-math.ts';
import { groupVariable, type Kernel, laneVariable, type SharedArray, type Stmt } from '../ir/kernel.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { type Group, groupLowering, memberIndex, reduceName } from './groups.ts';
import type { Lower } from './lower.ts';
import { columnName, factorOf, type ProductForm, productForm } from './product-form.ts';
import { readTogether } from './quads.ts';
import { chooseTiling, type ProcessorKind, type Tiling } from './tiling.ts';

/** Above this many results of a thread, what follows a product is written as a loop over them. */
const mostWrittenOut = 16;
/** The results of a thread, laid out for that loop. */
const resultsSlot = -1;

export function productKernel(
  group: Group,
  stores: readonly Value[],
  stored: (v: Value) => boolean,
  name: string,
  on: ProcessorKind,
): Kernel {
  const { core } = group;
  const form = productForm(core);
  invariant(form, `${core.op.id} is a product of rows and columns`);
  const lower = groupLowering(group, stored);
  const tiling = chooseTiling(form, on, readsAlong(core, form, lower));
  const cut = cutOf(form, tiling);
  const at = placesOf(form, tiling, cut);

  const inside: Stmt[] = [];
  const results = tiling.rows * sizeOf(tiling.columns);
  for (let c = 0; c < results; c++)
    inside.push({ kind: 'var', name: resultName(c), type: 'f32', value: f32(0) });
  if (group.rowSum)
    for (let i = 0; i < tiling.rows; i++)
      inside.push({ kind: 'var', name: sumName(i), type: 'f32', value: f32(0) });
  inside.push(...walk({ group, form, tiling, at, lower }));
  const shared: SharedArray[] = [];
  if (results > mostWrittenOut) {
    shared.push({ slot: resultsSlot, type: 'f32', length: results, space: 'private' });
    inside.push(...storeInLoop(group, stores, lower, tiling, at));
  } else inside.push(...storeEach(group, stores, lower, tiling, at));
  inside.push(...storeRowSums(group, stores, tiling, at));

  const counts = [form.batches, cut.rowBlocks, cut.columnBlocks];
  // Threads past the last block have nothing to do.
  const fits = blockNames.reduce<Expr>(
    (all, block, i) =>
      binary(
        'and',
        all,
        lessThan(variable(block, 'i32', cut.groups[i]! * tiling.threads[i]!), i32(counts[i]!)),
      ),
    bool(true),
  );
  const isExact = fits.kind === 'const';
  return {
    name,
    threads: sizeOf(tiling.threads),
    groups: sizeOf(cut.groups),
    shared,
    body: [
      ...blockNumbers(tiling, cut),
      ...(isExact ? inside : [{ kind: 'if', cond: fits, body: inside } as const]),
    ],
    flops: 2 * form.batches * form.rows * sizeOf(form.columns) * sizeOf(form.inner),
  };
}

/** Which batch, block of rows and block of columns a thread takes. */
const blockNames = ['batch', 'mb', 'nb'] as const;
const resultName = (cell: number): string => `c${cell}`;
const sumName = (row: number): string => `s${row}`;

/** How many blocks and workgroups there are. */
interface Cut {
  readonly rowBlocks: number;
  readonly columnBlocks: number;
  /** Blocks along each axis of the columns. */
  readonly along: Shape;
  /** Workgroups along batches, rows and columns. */
  readonly groups: Shape;
}

function cutOf(form: ProductForm, { rows, columns, threads }: Tiling): Cut {
  const along = columns.map((block, axis) => Math.ceil(form.columns[axis]! / block));
  const rowBlocks = Math.ceil(form.rows / rows);
  const columnBlocks = sizeOf(along);
  const groups = [form.batches, rowBlocks, columnBlocks].map((n, i) => Math.ceil(n / threads[i]!));
  return { rowBlocks, columnBlocks, along, groups };
}

function blockNumbers({ threads }: Tiling, { groups }: Cut): Stmt[] {
  const wg = unflatten(variable(groupVariable, 'i32', sizeOf(groups)), groups);
  const lane = unflatten(variable(laneVariable, 'i32', sizeOf(threads)), threads);
  return blockNames.map((name, i) => ({
    kind: 'let',
    name,
    value: add(scale(wg[i]!, threads[i]!), lane[i]!),
  }));
}

/** Where a thread's results begin. Those past an edge are computed from whatever is there, and not stored. */
interface Places {
  readonly batch: Expr;
  readonly m0: Expr;
  readonly n0: readonly Expr[];
}

function placesOf(form: ProductForm, { rows, columns }: Tiling, cut: Cut): Places {
  // Past the last block nothing is computed, so there the numbers of blocks are bounds.
  const nb = variable('nb', 'i32', cut.columnBlocks);
  return {
    batch: variable('batch', 'i32', form.batches),
    m0: scale(variable('mb', 'i32', cut.rowBlocks), rows),
    n0: unflatten(nb, cut.along).map((b, axis) => scale(b, columns[axis]!)),
  };
}

interface Scene {
  readonly group: Group;
  readonly form: ProductForm;
  readonly tiling: Tiling;
  readonly at: Places;
  readonly lower: Lower;
}

const isZero = (e: Expr): boolean => e.kind === 'const' && e.value === 0;

/** The loops over the inner axis: whole boxes, then the rest of a lone axis. */
function walk(scene: Scene): Stmt[] {
  const { form, tiling } = scene;
  const whole = form.inner.map((extent, axis) => Math.floor(extent / tiling.inner[axis]!));
  const starts = whole.map((n, axis) => scale(variable(`k${axis}`, 'i32', n), tiling.inner[axis]!));
  let body = turn(scene, starts, tiling.inner, 'x');
  for (let axis = whole.length - 1; axis >= 0; axis--)
    if (whole[axis]! > 1)
      body = [{ kind: 'for', name: `k${axis}`, from: i32(0), to: i32(whole[axis]!), by: 1, body }];
  const rest = form.inner.length === 1 ? form.inner[0]! - whole[0]! * tiling.inner[0]! : 0;
  return rest === 0 ? body : [...body, ...turn(scene, [i32(form.inner[0]! - rest)], [rest], 'r')];
}

/** One box of inner places, written out. */
function turn(
  { group, form, tiling, at, lower }: Scene,
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
    const left = Array.from({ length: tiling.rows }, (_, i) =>
      named(
        `a${tag}${u}_${i}`,
        factorOf(group.core, form, { batch: at.batch, row: add(at.m0, i32(i)) }, inner, lower),
      ),
    );
    const right = columns.map((place, j) => {
      const column = at.n0.map((start, axis) => add(start, i32(place[axis]!)));
      return named(`b${tag}${u}_${j}`, factorOf(group.core, form, { batch: at.batch, column }, inner, lower));
    });
    left.forEach((a, i) => {
      if (group.rowSum) statements.push(increase(sumName(i), a));
      right.forEach((b, j) => {
        // Where a tap meets nothing there is nothing to add.
        if (!isZero(a) && !isZero(b))
          statements.push(increase(resultName(i * columns.length + j), product(a, b)));
      });
    });
  });
  return statements;
}

/** What a row's factor and a column's add. */
const product = (a: Expr, b: Expr): Expr => (a.type === 'bool' ? select(a, b, f32(0)) : mul(a, b));

const increase = (name: string, by: Expr): Stmt => ({
  kind: 'assign',
  name,
  value: add(variable(name, 'f32'), by),
});

/** Every place in a box, the last axis fastest. */
function placesIn(box: Shape): number[][] {
  return box.reduce<number[][]>(
    (places, size) => places.flatMap((p) => Array.from({ length: size }, (_, i) => [...p, i])),
    [[]],
  );
}

/** Whether neighbours of an operand lie along a lone inner axis: then four of them are read at once. */
function readsAlong(core: Value, form: ProductForm, lower: Lower): boolean {
  if (form.inner.length !== 1) return false;
  const k = scale(variable('k0', 'i32', 2), 4);
  const batch = variable('batch', 'i32', form.batches);
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

/** What is stored of the result at a row and a column that the statements before have named. */
function resultStores(group: Group, stores: readonly Value[], lower: Lower): Stmt[] {
  return stores
    .filter((v) => v !== group.rowSum)
    .map((v): Stmt => {
      const index = memberIndex(group, v, false)!;
      return { kind: 'store', slot: v.id, index: flatten(index, v.shape), value: lower(v, index) };
    });
}

/** Names a result's row, columns and value, and stores what follows from them; nothing past the edges. */
function storeAt(
  { group, stores, lower, form }: { group: Group; stores: readonly Value[]; lower: Lower; form: ProductForm },
  row: Expr,
  column: readonly Expr[],
  result: Expr,
): Stmt {
  const cond = column.reduce(
    (all, n, axis) => binary('and', all, lessThan(n, i32(form.columns[axis]!))),
    lessThan(row, i32(form.rows)),
  );
  return {
    kind: 'if',
    cond,
    body: [
      { kind: 'let', name: 'm', value: row },
      ...column.map((value, axis) => ({ kind: 'let', name: columnName(axis), value }) as const),
      { kind: 'let', name: reduceName(group, group.core), value: result },
      ...resultStores(group, stores, lower),
    ],
  };
}

function storeEach(group: Group, stores: readonly Value[], lower: Lower, tiling: Tiling, at: Places): Stmt[] {
  const form = productForm(group.core)!;
  return placesIn([tiling.rows, ...tiling.columns]).map(([i, ...place], cell) =>
    storeAt(
      { group, stores, lower, form },
      add(at.m0, i32(i!)),
      at.n0.map((start, axis) => add(start, i32(place[axis]!))),
      variable(resultName(cell), 'f32'),
    ),
  );
}

/** The same as a loop, over results laid out in an array: a text that is short however many there are. */
function storeInLoop(
  group: Group,
  stores: readonly Value[],
  lower: Lower,
  tiling: Tiling,
  at: Places,
): Stmt[] {
  const form = productForm(group.core)!;
  const box = [tiling.rows, ...tiling.columns];
  const cell = variable('cell', 'i32', sizeOf(box));
  const [i, ...place] = unflatten(cell, box);
  return [
    ...Array.from(
      { length: sizeOf(box) },
      (_, c): Stmt => ({
        kind: 'store',
        slot: resultsSlot,
        index: i32(c),
        value: variable(resultName(c), 'f32'),
      }),
    ),
    {
      kind: 'for',
      name: 'cell',
      from: i32(0),
      to: i32(sizeOf(box)),
      by: 1,
      body: [
        storeAt(
          { group, stores, lower, form },
          add(at.m0, i!),
          at.n0.map((start, axis) => add(start, place[axis]!)),
          load(resultsSlot, cell, 'f32'),
        ),
      ],
    },
  ];
}

/** The sums of the left operand, stored by those who have the first columns. */
function storeRowSums({ rowSum, core }: Group, stores: readonly Value[], tiling: Tiling, at: Places): Stmt[] {
  if (!rowSum || !stores.includes(rowSum)) return [];
  const { rows } = productForm(core)!;
  const isFirst = at.n0.reduce<Expr | null>((all, n) => {
    const here = binary('eq', n, i32(0));
    return all ? binary('and', all, here) : here;
  }, null)!;
  return Array.from({ length: tiling.rows }, (_, i): Stmt => {
    const row = add(at.m0, i32(i));
    const store: Stmt = { kind: 'store', slot: rowSum.id, index: row, value: variable(sumName(i), 'f32') };
    return { kind: 'if', cond: binary('and', isFirst, lessThan(row, i32(rows))), body: [store] };
  });
}
