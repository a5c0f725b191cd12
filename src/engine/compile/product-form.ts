/**
 * What a matrix product and a convolution have in common: every result is a sum over an inner axis of a number that depends
 * on its row only times one that depends on its column only. A convolution is the product of its weights (a row for each
 * output channel) with the patches under each position (a column for each), never laid out in memory.
 */
import { invariant } from '../errors.ts';
import { type Expr, variable } from '../ir/expr.ts';
import { unflatten } from '../ir/index-math.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type { Lower } from './lower.ts';

export interface ProductForm {
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  /** The shape of the inner axis, flattened. */
  readonly inner: Shape;
  /** The index of the result at a batch, row and column. */
  index(batch: Expr, row: Expr, column: Expr): Expr[];
  /** Which factor of an element belongs to the row: the first or the second. */
  readonly rowFactor: 0 | 1;
}

/** The form of a reduction; null where it is not a product of rows and columns. */
export function productForm(core: Value): ProductForm | null {
  const { lower } = core.op;
  if (lower.kind !== 'reduce' || sizeOf(core.shape) === 0) return null;
  const inner = lower.domain(core.inputs, core.attrs, core);
  if (lower.family === 'product') {
    const lead = core.shape.slice(0, -2);
    const [rows, columns] = core.shape.slice(-2) as [number, number];
    return {
      batches: sizeOf(lead),
      rows,
      columns,
      inner,
      rowFactor: 0,
      index: (batch, row, column) => [...unflatten(batch, lead), row, column],
    };
  }
  // Groups make the patches depend on the output channel, too; thin convolutions gain nothing.
  if (lower.family !== 'convolution' || (core.attrs as { groups: number }).groups !== 1) return null;
  const [samples, rows, ...places] = core.shape as [number, number, ...number[]];
  const positions = [samples, ...places];
  return {
    batches: 1,
    rows,
    columns: sizeOf(positions),
    inner,
    rowFactor: 1,
    index: (_, row, column) => {
      const [sample, ...place] = unflatten(column, positions);
      return [sample!, row, ...place];
    },
  };
}

/** The index of the element that a thread is at, in the variables `batch`, `m` and `n`. */
export function productIndex(core: Value): Expr[] {
  const form = productForm(core);
  invariant(form, `${core.op.id} is a product of rows and columns`);
  return form.index(
    variable('batch', 'i32', form.batches),
    variable('m', 'i32', form.rows),
    variable('n', 'i32', form.columns),
  );
}

/** One factor of an element of the core. */
export function factorOf(
  core: Value,
  form: ProductForm,
  side: 'row' | 'column',
  index: readonly Expr[],
  k: Expr,
  lower: Lower,
): Expr {
  const how = core.op.lower;
  invariant(how.kind === 'reduce', 'a product is a reduction');
  const read = (i: number, at: readonly Expr[]): Expr => lower(core.inputs[i]!, at);
  const element = how.element(
    { read, inputs: core.inputs, out: core, attrs: core.attrs },
    index,
    unflatten(k, form.inner),
  );
  invariant(element.kind === 'binary' && element.fn === 'mul', 'an element of a product is a product');
  return (side === 'row') === (form.rowFactor === 0) ? element.a : element.b;
}
