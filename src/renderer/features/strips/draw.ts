/** Draws the strips where their nodes are, and finds the strip under the pointer. */
import type { InternalNode } from '@xyflow/react';
import { TOP_EXPONENT } from '../../pictures/magnitude-rows.ts';
import { STRIP_PIXELS, yOfPower } from '../../pictures/strip-paint.ts';
import type { Theme } from '../../ui/color-scale.ts';
import { FAR_ZOOM, STRIP_HEIGHT, STRIP_LEFT, STRIP_TOP, STRIP_WIDTH } from '../canvas/node-metrics.ts';
import type { Strip, StripBoard, StripKind } from './strip-board.ts';

/** What is seen of the canvas, in React Flow's terms. */
export interface View {
  readonly transform: readonly [number, number, number];
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Pick<InternalNode, 'internals'>>;
}

export interface Spot {
  readonly strip: Strip;
  readonly column: number;
  /** Pixel row in the strip's own picture. */
  readonly y: number;
}

export const KINDS: readonly StripKind[] = ['activation', 'gradient'];
export const STRIP_LABELS: Record<StripKind, string> = { activation: 'a', gradient: '∂L/∂a' };
/** Between the two strips of a node, in canvas units. */
export const BETWEEN_STRIPS = 6;
export const WIDTH_OF_STRIP = (STRIP_WIDTH - BETWEEN_STRIPS) / 2;
/** Labels below this zoom would be smudges. */
const LABEL_ZOOM = 0.7;
/** A single look (before training, or at the first step) is drawn this wide, so that it can be read. */
const LONE_SHARE = 1 / 6;
/** Faint lines at 1, and at about 10⁻³, 10⁻⁶, 10⁻⁹. */
const GRID_POWERS = [0, -10, -20, -30];

export function drawStrips(
  context: CanvasRenderingContext2D,
  board: StripBoard,
  view: View,
  {
    at,
    theme,
    pixelRatio,
  }: { readonly at: number | null; readonly theme: Theme; readonly pixelRatio: number },
): void {
  const { canvas } = context;
  const [width, height] = [Math.round(view.width * pixelRatio), Math.round(view.height * pixelRatio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else context.clearRect(0, 0, width, height);
  const zoom = view.transform[2];
  if (board.isEmpty || zoom < FAR_ZOOM) return;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.imageSmoothingEnabled = zoom * pixelRatio < 1;
  for (const [id, node] of view.nodes) {
    for (const kind of KINDS) {
      const strip = board.find(id, kind);
      if (!strip) continue;
      const [x, y] = placeOf(node, kind, view);
      const [w, h] = [WIDTH_OF_STRIP * zoom, STRIP_HEIGHT * zoom];
      if (x + w < 0 || y + h < 0 || x > view.width || y > view.height) continue;
      context.drawImage(board.atlas, strip.x, strip.y, STRIP_PIXELS.width, STRIP_PIXELS.height, x, y, w, h);
      if (strip.columns.length === 1)
        context.drawImage(board.atlas, strip.x, strip.y, 1, STRIP_PIXELS.height, x, y, w * LONE_SHARE, h);
      context.fillStyle = theme === 'dark' ? 'rgb(255 255 255 / 0.13)' : 'rgb(0 0 0 / 0.1)';
      for (const power of GRID_POWERS) {
        context.fillRect(x, y + (yOfPower(power, TOP_EXPONENT) / STRIP_PIXELS.height) * h, w, 1);
      }
      if (at !== null) drawMark(context, strip.columns.columnOf(at), { x, y, w, h, theme });
      if (zoom >= LABEL_ZOOM)
        drawLabel(context, STRIP_LABELS[kind], x + w - 4 * zoom, y + 12 * zoom, zoom, theme);
    }
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
}

interface MarkPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly theme: Theme;
}

/** The column of the step that is looked at; what came after it is veiled. */
function drawMark(context: CanvasRenderingContext2D, column: number, { x, y, w, h, theme }: MarkPlace): void {
  const left = x + ((column + 1) / STRIP_PIXELS.width) * w;
  context.fillStyle = theme === 'dark' ? 'rgb(15 17 23 / 0.62)' : 'rgb(248 249 251 / 0.66)';
  context.fillRect(left, y, x + w - left, h);
  context.fillStyle = theme === 'dark' ? '#fff' : '#000';
  context.fillRect(left - 0.75, y, 1.5, h);
}

function drawLabel(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  zoom: number,
  theme: Theme,
): void {
  context.font = `${9 * zoom}px 'Inter Variable', system-ui, sans-serif`;
  context.textAlign = 'right';
  context.lineWidth = 3 * zoom;
  context.lineJoin = 'round';
  context.strokeStyle = theme === 'dark' ? 'rgb(15 17 23 / 0.85)' : 'rgb(248 249 251 / 0.85)';
  context.strokeText(text, x, y);
  context.fillStyle = theme === 'dark' ? 'rgb(255 255 255 / 0.85)' : 'rgb(0 0 0 / 0.75)';
  context.fillText(text, x, y);
}

/** Top left corner on the screen. */
function placeOf(
  node: Pick<InternalNode, 'internals'>,
  kind: StripKind,
  { transform }: View,
): [number, number] {
  const [panX, panY, zoom] = transform;
  const { x, y } = node.internals.positionAbsolute;
  const left = STRIP_LEFT + (kind === 'gradient' ? WIDTH_OF_STRIP + BETWEEN_STRIPS : 0);
  return [panX + (x + left) * zoom, panY + (y + STRIP_TOP) * zoom];
}

/** The strip at a point of the canvas's box, and where in it; null between strips. */
export function stripUnder(board: StripBoard, view: View, x: number, y: number): Spot | null {
  const zoom = view.transform[2];
  if (zoom < FAR_ZOOM) return null;
  for (const [id, node] of view.nodes) {
    for (const kind of KINDS) {
      const [left, top] = placeOf(node, kind, view);
      const across = (x - left) / (WIDTH_OF_STRIP * zoom);
      const down = (y - top) / (STRIP_HEIGHT * zoom);
      if (across < 0 || across >= 1 || down < 0 || down >= 1) continue;
      const strip = board.find(id, kind);
      if (!strip) continue;
      return {
        strip,
        column:
          strip.columns.length === 1 && across < LONE_SHARE ? 0 : Math.floor(across * STRIP_PIXELS.width),
        y: Math.floor(down * STRIP_PIXELS.height),
      };
    }
  }
  return null;
}
