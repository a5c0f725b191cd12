/** What the palette offers: layers, blocks of the library, blocks of the document, and inside of a block its ports. */
import {
  blockInputKind,
  blockOutputKind,
  type GraphDocument,
  holdsBlock,
  layerList,
  libraryBlocks,
  type Scope,
} from '../../../engine/index.ts';
import { blockPrefix } from '../../document/commands/nodes.ts';
import type { Category } from '../../ui/category.ts';
import { fuzzySearch } from '../../ui/fuzzy.ts';

/** One row: `kind` is what a command adds. */
export interface PaletteItem {
  readonly kind: string;
  readonly title: string;
  readonly doc: string;
  readonly aliases: readonly string[];
  readonly category: Category;
}

/** Layers that are offered as blocks, which can be opened; documents that have them keep them. */
const offeredAsBlocks: ReadonlySet<string> = new Set(['transformerEncoderLayer', 'transformerDecoderLayer']);

const layers: readonly PaletteItem[] = layerList.filter(({ kind }) => !offeredAsBlocks.has(kind));

const library: readonly PaletteItem[] = libraryBlocks.map(({ id, title, doc, aliases }) => ({
  kind: blockPrefix + id,
  title,
  doc: `${doc} Double-click it to see the boxes inside.`,
  aliases: ['block', ...aliases],
  category: 'block',
}));

const ports: readonly PaletteItem[] = [
  {
    kind: blockInputKind,
    title: 'Block input',
    doc: 'Another port of this block, on its left: every instance gets it.',
    aliases: ['port', 'parameter'],
    category: 'port',
  },
  {
    kind: blockOutputKind,
    title: 'Block output',
    doc: 'Another port of this block, on its right: every instance gets it.',
    aliases: ['port', 'result'],
    category: 'port',
  },
];

/** Everything that may be added to a canvas: a block may not hold itself. */
export function paletteItems(doc: Pick<GraphDocument, 'blocks'>, scope: Scope): readonly PaletteItem[] {
  const known = new Set(library.map(({ kind }) => kind));
  const fits = (id: string): boolean => scope === null || !doc.blocks[id] || !holdsBlock(doc, id, scope);
  const own = Object.entries(doc.blocks).flatMap(([id, { title }]): PaletteItem[] =>
    known.has(blockPrefix + id)
      ? []
      : [
          {
            kind: blockPrefix + id,
            title,
            doc: 'A block of this document. All its instances follow when one of them is edited.',
            aliases: ['block'],
            category: 'block',
          },
        ],
  );
  return [
    ...(scope === null ? [] : ports),
    // Data is the whole net's, and stands outside of blocks.
    ...layers.filter(({ category }) => scope === null || category !== 'data'),
    ...[...own, ...library].filter(({ kind }) => fits(kind.slice(blockPrefix.length))),
  ];
}

/** Those that answer a query by title, kind or alias. */
export function searchItems(query: string, items: readonly PaletteItem[]): PaletteItem[] {
  return fuzzySearch(query, items, (item) => [item.title, item.kind, ...item.aliases]);
}
