/**
 * What a matrix product and a convolution have in common: every result is a sum over an inner axis of a number that depends
 * on its row only times one that depends on its column only. A convolution is the product of its weights (a row for each
 * output channel) with the patches under each position (a column for each), never laid out in memory.
 */
import { invariant } from '../errors.ts';
import { type Expr, i32, variable } from '../ir/expr.ts';
import { add, scale, unflatten } from '../ir/index-math.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { ConvAttrs } from '../ops/convolution.ts';
import type { Lower } from './lower.ts';

/** What a box of results costs for a box of the inner axis. */
export interface BoxCost {
  /** Different elements of the column factor. */
  readonly reads: number;
  /** Pairs of a column and an inner place that meet an element at all. */
  readonly pairs: number;
}

export interface ProductForm {
  readonly batches: number;
  readonly rows: number;
  /** Columns lie in this shape; neighbours along it share what they read. */
  readonly columns: Shape;
  readonly inner: Shape;
  /** The index of the result at a batch, a row and a column. */
  index(batch: Expr, row: Expr, column: readonly Expr[]): Expr[];
  /** What boxes of columns and of inner places cost; both start at multiples of their size. */
  cost(columns: Shape, inner: Shape): BoxCost;
  /** Which factor of an element belongs to the row: the first or the second. */
  readonly rowFactor: 0 | 1;
  /** A row's factor is a truth value, which says whether the column's counts. */
  readonly choosesRows: boolean;
}

/** The form of a reduction; null where it is not a product of rows and columns. */
export function productForm(core: Value): ProductForm | null {
  const { lower } = core.op;
  if (lower.kind !== 'reduce' || sizeOf(core.shape) === 0) return null;
  const inner = lower.domain(core.inputs, core.attrs, core);
  // A sum of nothing has no factors.
  if (sizeOf(inner) === 0) return null;
  if (lower.family === 'product') {
    const lead = core.shape.slice(0, -2);
    const [rows, columns] = core.shape.slice(-2) as [number, number];
    return {
      batches: sizeOf(lead),
      rows,
      columns: [columns],
      inner,
      rowFactor: 0,
      choosesRows: false,
      index: (batch, row, [column]) => [...unflatten(batch, lead), row, column!],
      cost: everyPair,
    };
  }
  if (lower.family === 'convolution') return convolutionForm(core, inner, core.attrs as ConvAttrs);
  return core.op.id === 'scatterAdd' ? scatterForm(core, inner) : null;
}

const everyPair = (box: Shape, depth: Shape): BoxCost => {
  const pairs = sizeOf(box) * sizeOf(depth);
  return { reads: pairs, pairs };
};

/** Adding rows up where indices say is a product with a matrix of hits. */
function scatterForm(core: Value, inner: Shape): ProductForm {
  const [rows, ...columns] = core.shape as [number, ...number[]];
  return {
    batches: 1,
    rows,
    columns: [sizeOf(columns)],
    inner,
    rowFactor: 0,
    choosesRows: true,
    index: (_, row, [column]) => [row, ...unflatten(column!, columns)],
    cost: everyPair,
  };
}

/** The groups of a convolution are products of their own, side by side. */
function convolutionForm(core: Value, inner: Shape, attrs: ConvAttrs): ProductForm {
  const [samples, features, ...places] = core.shape as [number, number, ...number[]];
  const rows = features / attrs.groups;
  const base = { batches: attrs.groups, rows, inner, rowFactor: 1, choosesRows: false } as const;
  // Under a kernel of one tap, columns are positions in a row, however many axes they had.
  if (isPointwise(attrs, inner.slice(1)))
    return {
      ...base,
      columns: [samples, sizeOf(places)],
      index: (batch, row, [sample, place]) => [
        sample!,
        channelOf(batch, row, rows),
        ...unflatten(place!, places),
      ],
      cost: everyPair,
    };
  return {
    ...base,
    columns: [samples, ...places],
    index: (batch, row, [sample, ...place]) => [sample!, channelOf(batch, row, rows), ...place],
    cost: ([n, ...box], [c, ...taps]) => {
      const axes = box.map((size, axis) => meetings(attrs, axis, size, taps[axis]!, inner[axis + 1]!));
      const along = (what: keyof BoxCost): number => axes.reduce((product, a) => product * a[what], n! * c!);
      return { reads: along('reads'), pairs: along('pairs') };
    },
  };
}

const channelOf = (batch: Expr, row: Expr, rows: number): Expr => add(scale(batch, rows), row);

const isPointwise = ({ stride, before, after, inputDilation }: ConvAttrs, kernel: Shape): boolean =>
  [...kernel, ...stride, ...inputDilation].every((n) => n === 1) &&
  [...before, ...after].every((n) => n === 0);

/** Along one axis: which elements positions and taps of a box meet, as far as that is known before running. */
function meetings(attrs: ConvAttrs, axis: number, box: number, taps: number, kernel: number): BoxCost {
  const dilation = attrs.inputDilation[axis]!;
  const [step, tapStep] = [attrs.stride[axis]!, attrs.kernelDilation[axis]!];
  const isKnown = (step * box) % dilation === 0 && (taps === kernel || (tapStep * taps) % dilation === 0);
  const met = new Set<number>();
  let pairs = 0;
  for (let j = 0; j < box; j++)
    for (let u = 0; u < taps; u++) {
      const place = j * step + u * tapStep - attrs.before[axis]!;
      if (isKnown && place % dilation !== 0) continue;
      met.add(place);
      pairs++;
    }
  return { reads: met.size, pairs };
}

/** The name of the variable that counts along an axis of the columns. */
export const columnName = (axis: number): string => `n${axis}`;

/** The index of the element that a thread is at, in the variables `batch`, `m` and `n0`, `n1` … */
export function productIndex(core: Value): Expr[] {
  const form = productForm(core);
  invariant(form, `${core.op.id} is a product of rows and columns`);
  return form.index(
    variable('batch', 'i32', form.batches),
    variable('m', 'i32', form.rows),
    form.columns.map((extent, axis) => variable(columnName(axis), 'i32', extent)),
  );
}

/**
 * One factor of the core's elements: that of a row, or that of a column, at a place of the inner axis. A row's factor may be
 * a truth value, which says whether the column's counts.
 */
export function factorOf(
  core: Value,
  form: ProductForm,
  at: { readonly batch: Expr } & ({ readonly row: Expr } | { readonly column: readonly Expr[] }),
  inner: readonly Expr[],
  lower: Lower,
): Expr {
  const how = core.op.lower;
  invariant(how.kind === 'reduce', 'a product is a reduction');
  const read = (i: number, index: readonly Expr[]): Expr => lower(core.inputs[i]!, index);
  // A factor of a row is the same in all columns, and the other way round: ask at the first one.
  const index =
    'row' in at
      ? form.index(
          at.batch,
          at.row,
          form.columns.map(() => i32(0)),
        )
      : form.index(at.batch, i32(0), at.column);
  const element = how.element({ read, inputs: core.inputs, out: core, attrs: core.attrs }, index, inner);
  // A hit is a factor of 0 or 1.
  if (element.kind === 'select') return 'row' in at ? element.cond : element.a;
  invariant(element.kind === 'binary' && element.fn === 'mul', 'an element of a product is a product');
  return 'row' in at === (form.rowFactor === 0) ? element.a : element.b;
}
