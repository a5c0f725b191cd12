/**
 * What a template is: a document that trains out of the box, a text that says what to look at and what to try, and the quality
 * that it reaches, which a test holds it to. Templates are chains of layers, laid out here so that no box covers another.
 */
import type { z } from 'zod';
import type { dataSpec } from '../data/spec.ts';
import { documentSchema, documentVersion, type GraphDocument, type Json } from '../model/schema.ts';

/** What training reaches with the document's own settings and seed. */
export type Quality =
  | {
      readonly kind: 'metric';
      readonly metric: 'accuracy' | 'mae' | 'rmse';
      readonly split: 'train' | 'validation' | 'test';
      readonly atLeast?: number;
      readonly atMost?: number;
      /** Within this many epochs. */
      readonly epochs: number;
    }
  /** The verdict is reached within this many steps, because the template shows the fault. */
  | { readonly kind: 'verdict'; readonly rule: string; readonly steps: number };

export interface Template {
  /** What `templates NAME` of the command line takes. */
  readonly id: string;
  readonly title: string;
  /** Markdown: what to look at, what to try. It is the document's description too. */
  readonly text: string;
  readonly quality: Quality;
  readonly document: GraphDocument;
}

/** One layer of a chain: its kind, and its parameters where they differ from the defaults. */
export type ChainLayer = readonly [kind: string, params?: Readonly<Record<string, Json>>];

interface Recipe {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly quality: Quality;
  readonly data: z.input<typeof dataSpec>;
  readonly layers: readonly ChainLayer[];
  readonly loss: ChainLayer;
  readonly training: {
    readonly optimizer: { readonly kind: string; readonly params: Readonly<Record<string, Json>> };
    readonly batchSize: number;
    readonly epochs: number;
    readonly seed?: number;
  };
}

/** A box is about 200 × 150 on the canvas; the strides leave room for wires between boxes. */
const strideX = 304;
const strideY = 216;
/** Longer chains go on in the next row, from the left like text: a box takes from its left and gives to its right. */
const shortestRow = 4;

/** Makes a template of data → layers → output → loss, with the targets wired from the data to the loss. */
export function chainTemplate({ id, title, text, quality, data, layers, loss, training }: Recipe): Template {
  const chain: readonly ChainLayer[] = [...layers, ['output'], loss];
  const count = new Map<string, number>();
  const total = new Map<string, number>();
  for (const [kind] of chain) total.set(kind, (total.get(kind) ?? 0) + 1);
  /** `sigmoid_1`, `sigmoid_2`, …; a kind that occurs once has no number. */
  const nameOf = (kind: string): string => {
    const n = (count.get(kind) ?? 0) + 1;
    count.set(kind, n);
    return (total.get(kind) ?? 0) > 1 ? `${kind}_${n}` : kind;
  };
  const boxes = [
    // The recipe is JSON by its schema.
    { kind: 'data', name: 'data', params: data as Record<string, Json> },
    ...chain.map(([kind, params = {}]) => ({ kind, name: nameOf(kind), params })),
  ];
  const wires = boxes.slice(1).map(({ kind, name }, i) => {
    const from = boxes[i]?.name ?? '';
    return {
      from: [from, from === 'data' ? 'x' : 'y'],
      to: [name, kind === loss[0] ? 'prediction' : 'x'],
    };
  });
  const last = boxes.at(-1)?.name ?? '';
  return {
    id,
    title,
    text,
    quality,
    document: documentSchema.parse({
      format: 'gradloom',
      version: documentVersion,
      name: title,
      description: text,
      nodes: Object.fromEntries(
        boxes.map((box, i) => [box.name, { ...box, position: placeOf(i, boxes.length) }]),
      ),
      wires: Object.fromEntries(
        [...wires, { from: ['data', 'y'], to: [last, 'target'] }].map((w, i) => [`w${i + 1}`, w]),
      ),
      training,
    }),
  };
}

/** The i-th place of a chain of n: about as many rows as columns, so that a window shows all of it as large as it can. */
function placeOf(i: number, n: number): [number, number] {
  const perRow = Math.max(shortestRow, Math.ceil(Math.sqrt(n)));
  return [(i % perRow) * strideX, Math.floor(i / perRow) * strideY];
}
