/** The minimap's colours: a node's category. */
import type { GraphDocument } from '../../../engine/index.ts';
import { lookOf } from '../../ui/category.ts';

export function minimapColor(doc: GraphDocument, id: string): string {
  const node = doc.nodes[id];
  return node ? lookOf(doc, node).color : 'var(--line)'; // a note
}
