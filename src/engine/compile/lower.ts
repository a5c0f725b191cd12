/**
 * From graph to expression: the element of a value at an index. Values that are stored are loaded; values that a kernel
 * holds in a register are bound; everything else is computed where it is needed, through its op's element rule.
 */
import { type Expr, load } from '../ir/expr.ts';
import { flatten } from '../ir/index-math.ts';
import type { Value } from '../ir/value.ts';

/** Thrown when a value can be neither loaded, bound nor computed at the asked index. */
export class CannotLower extends Error {}

export interface LowerRules {
  /** The expression of a value that the kernel holds, at this index; null where it does not hold it. */
  bound(v: Value, index: readonly Expr[]): Expr | null;
  /** Whether a value's elements are in memory when the kernel starts. */
  stored(v: Value): boolean;
}

export type Lower = (v: Value, index: readonly Expr[]) => Expr;

/** An element reader under the given rules. Answers are remembered. */
export function lowering(rules: LowerRules): Lower {
  const memo = new Map<string, Expr>();
  const lower: Lower = (v, index) => {
    const key = `${v.id}:${index.map((e) => e.id).join(',')}`;
    const known = memo.get(key);
    if (known) return known;
    const made = element(v, index);
    memo.set(key, made);
    return made;
  };
  const element = (v: Value, index: readonly Expr[]): Expr => {
    const held = rules.bound(v, index);
    if (held) return held;
    if (rules.stored(v)) return load(v.id, flatten(index, v.shape), v.dtype);
    if (v.op.lower.kind !== 'pull') throw new CannotLower(`${v.op.id} is not at hand`);
    return v.op.lower.element(
      { read: (i, at) => lower(v.inputs[i]!, at), inputs: v.inputs, out: v, attrs: v.attrs },
      index,
    );
  };
  return lower;
}
