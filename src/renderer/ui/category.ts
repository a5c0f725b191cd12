/** How each category of layers looks: words, an icon and a colour token, so that it is never colour alone. */
import {
  Activity,
  Boxes,
  CircleHelp,
  Database,
  Eye,
  Flag,
  GitMerge,
  Grid3x3,
  type LucideIcon,
  Minimize2,
  Package,
  Plug,
  Repeat,
  Scale,
  Shapes,
  Shield,
  Sigma,
  Target,
} from 'lucide-react';
import {
  blockInputKind,
  blockKind,
  blockOutputKind,
  categoryTitles,
  type DocNode,
  type GraphDocument,
  type LayerSpec,
  layerOf,
} from '../../engine/index.ts';

export type Category = LayerSpec['category'] | 'block' | 'port' | 'unknown';

interface CategoryLook {
  readonly title: string;
  readonly Icon: LucideIcon;
  readonly color: string;
}

export const categories = {
  data: { title: categoryTitles.data, Icon: Database, color: 'var(--cat-data)' },
  basic: { title: categoryTitles.basic, Icon: Boxes, color: 'var(--cat-basic)' },
  convolution: { title: categoryTitles.convolution, Icon: Grid3x3, color: 'var(--cat-convolution)' },
  pooling: { title: categoryTitles.pooling, Icon: Minimize2, color: 'var(--cat-pooling)' },
  activation: { title: categoryTitles.activation, Icon: Activity, color: 'var(--cat-activation)' },
  normalisation: { title: categoryTitles.normalisation, Icon: Scale, color: 'var(--cat-normalisation)' },
  regularisation: { title: categoryTitles.regularisation, Icon: Shield, color: 'var(--cat-regularisation)' },
  sequence: { title: categoryTitles.sequence, Icon: Repeat, color: 'var(--cat-sequence)' },
  attention: { title: categoryTitles.attention, Icon: Eye, color: 'var(--cat-attention)' },
  merge: { title: categoryTitles.merge, Icon: GitMerge, color: 'var(--cat-merge)' },
  shape: { title: categoryTitles.shape, Icon: Shapes, color: 'var(--cat-shape)' },
  math: { title: categoryTitles.math, Icon: Sigma, color: 'var(--cat-math)' },
  output: { title: categoryTitles.output, Icon: Flag, color: 'var(--cat-output)' },
  loss: { title: categoryTitles.loss, Icon: Target, color: 'var(--cat-loss)' },
  block: { title: 'Blocks', Icon: Package, color: 'var(--cat-block)' },
  port: { title: 'Ports of the block', Icon: Plug, color: 'var(--cat-shape)' },
  unknown: { title: 'Unknown layer', Icon: CircleHelp, color: 'var(--cat-unknown)' },
} as const satisfies Record<Category, CategoryLook>;

/** How a node looks: its category's look, and what its kind is called. */
export interface NodeLook extends CategoryLook {
  readonly category: Category;
  readonly kindTitle: string;
}

export function lookOf({ blocks }: Pick<GraphDocument, 'blocks'>, { kind, block }: DocNode): NodeLook {
  const look = (category: Category, kindTitle: string): NodeLook => ({
    ...categories[category],
    category,
    kindTitle,
  });
  const layer = layerOf(kind);
  if (layer) return look(layer.category, layer.title);
  if (kind === blockInputKind) return look('port', 'Block input');
  if (kind === blockOutputKind) return look('port', 'Block output');
  const definition = kind === blockKind ? blocks[block?.of ?? ''] : undefined;
  return definition ? look('block', definition.title) : look('unknown', `${kind} (unknown)`);
}
