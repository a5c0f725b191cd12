/** What verdict rules may know of a net, read from its document: layer kinds with their categories, and the optimiser's terms. */
import { paramDefaults } from '../layers/fields.ts';
import { layerOf } from '../layers/index.ts';
import { inline } from '../model/inline.ts';
import type { GraphDocument } from '../model/schema.ts';
import { optimizerOf } from '../optim/index.ts';
import type { ProbeSegment } from './types.ts';
import type { LayerFacts, NetFacts, OptimizerFacts } from './verdict.ts';

/** @param probed what a run of the document says of itself: the tensors that it looks at */
export function describeNet(
  document: GraphDocument,
  probed: { readonly segments: readonly ProbeSegment[] },
): NetFacts {
  const layers = Object.entries(inline(document).nodes).map(([id, { kind }]): [string, LayerFacts] => [
    id,
    { kind, category: layerOf(kind)?.category ?? 'unknown' },
  ]);
  return {
    segments: probed.segments,
    layers: Object.fromEntries(layers),
    optimizer: describeOptimizer(document),
  };
}

function describeOptimizer({ training }: GraphDocument): OptimizerFacts {
  const { kind, params } = training.optimizer;
  const declared = optimizerOf(kind);
  const values = { ...(declared ? paramDefaults(declared.params) : {}), ...params };
  const number = (name: string, otherwise: number): number => {
    const value = values[name];
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    family: declared?.family ?? 'scaled',
    title: declared?.title ?? kind,
    learningRate: number('learningRate', 0),
    momentum: number('momentum', 0),
    epsilon: number('epsilon', 0),
  };
}
