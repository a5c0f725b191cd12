/** Joining tensors along an axis, and taking them apart again: concat, stack, split. */
import { EngineError, invariant } from '../errors.ts';
import { type Expr, i32, select } from '../ir/expr.ts';
import { lessThan, sub } from '../ir/index-math.ts';
import type { TensorType } from '../ir/op.ts';
import { formatShape, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { defineOp, type Op } from './define.ts';
import { eachIndex, flatAt } from './dense.ts';
import { zeros } from './leaf.ts';
import { slice, unsqueeze } from './movement.ts';

/** Where each part starts along the axis. */
function offsetsOf(parts: readonly TensorType[], axis: number): number[] {
  let at = 0;
  return parts.map((part) => {
    const start = at;
    at += part.shape[axis]!;
    return start;
  });
}

/** `index` with another place on one axis. */
const replaced = <T>(index: readonly T[], axis: number, at: T): T[] =>
  index.map((n, i) => (i === axis ? at : n));

const concatOp: Op<number, { axis: number }> = defineOp<number, { axis: number }>({
  id: 'concat',
  doc: 'Tensors one after another along an axis; all other axes are equal.',
  arity: null,
  infer: (parts, { axis }) => {
    const first = parts[0]!;
    for (const { shape, dtype } of parts) {
      invariant(dtype === first.dtype, `concat gets tensors of one type, not ${first.dtype} and ${dtype}`);
      if (shape.length !== first.shape.length || shape.some((d, i) => i !== axis && d !== first.shape[i]))
        throw new EngineError('shape/mismatch', {
          op: 'concat',
          expected: `${formatShape(first.shape)} apart from axis ${axis} on every input`,
          got: formatShape(shape),
        });
    }
    const total = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return { shape: replaced(first.shape, axis, total), dtype: first.dtype };
  },
  reference: (parts, { axis }, out) => {
    const y = new Float64Array(out.shape.reduce((n, d) => n * d, 1));
    const offsets = offsetsOf(parts, axis);
    parts.forEach((part, i) => {
      eachIndex(part.shape, (index, flat) => {
        y[flatAt(replaced(index, axis, index[axis]! + offsets[i]!), out.shape)] = part.data[flat]!;
      });
    });
    return y;
  },
  lower: {
    kind: 'pull',
    form: 'move',
    cost: 1,
    element: ({ read, inputs, attrs: { axis } }, index) => {
      const offsets = offsetsOf(inputs, axis);
      const at = index[axis]!;
      const part = (i: number): Expr => read(i, replaced(index, axis, sub(at, i32(offsets[i]!))));
      let chosen = part(inputs.length - 1);
      for (let i = inputs.length - 2; i >= 0; i--)
        chosen = select(lessThan(at, i32(offsets[i + 1]!)), part(i), chosen);
      return chosen;
    },
  },
  vjp: ({ dy, inputs, attrs: { axis } }) => {
    const offsets = offsetsOf(inputs, axis);
    return inputs.map((part, i) => slice(dy, { axis, start: offsets[i]!, size: part.shape[axis]! }));
  },
  jvp: ({ tangents, inputs, attrs: { axis } }) =>
    concat(
      tangents.map((t, i) => t ?? zeros(inputs[i]!.shape)),
      axis,
    ),
  samples: [
    { shapes: [[1], [1]], attrs: { axis: 0 } },
    {
      shapes: [
        [2, 3],
        [2, 1],
        [2, 5],
      ],
      attrs: { axis: 1 },
    },
    {
      shapes: [
        [1, 3, 2],
        [4, 3, 2],
      ],
      attrs: { axis: 0 },
    },
    { shapes: [[256], [1], [3]], attrs: { axis: 0 } },
    {
      shapes: [
        [2, 0],
        [2, 3],
      ],
      attrs: { axis: 1 },
    },
    { shapes: [[3], [2]], attrs: { axis: 0 }, dtypes: ['i32', 'i32'] },
  ],
});

/** Tensors one after another along an axis, which may count from the end. torch.cat. */
export function concat(parts: readonly Value[], axis: number): Value {
  invariant(parts.length > 0, 'concat gets at least one tensor');
  const whole = wholeAxis(axis, parts[0]!.shape.length, 'concat');
  return parts.length === 1 ? parts[0]! : concatOp(...parts, { axis: whole });
}

/** Tensors of one shape along a new axis. torch.stack. */
export function stack(parts: readonly Value[], axis: number): Value {
  const whole = wholeAxis(axis, (parts[0]?.shape.length ?? 0) + 1, 'stack');
  return concat(
    parts.map((part) => unsqueeze(part, whole)),
    whole,
  );
}

/** Pieces of the given sizes along an axis; the sizes add up to what there is. torch.split. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const whole = wholeAxis(axis, x.shape.length, 'split');
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total !== x.shape[whole] || sizes.some((s) => !Number.isInteger(s) || s < 0))
    throw new EngineError('shape/mismatch', {
      op: 'split',
      expected: `${total} elements (${sizes.join(' + ')}) on axis ${axis}`,
      got: formatShape(x.shape),
    });
  let start = 0;
  return sizes.map((size) => {
    const piece = slice(x, { axis: whole, start, size });
    start += size;
    return piece;
  });
}

/** `count` equal pieces along an axis. torch.chunk where the size divides. */
export function chunk(x: Value, count: number, axis: number): Value[] {
  const size = x.shape[wholeAxis(axis, x.shape.length, 'chunk')]!;
  if (size % count !== 0)
    throw new EngineError('shape/mismatch', {
      op: 'chunk',
      expected: `a size that ${count} divides on axis ${axis}`,
      got: formatShape(x.shape),
    });
  return split(x, new Array<number>(count).fill(size / count), axis);
}

export const concatOps = [concatOp];
