/**
 * How a product is cut at the start, where compiling takes longer than steps do (software adapters compile one text after the
 * other): a short text that adds up the same products in the same order, so that the longer one can take its place between two
 * steps and no bit changes.
 */
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { ProductForm } from './product-form.ts';
import { finished, type Priced, type Processor, type Tiling } from './tiling.ts';

/** What compiling a multiply-add that is written out takes, in multiply-adds of a step: 0.4 ms (SwiftShader), while two threads run. */
const compilePrice = 1_000_000;
/** What else a text has for each of its results, and for each element that it reads, in multiply-adds written out. */
const [perResult, perRead] = [1.5, 1];
/** How much sooner a start must be for the work of compiling another text. */
const gain = 1.15;
/** How much slower the first steps may be. */
const mostSlower = 2;

/**
 * A cut for the start; null where the one for all steps is as good, or none walks in its order.
 *
 * @param all how it could be cut
 * @param uses dispatches that share the text
 * @param now how it is cut for all steps
 */
export function quickCut(
  { form, on, uses }: { readonly form: ProductForm; readonly on: Processor; readonly uses: number },
  all: readonly Priced[],
  now: Priced,
): Tiling | null {
  if (now.sharing === 'workgroup') return null;
  const results = form.rows * sizeOf(form.columns) * uses;
  const priceOf = ({ cost, text, rows, columns, inner }: Priced): number => {
    const across = sizeOf(columns);
    const length = text + perResult * rows * across + perRead * (rows + across) * sizeOf(inner);
    return cost + (compilePrice * length) / results;
  };
  let best = { cut: now, price: priceOf(now) / gain };
  for (const cut of all) {
    if (cut.sharing === 'workgroup' || cut.cost > mostSlower * now.cost) continue;
    if (!isSameWalk(form.inner, cut.inner, now.inner)) continue;
    const price = priceOf(cut);
    if (price < best.price) best = { cut, price };
  }
  return best.cut === now ? null : finished(best.cut, on);
}

/** Whether inner places come in the same order in boxes of either shape. */
const isSameWalk = (inner: Shape, a: Shape, b: Shape): boolean =>
  a.every((n, axis) => n === b[axis]) || (isInOrder(inner, a) && isInOrder(inner, b));

/** Whether boxes are walked in the order of all places: whole along all axes behind the one that they divide. */
function isInOrder(inner: Shape, box: Shape): boolean {
  const first = box.findIndex((n) => n > 1);
  return first < 0 || box.every((n, axis) => axis <= first || n === inner[axis]);
}
