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
  /**
   * `activation` and `gradient` (∂L/∂activation) belong to an output port; the others to a parameter: its value after the
   * step, ∂L/∂parameter, and by how much the step changed it.
   */
  readonly what: 'activation' | 'gradient' | 'weight' | 'weightGradient' | 'update';
  /** The output port, or the parameter (`weight`, `bias`). */
  readonly tensor: string;
  readonly shape: readonly number[];
  /** Number of elements that each capture covers. */
  readonly elements: number;
  /** Steps from the loss backwards: 0 for the node nearest to the loss. */
  readonly depth: number;
  /** The sum that ends the residual branch which the node lies in; null where no skip leads past it. */
  readonly branch: string | null;
  /**
   * What is counted besides: units of a rectifier that were never above 0, elements at the ends of a squashing activation,
   * or how far the units of a weight (or of its gradient) are from being all alike.
   */
  readonly counted: 'dead' | 'saturated' | 'alike' | null;
  /** Units that the tensor holds, where units are counted; else 0. */
  readonly units: number;
}

/** Numbers along an axis inside a layer: one for each time step, or for each attention head. */
export interface ProbeTrack {
  readonly node: string;
  readonly name: string;
  /**
   * `timeGradient`: ‖∂L/∂h‖ of each hidden state, in the order in which they are computed. `headEntropy`: mean entropy of
   * the rows of a head's weights, in nats, at most ln(keys). `headGradient`: ‖∂L/∂(what the head gives)‖.
   */
  readonly what: 'timeGradient' | 'headEntropy' | 'headGradient';
  /** Which of the layer's: `l0`, `l1_reverse`, `self_attn`. */
  readonly tensor: string;
  readonly depth: number;
  /** Where its numbers stand in `ProbeCapture.tracks`. */
  readonly first: number;
  readonly length: number;
  /** Rows of the batch that each number is a mean over; 1 for norms. */
  readonly rows: number;
  /** The largest possible number, where there is one. */
  readonly most: number | null;
}

/** What is folded over the captures of a run so far, for each segment; NaN where it does not apply or is not known yet. */
export const foldedNames = [
  /** Share of units that were never above 0 over the last whole window. */
  'deadUnits',
  /** Moving averages of Σ g·g′ and ½ Σ (g − g′)² over gradients of neighbouring steps: ‖mean‖² and summed variance. */
  'signal',
  'noise',
] as const;
export type FoldedName = (typeof foldedNames)[number];
export const foldedCount = foldedNames.length;

/** One look at all segments, taken after the step with this number (0 is the first step). */
export interface ProbeCapture {
  readonly step: number;
  /** segments × binCount. */
  readonly bins: Uint32Array;
  /** segments × momentCount, in the order of `momentNames`; float32 sums made in a tree on the GPU. */
  readonly moments: Float32Array;
  /** segments × foldedCount, in the order of `foldedNames`. */
  readonly folded: Float32Array;
  /** The numbers of all tracks, one after the other. */
  readonly tracks: Float32Array;
}
