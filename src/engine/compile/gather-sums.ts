/**
 * Sums of many terms, as a weight that is used at every step of time leaves behind: one product instead of a sum of
 * products, one concatenation instead of a sum of padded pieces. The numbers stay the same to rounding.
 */
import { topological, usersOf } from '../ir/graph.ts';
import { sameShape } from '../ir/shape.ts';
import { applyOp, type Value } from '../ir/value.ts';
import { concat } from '../ops/concat.ts';
import type { AxesAttrs } from '../ops/core.ts';
import { detach } from '../ops/detach.ts';
import { add } from '../ops/elementwise.ts';
import { type PadAttrs, pad, swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';

/** Fewer products than this are added as they are: their operands would have to be laid side by side. */
const worthGathering = 4;

/** The same graph with its long sums gathered. */
export function gatherSums(roots: readonly Value[]): Value[] {
  const order = topological(roots);
  const users = usersOf(order);
  const wanted = new Set(roots);
  /** A partial sum that only goes on into the next one. */
  const isPartial = (v: Value): boolean =>
    v.op.id === 'add' && !wanted.has(v) && users.get(v)?.length === 1 && users.get(v)?.[0]?.op.id === 'add';
  const termsOf = (v: Value, into: Value[] = []): Value[] => {
    for (const input of v.inputs) {
      if (isPartial(input)) termsOf(input, into);
      else into.push(input);
    }
    return into;
  };
  const now = new Map<Value, Value>();
  for (const v of order) {
    if (isPartial(v)) continue;
    const old = v.op.id === 'add' ? termsOf(v) : [];
    const terms = old.map((t) => now.get(t)!);
    const gathered = gather(terms);
    if (gathered.length < terms.length) {
      now.set(v, gathered.reduce(add));
      continue;
    }
    const same =
      old.every((t, i) => t === terms[i]) && v.inputs.every((i) => isPartial(i) || now.get(i) === i);
    now.set(v, same ? v : rebuilt(v, now));
  }
  return roots.map((r) => now.get(r)!);
}

/** A value made again over new inputs; partial sums have no entry of their own. */
function rebuilt(v: Value, now: ReadonlyMap<Value, Value>): Value {
  const again = (i: Value): Value => now.get(i) ?? rebuilt(i, now);
  return applyOp(v.op, v.inputs.map(again), v.attrs);
}

/** Fewer terms with the same sum. */
const gather = (terms: readonly Value[]): Value[] => gatherAlike(joinPieces(terms));

/** Pieces of one axis that lie side by side in a frame of zeros are one longer piece. */
function joinPieces(terms: readonly Value[]): Value[] {
  const rest: Value[] = [];
  const byAxis = new Map<number, Value[]>();
  for (const t of terms) {
    const attrs = t.attrs as PadAttrs | null;
    if (t.op.id !== 'pad' || attrs?.gap !== 0) rest.push(t);
    else byAxis.set(attrs.axis, [...(byAxis.get(attrs.axis) ?? []), t]);
  }
  for (const [axis, pieces] of byAxis) {
    pieces.sort((a, b) => (a.attrs as PadAttrs).before - (b.attrs as PadAttrs).before);
    const runs: Value[][] = [];
    for (const piece of pieces) {
      const run = runs.find((r) => endOf(r.at(-1)!) === (piece.attrs as PadAttrs).before);
      if (run) run.push(piece);
      else runs.push([piece]);
    }
    rest.push(...runs.map((run) => joined(run, axis)));
  }
  return rest;
}

/** Padded pieces, one after another, as one. */
function joined(run: readonly Value[], axis: number): Value {
  const [first, last] = [run[0]!, run.at(-1)!];
  if (run.length === 1) return first;
  const whole = concat(
    run.map((piece) => piece.inputs[0]!),
    axis,
  );
  const { before } = first.attrs as PadAttrs;
  return pad(whole, { axis, before, after: (last.attrs as PadAttrs).after });
}

/** Where a padded piece ends along its axis. */
function endOf(piece: Value): number {
  const { axis, before } = piece.attrs as PadAttrs;
  return before + piece.inputs[0]!.shape[axis]!;
}

/** When the older operand of a product of a transposed one was made. */
const made = (p: Value): number => Math.min(p.inputs[0]!.inputs[0]!.id, p.inputs[1]!.id);

/** What is given is copied to its place among what is computed. */
const laid = (v: Value): Value => (v.op.lower.kind === 'leaf' ? detach(v) : v);

/** Products of one shape are one product of what is laid side by side; so are sums over rows. */
function gatherAlike(terms: readonly Value[]): Value[] {
  const rest: Value[] = [];
  const products: Value[] = [];
  const sums: Value[] = [];
  for (const t of terms) {
    if (isFlatProduct(t) && alike(products[0], t)) products.push(t);
    else if (isRowSum(t) && (!sums[0] || sameShape(sums[0].inputs[0]!.shape, t.inputs[0]!.shape)))
      sums.push(t);
    else rest.push(t);
  }
  // In the order in which they were made, the states of a net over time lie as they do elsewhere.
  products.sort((a, b) => made(a) - made(b));
  if (products.length < worthGathering) rest.push(...products);
  else {
    const lefts = products.map((p) => laid(p.inputs[0]!.inputs[0]!));
    const rights = products.map((p) => laid(p.inputs[1]!));
    rest.push(matmul(swapLast(concat(lefts, 0)), concat(rights, 0)));
  }
  if (sums.length < worthGathering) rest.push(...sums);
  else
    rest.push(
      sum(
        concat(
          sums.map((s) => s.inputs[0]!),
          0,
        ),
        0,
      ),
    );
  return rest;
}

/** A gradient of a shared matrix: a transposed operand times another, both batch × features. */
function isFlatProduct(v: Value): boolean {
  return v.op.id === 'matmul' && v.shape.length === 2 && v.inputs[0]!.op.id === 'transpose';
}

function isRowSum(v: Value): boolean {
  const axes = (v.attrs as Partial<AxesAttrs> | null)?.axes;
  return (
    v.op.id === 'sum' &&
    v.inputs[0]!.shape.length === 2 &&
    axes?.length === 1 &&
    axes[0] === 0 &&
    v.shape.length === 1
  );
}

const alike = (known: Value | undefined, v: Value): boolean =>
  !known || v.inputs.every((input, i) => sameShape(input.shape, known.inputs[i]!.shape));
