/**
 * What a template is: a document that trains out of the box, a text that says what to look at and what to try, and the quality
 * that it reaches, which a test holds it to.
 */
import type { z } from 'zod';
import type { dataSpec } from '../data/spec.ts';
import type { Metric } from '../model/metrics.ts';
import {
  documentSchema,
  documentVersion,
  type GraphDocument,
  type Json,
  type trainingSchema,
} from '../model/schema.ts';
import type { ThemeId } from './themes.ts';
import { type ChainLayer, type Out, Weave, type WovenNote } from './weave.ts';

/** One number of a trained net, and its bounds. */
export interface Claim {
  readonly metric: Metric['name'] | 'loss';
  readonly split: 'train' | 'validation' | 'test';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What is left after pruning by magnitude and training anew, again and again. */
export interface PrunedQuality {
  /** How often; each round takes `share` of the weights that are still there. */
  readonly rounds: number;
  readonly share: number;
  readonly scope: 'layer' | 'net';
  /** The step whose weights are gone back to; 0: the initial ones. */
  readonly rewind: number;
  readonly claims: readonly Claim[];
}

/** What training reaches with the document's own settings and seed. */
export interface Quality {
  /** After this many steps; all epochs of the document where it is absent. */
  readonly steps?: number;
  readonly claims: readonly Claim[];
  /**
   * The rules whose verdicts come, because the template shows the fault; others may come as well. Where this is absent, no
   * verdict comes at all, over-fitting apart, which is judged only where it is named; where it is empty, a comment says why.
   */
  readonly verdicts?: readonly string[];
  /** ‖∂L/∂h‖ of a recurrent layer at its first time step as a share of that at its last, before anything is learnt. */
  readonly gradientOverTime?: { readonly atLeast?: number; readonly atMost?: number };
  /** Training halts within the steps, at the first number that is not finite. */
  readonly halts?: true;
  /** A lottery ticket: after training as a whole, it is pruned and trained anew. */
  readonly pruned?: PrunedQuality;
  /** Less training, and what that reaches: for `npm test`, where the whole takes long. */
  readonly quick?: { readonly steps: number; readonly claims: readonly Claim[] };
}

export interface Template {
  /** What `templates NAME` of the command line takes. */
  readonly id: string;
  readonly theme: ThemeId;
  /** Templates of one family differ in one thing; they stand together, under the family's name. */
  readonly family?: { readonly title: string; readonly summary: string; readonly variant: string };
  readonly title: string;
  /** One line, for lists. */
  readonly summary: string;
  /** Markdown: what to look at, what to try. It is the document's description too. */
  readonly text: string;
  readonly quality: Quality;
  readonly document: GraphDocument;
}

/** What may be shared between recipes: nothing in it changes. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

interface Recipe extends Omit<Template, 'document'> {
  readonly data: Frozen<z.input<typeof dataSpec>>;
  readonly loss: ChainLayer;
  readonly notes?: readonly WovenNote[];
  /** What the whole document can be set by, such as its depth. */
  readonly params?: Frozen<z.input<typeof documentSchema>['params']>;
  readonly training: Frozen<z.input<typeof trainingSchema>>;
}

/** Makes a template of data → net → output → loss; the net is woven from what the data gives. */
export function netTemplate({
  data,
  loss: [lossKind, lossParams = {}],
  notes = [],
  params = {},
  training,
  net,
  ...about
}: Recipe & { net(weave: Weave, x: Out, data: Out): Out }): Template {
  const weave = new Weave();
  // The data's settings are JSON by their schema.
  const x = weave.box('data', data as Readonly<Record<string, Json>>, {});
  const output = weave.chain(net(weave, { ...x, port: 'x' }, { ...x, port: 'y' }), ['output']);
  weave.box(lossKind, lossParams, { prediction: output, target: { ...x, port: 'y' } });
  return {
    ...about,
    document: documentSchema.parse({
      format: 'gradloom',
      version: documentVersion,
      name: about.title,
      description: about.text,
      ...weave.finish(notes),
      params,
      training,
    }),
  };
}

/** Makes a template of data → layers → output → loss. */
export function chainTemplate({
  layers,
  ...recipe
}: Recipe & { readonly layers: readonly ChainLayer[] }): Template {
  return netTemplate({ ...recipe, net: (weave, x) => weave.chain(x, ...layers) });
}
