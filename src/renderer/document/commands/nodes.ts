/** What a person does to nodes: add, move, rename, set a parameter, delete. */
import {
  blockInputKind,
  blockKind,
  blockOutputKind,
  type DocNode,
  type GraphDocument,
  type Json,
  layerOf,
  libraryBlockOf,
  withLibraryBlock,
} from '../../../engine/index.ts';
import { type Selection, selectNodes } from '../../session/session.ts';
import { freeName, portsOf, whyNotConnect } from '../graph.ts';
import { newId, omit } from '../ids.ts';
import type { Command } from '../store.ts';

export type Point = readonly [number, number];

/** A node that is about to be added. */
export interface NewNode {
  /** A layer's kind, a kind of port, or `block:` and the id of a block of the document or the library. */
  readonly kind: string;
  readonly position: Point;
  readonly params?: Readonly<Record<string, Json>>;
}

/** Adds one node, named after its kind, and selects it. The id is made here so that others can refer to it. */
export function addNode({ kind, position, params = {} }: NewNode, id: string = newId('n')): Command {
  return {
    label: `add ${kindTitle(kind)}`,
    select: selectNodes([id]),
    apply: (doc) => withNode(doc, id, { kind, position, params }),
  };
}

/** The document with one more node. */
export function withNode(
  doc: GraphDocument,
  id: string,
  { kind, position, params = {} }: NewNode,
): GraphDocument {
  const of = kind.startsWith(blockPrefix) ? kind.slice(blockPrefix.length) : null;
  const wanted = portNames[kind] ?? (of === null ? kind : blockName(doc, of));
  const node: DocNode = {
    kind: of === null ? kind : blockKind,
    name: freeName(Object.values(doc.nodes), wanted.replace(/[^A-Za-z0-9_]/g, '_')),
    params: { ...params },
    position: [position[0], position[1]],
    ...(of !== null && { block: { of, shared: false } }),
  };
  const library = of === null ? undefined : libraryBlockOf(of);
  const holder = library ? withLibraryBlock(doc, library) : doc;
  return { ...holder, nodes: { ...doc.nodes, [id]: node } };
}

/** Before the id of a block, where a kind is asked for. */
export const blockPrefix = 'block:';

/** A block's ports are called as layers call theirs. */
const portNames: Readonly<Record<string, string>> = { [blockInputKind]: 'x', [blockOutputKind]: 'y' };

/** A library block's id is a good name; a block that a person made is called after its title. */
function blockName(doc: GraphDocument, of: string): string {
  if (libraryBlockOf(of)) return of;
  const name = (doc.blocks[of]?.title ?? 'block').toLowerCase().replace(/[^a-z0-9_]+/g, '_');
  return /^[a-z_]/.test(name) ? name.slice(0, 48) : `block_${name.slice(0, 40)}`;
}

/** What a kind is called in an undo step. */
export function kindTitle(kind: string): string {
  if (kind === blockInputKind) return 'an input';
  if (kind === blockOutputKind) return 'an output';
  if (!kind.startsWith(blockPrefix)) return layerOf(kind)?.title ?? kind;
  return libraryBlockOf(kind.slice(blockPrefix.length))?.title ?? 'a block';
}

/** Moves nodes and notes to where they are said to be. */
export function moveItems(
  positions: { readonly nodes: ReadonlyMap<string, Point>; readonly notes: ReadonlyMap<string, Point> },
  mergeKey?: string,
): Command {
  const count = positions.nodes.size + positions.notes.size;
  return {
    label: count === 1 ? 'move' : `move ${count} items`,
    ...(mergeKey === undefined ? {} : { mergeKey }),
    apply: (doc) => {
      const nodes = moved(doc.nodes, positions.nodes);
      const notes = moved(doc.notes, positions.notes);
      return nodes === doc.nodes && notes === doc.notes ? doc : { ...doc, nodes, notes };
    },
  };
}

function moved<T extends { position: [number, number]; locked?: boolean | undefined }>(
  items: Record<string, T>,
  positions: ReadonlyMap<string, Point>,
): Record<string, T> {
  let next = items;
  for (const [id, [x, y]] of positions) {
    const item = next[id];
    if (!item || item.locked || (item.position[0] === x && item.position[1] === y)) continue;
    if (next === items) next = { ...items };
    next[id] = { ...item, position: [x, y] };
  }
  return next;
}

/** Gives a node another name; the same name, a bad one or one that is taken changes nothing (ask `whyNotName` first). */
export function renameNode(id: string, name: string): Command {
  return {
    label: 'rename',
    apply: (doc) => {
      const node = doc.nodes[id];
      if (!node || node.name === name || whyNotName(doc, id, name) !== null) return doc;
      return { ...doc, nodes: { ...doc.nodes, [id]: { ...node, name } } };
    },
  };
}

/** Why a node cannot have this name, in words; null where it can. */
export function whyNotName(doc: GraphDocument, id: string, name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) {
    return 'A name starts with a letter and holds letters, digits and _ only, 64 at most: exported code uses it.';
  }
  const other = Object.entries(doc.nodes).find(([otherId, n]) => otherId !== id && n.name === name);
  return other ? `Another node is called ${name} already.` : null;
}

/** Sets one parameter; `undefined` puts the default back. */
export function setParam(id: string, key: string, value: Json | undefined, mergeKey?: string): Command {
  return {
    label: value === undefined ? `reset ${key}` : `change ${key}`,
    ...(mergeKey === undefined ? {} : { mergeKey }),
    apply: (doc) => {
      const node = doc.nodes[id];
      if (!node || sameJson(node.params[key], value)) return doc;
      const params = value === undefined ? omit(node.params, [key]) : { ...node.params, [key]: value };
      return { ...doc, nodes: { ...doc.nodes, [id]: { ...node, params } } };
    },
  };
}

/** Replaces all parameters at once: a data node's recipe, a quick fix. */
export function setParams(
  id: string,
  params: Readonly<Record<string, Json>>,
  label = 'change parameters',
): Command {
  return {
    label,
    apply: (doc) => {
      const node = doc.nodes[id];
      if (!node || sameJson(node.params, params)) return doc;
      return { ...doc, nodes: { ...doc.nodes, [id]: { ...node, params: { ...params } } } };
    },
  };
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What happens to the wires of what is deleted. */
export type OnDelete = 'rejoin' | 'cut';

/** Deletes what is selected. With `rejoin`, a deleted node's feeder is wired to whom it fed, where that fits. */
export function deleteSelection(selection: Selection, onDelete: OnDelete): Command {
  const count = selection.nodes.size + selection.notes.size || selection.wires.size;
  return {
    label: count === 1 ? 'delete' : `delete ${count} items`,
    select: selectNodes([]),
    apply: (doc) => {
      let next = doc;
      const known = [...selection.wires].filter((id) => next.wires[id]);
      if (known.length > 0) next = { ...next, wires: omit(next.wires, known) };
      for (const id of selection.nodes) {
        if (next.nodes[id] && !next.nodes[id].locked) next = withoutNode(next, id, onDelete);
      }
      const notes = [...selection.notes].filter((id) => next.notes[id]);
      return notes.length > 0 ? { ...next, notes: omit(next.notes, notes) } : next;
    },
  };
}

function withoutNode(doc: GraphDocument, id: string, onDelete: OnDelete): GraphDocument {
  const entries = Object.entries(doc.wires);
  const incoming = entries.filter(([, w]) => w.to[0] === id);
  const outgoing = entries.filter(([, w]) => w.from[0] === id);
  const kept = omit(
    doc.wires,
    [...incoming, ...outgoing].map(([wire]) => wire),
  );
  const bare: GraphDocument = { ...doc, nodes: omit(doc.nodes, [id]), wires: kept };
  // Through a node runs the wire of its first input: what joins it to the others is lost with the node.
  const first = portsOf(doc, id).inputs[0];
  const feeder = incoming.find(([, w]) => w.to[1] === first?.name)?.[1];
  if (onDelete === 'cut' || !feeder) return bare;

  // An outgoing wire keeps its place in the order, since inputs of many wires count it.
  const wires: typeof doc.wires = {};
  for (const [wireId, wire] of entries) {
    if (kept[wireId]) wires[wireId] = wire;
    if (wire.from[0] !== id) continue;
    const joined = { from: feeder.from, to: wire.to };
    const refusal = whyNotConnect(
      bare,
      { node: joined.from[0], port: joined.from[1] },
      { node: joined.to[0], port: joined.to[1] },
    );
    if (refusal === null) wires[wireId] = joined;
  }
  return { ...bare, wires };
}

/** Leaves nodes out of the net, or locks them where they are; takes that back where it holds for all of them. */
export function toggleFlag(ids: ReadonlySet<string>, flag: 'bypassed' | 'locked'): Command {
  return {
    label: flag === 'bypassed' ? 'bypass' : 'lock',
    apply: (doc) => {
      const chosen = [...ids].filter((id) => doc.nodes[id]);
      if (chosen.length === 0) return doc;
      const isBack = chosen.every((id) => doc.nodes[id]?.[flag]);
      const nodes = { ...doc.nodes };
      for (const id of chosen) {
        const node = nodes[id];
        if (!node) continue;
        const { [flag]: _, ...plain } = node;
        nodes[id] = isBack ? plain : { ...plain, [flag]: true };
      }
      return { ...doc, nodes };
    },
  };
}
