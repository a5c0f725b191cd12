// The batched matrix product: the one op that most of the time goes to. Its kernels are chosen by the compiler.
import { EngineError, invariant } from '../errors.ts';
import { type Expr, i32 } from '../ir/expr.ts';
import { mul as mulExpr } from '../ir/index-math.ts';
import type { TensorType } from '../ir/op.ts';
import { broadcastShape, formatShape, type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { broadcastTo, reshape, sumTo } from './core.ts';
import { defineOp, type Op } from './define.ts';
import { eachIndex, flatAt } from './dense.ts';
import { add } from './elementwise.ts';
import { swapLast } from './movement.ts';

function productShape(a: TensorType, b: TensorType): Shape {
  const [m, ka] = a.shape.slice(-2);
  const [kb, n] = b.shape.slice(-2);
  invariant(
    m !== undefined && ka !== undefined && kb !== undefined && n !== undefined,
    'matmul gets matrices',
  );
  if (ka !== kb)
    throw new EngineError('shape/mismatch', {
      op: 'matmul',
      expected: `${ka} rows on the right`,
      got: `${formatShape(b.shape)}`,
    });
  return [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2), 'matmul'), m, n];
}

/** The index into an operand whose leading axes broadcast. */
function operandIndex<T>(shape: Shape, batch: readonly T[], zero: T, row: T, column: T): T[] {
  const lead = shape.length - 2;
  return [
    ...shape.slice(0, lead).map((d, i) => (d === 1 ? zero : batch[i + batch.length - lead]!)),
    row,
    column,
  ];
}

/** y = a · b for a [..., m, k] and b [..., k, n]; the leading axes broadcast. */
export const matmul: Op<2, null> = defineOp<2, null>({
  id: 'matmul',
  doc: 'The matrix product of the last two axes; leading axes are batches and broadcast.',
  arity: 2,
  infer: ([a, b]) => ({ shape: productShape(a, b), dtype: 'f32' }),
  reference: ([a, b], _, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    const depth = a.shape.at(-1)!;
    eachIndex(out.shape, (index, flat) => {
      const batch = index.slice(0, -2);
      const [row, column] = index.slice(-2) as [number, number];
      for (let k = 0; k < depth; k++)
        y[flat]! +=
          a.data[flatAt(operandIndex(a.shape, batch, 0, row, k), a.shape)]! *
          b.data[flatAt(operandIndex(b.shape, batch, 0, k, column), b.shape)]!;
    });
    return y;
  },
  lower: {
    kind: 'reduce',
    monoid: 'sum',
    family: 'product',
    domain: ([a]) => [a.shape.at(-1)!],
    element: ({ read, inputs: [a, b] }, index, [k]) => {
      const batch = index.slice(0, -2);
      const [row, column] = index.slice(-2) as [Expr, Expr];
      return mulExpr(
        read(0, operandIndex(a.shape, batch, i32(0), row, k!)),
        read(1, operandIndex(b.shape, batch, i32(0), k!, column)),
      );
    },
  },
  vjp: ({ dy, inputs: [a, b] }) => [
    // da = dy · bᵀ     [..., m, n] · [..., n, k]
    sumTo(matmul(dy, swapLast(b)), a.shape),
    // db = aᵀ · dy     [..., k, m] · [..., m, n]
    sumTo(matmul(swapLast(a), dy), b.shape),
  ],
  jvp: ({ tangents: [ta, tb], inputs: [a, b] }) => {
    const left = ta && matmul(ta, b);
    const right = tb && matmul(a, tb);
    return left && right ? add(left, right) : left || right;
  },
  samples: [
    {
      shapes: [
        [1, 1],
        [1, 1],
      ],
      attrs: null,
    },
    {
      shapes: [
        [2, 0],
        [0, 3],
      ],
      attrs: null,
    },
    {
      shapes: [
        [0, 3],
        [3, 2],
      ],
      attrs: null,
    },
    {
      shapes: [
        [3, 5],
        [5, 2],
      ],
      attrs: null,
    },
    {
      shapes: [
        [17, 33],
        [33, 65],
      ],
      attrs: null,
    },
    {
      shapes: [
        [2, 1, 3, 4],
        [5, 4, 3],
      ],
      attrs: null,
    },
    {
      shapes: [
        [64, 1],
        [1, 64],
      ],
      attrs: null,
    },
  ],
});

/** x · wᵀ (+ b) over the last axis of x, with w [out, in] as PyTorch stores it: nn.Linear. */
export function linear(x: Value, w: Value, b: Value | null): Value {
  const [features] = w.shape;
  const rows = reshape(x, [sizeOf(x.shape) / x.shape.at(-1)!, x.shape.at(-1)!]);
  const y = matmul(rows, swapLast(w));
  const biased = b ? add(y, broadcastTo(b, y.shape)) : y;
  return reshape(biased, [...x.shape.slice(0, -1), features!]);
}

export const productOps = [matmul];
