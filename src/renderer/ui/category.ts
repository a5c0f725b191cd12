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
  Repeat,
  Scale,
  Shapes,
  Shield,
  Sigma,
  Target,
} from 'lucide-react';
import { categoryTitles, type LayerSpec } from '../../engine/index.ts';

export type Category = LayerSpec['category'] | 'unknown';

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
  unknown: { title: 'Unknown layer', Icon: CircleHelp, color: 'var(--cat-unknown)' },
} as const satisfies Record<Category, CategoryLook>;
