/**
 * Where numbers come in: batches, parameters, gradients that a caller feeds, hyper-parameters and constants.
 * A leaf's buffer is found by its attributes when the graph is compiled.
 */

import type { DType } from '../ir/dtype.ts';
import { cast, constant as constantExpr, uniform } from '../ir/expr.ts';
import type { TensorType } from '../ir/op.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { defineOp, type Op } from './define.ts';

export interface InputAttrs extends TensorType {
  /** Unique in a graph: `data.x`, `linear_1.weight`. */
  readonly name: string;
  /** What the number is for; the compiler gives each role its own arena. */
  readonly role: 'batch' | 'parameter' | 'state' | 'feed' | 'const';
}

const inputOp: Op<0, InputAttrs> = defineOp<0, InputAttrs>({
  id: 'input',
  doc: 'A tensor whose elements a buffer holds: a batch, a parameter, optimiser state or a fed value.',
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  reference: (_, { name }) => {
    throw new Error(`the input ${name} was not fed to the interpreter`);
  },
  lower: { kind: 'leaf' },
  vjp: () => [],
  jvp: () => null,
  samples: [],
});

/** A tensor that a buffer holds; see `InputAttrs`. */
export function input(
  name: string,
  shape: Shape,
  role: InputAttrs['role'] = 'feed',
  dtype: DType = 'f32',
): Value {
  return inputOp({ name, role, shape, dtype });
}

/** The attributes of a leaf made by `input`, or null for anything else. */
export function inputAttrs(v: Value): InputAttrs | null {
  return v.op.id === inputOp.id ? (v.attrs as InputAttrs) : null;
}

export interface ConstantAttrs extends TensorType {
  readonly value: number;
}

/** Every element is the same number, known at compile time. */
export const fill: Op<0, ConstantAttrs> = defineOp<0, ConstantAttrs>({
  id: 'fill',
  doc: 'Every element is the same number.',
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  reference: (_, { value, shape }) => new Float64Array(sizeOf(shape)).fill(value),
  lower: {
    kind: 'pull',
    form: 'source',
    cost: 0,
    element: ({ attrs }) => constantExpr(attrs.value, attrs.dtype),
  },
  vjp: () => [],
  jvp: () => null,
  samples: [{ shapes: [], attrs: { value: 2.5, shape: [3, 1], dtype: 'f32' } }],
});

/** A scalar that changes without recompiling: a learning rate, a dropout probability, the step number. */
export const hyper: Op<0, { name: string; dtype: DType }> = defineOp<0, { name: string; dtype: DType }>({
  id: 'hyper',
  doc: 'A scalar from the uniform buffer; changing it recompiles nothing.',
  arity: 0,
  infer: (_, { dtype }) => ({ shape: [], dtype }),
  reference: (_, { name }) => {
    throw new Error(`the hyper-parameter ${name} was not fed to the interpreter`);
  },
  lower: { kind: 'pull', form: 'source', cost: 0, element: ({ attrs }) => uniform(attrs.name, attrs.dtype) },
  vjp: () => [],
  jvp: () => null,
  samples: [],
});

export function scalar(value: number, dtype: DType = 'f32'): Value {
  return fill({ value, shape: [], dtype });
}

export function zeros(shape: Shape, dtype: DType = 'f32'): Value {
  return fill({ value: 0, shape, dtype });
}

/** Counts 0, 1, 2, … along one axis. */
export const iota: Op<0, { shape: Shape; axis: number; dtype: DType }> = defineOp<
  0,
  { shape: Shape; axis: number; dtype: DType }
>({
  id: 'iota',
  doc: 'Each element is its own position along one axis.',
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  reference: (_, { shape, axis }) => {
    const inner = sizeOf(shape.slice(axis + 1));
    return new Float64Array(sizeOf(shape)).map((_, flat) => Math.floor(flat / inner) % shape[axis]!);
  },
  lower: {
    kind: 'pull',
    form: 'source',
    cost: 0,
    element: ({ attrs }, index) => cast(index[attrs.axis]!, attrs.dtype),
  },
  vjp: () => [],
  jvp: () => null,
  samples: [{ shapes: [], attrs: { shape: [3, 5], axis: 0, dtype: 'i32' } }],
});

export const leafOps = [inputOp, fill, hyper, iota];
