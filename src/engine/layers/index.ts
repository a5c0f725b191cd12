// The list of layer kinds, in the order of the palette: one line for each.

import { activations } from './activations.ts';
import { attentions } from './attention.ts';
import { augmentations } from './augment.ts';
import { axisLayers } from './axes.ts';
import { basis, polynomial } from './basis.ts';
import { bilinear, perceptron } from './bilinear.ts';
import { convolutions } from './convolution.ts';
import { data } from './data.ts';
import type { LayerSpec } from './define.ts';
import { dropout, groupedDropouts } from './dropout.ts';
import { embeddings } from './embedding.ts';
import { gatedUnits } from './gated.ts';
import { linear } from './linear.ts';
import { losses } from './losses.ts';
import { mathNodes } from './math.ts';
import { add, concat, multiply, stack } from './merge.ts';
import { normalisations } from './normalisation.ts';
import { output } from './output.ts';
import { pairs } from './pairs.ts';
import { oneHot, placeLayers } from './places.ts';
import { poolings } from './pooling.ts';
import { recurrents } from './recurrent.ts';
import { flatten, reshape } from './shape.ts';
import { shrinkages } from './shrinkage.ts';
import { timePools } from './time-pool.ts';
import { transformers } from './transformer.ts';
import { upsample } from './upsample.ts';

/** Every layer kind. */
export const layerList: readonly LayerSpec[] = [
  data,
  linear,
  bilinear,
  perceptron,
  polynomial,
  basis,
  ...convolutions,
  ...poolings,
  upsample,
  ...activations,
  ...shrinkages,
  ...normalisations,
  dropout,
  ...groupedDropouts,
  ...augmentations,
  ...embeddings,
  oneHot,
  ...recurrents,
  ...timePools,
  ...attentions,
  ...transformers,
  add,
  multiply,
  concat,
  stack,
  ...pairs,
  ...gatedUnits,
  flatten,
  reshape,
  ...axisLayers,
  ...placeLayers,
  ...mathNodes,
  output,
  ...losses,
];

const byKind: ReadonlyMap<string, LayerSpec> = new Map(layerList.map((layer) => [layer.kind, layer]));

/** The declaration of a kind; undefined for a kind that this version does not know (a ghost node). */
export function layerOf(kind: string): LayerSpec | undefined {
  return byKind.get(kind);
}
