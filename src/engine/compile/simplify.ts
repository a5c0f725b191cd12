/**
 * Local rewrites that make a graph smaller before it is grouped. Each is exact: the numbers do not change.
 */
import { topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import { applyOp } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import { type ConstantAttrs, zeros } from '../ops/leaf.ts';
import { permute, swapLast } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';

/** The constant that fills a value, seen through moves; null where it is not constant. */
function constantOf(v: Value): number | null {
  if (v.op.id === 'fill') return (v.attrs as ConstantAttrs).value;
  return v.op.id === 'broadcast' || v.op.id === 'reshape' || v.op.id === 'transpose'
    ? constantOf(v.inputs[0]!)
    : null;
}

type Rule = (v: Value) => Value | null;

/** 1 · x and x · 1, x + 0, x − 0, x / 1. */
const identities: Rule = (v) => {
  const [a, b] = v.inputs;
  if (!a || !b || v.inputs.length !== 2) return null;
  if (v.op.id === 'mul' && constantOf(a) === 1) return b;
  if ((v.op.id === 'mul' || v.op.id === 'div') && constantOf(b) === 1) return a;
  if (v.op.id === 'add' && constantOf(a) === 0) return b;
  if ((v.op.id === 'add' || v.op.id === 'sub') && constantOf(b) === 0) return a;
  return null;
};

/** 0 · x of products is 0: a recurrent net begins with a state of zeros. */
const nothing: Rule = (v) =>
  v.op.id === 'matmul' && v.inputs.some((i) => constantOf(i) === 0) ? zeros(v.shape) : null;

/** A reshape of a reshape is one reshape; a transpose of a transpose is one transpose, or none. */
const moves: Rule = (v) => {
  const [x] = v.inputs;
  if (!x) return null;
  if (v.op.id === 'reshape' && x.op.id === 'reshape') return reshape(x.inputs[0]!, v.shape);
  if (v.op.id === 'transpose' && x.op.id === 'transpose') {
    const outer = (v.attrs as { perm: readonly number[] }).perm;
    const inner = (x.attrs as { perm: readonly number[] }).perm;
    return permute(
      x.inputs[0]!,
      outer.map((p) => inner[p]!),
    );
  }
  return null;
};

/** (a · b)ᵀ = bᵀ · aᵀ: the gradient of a weight comes out in the weight's own layout. */
const transposedProduct: Rule = (v) => {
  const [x] = v.inputs;
  if (v.op.id !== 'transpose' || x?.op.id !== 'matmul' || x.shape.length !== 2) return null;
  const [a, b] = x.inputs as [Value, Value];
  return a.shape.length === 2 && b.shape.length === 2 ? matmul(swapLast(b), swapLast(a)) : null;
};

/** A product whose right operand is a shared matrix is one tall product: [..., m, k] · [k, n] = [...·m, k] · [k, n]. */
const rules: readonly Rule[] = [identities, nothing, moves, transposedProduct];

/** Rewrites until nothing changes, and merges equal values. */
export function simplify(roots: readonly Value[]): Value[] {
  const replaced = new Map<Value, Value>();
  const equals = new Map<string, Value>();
  const rewrite = (v: Value): Value => {
    const inputs = v.inputs.map((i) => replaced.get(i)!);
    let now = inputs.every((x, i) => x === v.inputs[i]) ? v : applyOp(v.op, inputs, v.attrs);
    for (let changed = true; changed; ) {
      changed = false;
      for (const rule of rules) {
        const better = rule(now);
        if (!better) continue;
        // What a rule makes may hold new values; they are simplified like any other.
        now = replaced.get(better) ?? settle(better);
        changed = true;
      }
    }
    return unique(now);
  };
  const settle = (v: Value): Value => {
    for (const each of topological([v]))
      if (!replaced.has(each))
        replaced.set(each, each.op.lower.kind === 'leaf' ? unique(each) : rewriteOnce(each));
    return replaced.get(v)!;
  };
  const rewriteOnce = (v: Value): Value => {
    const made = rewrite(v);
    replaced.set(v, made);
    replaced.set(made, made);
    return made;
  };
  const unique = (v: Value): Value => {
    const key = `${v.op.id}(${v.inputs.map((i) => i.id).join(',')})${JSON.stringify(v.attrs)}${v.dtype}`;
    const known = equals.get(key);
    if (known) return known;
    equals.set(key, v);
    return v;
  };
  for (const v of topological(roots)) if (!replaced.has(v)) rewriteOnce(v);
  return roots.map((r) => replaced.get(r)!);
}
