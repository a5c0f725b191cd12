/**
 * Running sums along an axis. As an op, each element sums all that come before it; long axes are made of blocks, so that
 * the work per element does not grow with the axis.
 */
import { constant, type Expr, select } from '../ir/expr.ts';
import { lessThan } from '../ir/index-math.ts';
import { sizeOf, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { defineOp, type Op } from './define.ts';
import { add } from './elementwise.ts';
import { placed } from './indexing.ts';
import { pad, slice, swapAxes, unsqueeze } from './movement.ts';
import { sum } from './reduce.ts';

interface CumulateAttrs {
  /** Counted from 0. */
  readonly axis: number;
  /** From the end to the beginning. */
  readonly reverse: boolean;
}

const cumulativeSumOp: Op<1, CumulateAttrs> = defineOp<1, CumulateAttrs>({
  id: 'cumulativeSum',
  doc: 'Along one axis, the sum of all elements up to and including each; reversed, from each to the end.',
  arity: 1,
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  reference: ([x], { axis, reverse }, out) => {
    const y = Float64Array.from(x.data);
    const stride = sizeOf(x.shape.slice(axis + 1));
    const order = [...y.keys()];
    for (const flat of reverse ? order.reverse() : order) {
      const place = Math.floor(flat / stride) % out.shape[axis]!;
      const before = reverse ? flat + stride : flat - stride;
      if (reverse ? place < out.shape[axis]! - 1 : place > 0) y[flat]! += y[before]!;
    }
    return y;
  },
  lower: {
    kind: 'reduce',
    monoid: 'sum',
    family: 'fold',
    domain: ([x], { axis }) => [x.shape[axis]!],
    element: ({ read, attrs: { axis, reverse }, out }, index, [k]) => {
      const at = index[axis]!;
      const beyond: Expr = reverse ? lessThan(k!, at) : lessThan(at, k!);
      return select(beyond, constant(0, out.dtype), read(0, placed(index, axis, k!)));
    },
  },
  vjp: ({ dy, attrs: { axis, reverse } }) => [cumulativeSumOp(dy, { axis, reverse: !reverse })],
  jvp: ({ tangents: [t], attrs }) => t && cumulativeSumOp(t, attrs),
  samples: [
    { shapes: [[1]], attrs: { axis: 0, reverse: false } },
    { shapes: [[3, 5]], attrs: { axis: 1, reverse: false } },
    { shapes: [[4, 2, 3]], attrs: { axis: 0, reverse: true } },
    { shapes: [[257]], attrs: { axis: 0, reverse: false } },
    { shapes: [[2, 0]], attrs: { axis: 1, reverse: false } },
    { shapes: [[3, 2]], attrs: { axis: 0, reverse: false }, dtypes: ['i32'] },
  ],
});

/** Longer axes are summed in blocks of this size. */
const block = 32;

/** The running sum of the last axis: of each block by itself, and the totals of the blocks before it. */
function cumulateLast(x: Value, reverse: boolean): Value {
  const axis = x.shape.length - 1;
  const size = x.shape[axis]!;
  if (size <= 2 * block) return cumulativeSumOp(x, { axis, reverse });
  const blocks = Math.ceil(size / block);
  // What fills up the last block stands where the sum has ended.
  const spare = blocks * block - size;
  const full = pad(x, { axis, [reverse ? 'before' : 'after']: spare });
  const apart = reshape(full, [...x.shape.slice(0, -1), blocks, block]);
  const totals = cumulateLast(sum(apart, -1), reverse);
  // Shifted by one: a block gets what was summed before it began.
  const carried = slice(pad(totals, { axis, [reverse ? 'after' : 'before']: 1 }), {
    axis,
    start: reverse ? 1 : 0,
    size: blocks,
  });
  const inside = cumulativeSumOp(apart, { axis: axis + 1, reverse });
  const whole = reshape(add(inside, unsqueeze(carried, -1)), full.shape);
  return slice(whole, { axis, start: reverse ? spare : 0, size });
}

/** The running sum along an axis; `reverse` runs from the end. torch.cumsum. */
export function cumulativeSum(
  x: Value,
  axis: number,
  { reverse = false }: { readonly reverse?: boolean } = {},
): Value {
  const whole = wholeAxis(axis, x.shape.length, 'cumulativeSum');
  return swapAxes(cumulateLast(swapAxes(x, whole, -1), reverse), whole, -1);
}

export const cumulativeOps = [cumulativeSumOp];
