/** Which wire runs under a rectangle: where a node that is dropped on it is inserted. */
import { getBezierPath, Position } from '@xyflow/react';
import type { GraphDocument } from '../../../engine/index.ts';
import { portsOf } from '../../document/graph.ts';
import { NODE_WIDTH, PORT_ROW, PORTS_TOP } from './node-metrics.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SAMPLES = 24;

/** The wire whose curve runs longest through the rectangle; null where none does. Wires of `except` do not count. */
export function wireUnder(doc: GraphDocument, area: Rectangle, except: string | null): string | null {
  let best: { id: string; inside: number } | null = null;
  for (const [id, { from, to }] of Object.entries(doc.wires)) {
    if (from[0] === except || to[0] === except) continue;
    const a = portPoint(doc, from, 'from');
    const b = portPoint(doc, to, 'to');
    if (!a || !b) continue;
    const inside = curve(a, b).filter(
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
): readonly [number, number] | null {
  const node = doc.nodes[id];
  const ports = portsOf(doc, id);
  const row = (side === 'from' ? ports.outputs : ports.inputs).findIndex((p) => p.name === port);
  if (!node || row < 0) return null;
  const [x, y] = node.position;
  return [x + (side === 'from' ? NODE_WIDTH : 0), y + PORTS_TOP + (row + 0.5) * PORT_ROW];
}

/** Points on the curve that `Wire` draws. */
function curve([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]) {
  const [path] = getBezierPath({
    sourceX: ax,
    sourceY: ay,
    sourcePosition: Position.Right,
    targetX: bx,
    targetY: by,
    targetPosition: Position.Left,
    curvature: 0.35,
  });
  const n = (path.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  const [x0 = ax, y0 = ay, x1 = ax, y1 = ay, x2 = bx, y2 = by, x3 = bx, y3 = by] = n;
  return Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const t = i / SAMPLES;
    const u = 1 - t;
    const mix = (a: number, b: number, c: number, d: number): number =>
      u ** 3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t ** 3 * d;
    return [mix(x0, x1, x2, x3), mix(y0, y1, y2, y3)] as const;
  });
}
