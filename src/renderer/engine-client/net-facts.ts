/** What verdict rules may know of a net, read from its document: layer kinds with their categories, and the optimiser's terms. */
import {
  type GraphDocument,
  type LayerFacts,
  layerOf,
  type NetFacts,
  type OptimizerFacts,
  optimizerOf,
  paramDefaults,
  type RunFacts,
} from '../../engine/index.ts';

export function describeNet(document: GraphDocument, facts: RunFacts): NetFacts {
  const layers = Object.entries(document.nodes).map(([id, { kind }]): [string, LayerFacts] => [
    id,
    { kind, category: layerOf(kind)?.category ?? 'unknown' },
  ]);
  return {
    segments: facts.segments,
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
