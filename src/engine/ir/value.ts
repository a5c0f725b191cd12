// A value is a node of the computation graph: an op applied to values. Immutable, typed, without any number in it.
import type { DType } from './dtype.ts';
import type { OpSpec } from './op.ts';
import type { Shape } from './shape.ts';

/** Any op, its arity and attributes forgotten. Method bivariance makes every `OpSpec<N, A>` fit. */
export type AnyOp = OpSpec<number, unknown>;

export interface Value {
  /** Unique in the process; grows with creation, so inputs always have smaller ids than their users. */
  readonly id: number;
  readonly op: AnyOp;
  readonly inputs: readonly Value[];
  readonly attrs: unknown;
  readonly shape: Shape;
  readonly dtype: DType;
}

let lastId = 0;

/** Applies an op: infers the type and makes the node. Ops are called through their declarations (ops/), not through this. */
export function applyOp(op: AnyOp, inputs: readonly Value[], attrs: unknown): Value {
  const { shape, dtype } = op.infer(inputs, attrs);
  return { id: ++lastId, op, inputs, attrs, shape, dtype };
}
