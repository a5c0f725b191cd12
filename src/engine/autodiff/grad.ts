/**
 * Reverse mode: one walk from the loss to the inputs, each op's rule pulling the gradient back (VJP), contributions summed.
 * The result is more graph, so it is fused, scheduled and differentiated again like anything else.
 */

import { invariant } from '../errors.ts';
import { topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import { add } from '../ops/elementwise.ts';
import { fill, zeros } from '../ops/leaf.ts';

/** d(sum of y)/dx for each x, or d⟨seed, y⟩/dx where a seed of y's shape is given; zeros where y does not depend on x. */
export function gradients(y: Value, xs: readonly Value[], seed?: Value): Value[] {
  const found = gradientMap(y, xs, seed);
  return xs.map((x) => found.get(x) ?? zeros(x.shape));
}

/** The same as a map; a value that y does not depend on (differentiably) is missing. */
export function gradientMap(y: Value, xs: readonly Value[], seed?: Value): Map<Value, Value> {
  invariant(y.dtype === 'f32', 'a float is differentiated');
  const order = topological([y]);
  const wanted = new Set(xs);
  // Only values on a path from some x to y are worth a gradient.
  const moves = new Set<Value>();
  for (const v of order) if (wanted.has(v) || v.inputs.some((i) => moves.has(i))) moves.add(v);

  const gradient = new Map<Value, Value>();
  if (!moves.has(y)) return gradient;
  gradient.set(y, seed ?? fill({ value: 1, shape: y.shape, dtype: 'f32' }));
  for (const v of order.reverse()) {
    const dy = gradient.get(v);
    if (!dy || !v.inputs.some((i) => moves.has(i))) continue;
    const pulled = v.op.vjp({ dy, y: v, inputs: v.inputs, attrs: v.attrs });
    v.inputs.forEach((input, i) => {
      const d = pulled[i];
      if (!d || !moves.has(input)) return;
      const sofar = gradient.get(input);
      gradient.set(input, sofar ? add(sofar, d) : d);
    });
  }
  return gradient;
}
