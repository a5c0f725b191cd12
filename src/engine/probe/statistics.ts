/**
 * The numbers of one tensor at one capture, from the moments that the GPU summed. Sums run over the finite elements.
 * Where squares leave float32 (below 1e-15 or above 1e15), Σx² is taken from the exponent bins instead: a gradient of
 * 1e-20 has an RMS, though its square underflows.
 */
import { countOfAll, segmentBins, sumOfSquaresFromBins } from './bins.ts';
import {
  type FoldedName,
  foldedCount,
  foldedNames,
  type MomentName,
  momentCount,
  momentNames,
  type ProbeCapture,
  type ProbeSegment,
} from './types.ts';

export interface TensorStatistics {
  /** Finite elements; zeros included. */
  readonly finite: number;
  readonly mean: number;
  /** Standard deviation of the population: divided by n, not n − 1. */
  readonly std: number;
  /** Root of the mean square. NaN when no element is finite. */
  readonly rms: number;
  /** Euclidean norm. */
  readonly norm: number;
  readonly meanMagnitude: number;
  readonly largestMagnitude: number;
  /** Shares of all elements, from 0 to 1. */
  readonly zeros: number;
  readonly nans: number;
  readonly infinities: number;
  /** Of a squashing activation: the share at its ends, where the slope is next to nothing. */
  readonly saturated: number;
}

/** Largest magnitudes between these have squares, and sums of 2²⁰ squares, well inside float32. */
const SQUARES_HOLD_FROM = 1e-15;
const SQUARES_HOLD_TO = 1e15;

/** One moment of a row of moments. */
export function momentAt(moments: Float32Array, row: number, name: MomentName): number {
  return moments[row * momentCount + momentNames.indexOf(name)]!;
}

/** One moment of a segment, as the GPU delivered it. */
export function momentOf(capture: ProbeCapture, segment: number, name: MomentName): number {
  return momentAt(capture.moments, segment, name);
}

/** What was folded over the captures up to this one; NaN where that does not apply. */
export function foldedOf(capture: ProbeCapture, segment: number, name: FoldedName): number {
  return capture.folded[segment * foldedCount + foldedNames.indexOf(name)]!;
}

/** ‖E g‖² : summed variance of a parameter's gradient at this batch size; NaN where not known. */
export function signalToNoise(capture: ProbeCapture, segment: number): number {
  return foldedOf(capture, segment, 'signal') / foldedOf(capture, segment, 'noise');
}

/**
 * The gradient noise scale tr Σ / ‖G‖² of McCandlish et al. 2018, in samples, over all parameters: with batches far below
 * it, steps are mostly noise; far above, samples are wasted. NaN while unknown, Infinity where no signal stands out.
 */
export function noiseScale(segments: readonly ProbeSegment[], capture: ProbeCapture, batch: number): number {
  let signal = 0;
  let noise = 0;
  segments.forEach(({ what }, i) => {
    if (what !== 'weightGradient') return;
    const [s, n] = [foldedOf(capture, i, 'signal'), foldedOf(capture, i, 'noise')];
    if (Number.isNaN(s)) return;
    signal += s;
    noise += n;
  });
  if (signal === 0 && noise === 0) return Number.NaN;
  return signal > 0 ? (batch * noise) / signal : Number.POSITIVE_INFINITY;
}

/** Root of a sum of squares, from a row of moments; where the squares underflow, the largest magnitude bounds it from below. */
export function normAt(moments: Float32Array, row: number): number {
  return Math.max(
    Math.sqrt(momentAt(moments, row, 'sumOfSquares')),
    momentAt(moments, row, 'largestMagnitude'),
  );
}

/**
 * Statistics of segment number `index` of a capture. Elements are counted in the capture itself: with another batch size a
 * run's later captures hold another number of them.
 */
export function statisticsOf(capture: ProbeCapture, index: number): TensorStatistics {
  const bins = segmentBins(capture.bins, index);
  const elements = countOfAll(bins);
  const moment = (name: MomentName): number => momentOf(capture, index, name);
  const infinite = moment('positiveInfinities') + moment('negativeInfinities');
  const finite = elements - moment('nans') - infinite;
  const largestMagnitude = moment('largestMagnitude');
  const squaresHold =
    largestMagnitude === 0 || (largestMagnitude >= SQUARES_HOLD_FROM && largestMagnitude <= SQUARES_HOLD_TO);
  const sumOfSquares = squaresHold ? moment('sumOfSquares') : sumOfSquaresFromBins(bins);
  const mean = moment('sum') / finite;
  const meanSquare = sumOfSquares / finite;
  return {
    finite,
    mean,
    std: Math.sqrt(Math.max(0, meanSquare - mean * mean)),
    rms: Math.sqrt(meanSquare),
    norm: Math.sqrt(sumOfSquares),
    meanMagnitude: moment('sumOfMagnitudes') / finite,
    largestMagnitude,
    zeros: moment('zeros') / elements,
    nans: moment('nans') / elements,
    infinities: infinite / elements,
    saturated: moment('saturated') / elements,
  };
}
