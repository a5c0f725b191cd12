/** The minimap's colours: a node's category. */
import { type DocNode, layerOf } from '../../../engine/index.ts';
import { categories } from '../../ui/category.ts';

export function minimapColor(node: DocNode | undefined): string {
  if (!node) return 'var(--line)'; // a note
  return categories[layerOf(node.kind)?.category ?? 'unknown'].color;
}
