/** Frames: coloured areas with a title, and what lies in them moves along. A frame is a note that is drawn around nodes. */
import { type DocNote, frameColors, type GraphDocument } from '../../../engine/index.ts';
import { nothingSelected, type Selection } from '../../session/session.ts';
import { newId } from '../ids.ts';
import type { Command } from '../store.ts';
import type { Point } from './nodes.ts';

/** Room around what a frame holds; above is its title. */
const AROUND = 24;
const ABOVE = 44;

/** Puts a frame around nodes, and selects it. `sizeOf` says how large a node is drawn. */
export function frameNodes(
  ids: ReadonlySet<string>,
  sizeOf: (doc: GraphDocument, id: string) => Point,
  id: string = newId('t'),
): Command {
  return {
    label: 'frame',
    select: { ...nothingSelected, notes: new Set([id]) },
    apply: (doc) => {
      const boxes = [...ids].flatMap((node) => {
        const at = doc.nodes[node]?.position;
        const [width, height] = sizeOf(doc, node);
        return at ? [{ left: at[0], top: at[1], right: at[0] + width, bottom: at[1] + height }] : [];
      });
      if (boxes.length === 0) return doc;
      const left = Math.min(...boxes.map((b) => b.left)) - AROUND;
      const top = Math.min(...boxes.map((b) => b.top)) - ABOVE;
      const right = Math.max(...boxes.map((b) => b.right)) + AROUND;
      const bottom = Math.max(...boxes.map((b) => b.bottom)) + AROUND;
      const count = Object.values(doc.notes).filter(({ frame }) => frame).length;
      const note: DocNote = {
        text: 'Frame',
        position: [left, top],
        size: [right - left, bottom - top],
        frame: frameColors[count % frameColors.length] ?? 'basic',
      };
      // Frames lie under notes, and later ones on earlier ones.
      return { ...doc, notes: { ...doc.notes, [id]: note } };
    },
  };
}

/** Gives a frame the next colour. */
export function recolourFrame(id: string): Command {
  return {
    label: 'change the colour',
    apply: (doc) => {
      const note = doc.notes[id];
      if (!note?.frame) return doc;
      const next = frameColors[(frameColors.indexOf(note.frame) + 1) % frameColors.length] ?? 'basic';
      return { ...doc, notes: { ...doc.notes, [id]: { ...note, frame: next } } };
    },
  };
}

export interface Moves {
  readonly nodes: ReadonlyMap<string, Point>;
  readonly notes: ReadonlyMap<string, Point>;
}

/** Moves with those of what lies in moved frames: everything whose corner is inside, unless it is moved by hand as well. */
export function withFramed<T extends Moves>(doc: GraphDocument, selection: Selection, moves: T): T {
  const nodes = new Map(moves.nodes);
  const notes = new Map(moves.notes);
  for (const [id, [x, y]] of moves.notes) {
    const frame = doc.notes[id];
    if (!frame?.frame) continue;
    const [dx, dy] = [x - frame.position[0], y - frame.position[1]];
    const holds = ([px, py]: Point): boolean =>
      px >= frame.position[0] &&
      py >= frame.position[1] &&
      px < frame.position[0] + frame.size[0] &&
      py < frame.position[1] + frame.size[1];
    for (const [node, { position }] of Object.entries(doc.nodes))
      if (holds(position) && !moves.nodes.has(node) && !selection.nodes.has(node))
        nodes.set(node, [position[0] + dx, position[1] + dy]);
    for (const [note, { position }] of Object.entries(doc.notes))
      if (note !== id && holds(position) && !moves.notes.has(note) && !selection.notes.has(note))
        notes.set(note, [position[0] + dx, position[1] + dy]);
  }
  return { ...moves, nodes, notes };
}
