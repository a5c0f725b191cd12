/** The way of a wire, for the canvas and for whoever draws it once more: a curve to what lies ahead; to what lies behind, around through the gap between the two rows. */
import { getBezierPath, getSmoothStepPath, Position } from '@xyflow/react';
import { PORT_ROW, PORTS_TOP } from './node-metrics.ts';

export type Point = readonly [number, number];

export interface WirePath {
  /** For SVG. */
  readonly path: string;
  /** Where the wire's words stand. */
  readonly label: Point;
  /** How wide the words may be before they run over a port. */
  readonly room: number;
}

const CURVATURE = 0.35;
/** How far a wire that turns back runs straight on before it turns. */
const RUN_OUT = 28;
const CORNER = 14;
/** A handle with its halo. */
const PORT_REACH = 8;

/** The path from an output to an input, both given by the middle of their handle. */
export function wirePath(from: Point, to: Point): WirePath {
  const ends = {
    sourceX: from[0],
    sourceY: from[1],
    sourcePosition: Position.Right,
    targetX: to[0],
    targetY: to[1],
    targetPosition: Position.Left,
  };
  const [path, x, y] = turnsBack(from, to)
    ? getSmoothStepPath({
        ...ends,
        borderRadius: CORNER,
        offset: RUN_OUT,
        centerY: gapBetween(from[1], to[1]),
      })
    : getBezierPath({ ...ends, curvature: CURVATURE });
  const room = Math.abs(to[0] - from[0]) - 2 * PORT_REACH;
  return { path, label: [x, y], room: turnsBack(from, to) ? Math.max(room, PORT_ROW * 5) : room };
}

/** Points along the path, close enough together to tell what it runs over. */
export function wirePoints(from: Point, to: Point): Point[] {
  if (turnsBack(from, to)) {
    const y = gapBetween(from[1], to[1]);
    const corners: Point[] = [
      from,
      [from[0] + RUN_OUT, from[1]],
      [from[0] + RUN_OUT, y],
      [to[0] - RUN_OUT, y],
      [to[0] - RUN_OUT, to[1]],
      to,
    ];
    return corners.slice(1).flatMap((corner, i) => along(corners[i] ?? from, corner));
  }
  const reach = Math.max(0, to[0] - from[0]) * 0.5;
  const [c1, c2] = [from[0] + reach, to[0] - reach];
  return Array.from({ length: 25 }, (_, i) => {
    const t = i / 24;
    const u = 1 - t;
    const mix = (a: number, b: number, c: number, d: number): number =>
      u ** 3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t ** 3 * d;
    return [mix(from[0], c1, c2, to[0]), mix(from[1], from[1], to[1], to[1])] as const;
  });
}

function turnsBack(from: Point, to: Point): boolean {
  return to[0] < from[0] + RUN_OUT / 2;
}

/** The middle between the lower edge of the upper row of nodes and the upper edge of the lower row. */
function gapBetween(fromY: number, toY: number): number {
  const below = PORT_ROW;
  const above = -PORTS_TOP - PORT_ROW / 2;
  if (Math.abs(toY - fromY) < PORTS_TOP) return Math.max(fromY, toY) + 2 * PORT_ROW; // one row: underneath
  return fromY < toY ? (fromY + below + toY + above) / 2 : (fromY + above + toY + below) / 2;
}

function along(a: Point, b: Point): Point[] {
  return Array.from({ length: 12 }, (_, i) => [
    a[0] + ((b[0] - a[0]) * i) / 12,
    a[1] + ((b[1] - a[1]) * i) / 12,
  ]);
}
