/**
 * What a probe sees: for every probed tensor a histogram whose bin is the float's own sign and exponent, and moments.
 * No range is adapted and nothing is clipped, so captures of any tensor, step and run compare and add up.
 */

export { binCount, type MomentName, momentCount, momentNames } from '../ir/capture.ts';

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
