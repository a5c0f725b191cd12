/** Copies: from the clipboard's text, or of what is selected, with the wires between them. */
import type { DocNode, GraphDocument } from '../../../engine/index.ts';
import { selectNodes } from '../../session/session.ts';
import type { Clip } from '../clipboard.ts';
import { freeName } from '../graph.ts';
import { newId } from '../ids.ts';
import type { Command } from '../store.ts';
import type { Point } from './nodes.ts';

/** Adds the clip's nodes, wires and notes under new ids and free names, its top left corner at `at`, and selects them. */
export function paste(clip: Clip, at: Point, label = 'paste'): Command {
  const nodeIds = new Map(Object.keys(clip.nodes).map((id) => [id, newId('n')]));
  const noteIds = new Map(Object.keys(clip.notes).map((id) => [id, newId('t')]));
  const wireIds = new Map(Object.keys(clip.wires).map((id) => [id, newId('w')]));
  const corners = [...Object.values(clip.nodes), ...Object.values(clip.notes)].map((item) => item.position);
  const left = Math.min(...corners.map(([x]) => x));
  const top = Math.min(...corners.map(([, y]) => y));
  const place = ([x, y]: readonly [number, number]): [number, number] => [x - left + at[0], y - top + at[1]];
  return {
    label,
    select: { ...selectNodes(nodeIds.values()), notes: new Set(noteIds.values()) },
    apply: (doc) => {
      if (corners.length === 0) return doc;
      const { blocks, idOf } = takenBlocks(doc.blocks, clip.blocks);
      const nodes = { ...doc.nodes };
      for (const [id, node] of Object.entries(clip.nodes)) {
        const name = freeName(Object.values(nodes), node.name);
        nodes[nodeIds.get(id) ?? id] = { ...withBlocks(node, idOf), name, position: place(node.position) };
      }
      const notes = { ...doc.notes };
      for (const [id, note] of Object.entries(clip.notes)) {
        notes[noteIds.get(id) ?? id] = { ...note, position: place(note.position) };
      }
      const wires = { ...doc.wires };
      for (const [id, { from, to }] of Object.entries(clip.wires)) {
        const source = nodeIds.get(from[0]);
        const target = nodeIds.get(to[0]);
        if (source === undefined || target === undefined) continue;
        wires[wireIds.get(id) ?? id] = { from: [source, from[1]], to: [target, to[1]] };
      }
      return { ...doc, nodes, notes, wires, blocks };
    },
  };
}

/** The document's blocks with the clip's: one that is there already is taken as it is, one that differs gets another id. */
function takenBlocks(
  own: GraphDocument['blocks'],
  brought: Clip['blocks'],
): { blocks: GraphDocument['blocks']; idOf(id: string): string } {
  const ids = new Map(
    Object.entries(brought).map(([id, block]) => [
      id,
      own[id] && JSON.stringify(own[id]) !== JSON.stringify(block) ? newId('b') : id,
    ]),
  );
  const idOf = (id: string): string => ids.get(id) ?? id;
  const missing = Object.entries(brought).filter(([id]) => !own[idOf(id)]);
  if (missing.length === 0) return { blocks: own, idOf };
  const taken = missing.map(([id, block]) => {
    const nodes = Object.entries(block.nodes).map(([key, node]) => [key, withBlocks(node, idOf)] as const);
    return [idOf(id), { ...block, nodes: Object.fromEntries(nodes) }] as const;
  });
  return { blocks: { ...own, ...Object.fromEntries(taken) }, idOf };
}

function withBlocks(node: DocNode, idOf: (id: string) => string): DocNode {
  return node.block ? { ...node, block: { ...node.block, of: idOf(node.block.of) } } : node;
}

/** Copies what is selected a little to the lower right, with the wires between the copies. */
export function duplicate(clip: Clip): Command {
  const corners = [...Object.values(clip.nodes), ...Object.values(clip.notes)].map((item) => item.position);
  const left = Math.min(...corners.map(([x]) => x));
  const top = Math.min(...corners.map(([, y]) => y));
  return paste(clip, [left + 32, top + 32], 'duplicate');
}
