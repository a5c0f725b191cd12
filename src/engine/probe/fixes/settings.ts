/** Fixes that change how a net is trained, or what it is trained on. */
import { paramDefaults } from '../../layers/fields.ts';
import type { GraphDocument, Json, TrainingSettings } from '../../model/schema.ts';
import { optimizerOf } from '../../optim/index.ts';
import { type Fix, insertAfter } from './fix.ts';

const train = (document: GraphDocument, change: Partial<TrainingSettings>): GraphDocument => ({
  ...document,
  training: { ...document.training, ...change },
});

function rateOf({ training }: GraphDocument): number | null {
  const { kind, params } = training.optimizer;
  const declared = optimizerOf(kind);
  const rate = { ...(declared ? paramDefaults(declared.params) : {}), ...params }.learningRate;
  return typeof rate === 'number' ? rate : null;
}

function withRate(document: GraphDocument, rate: number): GraphDocument {
  const { optimizer } = document.training;
  if (rateOf(document) === rate) return document;
  const learningRate = Number(rate.toPrecision(2));
  return train(document, { optimizer: { ...optimizer, params: { ...optimizer.params, learningRate } } });
}

const timesRate = (factor: number): Fix['apply'] => {
  return (document) => {
    const rate = rateOf(document);
    return rate === null ? document : withRate(document, rate * factor);
  };
};

/** A learning rate that a verdict has worked out, named by its id: `learning-rate=0.003`. */
export function rateFix(id: string): Fix | null {
  const rate = Number(/^learning-rate=(.+)$/.exec(id)?.[1]);
  if (!(rate > 0) || !Number.isFinite(rate)) return null;
  return {
    id,
    title: `Learning rate ${rate}`,
    words:
      'Sets the learning rate at which one step would change the weights by about a thousandth of their size, as measured.',
    apply: (document) => withRate(document, rate),
  };
}

/** Pixels and columns have a setting for it; other inputs get a BatchNorm of their own. */
function standardised(document: GraphDocument): GraphDocument {
  const found = Object.entries(document.nodes).find(([, node]) => node.kind === 'data');
  if (!found) return document;
  const [id, node] = found;
  const origin = record(node.params.origin);
  if (origin?.id === 'mnist') {
    if (origin.pixels === 'standard') return document;
    return withNode(document, id, { ...node.params, origin: { ...origin, pixels: 'standard' } });
  }
  const recipe = record(origin?.recipe);
  if (origin && recipe && recipe.standardise === false)
    return withNode(document, id, {
      ...node.params,
      origin: { ...origin, recipe: { ...recipe, standardise: true } },
    });
  // A table is standardised unless its recipe says otherwise.
  if (recipe) return document;
  return insertAfter(document, [id, 'x'], 'batchNorm1d', { affine: false });
}

const record = (value: Json | undefined): Record<string, Json> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;

function withNode(document: GraphDocument, id: string, params: Record<string, Json>): GraphDocument {
  const node = document.nodes[id];
  return node ? { ...document, nodes: { ...document.nodes, [id]: { ...node, params } } } : document;
}

export const settingFixes: readonly Fix[] = [
  {
    id: 'lower-rate',
    title: 'A tenth of the learning rate',
    words: 'Makes each step ten times smaller, so that it does not leap over what it should descend into.',
    apply: timesRate(0.1),
  },
  {
    id: 'raise-rate',
    title: 'Ten times the learning rate',
    words: 'Makes each step ten times larger.',
    apply: timesRate(10),
  },
  {
    id: 'adam',
    title: 'Adam',
    words:
      'Trains with Adam, which scales each weight’s step by the size of its own gradients (Kingma & Ba 2015).',
    apply: (document) =>
      document.training.optimizer.kind === 'adam'
        ? document
        : train(document, { optimizer: { kind: 'adam', params: { learningRate: 0.01 } } }),
  },
  {
    id: 'clip',
    title: 'Clip gradients',
    words:
      'Scales gradients down to a norm of 1 where it is larger, so that one steep place cannot throw the weights away (Pascanu et al. 2013).',
    apply: (document) =>
      document.training.clipping.kind === 'norm' && document.training.clipping.limit <= 1
        ? document
        : train(document, { clipping: { kind: 'norm', limit: 1 } }),
  },
  {
    id: 'early-stopping',
    title: 'Stop early',
    words: 'Stops when the validation loss has not fallen for 5 epochs, and puts the best weights back.',
    apply: (document) =>
      document.training.stopping.patience > 0
        ? document
        : train(document, { stopping: { ...document.training.stopping, patience: 5 } }),
  },
  {
    id: 'weight-decay',
    title: 'L2 penalty',
    words: 'Adds λ/2 · Σw² to what is minimised, with λ = 0.01: weights that nothing needs shrink away.',
    apply: (document) =>
      document.training.penalty.l2 >= 0.01
        ? document
        : train(document, { penalty: { ...document.training.penalty, l2: 0.01 } }),
  },
  {
    id: 'standardise',
    title: 'Standardise inputs',
    words:
      'Gives every input mean 0 and standard deviation 1, so that the first layer works where its activation bends (LeCun et al. 1998).',
    apply: standardised,
  },
];
