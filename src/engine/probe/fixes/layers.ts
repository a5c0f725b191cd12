/** Fixes that change layers: other activations, other starts, layers put in. */
import { layerOf } from '../../layers/index.ts';
import type { DocNode, GraphDocument, Json } from '../../model/schema.ts';
import {
  editCanvases,
  editNodes,
  type Fix,
  hasInitialiser,
  insertAfter,
  isHidden,
  nodeBefore,
  replaced,
  withParams,
} from './fix.ts';

/** Activations whose slope is at most 1 and nearly 0 far out: each layer takes from the gradient. */
const squashing: ReadonlySet<string> = new Set(['sigmoid', 'tanh', 'hardSigmoid', 'hardTanh', 'softsign']);
const rectifying: ReadonlySet<string> = new Set(['relu', 'relu6']);

/** Every hidden activation of some kinds by another, and all weights started as suits it. */
const activations = (from: ReadonlySet<string>, to: string, start: Record<string, Json>): Fix['apply'] => {
  return (document) =>
    editNodes(document, (node, id, canvas) => {
      if (isHidden(canvas, id) && from.has(node.kind)) return replaced(canvas, node, to);
      return hasInitialiser(node.kind) ? withParams(node, start) : node;
    });
};

/** All weights started another way. */
const starts = (start: Record<string, Json>): Fix['apply'] => {
  return (document) =>
    editNodes(document, (node) => (hasInitialiser(node.kind) ? withParams(node, start) : node));
};

const everyActivation = new Set([...squashing, ...rectifying]);

/** Hidden layers with weights that an activation follows, each with the kind of layer that comes next. */
function insertNorms(document: GraphDocument, kindFor: (node: DocNode) => string | null): GraphDocument {
  return editCanvases(document, (canvas) => {
    let edited = canvas;
    for (const [id, node] of Object.entries(canvas.nodes)) {
      const next = Object.values(canvas.wires).find((w) => w.from[0] === id && w.from[1] === 'y')?.to[0];
      const follows = next === undefined ? undefined : canvas.nodes[next]?.kind;
      if (!hasInitialiser(node.kind) || !isHidden(canvas, id)) continue;
      if (layerOf(follows ?? '')?.category === 'normalisation') continue;
      const kind = kindFor(node);
      if (kind !== null) edited = insertAfter(edited, [id, 'y'], kind);
    }
    return edited;
  });
}

const hasSequences = ({ nodes }: GraphDocument): boolean =>
  Object.values(nodes).some(({ kind }) => ['sequence', 'attention'].includes(layerOf(kind)?.category ?? ''));

/** Which BatchNorm suits what a layer gives; null where channels are not on axis 1. */
function batchNormAfter(node: DocNode, sequences: boolean): string | null {
  const rank = /(\d)d$/.exec(node.kind)?.[1];
  if (layerOf(node.kind)?.category === 'convolution') return rank ? `batchNorm${rank}d` : null;
  return sequences ? null : 'batchNorm1d';
}

/** Around every activation between layers of one width, a way past them: the input of the first is added behind. */
function addResiduals(document: GraphDocument): GraphDocument {
  return editCanvases(document, (canvas) => {
    let edited = canvas;
    for (const [id, node] of Object.entries(canvas.nodes)) {
      if (!everyActivation.has(node.kind) || !isHidden(canvas, id)) continue;
      // linear → activation, fed by another activation of the same width.
      const linear = nodeBefore(canvas, id);
      const before = linear === null ? null : nodeBefore(canvas, linear);
      const widthBefore = before === null ? null : nodeBefore(canvas, before);
      if (linear === null || before === null || widthBefore === null) continue;
      const [a, b] = [canvas.nodes[linear], canvas.nodes[widthBefore]];
      const source = canvas.nodes[before];
      const isAlike = a?.kind === 'linear' && b?.kind === 'linear' && a.params.units === b.params.units;
      if (!isAlike || !source || !everyActivation.has(source.kind)) continue;
      const sum = `${id}-add`;
      const withSum = insertAfter(edited, [id, 'y'], 'add');
      if (withSum === edited) continue;
      // The way past starts behind the sum that was put in before, if there is one.
      const start = withSum.nodes[`${before}-add`] ? `${before}-add` : before;
      const past = { from: [start, 'y'] as [string, string], to: [sum, 'x'] as [string, string] };
      edited = { ...withSum, wires: { ...withSum.wires, [`${sum}-past`]: past } };
    }
    return edited;
  });
}

/**
 * What the gate of the memory starts with: 0.95 of it stays at each step. At 0, as in PyTorch, half is lost at each, and the
 * gradient vanishes through time as in an RNN (Jozefowicz et al. 2015).
 */
const keeping = { lstm: { forgetBias: 3 }, gru: { updateBias: 3 } } as const;

/** RNNs by a gated kind; what only the old one knows is left out. A layer of that kind learns to keep. */
const gated = (to: keyof typeof keeping): Fix['apply'] => {
  return (document) =>
    editNodes(document, (node, _, canvas) => {
      // Without biases, no gate has one to start with.
      const open = { ...keeping[to], ...(node.params.bias === false ? { bias: true } : {}) };
      if (node.kind === to) return keeps(node) ? node : withParams(node, open);
      if (node.kind !== 'rnn') return node;
      const declared = layerOf(to)?.params.shape ?? {};
      const kept = Object.entries(node.params).filter(([name]) => name in declared);
      return replaced(canvas, node, to, { ...Object.fromEntries(kept), ...open });
    });
};

/** Whether a gated layer starts with a memory that lasts. */
const keeps = ({ params }: DocNode): boolean =>
  params.bias !== false &&
  Object.values(keeping).some((wanted) =>
    Object.entries(wanted).some(([name, least]) => Number(params[name] ?? 0) >= least),
  );

const he = { init: 'heNormal', biasInit: 'zeros' };

export const layerFixes: readonly Fix[] = [
  {
    id: 'relu-he',
    title: 'ReLU + He',
    words:
      'Replaces sigmoid and tanh between layers by ReLU, whose slope is 1 where it is active, and starts the weights ' +
      'with He’s variance 2 / fan-in, which keeps the signal’s size from layer to layer (He et al. 2015).',
    apply: activations(squashing, 'relu', { init: 'heNormal' }),
  },
  {
    id: 'xavier',
    title: 'Xavier',
    words:
      'Starts the weights with the variance 2 / (fan-in + fan-out), which keeps activations and gradients level through ' +
      'layers that are nearly linear around zero (Glorot & Bengio 2010). It helps tanh more than sigmoid.',
    apply: starts({ init: 'xavierUniform', initGain: 1 }),
  },
  {
    id: 'he-start',
    title: 'He start, biases 0',
    words:
      'Starts the weights with He’s variance 2 / fan-in and the biases at 0, so that half of the units of each ReLU layer are ' +
      'active at first (He et al. 2015).',
    apply: starts(he),
  },
  {
    id: 'random-start',
    title: 'Random start',
    words:
      'Draws the initial weights at random, as PyTorch does, so that units differ and learn different things.',
    apply: starts({ init: 'pytorch', biasInit: 'pytorch' }),
  },
  {
    id: 'leaky-relu',
    title: 'Leaky ReLU',
    words:
      'Lets a hundredth of the gradient through where a unit is off, so that none can die (Maas et al. 2013).',
    apply: activations(rectifying, 'leakyRelu', he),
  },
  {
    id: 'selu',
    title: 'SELU',
    words:
      'Replaces hidden activations by SELU and starts the weights with LeCun’s variance 1 / fan-in: activations then keep mean 0 and ' +
      'variance 1 by themselves (Klambauer et al. 2017).',
    apply: activations(everyActivation, 'selu', { init: 'lecunNormal', biasInit: 'zeros' }),
  },
  {
    id: 'batch-norm',
    title: 'BatchNorm',
    words:
      'Puts a BatchNorm behind each hidden layer: it keeps the signal’s size whatever the weights are (Ioffe & Szegedy 2015).',
    apply: (document) => insertNorms(document, (node) => batchNormAfter(node, hasSequences(document))),
  },
  {
    id: 'layer-norm',
    title: 'LayerNorm',
    words:
      'Puts a LayerNorm behind each hidden layer; it needs no batch and suits sequences (Ba et al. 2016).',
    apply: (document) =>
      insertNorms(document, (node) => (layerOf(node.kind)?.category === 'convolution' ? null : 'layerNorm')),
  },
  {
    id: 'residual',
    title: 'Residual connections',
    words:
      'Adds a way past each hidden layer of unchanged width, on which the gradient flows back whole (He et al. 2016).',
    apply: addResiduals,
  },
  {
    id: 'lstm',
    title: 'LSTM',
    words:
      'Makes the recurrent layer an LSTM, whose cell carries the gradient over many steps (Hochreiter & Schmidhuber 1997), and starts its forget gate open, so that 0.95 of the memory stays at each step.',
    apply: gated('lstm'),
  },
  {
    id: 'gru',
    title: 'GRU',
    words:
      'Makes the recurrent layer a GRU, with gates as in an LSTM and fewer weights (Cho et al. 2014), and starts its update gate open, so that 0.95 of the memory stays at each step.',
    apply: gated('gru'),
  },
  {
    id: 'dropout',
    title: 'Dropout',
    words:
      'Turns off a third of the hidden units in each step, so that none can rely on the others (Srivastava et al. 2014).',
    apply: (document) =>
      editCanvases(document, (canvas) => {
        let edited = canvas;
        for (const [id, node] of Object.entries(canvas.nodes)) {
          if (layerOf(node.kind)?.category !== 'activation' || !isHidden(canvas, id)) continue;
          edited = insertAfter(edited, [id, 'y'], 'dropout', { p: 0.3 });
        }
        return edited;
      }),
  },
  {
    id: 'wider',
    title: 'Twice as wide, with a ReLU layer',
    words:
      'Doubles the units of hidden layers, and puts a hidden ReLU layer in where there is none: the net can express more.',
    apply: (document) => widened(document),
  },
];

function widened(document: GraphDocument): GraphDocument {
  const wider = editNodes(document, (node, id, canvas) => {
    if (node.kind !== 'linear' || !isHidden(canvas, id)) return node;
    const units = typeof node.params.units === 'number' ? node.params.units : 16;
    return withParams(node, { units: Math.min(4096, Math.max(32, 2 * units)) });
  });
  const isCurved = Object.entries(wider.nodes).some(
    ([id, node]) => layerOf(node.kind)?.category === 'activation' && isHidden(wider, id),
  );
  const output = Object.entries(wider.nodes).find(
    ([id, node]) => node.kind === 'linear' && !isHidden(wider, id),
  );
  if (isCurved || !output) return wider;
  const source = Object.values(wider.wires).find((w) => w.to[0] === output[0])?.from;
  if (!source) return wider;
  const made = insertAfter(wider, source, 'linear', { units: 32 });
  return insertAfter(made, [`${source[0]}-linear`, 'y'], 'relu');
}
