// Makes small documents for tests: nodes by name, wires as `a.port -> b.port`.
import type { z } from 'zod';
import type { DataShapes } from './build.ts';
import { draftGraph, type NodeDraft } from './draft.ts';
import { blockSchema, documentSchema, documentVersion, type GraphDocument } from './schema.ts';

/** What a test's document may have beside its nodes and wires. */
type Extras = Partial<Pick<GraphDocument, 'blocks' | 'params'>>;

/** A document; the ids of its nodes are their names. */
export function documentOf(
  nodes: Readonly<Record<string, NodeDraft>>,
  wires: readonly string[],
  extras: Extras = {},
): GraphDocument {
  return documentSchema.parse({
    format: 'gradloom',
    version: documentVersion,
    ...draftGraph(nodes, wires),
    ...extras,
  });
}

/** A block: `x: 'blockInput'` and `y: 'blockOutput'` are its ports; parameters by name with their values. */
export function blockOf(
  nodes: Readonly<Record<string, NodeDraft>>,
  wires: readonly string[],
  params: Readonly<Record<string, number | string | boolean>> = {},
): z.infer<typeof blockSchema> {
  return blockSchema.parse({
    ...draftGraph(nodes, wires),
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value }])),
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
