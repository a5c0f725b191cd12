// Declares primitive ops. The declared value is the op: calling it makes a node, and its fields are its specification.
import type { OpSpec, Tuple } from '../ir/op.ts';
import { type AnyOp, applyOp, type Value } from '../ir/value.ts';

/** An op that is called with its inputs, then its attributes (none where `A` is null). */
export type Op<N extends number, A> = OpSpec<N, A> & {
  /** The op as graphs hold it, its arity and attributes forgotten: `value.op === add.erased`. */
  readonly erased: AnyOp;
} & ((...args: A extends null ? Tuple<Value, N> : readonly [...Tuple<Value, N>, A]) => Value);

/** Makes an op of a specification. */
export function defineOp<N extends number, A>(spec: OpSpec<N, A>): Op<N, A> {
  // The one seam where arity and attributes are forgotten: graphs hold ops of every kind in one list.
  const erased = spec as unknown as AnyOp;
  const call = (...args: readonly unknown[]): Value => {
    const count = spec.arity ?? args.length - 1;
    return applyOp(erased, args.slice(0, count) as readonly Value[], args[count] ?? null);
  };
  return Object.assign(call, spec, { erased }) as unknown as Op<N, A>;
}
