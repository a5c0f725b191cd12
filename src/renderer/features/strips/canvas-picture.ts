/**
 * The canvas as a picture to take out: boxes with their strips, and the wires in the colours of the gradient that flows back over
 * them; and the same numbers as a table. Drawn whole, at zoom 1, whatever is seen of it.
 */
import { statisticsOf } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import { paintColumns, STRIP_PIXELS, stripPalette } from '../../pictures/strip-paint.ts';
import type { WireTint } from '../../session/live.ts';
import type { Brush } from '../../ui/brush.ts';
import { chartLook } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';
import type { Table } from '../../ui/picture.ts';
import { STRIP_HEIGHT, STRIP_LEFT, STRIP_TOP } from '../canvas/node-metrics.ts';
import { type Point, wirePoints } from '../canvas/wire-path.ts';
import { BETWEEN_STRIPS, KINDS, STRIP_LABELS, WIDTH_OF_STRIP } from './draw.ts';
import type { StripBoard } from './strip-board.ts';

export interface PictureBox {
  readonly id: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PictureWire {
  readonly from: Point;
  readonly to: Point;
  readonly tint: WireTint | undefined;
}

export interface CanvasPicture {
  readonly boxes: readonly PictureBox[];
  readonly wires: readonly PictureWire[];
}

const PAD = 40;
/** Under the net: what the colours mean. */
const LEGEND = 44;
const LEGEND_TEXTS = [
  'strips: |a| left, |∂L/∂a| right; time to the right, one row per power of two; each column scaled to its most common row',
  'wires: RMS of the gradient that flows back, on a fixed logarithmic scale from 10⁻¹⁰ to 1',
];

/** How large the picture is, in CSS pixels. */
export function sizeOfPicture({ boxes }: CanvasPicture): { width: number; height: number } {
  const { left, top, right, bottom } = edgesOf(boxes);
  return { width: Math.max(640, right - left + 2 * PAD), height: bottom - top + 2 * PAD + LEGEND };
}

function edgesOf(boxes: readonly PictureBox[]) {
  return {
    left: Math.min(...boxes.map(({ x }) => x)),
    top: Math.min(...boxes.map(({ y }) => y)),
    right: Math.max(...boxes.map(({ x, width }) => x + width)),
    bottom: Math.max(...boxes.map(({ y, height }) => y + height)),
  };
}

/** @param at the step that is looked at: what came after it is left out */
export function drawCanvasPicture(
  brush: Brush,
  picture: CanvasPicture,
  board: Pick<StripBoard, 'find'>,
  { theme, at }: { readonly theme: Theme; readonly at: number | null },
): void {
  const look = chartLook(theme);
  const { width, height } = sizeOfPicture(picture);
  const { left, top } = edgesOf(picture.boxes);
  const shift = ([x, y]: Point): Point => [x - left + PAD, y - top + PAD];
  brush.rectangle(0, 0, width, height, look.panel);
  for (const { from, to, tint } of picture.wires) {
    const points = wirePoints(shift(from), shift(to));
    brush.line([...points.flat(), ...shift(to)], {
      stroke: tint?.color ?? look.faint,
      width: tint?.width ?? 1.5,
    });
  }
  for (const box of picture.boxes) {
    const [x, y] = shift([box.x, box.y]);
    const corners = [x, y, x + box.width, y, x + box.width, y + box.height, x, y + box.height, x, y];
    brush.line(corners, { fill: look.panel, stroke: look.faint });
    brush.text(x + STRIP_LEFT, y + STRIP_TOP / 2, box.name, { color: look.text, size: 14 });
    KINDS.forEach((kind, i) => {
      const strip = board.find(box.id, kind);
      if (!strip) return;
      const data = new Uint8ClampedArray(4 * STRIP_PIXELS.width * STRIP_PIXELS.height);
      const until = at === null ? strip.columns.length : strip.columns.columnOf(at) + 1;
      paintColumns(data, strip.columns, stripPalette(theme), { until });
      const stripX = x + STRIP_LEFT + i * (WIDTH_OF_STRIP + BETWEEN_STRIPS);
      const stripY = y + STRIP_TOP;
      brush.rectangle(stripX, stripY, WIDTH_OF_STRIP, STRIP_HEIGHT, look.line);
      brush.image(stripX, stripY, WIDTH_OF_STRIP, STRIP_HEIGHT, { ...STRIP_PIXELS, data });
      brush.text(stripX + WIDTH_OF_STRIP, stripY + STRIP_HEIGHT + 9, STRIP_LABELS[kind], {
        color: look.faint,
        size: 10,
        align: 'right',
      });
    });
  }
  LEGEND_TEXTS.forEach((text, i) => {
    brush.text(PAD, height - LEGEND + 16 * i, text, { color: look.faint, size: 11 });
  });
}

/** Every strip’s tensor at the step that is looked at: the numbers of strips and wires. */
export function canvasTable(run: RunView | null, at: number | null): Table {
  const head = ['layer', 'tensor', 'step', 'rms', 'mean', 'std', 'largest magnitude', 'zeros', 'nan', 'inf'];
  const capture = seenCapture(run, at);
  const rows = (run?.facts?.segments ?? []).flatMap(({ name, what }, i) => {
    if (!capture || (what !== 'activation' && what !== 'gradient')) return [];
    const s = statisticsOf(capture, i);
    const tensor = STRIP_LABELS[what];
    return [
      [name, tensor, capture.step, s.rms, s.mean, s.std, s.largestMagnitude, s.zeros, s.nans, s.infinities],
    ];
  });
  return [head, ...rows];
}
