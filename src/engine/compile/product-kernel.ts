/**
 * The kernel of a `product` group: each thread keeps a block of results in registers, walks the inner axis once, then
 * runs the maps that follow on each result. Operands are read through whatever moves precede them, so a transpose costs
 * nothing, and four neighbours at a time where they lie side by side. The left operand's sums over the inner axis (a bias
 * gradient) come with the product.
 */
import { invariant } from '../errors.ts';
import { type Expr, f32, i32, laneOfQuad, operandsOf, variable } from '../ir/expr.ts';
import {
  add,
  binary,
  divide,
  flatten,
  lessThan,
  mul,
  quartered,
  remainder,
  scale,
} from '../ir/index-math.ts';
import { groupVariable, type Kernel, laneVariable, type Stmt } from '../ir/kernel.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { type Group, groupLowering, memberIndex, reduceName } from './groups.ts';
import { factorOf, productForm } from './product-form.ts';
import { rebuildExpr } from './rebuild.ts';

/** How the work is cut. A thread takes blockM × blockN results; a workgroup threadsM × threadsN threads. */
export interface ProductTiling {
  readonly blockM: number;
  readonly blockN: number;
  readonly threadsM: number;
  readonly threadsN: number;
}

/** Where kernels run: on a processor's vector units, or on a GPU. Large register blocks suit the former. */
export type ProcessorKind = 'gpu' | 'cpu';

/** A block that fits the result and leaves every core something to do. */
export function chooseTiling(m: number, n: number, batches: number, on: ProcessorKind): ProductTiling {
  const fit = (extent: number, most: number): number => {
    let block = most;
    while (block > 1 && block > extent) block /= 2;
    return block;
  };
  if (on === 'gpu') return { blockM: fit(m, 4), blockN: fit(n, 4), threadsM: 8, threadsN: 8 };
  const most = m * n * batches >= 4096 ? 8 : 4;
  return { blockM: fit(m, most), blockN: fit(n, most), threadsM: 4, threadsN: 4 };
}

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
  const { batches, rows: m, columns: n } = form;
  const depth = sizeOf(form.inner);
  const { blockM, blockN, threadsM, threadsN } = chooseTiling(m, n, batches, on);
  const tilesM = Math.ceil(m / (blockM * threadsM));
  const tilesN = Math.ceil(n / (blockN * threadsN));
  const groups = batches * tilesM * tilesN;
  const lower = groupLowering(group, stored);

  const wg = variable(groupVariable, 'i32', groups);
  const lane = variable(laneVariable, 'i32', threadsM * threadsN);
  const rowBlock = add(scale(remainder(divide(wg, tilesN), tilesM), threadsM), divide(lane, threadsN));
  const columnBlock = add(scale(remainder(wg, tilesN), threadsN), remainder(lane, threadsN));
  const body: Stmt[] = [
    { kind: 'let', name: 'batch', value: divide(wg, tilesM * tilesN) },
    { kind: 'let', name: 'mb', value: rowBlock },
    { kind: 'let', name: 'nb', value: columnBlock },
  ];
  const batch = variable('batch', 'i32', batches);
  const m0 = scale(variable('mb', 'i32', tilesM * threadsM), blockM);
  const n0 = scale(variable('nb', 'i32', tilesN * threadsN), blockN);
  const rows = edges(body, 'm', m0, blockM, m);
  const columns = edges(body, 'n', n0, blockN, n);

  const left = (row: Expr, k: Expr): Expr =>
    factorOf(core, form, 'row', form.index(batch, row, columns[0]!), k, lower);
  const right = (column: Expr, k: Expr): Expr =>
    factorOf(core, form, 'column', form.index(batch, rows[0]!, column), k, lower);

  const cells = { blockM, blockN };
  eachCell(cells, (i, j) => body.push({ kind: 'var', name: `c_${i}_${j}`, type: 'f32', value: f32(0) }));
  if (group.rowSum)
    for (let i = 0; i < blockM; i++) body.push({ kind: 'var', name: `s_${i}`, type: 'f32', value: f32(0) });

  const turn = (k: Expr, tag: string): Stmt[] => {
    const statements: Stmt[] = [];
    rows.forEach((row, i) => {
      const value = readTogether(left(row, k));
      statements.push({ kind: 'let', name: `a${tag}_${i}`, value });
      const sum = variable(`s_${i}`, 'f32');
      if (group.rowSum)
        statements.push({ kind: 'assign', name: `s_${i}`, value: add(sum, variable(`a${tag}_${i}`, 'f32')) });
    });
    columns.forEach((column, j) => {
      const value = readTogether(right(column, k));
      statements.push({ kind: 'let', name: `b${tag}_${j}`, value });
    });
    eachCell(cells, (i, j) => {
      const term = mul(variable(`a${tag}_${i}`, 'f32'), variable(`b${tag}_${j}`, 'f32'));
      statements.push({
        kind: 'assign',
        name: `c_${i}_${j}`,
        value: add(variable(`c_${i}_${j}`, 'f32'), term),
      });
    });
    return statements;
  };
  const read = [(k: Expr) => left(rows[0]!, k), (k: Expr) => right(columns[0]!, k)];
  const unroll = depth >= 4 && read.some(liesAlong) ? 4 : 1;
  const whole = Math.floor(depth / unroll);
  const k = scale(variable('kq', 'i32', whole), unroll);
  const turns = Array.from({ length: unroll }, (_, u) => turn(add(k, i32(u)), `${u}`)).flat();
  body.push({ kind: 'for', name: 'kq', from: i32(0), to: i32(whole), by: 1, body: turns });
  for (let rest = whole * unroll; rest < depth; rest++)
    body.push(...turn(i32(rest), `r${rest - whole * unroll}`));

  body.push(...storeCells(group, stores, lower, { m0, n0, m, n, rows, columns, ...cells }));
  return { name, threads: threadsM * threadsN, groups, shared: [], body, flops: 2 * batches * m * n * depth };
}

interface Cells {
  readonly blockM: number;
  readonly blockN: number;
}

/** The indices of a block's rows or columns; those past the edge read the last one, and are not stored. */
function edges(body: Stmt[], name: string, start: Expr, block: number, extent: number): Expr[] {
  return Array.from({ length: block }, (_, i) => {
    const at = add(start, i32(i));
    if (at.max < extent) return at;
    body.push({ kind: 'let', name: `${name}_${i}`, value: binary('min', at, i32(extent - 1)) });
    return variable(`${name}_${i}`, 'i32', extent);
  });
}

/** Loads at four times something plus a constant, read as lanes of a quad. */
function readTogether(e: Expr): Expr {
  return rebuildExpr(e, (x) => {
    if (x.kind !== 'load' || x.type !== 'f32' || x.slot < 0 || operandsOf(x.index).some(readsMemory))
      return null;
    const at = quartered(x.index);
    return at && laneOfQuad(x.slot, at.quarter, at.lane);
  });
}

/** Whether an operand's neighbours lie along the inner axis: then four of them are read at once. */
function liesAlong(read: (k: Expr) => Expr): boolean {
  const k = scale(variable('kq', 'i32', 2), 4);
  const [a, b] = [readTogether(read(k)), readTogether(read(add(k, i32(1))))];
  return a.kind === 'lane' && b.kind === 'lane' && a.x === b.x;
}

const readsMemory = (e: Expr): boolean => e.kind === 'load' || operandsOf(e).some(readsMemory);

function storeCells(
  group: Group,
  stores: readonly Value[],
  lower: (v: Value, index: readonly Expr[]) => Expr,
  at: Cells & { m0: Expr; n0: Expr; m: number; n: number; rows: readonly Expr[]; columns: readonly Expr[] },
): Stmt[] {
  const results = stores
    .filter((v) => v !== group.rowSum)
    .map((v): Stmt => {
      const index = memberIndex(group, v, false)!;
      return { kind: 'store', slot: v.id, index: flatten(index, v.shape), value: lower(v, index) };
    });
  const statements: Stmt[] = [];
  eachCell(at, (i, j) => {
    const inside = binary(
      'and',
      lessThan(add(at.m0, i32(i)), i32(at.m)),
      lessThan(add(at.n0, i32(j)), i32(at.n)),
    );
    statements.push({
      kind: 'if',
      cond: inside,
      body: [
        { kind: 'let', name: 'm', value: at.rows[i]! },
        { kind: 'let', name: 'n', value: at.columns[j]! },
        { kind: 'let', name: reduceName(group, group.core), value: variable(`c_${i}_${j}`, 'f32') },
        ...results,
      ],
    });
  });
  const { rowSum } = group;
  if (!rowSum || !stores.includes(rowSum)) return statements;
  for (let i = 0; i < at.blockM; i++) {
    const first = binary('and', binary('eq', at.n0, i32(0)), lessThan(add(at.m0, i32(i)), i32(at.m)));
    const store: Stmt = {
      kind: 'store',
      slot: rowSum.id,
      index: at.rows[i]!,
      value: variable(`s_${i}`, 'f32'),
    };
    statements.push({ kind: 'if', cond: first, body: [store] });
  }
  return statements;
}

function eachCell({ blockM, blockN }: Cells, visit: (i: number, j: number) => void): void {
  for (let i = 0; i < blockM; i++) for (let j = 0; j < blockN; j++) visit(i, j);
}
