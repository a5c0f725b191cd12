// Groups of layers that several templates are made of.
import type { Json } from '../model/schema.ts';
import type { ChainLayer } from './weave.ts';

/** Hidden layers of the given widths, each with its activation; He's start, made for ReLU. */
export const hidden = (activation: string, ...widths: readonly number[]): ChainLayer[] =>
  widths.flatMap((units): ChainLayer[] => [
    ['linear', { units, init: 'heNormal', biasInit: 'zeros' }],
    [activation],
  ]);

/** The same layers again and again. */
export const repeated = (times: number, ...layers: readonly ChainLayer[]): ChainLayer[] =>
  Array.from({ length: times }, () => layers).flat();

/** A linear layer with its start. */
export const started = (units: number, start: Readonly<Record<string, Json>>): ChainLayer => [
  'linear',
  { units, ...start, biasInit: 'zeros' },
];
