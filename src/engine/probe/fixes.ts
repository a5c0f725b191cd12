/**
 * Remedies that verdicts offer: each is a pure edit of the document, with words. A fix that would change nothing is not
 * offered. Ids and wires stay, so weights that still fit can stay and undo is one step.
 */
import { layerOf } from '../layers/index.ts';
import { type Graph, graphOf, type Place, withGraph } from '../model/blocks.ts';
import { inline, type Net } from '../model/inline.ts';
import type { DocNode, GraphDocument } from '../model/schema.ts';

export interface Fix {
  readonly id: string;
  /** On the button, and in the fork's name: `ReLU + He`. */
  readonly title: string;
  /** What it changes and why that helps, in one sentence. */
  readonly words: string;
  /** The changed document; the same one when there is nothing to change. */
  apply(document: GraphDocument): GraphDocument;
}

/** Activations whose slope is at most 1 and nearly 0 far out: each layer takes from the gradient. */
const squashing: ReadonlySet<string> = new Set(['sigmoid', 'tanh']);

const reluHe: Fix = {
  id: 'relu-he',
  title: 'ReLU + He',
  words:
    'Replaces sigmoid and tanh between layers by ReLU, whose slope is 1 where it is active, and starts the weights ' +
    'with He’s variance 2 / fan-in, which keeps the signal’s size from layer to layer (He et al. 2015).',
  apply: (document) => {
    const isHidden = hiddenIn(document);
    return editNodes(document, (node, siblings, place) => {
      if (squashing.has(node.kind) && isHidden(place)) return replaced(siblings, node, 'relu');
      return initialised(node, 'heNormal');
    });
  },
};

const xavier: Fix = {
  id: 'xavier',
  title: 'Xavier',
  words:
    'Starts the weights with the variance 2 / (fan-in + fan-out), which keeps activations and gradients level through ' +
    'layers that are nearly linear around zero (Glorot & Bengio 2010). It helps tanh more than sigmoid.',
  apply: (document) => editNodes(document, (node) => initialised(node, 'xavierUniform')),
};

/** All fixes by id. */
export const fixes: readonly Fix[] = [reluHe, xavier];

/** Those of the named fixes that would change this document, in the same order. */
export function applicableFixes(ids: readonly string[], document: GraphDocument): readonly Fix[] {
  return ids.flatMap((id) => {
    const fix = fixes.find((candidate) => candidate.id === id);
    return fix && fix.apply(document) !== document ? fix : [];
  });
}

/** Edits the nodes of the document's canvas and of its blocks' canvases, one after the other. */
function editNodes(
  document: GraphDocument,
  edit: (node: DocNode, siblings: Graph['nodes'], place: Place) => DocNode,
): GraphDocument {
  return [null, ...Object.keys(document.blocks)].reduce<GraphDocument>((edited, scope) => {
    const graph = graphOf(document, scope);
    if (!graph) return edited;
    const entries = Object.entries(graph.nodes).map(
      ([id, node]) => [id, edit(node, graph.nodes, { scope, id })] as const,
    );
    if (entries.every(([id, node]) => node === graph.nodes[id])) return edited;
    return withGraph(edited, scope, { ...graph, nodes: Object.fromEntries(entries) });
  }, document);
}

/** Another kind in a node's place. A name made from the old kind (`sigmoid_3`) follows, unless it is taken. */
function replaced(siblings: Graph['nodes'], node: DocNode, kind: string): DocNode {
  const wanted = node.name.startsWith(node.kind) ? kind + node.name.slice(node.kind.length) : node.name;
  const isTaken = Object.values(siblings).some(({ name }) => name === wanted);
  return { ...node, kind, params: {}, name: isTaken ? node.name : wanted };
}

/** A layer with weights, started another way. */
function initialised(node: DocNode, init: string): DocNode {
  return !hasInitialiser(node.kind) || node.params.init === init
    ? node
    : { ...node, params: { ...node.params, init } };
}

/** Layers with weights let their start be chosen by the parameter `init` (layers/init.ts). */
function hasInitialiser(kind: string): boolean {
  return 'init' in (layerOf(kind)?.params.shape ?? {});
}

/** Tells which places are hidden; of a place inside of a block, whether any of its copies is. */
function hiddenIn(document: GraphDocument): (place: Place) => boolean {
  const net = inline(document);
  return ({ scope, id }) =>
    [...net.places].some(([path, at]) => at.scope === scope && at.id === id && isHidden(net, path));
}

/** Whether a layer with weights comes after the node: an activation on the output has another purpose. */
function isHidden({ nodes, wires: all }: Net, id: string): boolean {
  const wires = Object.values(all);
  const seen = new Set<string>();
  const queue = [id];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const { from, to } of wires) {
      if (from[0] !== node || seen.has(to[0])) continue;
      if (hasInitialiser(nodes[to[0]]?.kind ?? '')) return true;
      seen.add(to[0]);
      queue.push(to[0]);
    }
  }
  return false;
}
