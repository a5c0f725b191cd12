/** From counts to pixels: pure typed-array work, one column at a time, no canvas. */

import { type Rgb, scaleColor, type Theme } from '../ui/color-scale.ts';
import { FIRST_POWER_ROW, NOT_FINITE_ROW, POWER_ROWS, ZERO_ROW } from './magnitude-rows.ts';
import { COLUMNS, type StripColumns } from './strip-columns.ts';

/** Pixel rows: a lane, a gap, the powers of two, a gap, a lane. */
const LANE = 3;
const GAP = 1;
const POWERS_TOP = LANE + GAP;
const ZERO_TOP = POWERS_TOP + POWER_ROWS + GAP;
export const STRIP_PIXELS = { width: COLUMNS, height: ZERO_TOP + LANE } as const;

export interface StripPalette {
  /** 256 colours from the rarest to the most common, as bytes r, g, b. */
  readonly ramp: Uint8Array;
  readonly zeros: Rgb;
  readonly notFinite: Rgb;
  readonly gap: Rgb;
  readonly plate: Rgb;
}

export function stripPalette(theme: Theme): StripPalette {
  const ramp = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) ramp.set(scaleColor(i / 255, theme), 3 * i);
  return theme === 'dark'
    ? { ramp, plate: [15, 17, 23], gap: [36, 39, 48], zeros: [120, 170, 255], notFinite: [255, 86, 70] }
    : { ramp, plate: [248, 249, 251], gap: [224, 227, 233], zeros: [37, 99, 200], notFinite: [208, 28, 20] };
}

/** The least of the scale that a single element gets, so that it is seen at all. */
const FAINTEST = 0.1;

/** Paints columns `from` up to `until` of a strip into an image of STRIP_PIXELS, four bytes a pixel. */
export function paintColumns(
  image: Uint8ClampedArray,
  columns: StripColumns,
  palette: StripPalette,
  { from = 0, until = COLUMNS } = {},
): void {
  for (let c = from; c < until; c++) {
    if (c < columns.length) paintColumn(image, c, columns.column(c), palette);
    else for (let y = 0; y < STRIP_PIXELS.height; y++) put(image, c, y, palette.plate, 1);
  }
}

function paintColumn(
  image: Uint8ClampedArray,
  column: number,
  rows: Float32Array,
  palette: StripPalette,
): void {
  let most = 0;
  let all = 0;
  for (let row = 0; row < rows.length; row++) {
    all += rows[row]!;
    if (row >= FIRST_POWER_ROW && row < ZERO_ROW) most = Math.max(most, rows[row]!);
  }
  const { ramp } = palette;
  for (let i = 0; i < POWER_ROWS; i++) {
    const count = rows[FIRST_POWER_ROW + i]!;
    if (count === 0) {
      put(image, column, POWERS_TOP + i, palette.plate, 1);
      continue;
    }
    const at = 3 * Math.round(255 * (FAINTEST + (1 - FAINTEST) * (count / most)));
    put(image, column, POWERS_TOP + i, [ramp[at]!, ramp[at + 1]!, ramp[at + 2]!], 1);
  }
  // A single NaN matters, so that lane starts at half strength; zeros show their share of all elements.
  const bad = rows[NOT_FINITE_ROW]!;
  for (let y = 0; y < LANE; y++) {
    put(
      image,
      column,
      y,
      bad > 0 ? palette.notFinite : palette.plate,
      bad > 0 ? 0.5 + bad / all / 2 : 1,
      palette.plate,
    );
    const zeros = all > 0 ? rows[ZERO_ROW]! / all : 0;
    put(image, column, ZERO_TOP + y, palette.zeros, zeros, palette.plate);
  }
  put(image, column, LANE, palette.gap, 1);
  put(image, column, ZERO_TOP - GAP, palette.gap, 1);
}

function put(
  image: Uint8ClampedArray,
  x: number,
  y: number,
  color: Rgb,
  strength: number,
  ground: Rgb = color,
): void {
  const at = 4 * (y * COLUMNS + x);
  for (let i = 0; i < 3; i++) image[at + i] = ground[i]! + strength * (color[i]! - ground[i]!);
  image[at + 3] = 255;
}

/** Which counts a pixel row shows; null on a gap. */
export function rowAt(y: number): number | null {
  if (y >= 0 && y < LANE) return NOT_FINITE_ROW;
  if (y >= POWERS_TOP && y < POWERS_TOP + POWER_ROWS) return FIRST_POWER_ROW + Math.floor(y - POWERS_TOP);
  if (y >= ZERO_TOP && y < STRIP_PIXELS.height) return ZERO_ROW;
  return null;
}

/** The pixel row of a power of two: where a grid line for 2^exponent goes. */
export function yOfPower(exponent: number, topExponent: number): number {
  return POWERS_TOP + (topExponent - exponent) + 1;
}
