/** Which wire runs under a rectangle: where a node that is dropped on it is inserted. */
import type { GraphDocument } from '../../../engine/index.ts';
import { portsOf } from '../../document/graph.ts';
import { NODE_WIDTH, PORT_ROW, PORTS_TOP } from './node-metrics.ts';
import { type Point, wirePoints } from './wire-path.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The wire whose curve runs longest through the rectangle; null where none does. Wires of `except` do not count. */
export function wireUnder(doc: GraphDocument, area: Rectangle, except: string | null): string | null {
  let best: { id: string; inside: number } | null = null;
  for (const [id, { from, to }] of Object.entries(doc.wires)) {
    if (from[0] === except || to[0] === except) continue;
    const a = portPoint(doc, from, 'from');
    const b = portPoint(doc, to, 'to');
    if (!a || !b) continue;
    const inside = wirePoints(a, b).filter(
      ([x, y]) => x > area.x && x < area.x + area.width && y > area.y && y < area.y + area.height,
    ).length;
    if (inside > (best?.inside ?? 0)) best = { id, inside };
  }
  return best?.id ?? null;
}

function portPoint(
  doc: GraphDocument,
  [id, port]: readonly [string, string],
  side: 'from' | 'to',
): Point | null {
  const node = doc.nodes[id];
  const ports = portsOf(doc, id);
  const row = (side === 'from' ? ports.outputs : ports.inputs).findIndex((p) => p.name === port);
  if (!node || row < 0) return null;
  const [x, y] = node.position;
  return [x + (side === 'from' ? NODE_WIDTH : 0), y + PORTS_TOP + (row + 0.5) * PORT_ROW];
}
