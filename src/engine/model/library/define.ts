/**
 * What a block of the library is: a definition that documents take a copy of, and words for the palette. A block is written
 * down once, as a draft; ids inside are the names.
 */
import { draftGraph, type NodeDraft } from '../draft.ts';
import { type BlockDefinition, blockSchema, type GraphDocument } from '../schema.ts';

export interface LibraryBlock {
  /** Its id in documents: `residual`. */
  readonly id: string;
  readonly title: string;
  /** Other names that people search for. */
  readonly aliases: readonly string[];
  /** One sentence. */
  readonly doc: string;
  /** A paper, a book. */
  readonly source: string;
  readonly definition: BlockDefinition;
}

/** A parameter: what it starts with, and within which bounds. */
type ParamDraft = {
  readonly value: number | boolean | string;
  readonly title: string;
  readonly description: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
};

interface BlockDraft extends Omit<LibraryBlock, 'definition'> {
  readonly params: Readonly<Record<string, ParamDraft>>;
  readonly nodes: Readonly<Record<string, NodeDraft>>;
  readonly wires: readonly string[];
}

export function defineBlock({ params, nodes, wires, ...words }: BlockDraft): LibraryBlock {
  const definition = blockSchema.parse({
    title: words.title,
    description: `${words.doc}\n\n*${words.source}*`,
    library: words.id,
    ...draftGraph(nodes, wires),
    params,
  });
  return { ...words, definition };
}

/** A whole number from 1. */
export const count = (value: number, title: string, description: string): ParamDraft => ({
  value,
  title,
  description,
  min: 1,
  max: 65_536,
  step: 1,
});

export const channelsParam = (value: number): ParamDraft =>
  count(value, 'Channels', 'How many channels go out.');

export const strideParam: ParamDraft = {
  ...count(2, 'Stride', 'How far windows move: 2 halves height and width.'),
  max: 16,
};

export const dropoutParam: ParamDraft = {
  value: 0.1,
  title: 'Dropout',
  description: 'The share of numbers that is dropped at each step while training.',
  min: 0,
  max: 0.99,
};

/** The document with the library's block in it; itself where it has that block already. */
export function withLibraryBlock(document: GraphDocument, block: LibraryBlock): GraphDocument {
  if (Object.hasOwn(document.blocks, block.id)) return document;
  return { ...document, blocks: { ...document.blocks, [block.id]: block.definition } };
}
