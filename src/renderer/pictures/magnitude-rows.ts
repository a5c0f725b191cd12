/**
 * The rows of every picture of magnitudes, the same for each tensor, step and run: one per power of two from 2⁷ down to
 * 2⁻⁴⁰. The outermost rows also hold all that lies beyond, so nothing is ever clipped away. Exact zeros, and NaN with ±∞,
 * have rows of their own.
 */
import { binCount, magnitudeCount, momentOf, type ProbeCapture, segmentBins } from '../../engine/index.ts';

/** The largest and the smallest power of two with a row of its own. */
export const TOP_EXPONENT = 7;
export const BOTTOM_EXPONENT = -40;
export const POWER_ROWS = TOP_EXPONENT - BOTTOM_EXPONENT + 1;
/** Counts of one column: NotFinite, the powers from the largest down, zero. */
export const NOT_FINITE_ROW = 0;
export const FIRST_POWER_ROW = 1;
export const ZERO_ROW = FIRST_POWER_ROW + POWER_ROWS;
export const ROWS = ZERO_ROW + 1;

const EXPONENTS = binCount / 2;
const EXPONENT_BIAS = 127;

/** Adds the counts of a capture's segment to `rows` (length ROWS). */
export function addToRows(rows: Float32Array, capture: ProbeCapture, segment: number): void {
  const bins = segmentBins(capture.bins, segment);
  const zeros = momentOf(capture, segment, 'zeros');
  rows[ZERO_ROW]! += zeros;
  // What the device did not flush to zero is subnormal: smaller than every row.
  rows[ZERO_ROW - 1]! += Math.max(0, magnitudeCount(bins, 0) - zeros);
  for (let e = 1; e < EXPONENTS - 1; e++) {
    const count = magnitudeCount(bins, e);
    if (count > 0) rows[powerRow(e - EXPONENT_BIAS)]! += count;
  }
  rows[NOT_FINITE_ROW]! += magnitudeCount(bins, EXPONENTS - 1);
}

export function powerRow(exponent: number): number {
  const shown = Math.min(TOP_EXPONENT, Math.max(BOTTOM_EXPONENT, exponent));
  return FIRST_POWER_ROW + TOP_EXPONENT - shown;
}

/** The magnitudes that a row holds, in powers of two; null for the two special rows. */
export function exponentOfRow(row: number): number | null {
  return row < FIRST_POWER_ROW || row >= ZERO_ROW ? null : TOP_EXPONENT - (row - FIRST_POWER_ROW);
}
