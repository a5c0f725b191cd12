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
import type { LayerSpec } from '../../engine/index.ts';

export type Category = LayerSpec['category'] | 'unknown';

interface CategoryLook {
  readonly title: string;
  readonly Icon: LucideIcon;
  readonly color: string;
}

export const categories = {
  data: { title: 'Data', Icon: Database, color: 'var(--cat-data)' },
  basic: { title: 'Basic', Icon: Boxes, color: 'var(--cat-basic)' },
  convolution: { title: 'Convolution', Icon: Grid3x3, color: 'var(--cat-convolution)' },
  pooling: { title: 'Pooling', Icon: Minimize2, color: 'var(--cat-pooling)' },
  activation: { title: 'Activation', Icon: Activity, color: 'var(--cat-activation)' },
  normalisation: { title: 'Normalisation', Icon: Scale, color: 'var(--cat-normalisation)' },
  regularisation: { title: 'Regularisation', Icon: Shield, color: 'var(--cat-regularisation)' },
  sequence: { title: 'Sequence', Icon: Repeat, color: 'var(--cat-sequence)' },
  attention: { title: 'Attention', Icon: Eye, color: 'var(--cat-attention)' },
  merge: { title: 'Merge', Icon: GitMerge, color: 'var(--cat-merge)' },
  shape: { title: 'Shape', Icon: Shapes, color: 'var(--cat-shape)' },
  math: { title: 'Mathematics', Icon: Sigma, color: 'var(--cat-math)' },
  output: { title: 'Output', Icon: Flag, color: 'var(--cat-output)' },
  loss: { title: 'Loss', Icon: Target, color: 'var(--cat-loss)' },
  unknown: { title: 'Unknown layer', Icon: CircleHelp, color: 'var(--cat-unknown)' },
} as const satisfies Record<Category, CategoryLook>;
