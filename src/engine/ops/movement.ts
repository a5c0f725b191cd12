/** Moving elements without arithmetic: each op is an index map from its output to its input. */
import { EngineError } from '../errors.ts';
import { constant, i32, select } from '../ir/expr.ts';
import { add, and, divide, equal, remainder, scale, sub, within } from '../ir/index-math.ts';
import { formatShape, sizeOf, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { defineOp, type Op } from './define.ts';
import { moved } from './dense.ts';

const transposeOp: Op<1, { perm: readonly number[] }> = defineOp<1, { perm: readonly number[] }>({
  id: 'transpose',
  doc: 'Axis i of the result is axis perm[i] of the input (PyTorch’s permute).',
  arity: 1,
  infer: ([x], { perm }) => {
    if (
      perm.length !== x.shape.length ||
      new Set(perm).size !== perm.length ||
      perm.some((p) => x.shape[p] === undefined)
    )
      throw new EngineError('shape/mismatch', {
        op: 'permute',
        expected: `each axis of ${formatShape(x.shape)} once`,
        got: perm.join(', '),
      });
    return { shape: perm.map((p) => x.shape[p]!), dtype: x.dtype };
  },
  reference: ([x], { perm }, out) =>
    moved(x, out, (index) => x.shape.map((_, axis) => index[perm.indexOf(axis)]!)),
  lower: {
    kind: 'pull',
    form: 'move',
    cost: 0,
    element: ({ read, inputs: [x], attrs }, index) =>
      read(
        0,
        x.shape.map((_, axis) => index[attrs.perm.indexOf(axis)]!),
      ),
  },
  vjp: ({ dy, attrs: { perm } }) => [
    permute(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
  jvp: ({ tangents: [t], attrs: { perm } }) => t && permute(t, perm),
  samples: [
    { shapes: [[3, 5]], attrs: { perm: [1, 0] } },
    { shapes: [[2, 1, 3, 4]], attrs: { perm: [2, 0, 3, 1] } },
    { shapes: [[0, 2]], attrs: { perm: [1, 0] } },
  ],
});

/** Re-orders axes; the same value where the order is already that. */
export function permute(x: Value, perm: readonly number[]): Value {
  return perm.every((p, i) => p === i) && perm.length === x.shape.length ? x : transposeOp(x, { perm });
}

/** Swaps the last two axes: the transpose of each matrix. */
export function swapLast(x: Value): Value {
  const rank = x.shape.length;
  return permute(x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

interface SliceAttrs {
  /** Counted from 0. */
  readonly axis: number;
  readonly start: number;
  readonly size: number;
  readonly step: number;
}

const sliceOp: Op<1, SliceAttrs> = defineOp<1, SliceAttrs>({
  id: 'slice',
  doc: 'Every step-th element of one axis, from start; a negative step flips.',
  arity: 1,
  infer: ([x], { axis, start, size, step }) => {
    const extent = x.shape[axis]!;
    const last = start + (size - 1) * step;
    if (size < 0 || (size > 0 && (start < 0 || start >= extent || last < 0 || last >= extent)))
      throw new EngineError('shape/mismatch', {
        op: 'slice',
        expected: `positions 0 to ${extent - 1} of axis ${axis}`,
        got: `${start} to ${last}`,
      });
    return { shape: x.shape.map((d, i) => (i === axis ? size : d)), dtype: x.dtype };
  },
  reference: ([x], { axis, start, step }, out) =>
    moved(x, out, (index) => index.map((at, i) => (i === axis ? start + at * step : at))),
  lower: {
    kind: 'pull',
    form: 'move',
    cost: 0,
    element: ({ read, attrs: { axis, start, step } }, index) =>
      read(
        0,
        index.map((at, i) => (i === axis ? add(i32(start), scale(at, step)) : at)),
      ),
  },
  vjp: ({ dy, inputs: [x], attrs: { axis, start, size, step } }) => {
    const extent = x.shape[axis]!;
    const forward = step > 0 ? dy : flip(dy, axis);
    const first = step > 0 || size === 0 ? start : start + (size - 1) * step;
    const stride = Math.abs(step);
    const span = size === 0 ? 0 : (size - 1) * stride + 1;
    return [pad(forward, { axis, before: first, after: extent - first - span, gap: stride - 1 })];
  },
  jvp: ({ tangents: [t], attrs }) => t && slice(t, attrs),
  samples: [
    { shapes: [[7]], attrs: { axis: 0, start: 2, size: 3, step: 2 } },
    { shapes: [[3, 5]], attrs: { axis: 1, start: 4, size: 5, step: -1 } },
    { shapes: [[3, 7]], attrs: { axis: 1, start: 6, size: 3, step: -3 } },
    { shapes: [[4, 1]], attrs: { axis: 0, start: 3, size: 1, step: 1 } },
    { shapes: [[4, 2]], attrs: { axis: 0, start: 1, size: 0, step: 2 } },
    { shapes: [[3]], attrs: { axis: 0, start: 0, size: 0, step: -1 } },
  ],
});

/** Elements start, start + step, … of one axis; `size` of them. A negative step walks backwards; `axis` may count from the end. */
export function slice(
  x: Value,
  { axis, start, size, step = 1 }: Omit<SliceAttrs, 'step'> & { readonly step?: number },
): Value {
  const whole = wholeAxis(axis, x.shape.length, 'slice');
  const all = start === 0 && step === 1 && size === x.shape[whole];
  return all ? x : sliceOp(x, { axis: whole, start, size, step });
}

/** The elements of one axis in the opposite order. torch.flip. */
export function flip(x: Value, axis: number): Value {
  const size = x.shape[wholeAxis(axis, x.shape.length, 'flip')]!;
  return size <= 1 ? x : slice(x, { axis, start: size - 1, size, step: -1 });
}

export interface PadAttrs {
  /** Counted from 0. */
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  readonly gap: number;
}

const padOp: Op<1, PadAttrs> = defineOp<1, PadAttrs>({
  id: 'pad',
  doc: 'Puts zeros before, after and between the elements of one axis.',
  arity: 1,
  infer: ([x], { axis, before, after, gap }) => {
    const extent = x.shape[axis]!;
    const padded = before + after + (extent === 0 ? 0 : (extent - 1) * (gap + 1) + 1);
    if (before < 0 || after < 0 || gap < 0)
      throw new EngineError('shape/mismatch', {
        op: 'pad',
        expected: 'non-negative amounts',
        got: `${before}, ${after}, ${gap}`,
      });
    return { shape: x.shape.map((d, i) => (i === axis ? padded : d)), dtype: x.dtype };
  },
  reference: ([x], { axis, before, gap }, out) =>
    moved(x, out, (index) => {
      const at = (index[axis]! - before) / (gap + 1);
      return Number.isInteger(at) && at >= 0 && at < x.shape[axis]!
        ? index.map((n, i) => (i === axis ? at : n))
        : null;
    }),
  lower: {
    kind: 'pull',
    form: 'move',
    cost: 1,
    element: ({ read, inputs: [x], attrs: { axis, before, gap }, out }, index) => {
      const extent = x.shape[axis]!;
      const at = sub(index[axis]!, i32(before));
      const spread = gap + 1;
      const inside = within(at, (extent - 1) * spread + 1);
      const position = divide(at, spread);
      const hits = and(inside, equal(remainder(at, spread), i32(0)));
      const zero = constant(0, out.dtype);
      return select(
        hits,
        read(
          0,
          index.map((n, i) => (i === axis ? position : n)),
        ),
        zero,
      );
    },
  },
  vjp: ({ dy, inputs: [x], attrs: { axis, before, gap } }) => [
    slice(dy, { axis, start: before, size: x.shape[axis]!, step: gap + 1 }),
  ],
  jvp: ({ tangents: [t], attrs }) => t && pad(t, attrs),
  samples: [
    { shapes: [[3]], attrs: { axis: 0, before: 1, after: 2, gap: 0 } },
    { shapes: [[2, 3]], attrs: { axis: 1, before: 0, after: 1, gap: 2 } },
    { shapes: [[1, 2]], attrs: { axis: 0, before: 2, after: 0, gap: 1 } },
    { shapes: [[0, 2]], attrs: { axis: 0, before: 2, after: 1, gap: 1 } },
  ],
});

/** Zeros before and after one axis, and `gap` zeros between neighbours; `axis` may count from the end. */
export function pad(
  x: Value,
  {
    axis,
    before = 0,
    after = 0,
    gap = 0,
  }: { readonly axis: number; readonly before?: number; readonly after?: number; readonly gap?: number },
): Value {
  const whole = wholeAxis(axis, x.shape.length, 'pad');
  const nothing = before === 0 && after === 0 && (gap === 0 || x.shape[whole]! <= 1);
  return nothing ? x : padOp(x, { axis: whole, before, after, gap });
}

/** Without one axis of size 1. torch.squeeze(x, axis). */
export function squeeze(x: Value, axis: number): Value {
  const whole = wholeAxis(axis, x.shape.length, 'squeeze');
  if (x.shape[whole] !== 1)
    throw new EngineError('shape/mismatch', {
      op: 'squeeze',
      expected: `size 1 on axis ${axis}`,
      got: formatShape(x.shape),
    });
  return reshape(x, x.shape.toSpliced(whole, 1));
}

/** With a new axis of size 1 at `axis`, which may count from the end of the result. torch.unsqueeze. */
export function unsqueeze(x: Value, axis: number): Value {
  return reshape(x, x.shape.toSpliced(wholeAxis(axis, x.shape.length + 1, 'unsqueeze'), 0, 1));
}

/** Exchanges two axes. torch.transpose. */
export function swapAxes(x: Value, a: number, b: number): Value {
  const perm = [...x.shape.keys()];
  const [from, to] = [wholeAxis(a, perm.length, 'transpose'), wholeAxis(b, perm.length, 'transpose')];
  perm[from] = to;
  perm[to] = from;
  return permute(x, perm);
}

/** With all axes from `start` to `end` (inclusive) merged into one. torch.flatten. */
export function flattenAxes(x: Value, start: number, end = -1): Value {
  const first = wholeAxis(start, x.shape.length, 'flatten');
  const last = wholeAxis(end, x.shape.length, 'flatten');
  return reshape(x, x.shape.toSpliced(first, last - first + 1, sizeOf(x.shape.slice(first, last + 1))));
}

export const movementOps = [transposeOp, sliceOp, padOp];
