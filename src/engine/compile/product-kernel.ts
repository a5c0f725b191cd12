/**
 * The kernel of a `product` group: each thread keeps a block of results in registers, walks the inner axis once, then
 * runs the maps that follow on each result. Operands are read through whatever moves precede them, so a transpose costs
 * nothing; the left operand's sums over the inner axis (a bias gradient) come with it.
 */
import { type Expr, f32, i32, variable } from '../ir/expr.ts';
import { add, binary, divide, flatten, lessThan, mul, remainder, unflatten } from '../ir/index-math.ts';
import { groupVariable, type Kernel, laneVariable, type Stmt } from '../ir/kernel.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { operandIndex } from '../ops/product.ts';
import { type Group, groupLowering, memberIndex, reduceName } from './groups.ts';

/** How the work is cut. A thread takes blockM × blockN results; a workgroup threadsM × threadsN threads. */
export interface ProductTiling {
  readonly blockM: number;
  readonly blockN: number;
  readonly threadsM: number;
  readonly threadsN: number;
}

/** A block that fits the result: never wider than it needs. */
export function chooseTiling(m: number, n: number): ProductTiling {
  const block = (extent: number): number => (extent >= 8 ? 4 : extent >= 2 ? 2 : 1);
  return { blockM: block(m), blockN: block(n), threadsM: 8, threadsN: 8 };
}

export function productKernel(
  group: Group,
  stores: readonly Value[],
  stored: (v: Value) => boolean,
  name: string,
): Kernel {
  const { core } = group;
  const [left, right] = core.inputs as [Value, Value];
  const lead = core.shape.slice(0, -2);
  const [m, n] = core.shape.slice(-2) as [number, number];
  const depth = left.shape.at(-1)!;
  const batches = sizeOf(lead);
  const { blockM, blockN, threadsM, threadsN } = chooseTiling(m, n);
  const tilesM = Math.ceil(m / (blockM * threadsM));
  const tilesN = Math.ceil(n / (blockN * threadsN));
  const groups = batches * tilesM * tilesN;
  const lower = groupLowering(group, stored);

  const wg = variable(groupVariable, 'i32', groups);
  const lane = variable(laneVariable, 'i32', threadsM * threadsN);
  const rowStart = add(
    mul(remainder(divide(wg, tilesN), tilesM), i32(blockM * threadsM)),
    mul(divide(lane, threadsN), i32(blockM)),
  );
  const columnStart = add(
    mul(remainder(wg, tilesN), i32(blockN * threadsN)),
    mul(remainder(lane, threadsN), i32(blockN)),
  );
  const body: Stmt[] = [
    { kind: 'let', name: 'batch', value: divide(wg, tilesM * tilesN) },
    { kind: 'let', name: 'm0', value: rowStart },
    { kind: 'let', name: 'n0', value: columnStart },
  ];
  const batch = unflatten(variable('batch', 'i32', batches), lead);
  const m0 = variable('m0', 'i32', tilesM * blockM * threadsM);
  const n0 = variable('n0', 'i32', tilesN * blockN * threadsN);
  const k = variable('k', 'i32', depth);
  const at = (start: Expr, i: number, extent: number): Expr =>
    binary('min', add(start, i32(i)), i32(extent - 1));

  // Rows and columns past the edge read the last one; only their stores are left out.
  const rows = Array.from({ length: blockM }, (_, i) => {
    body.push({ kind: 'let', name: `m_${i}`, value: at(m0, i, m) });
    return variable(`m_${i}`, 'i32', m);
  });
  const columns = Array.from({ length: blockN }, (_, j) => {
    body.push({ kind: 'let', name: `n_${j}`, value: at(n0, j, n) });
    return variable(`n_${j}`, 'i32', n);
  });
  const loop: Stmt[] = [];
  rows.forEach((row, i) => {
    loop.push({
      kind: 'let',
      name: `a_${i}`,
      value: lower(left, operandIndex(left.shape, batch, i32(0), row, k)),
    });
    if (group.rowSum) body.push({ kind: 'var', name: `s_${i}`, type: 'f32', value: f32(0) });
    if (group.rowSum)
      loop.push({
        kind: 'assign',
        name: `s_${i}`,
        value: add(variable(`s_${i}`, 'f32'), variable(`a_${i}`, 'f32')),
      });
  });
  columns.forEach((column, j) => {
    loop.push({
      kind: 'let',
      name: `b_${j}`,
      value: lower(right, operandIndex(right.shape, batch, i32(0), k, column)),
    });
  });
  eachCell(blockM, blockN, (i, j) => {
    body.push({ kind: 'var', name: `c_${i}_${j}`, type: 'f32', value: f32(0) });
    const term = mul(variable(`a_${i}`, 'f32'), variable(`b_${j}`, 'f32'));
    loop.push({ kind: 'assign', name: `c_${i}_${j}`, value: add(variable(`c_${i}_${j}`, 'f32'), term) });
  });
  body.push({ kind: 'for', name: 'k', from: i32(0), to: i32(depth), by: 1, body: loop });

  const results: Stmt[] = stores
    .filter((v) => v !== group.rowSum)
    .map((v) => {
      const index = memberIndex(group, v, false)!;
      return { kind: 'store', slot: v.id, index: flatten(index, v.shape), value: lower(v, index) };
    });
  eachCell(blockM, blockN, (i, j) => {
    const inside = binary('and', lessThan(add(m0, i32(i)), i32(m)), lessThan(add(n0, i32(j)), i32(n)));
    body.push({
      kind: 'if',
      cond: inside,
      body: [
        { kind: 'let', name: 'm', value: rows[i]! },
        { kind: 'let', name: 'n', value: columns[j]! },
        { kind: 'let', name: reduceName(group, core), value: variable(`c_${i}_${j}`, 'f32') },
        ...results,
      ],
    });
  });
  if (group.rowSum && stores.includes(group.rowSum)) {
    const slot = group.rowSum.id;
    for (let i = 0; i < blockM; i++) {
      const first = binary('and', binary('eq', n0, i32(0)), lessThan(add(m0, i32(i)), i32(m)));
      body.push({
        kind: 'if',
        cond: first,
        body: [{ kind: 'store', slot, index: rows[i]!, value: variable(`s_${i}`, 'f32') }],
      });
    }
  }
  return { name, threads: threadsM * threadsN, groups, shared: [], body, flops: 2 * batches * m * n * depth };
}

function eachCell(rows: number, columns: number, visit: (i: number, j: number) => void): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) visit(i, j);
}
