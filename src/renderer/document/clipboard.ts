/** The clipboard's text: a piece of a document as readable JSON, so that it can be sent, kept and pasted anywhere. */
import { z } from 'zod';
import {
  type BlockDefinition,
  type DocNode,
  type DocNote,
  type DocWire,
  documentSchema,
  type GraphDocument,
  readDocument,
} from '../../engine/index.ts';
import type { Selection } from '../session/session.ts';
import { isPortKind } from './level.ts';

/** Nodes and notes with the wires between them, and the blocks that the nodes stand for. */
export interface Clip {
  readonly nodes: Readonly<Record<string, DocNode>>;
  readonly wires: Readonly<Record<string, DocWire>>;
  readonly notes: Readonly<Record<string, DocNote>>;
  readonly blocks: Readonly<Record<string, BlockDefinition>>;
}

const clipSchema = z.object({
  format: z.literal('gradloom-clip'),
  nodes: documentSchema.shape.nodes,
  wires: documentSchema.shape.wires,
  notes: documentSchema.shape.notes,
  blocks: documentSchema.shape.blocks,
});

/** What is selected, in the document's order, with the wires whose two ends are selected. */
export function clipOf(doc: GraphDocument, selection: Selection): Clip {
  const pick = <T>(record: Record<string, T>, keep: (id: string, value: T) => boolean): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([id, value]) => keep(id, value)));
  const nodes = pick(doc.nodes, (id) => selection.nodes.has(id) && !isPortKind(doc.nodes[id]?.kind ?? ''));
  return {
    nodes,
    wires: pick(doc.wires, (_, w) => w.from[0] in nodes && w.to[0] in nodes),
    notes: pick(doc.notes, (id) => selection.notes.has(id)),
    blocks: blocksOf(doc, nodes),
  };
}

/** The blocks that nodes stand for, and those within. */
function blocksOf(doc: GraphDocument, nodes: GraphDocument['nodes']): GraphDocument['blocks'] {
  const found: GraphDocument['blocks'] = {};
  const visit = (inner: GraphDocument['nodes']): void => {
    for (const { block } of Object.values(inner)) {
      const definition = doc.blocks[block?.of ?? ''];
      if (!block || !definition || found[block.of]) continue;
      found[block.of] = definition;
      visit(definition.nodes);
    }
  };
  visit(nodes);
  return found;
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
  const doc = readDocument(raw);
  if (!doc.ok) return null;
  const { nodes, wires, notes, blocks } = doc.document;
  return { nodes, wires, notes, blocks };
}

/** Text from a clipboard may be anything: what is not JSON holds no clip, which is an answer and no failure. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
