// Makes small documents for tests: nodes by name, wires as `a.port -> b.port`.
import type { DataShapes } from './build.ts';
import { documentSchema, type GraphDocument, type Json } from './schema.ts';

/** Nodes are `name: kind` or `name: [kind, params]`; their ids are their names. Ports default to x, y and the like. */
export function documentOf(
  nodes: Readonly<Record<string, string | readonly [string, Record<string, Json>]>>,
  wires: readonly string[],
): GraphDocument {
  return documentSchema.parse({
    format: 'gradloom',
    version: 1,
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, spec], i) => {
        const [kind, params] = typeof spec === 'string' ? [spec, {}] : spec;
        return [name, { kind, name, params, position: [i * 240, 0] }];
      }),
    ),
    wires: Object.fromEntries(
      wires.map((text, i) => {
        const [from = '', to = ''] = text.split('->').map((end) => end.trim());
        return [`w${i + 1}`, { from: from.split('.'), to: to.split('.') }];
      }),
    ),
  });
}

/** Points in the plane with k classes. */
export const planar = (classes: number): DataShapes => ({
  inputs: [{ name: 'x', dtype: 'f32', shape: [2] }],
  targets: [{ kind: 'class', names: Array.from({ length: classes }, (_, i) => `class ${i}`) }],
});

/** Rows of numbers with one number to predict. */
export const regression = (features: number): DataShapes => ({
  inputs: [{ name: 'x', dtype: 'f32', shape: [features] }],
  targets: [{ kind: 'regression', shape: [1] }],
});
