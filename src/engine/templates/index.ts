// The list of templates, theme by theme, in the order of the start screen.
import { boundaries } from './boundaries.ts';
import { deepNets } from './deep-nets.ts';
import type { Template } from './define.ts';
import { lines } from './lines.ts';
import { nets } from './nets.ts';
import { starts } from './starts.ts';
import { steps } from './steps.ts';

export const templates: readonly Template[] = [
  ...deepNets,
  ...lines,
  ...boundaries,
  ...nets,
  ...starts,
  ...steps,
];

export function templateOf(id: string): Template | undefined {
  return templates.find((t) => t.id === id);
}
