/**
 * The numbers of one tensor at one capture, from the moments that the GPU summed. Sums run over the finite elements.
 * Where squares leave float32 (below 1e-15 or above 1e15), Σx² is taken from the exponent bins instead: a gradient of
 * 1e-20 has an RMS, though its square underflows.
 */
import { countOfAll, segmentBins, sumOfSquaresFromBins } from './bins.ts';
import { type MomentName, momentCount, momentNames, type ProbeCapture } from './types.ts';

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
}

/** Largest magnitudes between these have squares, and sums of 2²⁰ squares, well inside float32. */
const SQUARES_HOLD_FROM = 1e-15;
const SQUARES_HOLD_TO = 1e15;

/** One moment of a segment, as the GPU delivered it. */
export function momentOf(capture: ProbeCapture, segment: number, name: MomentName): number {
  return capture.moments[segment * momentCount + momentNames.indexOf(name)]!;
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
  };
}
