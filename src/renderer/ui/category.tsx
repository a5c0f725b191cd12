/** How each category of layers looks: words, an icon and a colour token, so that it is never colour alone. */
import {
  Activity,
  Boxes,
  CircleHelp,
  Database,
  Flag,
  GitMerge,
  type LucideIcon,
  Shapes,
  Shield,
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
  activation: { title: 'Activation', Icon: Activity, color: 'var(--cat-activation)' },
  regularisation: { title: 'Regularisation', Icon: Shield, color: 'var(--cat-regularisation)' },
  merge: { title: 'Merge', Icon: GitMerge, color: 'var(--cat-merge)' },
  shape: { title: 'Shape', Icon: Shapes, color: 'var(--cat-shape)' },
  output: { title: 'Output', Icon: Flag, color: 'var(--cat-output)' },
  loss: { title: 'Loss', Icon: Target, color: 'var(--cat-loss)' },
  unknown: { title: 'Unknown layer', Icon: CircleHelp, color: 'var(--cat-unknown)' },
} as const satisfies Record<Category, CategoryLook>;
