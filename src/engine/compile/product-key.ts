/**
 * What decides how fast a product is, as a key: its sizes, and along which axes its factors lie in memory. Products with one
 * key are cut alike, whatever layers they belong to.
 */
import { type Expr, i32, variable } from '../ir/expr.ts';
import { add, scale, unflatten } from '../ir/index-math.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { ConvAttrs } from '../ops/convolution.ts';
import type { Lower } from './lower.ts';
import { factorOf, type ProductForm } from './product-form.ts';
import { readTogether } from './quads.ts';

/** Where four neighbours of a factor can be read at once: along the inner axes, along its rows or columns, or nowhere. */
export type Direction = 'inner' | 'side' | 'none';

const four = [0, 1, 2, 3] as const;

/** The way a factor lies; `element` gives it at a place and an inner place, each along all of their axes as one. */
function directionOf(extent: number, depth: number, element: (place: Expr, inner: Expr) => Expr): Direction {
  const isQuad = (at: (i: number) => Expr): boolean => {
    const first = readTogether(at(0));
    return four.every((i) => {
      const e = i === 0 ? first : readTogether(at(i));
      return e.kind === 'lane' && first.kind === 'lane' && e.x === first.x && e.lane === i;
    });
  };
  const fours = (name: string, n: number): Expr =>
    scale(variable(name, 'i32', Math.max(2, Math.ceil(n / 4))), 4);
  const [place, k] = [variable('place', 'i32', extent), variable('k', 'i32', depth)];
  if (isQuad((i) => element(place, add(fours('kq', depth), i32(i))))) return 'inner';
  return isQuad((i) => element(add(fours('pq', extent), i32(i)), k)) ? 'side' : 'none';
}

/** The ways in which both factors lie. */
export interface Directions {
  readonly rows: Direction;
  readonly columns: Direction;
}

export function directionsOf(core: Value, form: ProductForm, lower: Lower): Directions {
  // Whether a row is chosen is not read, but worked out.
  if (form.choosesRows) return { rows: 'none', columns: 'none' };
  const batch = variable('batch', 'i32', form.batches);
  const depth = sizeOf(form.inner);
  const inner = (k: Expr): Expr[] => unflatten(k, form.inner);
  return {
    rows: directionOf(form.rows, depth, (row, k) => factorOf(core, form, { batch, row }, inner(k), lower)),
    columns: directionOf(sizeOf(form.columns), depth, (n, k) =>
      factorOf(core, form, { batch, column: unflatten(n, form.columns) }, inner(k), lower),
    ),
  };
}

/** The key of a product: `matmul 1·512×256×784 inner side`. */
export function productKey(core: Value, form: ProductForm, { rows, columns }: Directions): string {
  const sizes = [form.rows, form.columns.join('.'), form.inner.join('.')].join('×');
  return `${core.op.id} ${form.batches}·${sizes} ${rows} ${columns}${windowsOf(core)}`;
}

/** How the windows of a convolution move, where they do not simply go from place to place. */
function windowsOf({ op, attrs }: Value): string {
  if (op.id !== 'conv') return '';
  const { stride, before, inputDilation, kernelDilation } = attrs as ConvAttrs;
  return ` ${[stride, before, inputDilation, kernelDilation].map((along) => along.join('.')).join(' ')}`;
}
