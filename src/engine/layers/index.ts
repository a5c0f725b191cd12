// The list of layer kinds, in the order of the palette: one line for each.
import { activations } from './activations.ts';
import { attentions } from './attention.ts';
import { convolutions } from './convolution.ts';
import { data } from './data.ts';
import type { LayerSpec } from './define.ts';
import { dropout } from './dropout.ts';
import { embeddings } from './embedding.ts';
import { linear } from './linear.ts';
import { losses } from './losses.ts';
import { add, concat, multiply } from './merge.ts';
import { normalisations } from './normalisation.ts';
import { output } from './output.ts';
import { polynomial } from './polynomial.ts';
import { poolings } from './pooling.ts';
import { recurrents } from './recurrent.ts';
import { flatten, reshape } from './shape.ts';
import { transformers } from './transformer.ts';

/** Every layer kind. */
export const layerList: readonly LayerSpec[] = [
  data,
  linear,
  polynomial,
  ...convolutions,
  ...poolings,
  ...activations,
  ...normalisations,
  dropout,
  ...embeddings,
  ...recurrents,
  ...attentions,
  ...transformers,
  add,
  multiply,
  concat,
  flatten,
  reshape,
  output,
  ...losses,
];

const byKind: ReadonlyMap<string, LayerSpec> = new Map(layerList.map((layer) => [layer.kind, layer]));

/** The declaration of a kind; undefined for a kind that this version does not know (a ghost node). */
export function layerOf(kind: string): LayerSpec | undefined {
  return byKind.get(kind);
}
