/**
 * The kernel of a `product` group: each thread adds up a box of results in registers, then runs the maps that follow on each
 * result. How the threads walk and share what they read is one of several variants, chosen for the device. Operands are read
 * through whatever moves precede them, so a transpose costs nothing. The left operand's sums over the inner axis (a bias
 * gradient) come with the product.
 */
import { invariant } from '../errors.ts';
import { type Expr, i32, load, variable } from '../ir/expr.ts';
import { binary, flatten, lessThan, unflatten } from '../ir/index-math.ts';
import type { Kernel, SharedArray, Stmt } from '../ir/kernel.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { type Group, memberIndex, reduceName } from './groups.ts';
import { type Results, whenLooking } from './looks.ts';
import type { Lower } from './lower.ts';
import { columnName, type ProductForm, productForm } from './product-form.ts';
import { directionsOf, productKey } from './product-key.ts';
import { readsAlong, registerWalk } from './product-registers.ts';
import { tileWalk } from './product-tiles.ts';
import { type Product, type ProductWalk, placesIn, resultName, sumName } from './product-walk.ts';
import { quickCut } from './quick-cut.ts';
import {
  chooseTiling,
  finished,
  type Priced,
  type Processor,
  shortlist,
  type Tiling,
  tilingName,
  tilingsOf,
} from './tiling.ts';

/** Above this many results of a thread, what follows a product is written as a loop over them. */
const mostWrittenOut = { steady: 16, quick: 2 } as const;
/** The results of a thread, laid out for that loop. */
const resultsSlot = -3;

/** What a group's product is made of. */
export function productOf(group: Group, results: Results, scaleOf: (factor: Value) => number): Product {
  const { core } = group;
  const form = productForm(core);
  invariant(form, `${core.op.id} is a product of rows and columns`);
  const { lower } = results;
  const [row, column] = [form.rowFactor, 1 - form.rowFactor].map((i) => scaleOf(core.inputs[i]!));
  const directions = once(() => directionsOf(core, form, lower));
  return {
    group,
    form,
    lower,
    results,
    quads: readsAlong(core, form, lower),
    // The sums of a factor come of what is laid out, and are to be those of the factor itself.
    exact: group.rowSum !== null,
    scales: { row: row!, column: column! },
    directions,
    key: once(() => productKey(core, form, directions())),
  };
}

/** The names of the cuts that are worth measuring, the cheapest by price first. */
export function productCuts(
  { form, quads, exact }: Product,
  on: Processor,
  count: number,
): readonly string[] {
  return shortlist({ form, on, quads, exact }, count);
}

export function productKernel(product: Product, name: string, on: Processor): Kernel {
  const tiling = finished(cutsOf(product, on).steady, on);
  return kernelCut(product, name, { on, tiling, for: 'steady' });
}

/**
 * The same for a start, where another text is compiled that much sooner; null where none is.
 *
 * @param uses dispatches that share the text
 */
export function quickKernel(product: Product, name: string, on: Processor, uses: number): Kernel | null {
  const { all, steady, quick } = cutsOf(product, on);
  if (!quick.has(uses)) quick.set(uses, quickCut({ form: product.form, on, uses }, all, steady));
  const tiling = quick.get(uses);
  return tiling ? kernelCut(product, name, { on, tiling, for: 'quick' }) : null;
}

function kernelCut(
  product: Product,
  name: string,
  how: { readonly on: Processor; readonly tiling: Tiling; readonly for: keyof typeof mostWrittenOut },
): Kernel {
  const { on, tiling } = how;
  const { group, form } = product;
  const scene = { ...product, tiling };
  const walk = tiling.sharing === 'workgroup' ? tileWalk(scene) : registerWalk(scene, on.lanes);

  const results = sizeOf(walk.box);
  const isLooped = results > mostWrittenOut[how.for];
  const shared: SharedArray[] = [...walk.shared];
  if (isLooped)
    shared.push({ slot: resultsSlot, type: 'f32', length: results, space: 'private', quads: false });
  const storing = { group, results: product.results, form, walk };
  const after = [...(isLooped ? storeInLoop(storing) : storeEach(storing)), ...storeRowSums(storing)];
  const inside = walk.mayStayOut ? [...walk.body, ...after] : after;
  const guarded: readonly Stmt[] =
    walk.fits.kind === 'const' ? inside : [{ kind: 'if', cond: walk.fits, body: inside }];
  return {
    name,
    threads: sizeOf(tiling.threads),
    groups: walk.groups,
    shared,
    body: [...walk.head, ...(walk.mayStayOut ? [] : walk.body), ...guarded],
    flops: 2 * form.batches * form.rows * sizeOf(form.columns) * sizeOf(form.inner),
    variant: tilingName(tiling),
  };
}

/** How a product could be cut, and which cuts were chosen. */
interface Cuts {
  readonly all: readonly Priced[];
  readonly steady: Priced;
  /** By how many dispatches share the text. */
  readonly quick: Map<number, Tiling | null>;
}

/** Cuts by what for: nets have many products of few shapes, and there are thousands of cuts to compare. */
const known = new WeakMap<Processor, Map<string, Cuts>>();

function cutsOf({ form, quads, exact, key }: Product, on: Processor): Cuts {
  const cuts = known.get(on) ?? new Map<string, Cuts>();
  known.set(on, cuts);
  const name = `${quads} ${exact} ${key()}`;
  const found = cuts.get(name);
  if (found) return found;
  const all = tilingsOf({ form, on, quads, exact });
  const made = { all, steady: chooseTiling(all, on.choices.get(key())), quick: new Map() };
  cuts.set(name, made);
  return made;
}

/** What is worked out when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface Storing {
  readonly group: Group;
  readonly results: Results;
  readonly form: ProductForm;
  readonly walk: ProductWalk;
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
  { group, results, form, walk }: Storing,
  i: Expr,
  place: readonly Expr[],
  result: Expr,
): Stmt {
  const row = walk.row(i);
  const column = walk.column(place);
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
      ...resultStores(group, results.stores, results.lower),
      ...whenLooking(resultStores(group, results.looks, results.lowerForLooks)),
    ],
  };
}

function storeEach(storing: Storing): Stmt[] {
  return placesIn(storing.walk.box).map(([i, ...place], cell) =>
    storeAt(
      storing,
      i32(i!),
      place.map((n) => i32(n)),
      variable(resultName(cell), 'f32'),
    ),
  );
}

/** The same as a loop, over results laid out in an array: a text that is short however many there are. */
function storeInLoop(storing: Storing): Stmt[] {
  const { box } = storing.walk;
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
      body: [storeAt(storing, i!, place, load(resultsSlot, cell, 'f32'))],
    },
  ];
}

/** The sums of the left operand, stored by those who have the first columns. */
function storeRowSums(storing: Storing): Stmt[] {
  const { stores, looks } = storing.results;
  return [...rowSumsIn(stores, storing), ...whenLooking(rowSumsIn(looks, storing))];
}

function rowSumsIn(stores: readonly Value[], { group: { rowSum, core }, walk }: Storing): Stmt[] {
  if (!rowSum || !stores.includes(rowSum)) return [];
  const { rows } = productForm(core)!;
  const first = walk.column(walk.box.slice(1).map(() => i32(0)));
  const isFirst = first.map((n) => binary('eq', n, i32(0))).reduce((a, b) => binary('and', a, b));
  return Array.from({ length: walk.box[0]! }, (_, i): Stmt => {
    const row = walk.row(i32(i));
    const store: Stmt = { kind: 'store', slot: rowSum.id, index: row, value: variable(sumName(i), 'f32') };
    return { kind: 'if', cond: binary('and', isFirst, lessThan(row, i32(rows))), body: [store] };
  });
}
