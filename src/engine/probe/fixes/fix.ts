/** What a fix is, and the edits that fixes are made of: pure, and the same document where there is nothing to change. */
import { layerOf } from '../../layers/index.ts';
import type { DocNode, GraphDocument, Json } from '../../model/schema.ts';

export interface Fix {
  readonly id: string;
  /** On the button, and in the fork's name: `ReLU + He`. */
  readonly title: string;
  /** What it changes and why that helps, in one sentence. */
  readonly words: string;
  /** The changed document; the same one when there is nothing to change. */
  apply(document: GraphDocument): GraphDocument;
}

/** One canvas of a document: its own, or that of a block. */
type Canvas = Pick<GraphDocument, 'nodes' | 'wires'>;

/** Edits the document's own canvas and those of its blocks. */
export function editCanvases(
  document: GraphDocument,
  edit: <C extends Canvas>(canvas: C) => C,
): GraphDocument {
  const edited = edit(document);
  const blocks = Object.entries(edited.blocks).map(([id, block]) => [id, edit(block)] as const);
  return blocks.every(([id, block]) => block === edited.blocks[id])
    ? edited
    : { ...edited, blocks: Object.fromEntries(blocks) };
}

/** Edits every node; `canvas` is the one that it lies on. */
export function editNodes(
  document: GraphDocument,
  edit: (node: DocNode, id: string, canvas: Canvas) => DocNode,
): GraphDocument {
  return editCanvases(document, (canvas) => {
    const entries = Object.entries(canvas.nodes).map(([id, node]) => [id, edit(node, id, canvas)] as const);
    if (entries.every(([id, node]) => node === canvas.nodes[id])) return canvas;
    return { ...canvas, nodes: Object.fromEntries(entries) };
  });
}

/** Another kind in a node's place. A name made from the old kind (`sigmoid_3`) follows, unless it is taken. */
export function replaced(
  canvas: Canvas,
  node: DocNode,
  kind: string,
  params: Record<string, Json> = {},
): DocNode {
  const wanted = node.name.startsWith(node.kind) ? kind + node.name.slice(node.kind.length) : node.name;
  const isTaken = Object.values(canvas.nodes).some(({ name }) => name === wanted);
  return { ...node, kind, params, name: isTaken ? node.name : wanted };
}

/** Parameters set, as far as the layer has them. */
export function withParams(node: DocNode, params: Readonly<Record<string, Json>>): DocNode {
  const declared = layerOf(node.kind)?.params.shape ?? {};
  const changed = Object.entries(params).filter(
    ([name, value]) => name in declared && node.params[name] !== value,
  );
  return changed.length === 0
    ? node
    : { ...node, params: { ...node.params, ...Object.fromEntries(changed) } };
}

/** A layer with weights whose start can be chosen (layers/init.ts). */
export function hasInitialiser(kind: string): boolean {
  return 'init' in (layerOf(kind)?.params.shape ?? {});
}

/** Whether a layer with weights comes after the node: an activation on the output has another purpose. */
export function isHidden(canvas: Canvas, id: string): boolean {
  const wires = Object.values(canvas.wires);
  const seen = new Set<string>();
  const queue = [id];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const { from, to } of wires) {
      if (from[0] !== node || seen.has(to[0])) continue;
      const kind = canvas.nodes[to[0]]?.kind ?? '';
      if (hasInitialiser(kind) || kind === 'blockOutput' || layerOf(kind)?.category === 'sequence')
        return true;
      seen.add(to[0]);
      queue.push(to[0]);
    }
  }
  return false;
}

/** The node whose output arrives at a node; null where nothing does. */
export function nodeBefore(canvas: Canvas, id: string): string | null {
  return Object.values(canvas.wires).find((w) => w.to[0] === id)?.from[0] ?? null;
}

/** A new node behind an output: what went on from there goes on from the new node. The same canvas where it is there already. */
export function insertAfter<C extends Canvas>(
  canvas: C,
  from: readonly [node: string, port: string],
  kind: string,
  params: Record<string, Json> = {},
): C {
  const [id, port] = from;
  const node = canvas.nodes[id];
  const inserted = `${id}-${kind}`;
  if (!node || canvas.nodes[inserted]) return canvas;
  const [x, y] = node.position;
  const made: DocNode = { kind, name: freeName(canvas, kind), params, position: [x + 30, y + 60] };
  const wires = Object.entries(canvas.wires).map(([key, wire]) =>
    wire.from[0] === id && wire.from[1] === port
      ? ([key, { ...wire, from: [inserted, 'y'] as [string, string] }] as const)
      : ([key, wire] as const),
  );
  return {
    ...canvas,
    nodes: { ...canvas.nodes, [inserted]: made },
    wires: {
      ...Object.fromEntries(wires),
      [`${inserted}-in`]: { from: [id, port], to: [inserted, 'x'] },
    },
  };
}

function freeName(canvas: Canvas, kind: string): string {
  const taken = new Set(Object.values(canvas.nodes).map(({ name }) => name));
  let n = 1;
  while (taken.has(`${kind}_${n}`)) n++;
  return `${kind}_${n}`;
}
