/** The strip of one tensor, large and with its axes: as on the nodes, and for weights too. Fed from a run's history. */
import { type CaptureHistory, powerOfTen, readable } from '../../../engine/index.ts';
import {
  addToRows,
  exponentOfRow,
  NOT_FINITE_ROW,
  ROWS,
  TOP_EXPONENT,
  ZERO_ROW,
} from '../../pictures/magnitude-rows.ts';
import type { StripColumns } from '../../pictures/strip-columns.ts';
import { paintColumns, rowAt, STRIP_PIXELS, stripPalette, yOfPower } from '../../pictures/strip-paint.ts';
import type { Brush } from '../../ui/brush.ts';
import { chartLook } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';
import { percent } from './overlay-option.ts';

const PAD = { left: 48, right: 14, top: 8, bottom: 32 };
/** Labels on the axis, in powers of ten. */
const LABELS = [0, -3, -6, -9, -12];

interface Area {
  readonly width: number;
  readonly height: number;
}

/** Adds what is new in the history to the columns, and returns them. */
export function followStrip(columns: StripColumns, history: CaptureHistory, segment: number): StripColumns {
  const seen = columns.length === 0 ? -1 : columns.lastSteps[columns.length - 1]!;
  let position = seen < 0 ? 0 : history.positionOf(seen);
  if (history.length > 0 && history.stepAt(position) <= seen) position++;
  for (; position < history.length; position++) {
    const capture = history.captureAt(position);
    addToRows(columns.next(capture.step).rows, capture, segment);
  }
  return columns;
}

function frameOf({ width, height }: Area) {
  return {
    left: PAD.left,
    top: PAD.top,
    width: Math.max(1, width - PAD.left - PAD.right),
    height: Math.max(1, height - PAD.top - PAD.bottom),
  };
}

/** @param at the step that is looked at; null for the newest */
export function drawStrip(
  brush: Brush,
  columns: StripColumns,
  area: Area,
  { theme, at }: { readonly theme: Theme; readonly at: number | null },
): void {
  const look = chartLook(theme);
  const { left, top, width, height } = frameOf(area);
  const data = new Uint8ClampedArray(4 * STRIP_PIXELS.width * STRIP_PIXELS.height);
  paintColumns(data, columns, stripPalette(theme));
  brush.image(left, top, width, height, { ...STRIP_PIXELS, data });
  const yOf = (row: number): number => top + (row / STRIP_PIXELS.height) * height;
  for (const power of LABELS) {
    const y = yOf(yOfPower(power / Math.log10(2), TOP_EXPONENT));
    brush.text(left - 6, y, powerOfTen(power), { color: look.faint, size: 10, align: 'right' });
    brush.line([left - 3, y, left, y], { stroke: look.faint });
  }
  brush.text(left - 6, yOf(STRIP_PIXELS.height - 1.5) + 2, '0', {
    color: look.faint,
    size: 10,
    align: 'right',
  });
  brush.text(left - 6, yOf(1.5) - 1, 'NaN', { color: look.faint, size: 10, align: 'right' });
  if (columns.length === 0) return;
  const columnWidth = width / STRIP_PIXELS.width;
  const right = left + columns.length * columnWidth;
  const bottom = area.height - 20;
  brush.text(left, bottom, `step ${columns.firstSteps[0]}`, { color: look.faint, size: 10 });
  const last = Math.max(right, left + 110);
  brush.text(last, bottom, `${columns.lastSteps[columns.length - 1]}`, {
    color: look.faint,
    size: 10,
    align: 'right',
  });
  if (at === null) return;
  const x = left + (columns.columnOf(at) + 1) * columnWidth;
  brush.line([x, top, x, top + height], { stroke: look.text, width: 1.5 });
}

/** The column under the pointer; null beside the strip and where nothing was captured yet. */
export function stripColumnAt(columns: StripColumns, x: number, area: Area): number | null {
  const { left, width } = frameOf(area);
  const column = Math.floor(((x - left) / width) * STRIP_PIXELS.width);
  return column < 0 || column >= columns.length ? null : column;
}

export function stripWords(columns: StripColumns, x: number, y: number, area: Area) {
  const column = stripColumnAt(columns, x, area);
  if (column === null) return null;
  const { top, height } = frameOf(area);
  const rows = columns.column(column);
  const all = rows.reduce((sum, count) => sum + count, 0) || 1;
  const row = rowAt(Math.floor(((y - top) / height) * STRIP_PIXELS.height));
  const [first, last] = [columns.firstSteps[column]!, columns.lastSteps[column]!];
  return {
    title: first === last ? `step ${first}` : `steps ${first} to ${last}`,
    lines: [
      ...(row === null ? [] : [`${rowWords(row)}: ${percent(rows[row]! / all)} of elements`]),
      `exact zeros: ${percent(rows[ZERO_ROW]! / all)}`,
    ],
  };
}

function rowWords(row: number): string {
  if (row === ZERO_ROW) return 'exactly 0';
  if (row === NOT_FINITE_ROW) return 'NaN or ±∞';
  const exponent = exponentOfRow(row) ?? 0;
  return `${readable(2 ** exponent)} … ${readable(2 ** (exponent + 1))}`;
}

export function stripTable(columns: StripColumns): (string | number)[][] {
  const names = Array.from({ length: ROWS }, (_, row) => {
    const exponent = exponentOfRow(row);
    return exponent === null ? (row === ZERO_ROW ? 'zero' : 'NaN or infinite') : `2^${exponent}`;
  });
  const rows = Array.from({ length: columns.length }, (_, c) => [
    columns.firstSteps[c]!,
    columns.lastSteps[c]!,
    ...columns.column(c),
  ]);
  return [['first step', 'last step', ...names], ...rows];
}
