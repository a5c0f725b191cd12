/** What verdict rules may know of a net, read from its document: layer kinds with their categories, and the optimiser's terms. */
import type { GraphDocument, LayerFacts, NetFacts, OptimizerFacts, RunFacts } from '../../engine/index.ts';

/** The category of a layer kind; undefined for a kind that is not known. */
export type CategoryOf = (kind: string) => string | undefined;

export function describeNet(document: GraphDocument, facts: RunFacts, categoryOf: CategoryOf): NetFacts {
  const layers = Object.entries(document.nodes).map(([id, { kind }]): [string, LayerFacts] => [
    id,
    { kind, category: categoryOf(kind) ?? 'unknown' },
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
