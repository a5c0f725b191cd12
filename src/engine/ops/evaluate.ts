// The float64 interpreter: runs a graph through the ops' references. The judge of every kernel.
import { invariant } from '../errors.ts';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { inputAttrs } from './leaf.ts';

/** The elements of each root, in float64. `feeds` holds every input's elements; hyper-parameters are fed by their values too. */
export function evaluate(
  roots: readonly Value[],
  feeds: ReadonlyMap<Value, ArrayLike<number>>,
): Float64Array[] {
  const known = new Map<Value, Float64Array>();
  for (const v of topological(roots)) {
    const fed = feeds.get(v);
    if (fed) {
      invariant(
        fed.length === sizeOf(v.shape),
        `a feed of ${v.op.id} holds ${sizeOf(v.shape)} numbers, not ${fed.length}`,
      );
      known.set(v, Float64Array.from(fed));
      continue;
    }
    invariant(!inputAttrs(v), `the input ${inputAttrs(v)?.name} is fed`);
    const inputs = v.inputs.map((i) => ({ shape: i.shape, dtype: i.dtype, data: known.get(i)! }));
    known.set(v, v.op.reference(inputs, v.attrs, v));
  }
  return roots.map((r) => known.get(r)!);
}
