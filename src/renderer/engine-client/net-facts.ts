/** What verdict rules may know of a net, read from its document: layer kinds with their categories, and the optimiser's terms. */
import {
  type GraphDocument,
  type LayerFacts,
  layerOf,
  type NetFacts,
  type OptimizerFacts,
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
  const number = (name: string, otherwise: number): number => {
    const value = params[name];
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    family: kind === 'sgd' ? 'plain' : 'scaled',
    title: kind === 'sgd' ? 'SGD' : kind === 'adamw' ? 'AdamW' : 'Adam',
    learningRate: number('learningRate', kind === 'sgd' ? 0.01 : 0.001),
    momentum: number('momentum', 0),
    epsilon: number('epsilon', 1e-8),
  };
}
