/**
 * What the variants of the product family have in common: a thread adds up its results in registers, and says where they
 * lie. What becomes of a result afterwards is the same for all of them.
 */
import { type Expr, f32, select, variable } from '../ir/expr.ts';
import { add, mul } from '../ir/index-math.ts';
import type { SharedArray, Stmt } from '../ir/kernel.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Group } from './groups.ts';
import type { Results } from './looks.ts';
import type { Lower } from './lower.ts';
import type { ProductForm } from './product-form.ts';
import type { Directions } from './product-key.ts';
import type { Tiling } from './tiling.ts';

/** A group's product, as it is before it is cut. What is asked of it is worked out once, however often it is cut. */
export interface Product {
  readonly group: Group;
  readonly form: ProductForm;
  readonly lower: Lower;
  readonly results: Results;
  /** Operands can be read four at a time along a lone inner axis. */
  readonly quads: boolean;
  /** What else is made of the factors wants them whole. */
  readonly exact: boolean;
  /** What factors are multiplied by where they are rounded to 16 bits, so that small ones are not lost: powers of two. */
  readonly scales: { readonly row: number; readonly column: number };
  directions(): Directions;
  /** See product-key.ts. */
  key(): string;
}

export interface Scene extends Product {
  readonly tiling: Tiling;
}

/** How the threads of a product walk. */
export interface ProductWalk {
  /** Workgroups. */
  readonly groups: number;
  readonly shared: readonly SharedArray[];
  /** Names where a thread is. */
  readonly head: readonly Stmt[];
  /** Adds the results up. */
  readonly body: readonly Stmt[];
  /** Whether a thread has results at all. */
  readonly fits: Expr;
  /** Threads that have none need not walk. */
  readonly mayStayOut: boolean;
  /** Results of a thread: rows, and columns along their axes. */
  readonly box: Shape;
  /** The row of a thread's i-th row of results, and the index of the column of its results at a place. */
  row(i: Expr): Expr;
  column(place: readonly Expr[]): Expr[];
}

/** The batch that a thread is at. */
export const batchName = 'batch';
/** A thread's results, and its sums of the left operand. */
export const resultName = (cell: number): string => `c${cell}`;
export const sumName = (row: number): string => `s${row}`;

export const isZero = (e: Expr): boolean => e.kind === 'const' && e.value === 0;

/** Registers for what is added up. */
export function registers({ group, tiling }: Scene): Stmt[] {
  const zero = (name: string): Stmt => ({ kind: 'var', name, type: 'f32', value: f32(0) });
  const results = tiling.rows * sizeOf(tiling.columns);
  return [
    ...Array.from({ length: results }, (_, c) => zero(resultName(c))),
    ...Array.from({ length: group.rowSum ? tiling.rows : 0 }, (_, i) => zero(sumName(i))),
  ];
}

/** Adds the products of rows' and columns' factors at one inner place to the results. */
export function accumulate(group: Group, left: readonly Expr[], right: readonly Expr[]): Stmt[] {
  const statements: Stmt[] = [];
  left.forEach((a, i) => {
    if (group.rowSum) statements.push(increase(sumName(i), a));
    right.forEach((b, j) => {
      // Where a tap meets nothing there is nothing to add.
      if (!isZero(a) && !isZero(b))
        statements.push(increase(resultName(i * right.length + j), product(a, b)));
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
export function placesIn(box: Shape): number[][] {
  return box.reduce<number[][]>(
    (places, size) => places.flatMap((p) => Array.from({ length: size }, (_, i) => [...p, i])),
    [[]],
  );
}
