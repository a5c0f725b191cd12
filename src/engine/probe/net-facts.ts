/** What verdict rules may know of a net, read from its document: layer kinds with their categories, and the optimiser's terms. */
import { paramDefaults } from '../layers/fields.ts';
import { layerOf } from '../layers/index.ts';
import { inline } from '../model/inline.ts';
import type { GraphDocument } from '../model/schema.ts';
import { optimizerOf } from '../optim/index.ts';
import type { LayerFacts, NetFacts, OptimizerFacts } from './verdict.ts';

/** What a run of the document says of itself. */
export type ProbedRun = Pick<
  NetFacts,
  'segments' | 'tracks' | 'batch' | 'stepsPerEpoch' | 'chanceLoss' | 'constantLoss'
>;

export function describeNet(document: GraphDocument, run: ProbedRun): NetFacts {
  const layers = Object.entries(inline(document).nodes).map(([id, { kind, name }]): [string, LayerFacts] => [
    id,
    { name, kind, category: layerOf(kind)?.category ?? 'unknown' },
  ]);
  const { segments, tracks, batch, stepsPerEpoch, chanceLoss, constantLoss } = run;
  return {
    segments,
    tracks,
    batch,
    stepsPerEpoch,
    chanceLoss,
    constantLoss,
    layers: Object.fromEntries(layers),
    optimizer: describeOptimizer(document),
  };
}

function describeOptimizer({ training }: GraphDocument): OptimizerFacts {
  const { kind, params } = training.optimizer;
  const declared = optimizerOf(kind);
  const values = { ...(declared ? paramDefaults(declared.params) : {}), ...params };
  const rate = values.learningRate;
  return {
    family: declared?.family ?? 'scaled',
    title: declared?.title ?? kind,
    learningRate: typeof rate === 'number' ? rate : 0,
  };
}
