// The list of templates, theme by theme, in the order of the start screen.
import { smoothers } from './attention.ts';
import { boundaries } from './boundaries.ts';
import { broadcasting } from './broadcast.ts';
import { characters, miniGpt } from './characters.ts';
import { stepLengths } from './clipping.ts';
import { convolutions } from './convolution.ts';
import { deepNets } from './deep-nets.ts';
import type { Template } from './define.ts';
import { denoising } from './denoising.ts';
import { fewImagesFamily } from './few-images.ts';
import { generalising } from './generalising.ts';
import { lines } from './lines.ts';
import { lotteryTicket } from './lottery.ts';
import { nets } from './nets.ts';
import { schedules } from './schedules.ts';
import { memories } from './sequences.ts';
import { starts } from './starts.ts';
import { steps } from './steps.ts';
import { transformers } from './transformers.ts';

export const templates: readonly Template[] = [
  ...deepNets,
  ...starts,
  ...lines,
  ...boundaries,
  ...nets,
  broadcasting,
  ...steps,
  ...schedules,
  ...stepLengths,
  ...generalising,
  ...denoising,
  ...fewImagesFamily,
  lotteryTicket,
  ...convolutions,
  ...memories,
  ...characters,
  ...smoothers,
  ...transformers,
  miniGpt,
];

export function templateOf(id: string): Template | undefined {
  return templates.find((t) => t.id === id);
}
