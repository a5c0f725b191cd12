/** Auto-layout: layers from left to right by dagre, the selection or all of it, its top left corner kept where it was. */
import { Graph, layout } from '@dagrejs/dagre';
import type { GraphDocument } from '../../../engine/index.ts';
import type { Point } from '../../document/commands/nodes.ts';
import { portsOf } from '../../document/graph.ts';
import { GRID, NODE_WIDTH, nodeHeight } from './node-metrics.ts';

const BETWEEN_LAYERS = 64;
const BETWEEN_NODES = 32;

/** How tall a node is drawn. */
export function heightOf(doc: GraphDocument, id: string): number {
  const { inputs, outputs } = portsOf(doc, id);
  return nodeHeight(Math.max(inputs.length, outputs.length));
}

/** Where each of these nodes goes. The others stay, and are not looked at. */
export function arrange(doc: GraphDocument, ids: ReadonlySet<string>): Map<string, Point> {
  const nodes = Object.entries(doc.nodes).filter(([id]) => ids.has(id));
  if (nodes.length === 0) return new Map();
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: BETWEEN_LAYERS, nodesep: BETWEEN_NODES });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id] of nodes) graph.setNode(id, { width: NODE_WIDTH, height: heightOf(doc, id) });
  for (const { from, to } of Object.values(doc.wires)) {
    if (ids.has(from[0]) && ids.has(to[0])) graph.setEdge(from[0], to[0]);
  }
  layout(graph);

  const corners = nodes.map(([id]) => {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
    return [id, x - width / 2, y - height / 2] as const;
  });
  const left = Math.min(...corners.map(([, x]) => x)) - Math.min(...nodes.map(([, n]) => n.position[0]));
  const top = Math.min(...corners.map(([, , y]) => y)) - Math.min(...nodes.map(([, n]) => n.position[1]));
  const snap = (v: number): number => Math.round(v / GRID) * GRID;
  return new Map(corners.map(([id, x, y]) => [id, [snap(x - left), snap(y - top)]]));
}
