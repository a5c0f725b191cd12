/** What a person does to the data of a net. */
import type { DataOrigin, DataSpec, Json } from '../../../engine/index.ts';
import { newId } from '../ids.ts';
import type { Command } from '../store.ts';
import { addNode, type Point, setParams } from './nodes.ts';

/** The id of the node that the data comes from; null where there is none. */
export function dataNodeOf(nodes: Readonly<Record<string, { readonly kind: string }>>): string | null {
  return Object.keys(nodes).find((id) => nodes[id]?.kind === 'data') ?? null;
}

/** Trains on other data: what the data node held is replaced, its split is kept. Data is the whole net's, whatever canvas is open. */
export function setData(id: string, spec: Partial<DataSpec>, label: string, mergeKey?: string): Command {
  const command = { ...setParams(id, asJson(spec), label), whole: true };
  return mergeKey === undefined ? command : { ...command, mergeKey };
}

/** Adds a node that holds this data. */
export function addData(
  origin: DataOrigin,
  position: Point,
  label: string,
  id: string = newId('n'),
): Command {
  return { ...addNode({ kind: 'data', position, params: asJson({ origin }) }, id), label, whole: true };
}

/** What zod has read from JSON is JSON. */
export function asJson(value: object): Record<string, Json> {
  return JSON.parse(JSON.stringify(value)) as Record<string, Json>;
}
