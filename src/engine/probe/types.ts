/**
 * What a probe sees: for every probed tensor a histogram whose bin is the float's own sign and exponent, and moments.
 * No range is adapted and nothing is clipped, so captures of any tensor, step and run compare and add up.
 */

/** sign (1 bit) · exponent (8 bits): bins 0…255 are positive, 256…511 negative; `bin = bitcast<u32>(x) >> 23`. */
export const binCount = 512;

/** Exponent 0 holds zeros (and subnormals where the device flushes them); exponent 255 holds Inf and NaN. */
export const momentNames = [
  'sum',
  'sumOfSquares',
  'sumOfMagnitudes',
  'largestMagnitude',
  'zeros',
  'nans',
  'positiveInfinities',
  'negativeInfinities',
] as const;
export type MomentName = (typeof momentNames)[number];
export const momentCount = momentNames.length;

/** Which tensor a segment of a capture describes. */
export interface ProbeSegment {
  /** The node's id in the document, and its name. */
  readonly node: string;
  readonly name: string;
  /** `activation` and `gradient` (∂L/∂activation) belong to an output port; the others to a parameter. */
  readonly what: 'activation' | 'gradient' | 'weight' | 'weightGradient';
  /** The output port, or the parameter (`weight`, `bias`). */
  readonly tensor: string;
  readonly shape: readonly number[];
  /** Number of elements that each capture covers. */
  readonly elements: number;
  /** Steps from the loss backwards: 0 for the node nearest to the loss. */
  readonly depth: number;
}

/** One look at all segments, taken after the step with this number (0 is the first step). */
export interface ProbeCapture {
  readonly step: number;
  /** segments × binCount. */
  readonly bins: Uint32Array;
  /** segments × momentCount, in the order of `momentNames`; float32 sums made in a tree on the GPU. */
  readonly moments: Float32Array;
}
