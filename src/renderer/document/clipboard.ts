/** The clipboard's text: a piece of a document as readable JSON, so that it can be sent, kept and pasted anywhere. */
import { z } from 'zod';
import {
  type DocNode,
  type DocNote,
  type DocWire,
  documentSchema,
  type GraphDocument,
} from '../../engine/index.ts';
import type { Selection } from '../session/session.ts';

/** Nodes and notes with the wires between them. */
export interface Clip {
  readonly nodes: Readonly<Record<string, DocNode>>;
  readonly wires: Readonly<Record<string, DocWire>>;
  readonly notes: Readonly<Record<string, DocNote>>;
}

const clipSchema = z.object({
  format: z.literal('gradloom-clip'),
  nodes: documentSchema.shape.nodes,
  wires: documentSchema.shape.wires,
  notes: documentSchema.shape.notes,
});

/** What is selected, in the document's order, with the wires whose two ends are selected. */
export function clipOf(doc: GraphDocument, selection: Selection): Clip {
  const pick = <T>(record: Record<string, T>, keep: (id: string, value: T) => boolean): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([id, value]) => keep(id, value)));
  return {
    nodes: pick(doc.nodes, (id) => selection.nodes.has(id)),
    wires: pick(doc.wires, (_, w) => selection.nodes.has(w.from[0]) && selection.nodes.has(w.to[0])),
    notes: pick(doc.notes, (id) => selection.notes.has(id)),
  };
}

export function isEmptyClip(clip: Clip): boolean {
  return Object.keys(clip.nodes).length + Object.keys(clip.notes).length === 0;
}

export function writeClip(clip: Clip): string {
  return `${JSON.stringify({ format: 'gradloom-clip', ...clip }, null, 2)}\n`;
}

/** The clip in a text: one that `writeClip` made, or a whole document; null for any other text. */
export function readClip(text: string): Clip | null {
  const raw = parseJson(text);
  const clip = clipSchema.safeParse(raw);
  if (clip.success) return clip.data;
  const doc = documentSchema.safeParse(raw);
  return doc.success ? { nodes: doc.data.nodes, wires: doc.data.wires, notes: doc.data.notes } : null;
}

/** Text from a clipboard may be anything: what is not JSON holds no clip, which is an answer and no failure. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
