/**
 * Residual branches: layers that lie beside a skip, between the place where a sum's arms part and the sum. The gradient reaches
 * what comes before them by the skip whatever they do, so they are measured apart.
 */
import type { Model } from '../model/build.ts';

/** What bends the signal: an arm without any of it is a skip, or a projection that only fits the shape. */
const bending = new Set(['activation', 'attention', 'sequence', 'pooling']);

/** For each node inside a residual branch, the sum that ends the innermost one around it. */
export function residualBranches(model: Model): ReadonlyMap<string, string> {
  const weighted = new Set(model.parameters.map(({ node }) => node));
  const before = new Map<string, string[]>();
  for (const { from, to } of Object.values(model.net.wires))
    before.set(to[0], [...(before.get(to[0]) ?? []), from[0]]);

  const sumOf = new Map<string, { readonly sum: string; readonly size: number }>();
  for (const sum of model.order) {
    if (model.nodes.get(sum)?.kind !== 'add') continue;
    const arms = (before.get(sum) ?? []).map((start) => upstream(start, before));
    const own = arms.map((arm, i) =>
      [...arm].filter((node) => arms.every((other, k) => k === i || !other.has(node))),
    );
    const bends = (nodes: readonly string[]): boolean =>
      nodes.some((node) => bending.has(model.nodes.get(node)?.spec?.category ?? ''));
    if (arms.length < 2 || own.every(bends)) continue;
    for (const branch of own) {
      if (!bends(branch) || !branch.some((node) => weighted.has(node))) continue;
      for (const node of branch) {
        const known = sumOf.get(node);
        if (!known || branch.length < known.size) sumOf.set(node, { sum, size: branch.length });
      }
    }
  }
  return new Map([...sumOf].map(([node, { sum }]) => [node, sum]));
}

/** A node and all that its output depends on. */
function upstream(start: string, before: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const node of seen) for (const earlier of before.get(node) ?? []) seen.add(earlier);
  return seen;
}
