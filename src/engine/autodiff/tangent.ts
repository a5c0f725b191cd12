// Forward mode: tangents pushed from inputs to results by each op's JVP, in the order of evaluation.
import { topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import { zeros } from '../ops/leaf.ts';

/** How each root moves when the given inputs move by their tangents. */
export function tangents(roots: readonly Value[], moving: ReadonlyMap<Value, Value>): Value[] {
  const tangent = new Map<Value, Value | null>();
  for (const v of topological(roots)) {
    const given = moving.get(v);
    const incoming = v.inputs.map((i) => tangent.get(i) ?? null);
    tangent.set(
      v,
      given ??
        (incoming.some((t) => t)
          ? v.op.jvp({ tangents: incoming, y: v, inputs: v.inputs, attrs: v.attrs })
          : null),
    );
  }
  return roots.map((r) => tangent.get(r) ?? zeros(r.shape));
}
