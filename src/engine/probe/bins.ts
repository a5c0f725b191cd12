/**
 * Reading exponent histograms. A bin is a float32's sign and exponent, so it stands for the magnitudes from 2^e up to
 * 2^(e+1); inside a bin, elements are taken to be spread evenly in the logarithm. Nothing finer is known, or shown.
 */
import { binCount } from './types.ts';

/** Bins of one sign. */
export const exponentCount = binCount / 2;
/** What is subtracted from a float32's stored exponent to get the power of two. */
export const exponentBias = 127;
/** The stored exponents of ordinary numbers; 0 is zero (and subnormals), 255 is infinity and NaN. */
export const firstExponent = 1;
export const lastExponent = 254;

/** E[x²] of a bin with lower edge 1: ∫ x² d(log₂ x) over [1, 2) = 3 / (2 ln 2). */
const MEAN_SQUARE_IN_BIN = 3 / (2 * Math.LN2);

/** The counts of one segment of a capture: a view, not a copy. */
export function segmentBins(bins: Uint32Array, segment: number): Uint32Array {
  return bins.subarray(segment * binCount, (segment + 1) * binCount);
}

/** Elements with this stored exponent, whatever their sign. */
export function magnitudeCount(bins: Uint32Array, exponent: number): number {
  return bins[exponent]! + bins[exponent + exponentCount]!;
}

/** All elements that the histogram holds: each is in exactly one bin. */
export function countOfAll(bins: Uint32Array): number {
  let count = 0;
  for (const here of bins) count += here;
  return count;
}

/** Elements that are finite and not zero: those that have a logarithm. */
export function countOfOrdinary(bins: Uint32Array): number {
  let count = 0;
  for (let e = firstExponent; e <= lastExponent; e++) count += magnitudeCount(bins, e);
  return count;
}

/** Σx² estimated from the bins, in float64: for tensors whose squares leave the range of float32. */
export function sumOfSquaresFromBins(bins: Uint32Array): number {
  let sum = 0;
  for (let e = firstExponent; e <= lastExponent; e++) {
    const count = magnitudeCount(bins, e);
    if (count > 0) sum += count * 4 ** (e - exponentBias) * MEAN_SQUARE_IN_BIN;
  }
  return sum;
}

/**
 * log₁₀ of the magnitude below which the given share of the ordinary (finite, non-zero) elements lies.
 * Exact to the bin, interpolated in the logarithm inside it. NaN when there is no ordinary element.
 */
export function log10Percentile(bins: Uint32Array, share: number): number {
  const total = countOfOrdinary(bins);
  if (total === 0) return Number.NaN;
  const wanted = share * total;
  let below = 0;
  for (let e = firstExponent; e <= lastExponent; e++) {
    const count = magnitudeCount(bins, e);
    if (count > 0 && below + count >= wanted) {
      return (e - exponentBias + (wanted - below) / count) * Math.log10(2);
    }
    below += count;
  }
  return (lastExponent - exponentBias + 1) * Math.log10(2);
}

/** Mean of log₁₀|x| over the ordinary elements, to half a bin (0.15). NaN when there is none. */
export function meanLog10(bins: Uint32Array): number {
  let count = 0;
  let sum = 0;
  for (let e = firstExponent; e <= lastExponent; e++) {
    const here = magnitudeCount(bins, e);
    count += here;
    sum += here * (e - exponentBias + 0.5);
  }
  return count === 0 ? Number.NaN : (sum / count) * Math.log10(2);
}
