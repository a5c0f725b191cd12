/** Small maps of numbers in a grid, on one colour scale: filters, feature maps, attention, what units respond to. */
import { readable } from '../../../engine/index.ts';
import type { Brush, Pixels } from '../../ui/brush.ts';
import { chartLook } from '../../ui/chart-look.ts';
import { scaleColor, type Theme } from '../../ui/color-scale.ts';

export interface HeatMap {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Row after row. */
  readonly data: Float32Array;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

interface Area {
  readonly width: number;
  readonly height: number;
}

interface Place extends Area {
  readonly x: number;
  readonly y: number;
}

const GAP = 8;
const TITLE = 15;

/** From the least to the largest of all maps. */
export function rangeOf(maps: readonly HeatMap[]): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { data } of maps)
    for (const value of data) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

/** Symmetric about zero. */
export function symmetricRange(maps: readonly HeatMap[]): Range {
  const { low, high } = rangeOf(maps);
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return { low: -most, high: most };
}

export function rangeWords({ low, high }: Range): string {
  return `scale: ${readable(low)} … ${readable(high)}`;
}

/** Where each map goes: as large as they all fit, in rows. */
export function heatPlaces(maps: readonly HeatMap[], area: Area): readonly Place[] {
  const [first] = maps;
  if (!first) return [];
  const shape = first.width / first.height;
  let best = { columns: 1, height: 0 };
  for (let columns = 1; columns <= maps.length; columns++) {
    const rows = Math.ceil(maps.length / columns);
    const width = (area.width - GAP * (columns + 1)) / columns;
    const height = Math.min(width / shape, (area.height - (GAP + TITLE) * rows - GAP) / rows);
    if (height > best.height) best = { columns, height };
  }
  const { columns, height } = best;
  const width = height * shape;
  return maps.map((_, i) => ({
    x: GAP + (i % columns) * (width + GAP),
    y: GAP + Math.floor(i / columns) * (height + GAP + TITLE),
    width,
    height,
  }));
}

export function heatPixels({ width, height, data }: HeatMap, { low, high }: Range, theme: Theme): Pixels {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const value = data[i] ?? 0;
    const share = (value - low) / (high - low || 1);
    // What is no number is plainly no shade of anything.
    const [r, g, b] = Number.isFinite(value) ? scaleColor(share, theme) : ([214, 39, 28] as const);
    pixels.set([r, g, b, 255], 4 * i);
  }
  return { width, height, data: pixels };
}

export function drawHeatMaps(
  brush: Brush,
  maps: readonly HeatMap[],
  area: Area,
  {
    range,
    theme,
    chosen = null,
  }: { readonly range: Range; readonly theme: Theme; readonly chosen?: number | null },
): void {
  const look = chartLook(theme);
  heatPlaces(maps, area).forEach(({ x, y, width, height }, i) => {
    const map = maps[i]!;
    if (i === chosen) brush.rectangle(x - 2, y - 2, width + 4, height + 4, look.series[0]);
    brush.image(x, y, width, height, heatPixels(map, range, theme));
    const letters = Math.floor((width + GAP - 4) / 6);
    if (letters >= 2)
      brush.text(x + width / 2, y + height + TITLE / 2, clipped(map.title, letters), {
        color: look.faint,
        size: 10,
        align: 'center',
      });
  });
}

/** The map and the element at a point; null between maps. */
export function heatAt(
  maps: readonly HeatMap[],
  area: Area,
  x: number,
  y: number,
): { readonly map: number; readonly row: number; readonly column: number } | null {
  const map = heatPlaces(maps, area).findIndex(
    (p) => x >= p.x && x < p.x + p.width && y >= p.y && y < p.y + p.height,
  );
  const place = heatPlaces(maps, area)[map];
  const of = maps[map];
  if (!place || !of) return null;
  return {
    map,
    row: Math.floor(((y - place.y) / place.height) * of.height),
    column: Math.floor(((x - place.x) / place.width) * of.width),
  };
}

export function heatTable(maps: readonly HeatMap[]): (string | number)[][] {
  const rows = maps.flatMap(({ title, width, data }) =>
    Array.from(data, (value, i) => [title, Math.floor(i / width), i % width, value]),
  );
  return [['map', 'row', 'column', 'value'], ...rows];
}

function clipped(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
