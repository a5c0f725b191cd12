/** Copies: from the clipboard's text, or of what is selected, with the wires between them. */
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
      const nodes = { ...doc.nodes };
      for (const [id, node] of Object.entries(clip.nodes)) {
        const name = freeName(Object.values(nodes), node.name);
        nodes[nodeIds.get(id) ?? id] = { ...node, name, position: place(node.position) };
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
      return { ...doc, nodes, notes, wires };
    },
  };
}

/** Copies what is selected a little to the lower right, with the wires between the copies. */
export function duplicate(clip: Clip): Command {
  const corners = [...Object.values(clip.nodes), ...Object.values(clip.notes)].map((item) => item.position);
  const left = Math.min(...corners.map(([x]) => x));
  const top = Math.min(...corners.map(([, y]) => y));
  return paste(clip, [left + 32, top + 32], 'duplicate');
}
