/**
 * Reading by indices that are data, and its adjoint. Indices are held inside the table: one that is too large reads the
 * last row, so a bad label cannot fault the GPU (the data layer reports it in words before it gets here).
 * Scattering asks each output which inputs point at it, so sums have one fixed order: same seed, same bits.
 */
import { EngineError, invariant } from '../errors.ts';
import { bounded, f32, select } from '../ir/expr.ts';
import { equal } from '../ir/index-math.ts';
import type { TensorType } from '../ir/op.ts';
import { formatShape, sizeOf, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { defineOp, type Op } from './define.ts';
import { eachIndex, flatAt, moved } from './dense.ts';
import { permute } from './movement.ts';

const held = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);

function checkIndices(op: string, indices: TensorType, size: number): void {
  invariant(indices.dtype === 'i32', `${op} gets i32 indices, not ${indices.dtype}`);
  if (size === 0 && sizeOf(indices.shape) > 0)
    throw new EngineError('shape/mismatch', { op, expected: 'at least one row to read', got: '0 rows' });
}

const gatherOp: Op<2, null> = defineOp<2, null>({
  id: 'gather',
  doc: 'Rows of a table at given indices: [v, …] and i32 [i…] give [i…, …].',
  arity: 2,
  infer: ([table, indices]) => {
    invariant(table.shape.length > 0, 'gather reads a table with at least one axis');
    checkIndices('gather', indices, table.shape[0]!);
    return { shape: [...indices.shape, ...table.shape.slice(1)], dtype: table.dtype };
  },
  reference: ([table, indices], _, out) =>
    moved(table, out, (index) => {
      const row = indices.data[flatAt(index.slice(0, indices.shape.length), indices.shape)]!;
      return [held(row, table.shape[0]!), ...index.slice(indices.shape.length)];
    }),
  lower: {
    kind: 'pull',
    form: 'gather',
    cost: 1,
    element: ({ read, inputs: [table, indices] }, index) => {
      const row = read(1, index.slice(0, indices.shape.length));
      return read(0, [bounded(row, table.shape[0]!), ...index.slice(indices.shape.length)]);
    },
  },
  vjp: ({ dy, inputs: [table, indices] }) => [scatterAddOp(dy, indices, { size: table.shape[0]! }), null],
  jvp: ({ tangents: [t], inputs: [, indices] }) => t && gatherOp(t, indices),
  samples: [
    {
      shapes: [[1], [1]],
      attrs: null,
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 0],
      ],
    },
    {
      shapes: [[5, 3], [7]],
      attrs: null,
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 4],
      ],
    },
    {
      shapes: [
        [4, 2, 3],
        [2, 3],
      ],
      attrs: null,
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 3],
      ],
    },
    {
      shapes: [[9], [257]],
      attrs: null,
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 8],
      ],
    },
    { shapes: [[3, 2], [0]], attrs: null, dtypes: ['f32', 'i32'] },
    {
      shapes: [[3, 2], []],
      attrs: null,
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 2],
      ],
    },
    {
      shapes: [[3, 2], [4]],
      attrs: null,
      dtypes: ['i32', 'i32'],
      range: [
        [-9, 9],
        [-3, 6],
      ],
    },
  ],
});

const scatterAddOp: Op<2, { size: number }> = defineOp<2, { size: number }>({
  id: 'scatterAdd',
  doc: 'Adds each element to the row that its index names: the adjoint of gather.',
  arity: 2,
  infer: ([dy, indices], { size }) => {
    checkIndices('scatterAdd', indices, size);
    const lead = indices.shape.length;
    if (indices.shape.some((d, i) => d !== dy.shape[i]))
      throw new EngineError('shape/mismatch', {
        op: 'scatterAdd',
        expected: `${formatShape(indices.shape)} in front`,
        got: formatShape(dy.shape),
      });
    return { shape: [size, ...dy.shape.slice(lead)], dtype: 'f32' };
  },
  reference: ([dy, indices], { size }, out) => {
    const table = new Float64Array(sizeOf(out.shape));
    const row = sizeOf(out.shape.slice(1));
    dy.data.forEach((d, flat) => {
      table[held(indices.data[Math.floor(flat / row)]!, size) * row + (flat % row)]! += d;
    });
    return table;
  },
  lower: {
    kind: 'reduce',
    monoid: 'sum',
    family: 'scatter',
    domain: ([, indices]) => indices.shape,
    element: ({ read, attrs: { size } }, [row, ...rest], k) =>
      select(equal(bounded(read(1, k), size), row!), read(0, [...k, ...rest]), f32(0)),
  },
  vjp: ({ dy, inputs: [, indices] }) => [gatherOp(dy, indices), null],
  jvp: ({ tangents: [t], inputs: [, indices], attrs }) => t && scatterAddOp(t, indices, attrs),
  samples: [
    {
      shapes: [[1], [1]],
      attrs: { size: 1 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 0],
      ],
    },
    { shapes: [[0, 2], [0]], attrs: { size: 3 }, dtypes: ['f32', 'i32'] },
    {
      shapes: [[7, 3], [7]],
      attrs: { size: 5 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 4],
      ],
    },
    {
      shapes: [
        [2, 3, 2],
        [2, 3],
      ],
      attrs: { size: 4 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [-1, 6],
      ],
    },
    {
      shapes: [[257], [257]],
      attrs: { size: 9 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 8],
      ],
    },
  ],
});

/** An index with another place on one axis. */
export const placed = <T>(index: readonly T[], axis: number, at: T): T[] =>
  index.map((n, i) => (i === axis ? at : n));

function alongType(op: string, x: TensorType, indices: TensorType, axis: number): void {
  if (x.shape.length !== indices.shape.length || x.shape.some((d, i) => i !== axis && d !== indices.shape[i]))
    throw new EngineError('shape/mismatch', {
      op,
      expected: `indices of shape ${formatShape(x.shape)} apart from axis ${axis}`,
      got: formatShape(indices.shape),
    });
}

interface AlongAttrs {
  /** Counted from 0. */
  readonly axis: number;
}

const takeAlongOp: Op<2, AlongAttrs> = defineOp<2, AlongAttrs>({
  id: 'takeAlong',
  doc: 'Along one axis, the elements at given indices (torch.gather); the other axes go together.',
  arity: 2,
  infer: ([x, indices], { axis }) => {
    checkIndices('takeAlong', indices, x.shape[axis]!);
    alongType('takeAlong', x, indices, axis);
    return { shape: indices.shape, dtype: x.dtype };
  },
  reference: ([x, indices], { axis }, out) =>
    moved(x, out, (index) =>
      placed(index, axis, held(indices.data[flatAt(index, indices.shape)]!, x.shape[axis]!)),
    ),
  lower: {
    kind: 'pull',
    form: 'gather',
    cost: 1,
    element: ({ read, inputs: [x], attrs: { axis } }, index) =>
      read(0, placed(index, axis, bounded(read(1, index), x.shape[axis]!))),
  },
  vjp: ({ dy, inputs: [x, indices], attrs: { axis } }) => [
    scatterAlongOp(dy, indices, { axis, size: x.shape[axis]! }),
    null,
  ],
  jvp: ({ tangents: [t], inputs: [, indices], attrs }) => t && takeAlongOp(t, indices, attrs),
  samples: [
    {
      shapes: [[1], [1]],
      attrs: { axis: 0 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 0],
      ],
    },
    {
      shapes: [
        [4, 5],
        [4, 1],
      ],
      attrs: { axis: 1 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 4],
      ],
    },
    {
      shapes: [
        [3, 2, 4],
        [6, 2, 4],
      ],
      attrs: { axis: 0 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [-1, 4],
      ],
    },
    {
      shapes: [
        [2, 257],
        [2, 3],
      ],
      attrs: { axis: 1 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 256],
      ],
    },
  ],
});

const scatterAlongOp: Op<2, AlongAttrs & { size: number }> = defineOp<2, AlongAttrs & { size: number }>({
  id: 'scatterAlong',
  doc: 'Along one axis, adds each element to the place that its index names: the adjoint of takeAlong.',
  arity: 2,
  infer: ([dy, indices], { axis, size }) => {
    checkIndices('scatterAlong', indices, size);
    alongType('scatterAlong', dy, indices, axis);
    return { shape: placed(dy.shape, axis, size), dtype: 'f32' };
  },
  reference: ([dy, indices], { axis, size }, out) => {
    const x = new Float64Array(sizeOf(out.shape));
    eachIndex(dy.shape, (index, flat) => {
      x[flatAt(placed(index, axis, held(indices.data[flat]!, size)), out.shape)]! += dy.data[flat]!;
    });
    return x;
  },
  lower: {
    kind: 'reduce',
    monoid: 'sum',
    family: 'scatter',
    domain: ([dy], { axis }) => [dy.shape[axis]!],
    element: ({ read, attrs: { axis, size } }, index, [k]) => {
      const from = placed(index, axis, k!);
      return select(equal(bounded(read(1, from), size), index[axis]!), read(0, from), f32(0));
    },
  },
  vjp: ({ dy, inputs: [, indices], attrs: { axis } }) => [takeAlongOp(dy, indices, { axis }), null],
  jvp: ({ tangents: [t], inputs: [, indices], attrs }) => t && scatterAlongOp(t, indices, attrs),
  samples: [
    {
      shapes: [[1], [1]],
      attrs: { axis: 0, size: 1 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 0],
      ],
    },
    {
      shapes: [
        [4, 3],
        [4, 3],
      ],
      attrs: { axis: 1, size: 5 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [0, 4],
      ],
    },
    {
      shapes: [
        [6, 2, 3],
        [6, 2, 3],
      ],
      attrs: { axis: 0, size: 3 },
      dtypes: ['f32', 'i32'],
      range: [
        [-2, 2],
        [-1, 4],
      ],
    },
  ],
});

/** Elements of one axis at given indices: x [a, v, b] with i32 [i…] on axis 1 gives [a, i…, b]. torch.index_select, torch.embedding. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  const whole = wholeAxis(axis, x.shape.length, 'gather');
  const rank = x.shape.length;
  const others = [...x.shape.keys()].filter((i) => i !== whole);
  const rows = gatherOp(permute(x, [whole, ...others]), indices);
  const picked = indices.shape.length;
  const axes = [...rows.shape.keys()];
  // The new axes come first; put the axes before `whole` in front of them again.
  return permute(rows, [
    ...axes.slice(picked, picked + whole),
    ...axes.slice(0, picked),
    ...axes.slice(picked + whole, picked + rank - 1),
  ]);
}

/** Adds each element of dy [i…, …] to the row of a table [size, …] that its index names; sums have one fixed order. torch.index_add on zeros. */
export function scatterAdd(dy: Value, indices: Value, size: number): Value {
  return scatterAddOp(dy, indices, { size });
}

/** torch.gather: along one axis the elements at given indices, the other axes going together. */
export function takeAlong(x: Value, indices: Value, axis: number): Value {
  return takeAlongOp(x, indices, { axis: wholeAxis(axis, x.shape.length, 'takeAlong') });
}

export const indexingOps = [gatherOp, scatterAddOp, takeAlongOp, scatterAlongOp];
