// Applies repairs to documents: pure, and sharing what did not change, so an undo step costs what it changed.
import { graphOf, placeOf, withGraph } from './blocks.ts';
import type { Edit } from './problems.ts';
import type { DocNode, GraphDocument } from './schema.ts';

/** The document after all edits, in order. Edits of things that are not there change nothing. */
export function applyEdits(document: GraphDocument, edits: readonly Edit[]): GraphDocument {
  return edits.reduce(applyEdit, document);
}

/** An edit of what lies inside of a block is one of that block, and so of all its instances. */
function applyEdit(document: GraphDocument, edit: Edit): GraphDocument {
  const scope = placeOf(document, subjectOf(edit))?.scope ?? null;
  const graph = graphOf(document, scope);
  if (scope === null || !graph) return editHere(document, edit);
  const here = (path: string): string => path.split('/').at(-1) ?? path;
  const inner = { ...document, nodes: graph.nodes, wires: graph.wires };
  return withGraph(document, scope, { ...editHere(inner, withIds(edit, here)), notes: graph.notes });
}

/** What the edit is about, by path. */
function subjectOf(edit: Edit): string {
  switch (edit.kind) {
    case 'removeWire':
      return edit.wire;
    case 'connect':
      return edit.to[0];
    default:
      return edit.node;
  }
}

function withIds(edit: Edit, of: (path: string) => string): Edit {
  switch (edit.kind) {
    case 'removeWire':
      return { ...edit, wire: of(edit.wire) };
    case 'connect':
      return { ...edit, from: [of(edit.from[0]), edit.from[1]], to: [of(edit.to[0]), edit.to[1]] };
    default:
      return { ...edit, node: of(edit.node) };
  }
}

function editHere(document: GraphDocument, edit: Edit): GraphDocument {
  switch (edit.kind) {
    case 'setParam':
      return withNode(document, edit.node, (node) => ({
        ...node,
        params: { ...node.params, [edit.param]: edit.value },
      }));
    case 'unsetParam':
      return withNode(document, edit.node, (node) => ({
        ...node,
        params: without(node.params, (name) => name === edit.param),
      }));
    case 'rename':
      return withNode(document, edit.node, (node) => ({ ...node, name: edit.name }));
    case 'setKind':
      return withNode(document, edit.node, (node) => ({
        ...node,
        kind: edit.to,
        name: edit.name ?? node.name,
        params: edit.params,
      }));
    case 'removeNode':
      return {
        ...document,
        nodes: without(document.nodes, (id) => id === edit.node),
        wires: without(document.wires, (_, w) => w.from[0] === edit.node || w.to[0] === edit.node),
      };
    case 'removeWire':
      return { ...document, wires: without(document.wires, (id) => id === edit.wire) };
    case 'connect': {
      const [from, to] = [edit.from, edit.to];
      return {
        ...document,
        wires: {
          ...document.wires,
          [freeId(document.wires)]: { from: [from[0], from[1]], to: [to[0], to[1]] },
        },
      };
    }
    default:
      edit satisfies never;
      throw new TypeError('an edit of no known kind');
  }
}

function withNode(document: GraphDocument, id: string, change: (node: DocNode) => DocNode): GraphDocument {
  const node = document.nodes[id];
  return node ? { ...document, nodes: { ...document.nodes, [id]: change(node) } } : document;
}

function without<T>(record: Record<string, T>, leaves: (id: string, entry: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([id, entry]) => !leaves(id, entry)));
}

/** An id that no wire has: `w1`, `w2`, … */
function freeId(wires: Readonly<Record<string, unknown>>): string {
  let n = Object.keys(wires).length + 1;
  while (`w${n}` in wires) n++;
  return `w${n}`;
}
