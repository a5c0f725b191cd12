/**
 * How much one step changed a weight, as a part of the weight: std(Δw) / std(w), both measured. 10⁻³ is healthy; a plain
 * optimiser under 10⁻⁵ stands still. Adam and its like divide by the gradient's own size, so their ratio hides vanishing:
 * rules name the optimiser that they assume. Vectors (biases) and weights of nothing but zeros are left out.
 */
import { signalToNoise, statisticsOf } from './statistics.ts';
import type { ProbeCapture, ProbeSegment } from './types.ts';

export interface UpdateRatio {
  readonly node: string;
  readonly name: string;
  readonly tensor: string;
  readonly depth: number;
  readonly ratio: number;
  /** Whether a gradient reaches the weight at all. */
  readonly hasGradient: boolean;
  /** ‖mean gradient‖² : summed variance; NaN while unknown. */
  readonly signalToNoise: number;
}

/** Of every weight matrix, nearest to the loss first. */
export function updateRatios(segments: readonly ProbeSegment[], capture: ProbeCapture): UpdateRatio[] {
  const found: UpdateRatio[] = [];
  segments.forEach(({ what, node, name, tensor, shape, depth }, i) => {
    if (what !== 'weight' || shape.length < 2) return;
    const at = (kind: ProbeSegment['what']): number =>
      segments.findIndex((s) => s.what === kind && s.node === node && s.tensor === tensor);
    const [update, gradient] = [at('update'), at('weightGradient')];
    if (update < 0 || gradient < 0) return;
    const size = spreadOf(capture, i);
    if (!(size > 0)) return;
    found.push({
      node,
      name,
      tensor,
      depth,
      ratio: spreadOf(capture, update) / size,
      hasGradient: statisticsOf(capture, gradient).largestMagnitude > 0,
      signalToNoise: signalToNoise(capture, gradient),
    });
  });
  return found.sort((a, b) => a.depth - b.depth);
}

/** std; RMS where all elements are (nearly) one number, whose std is rounding. */
function spreadOf(capture: ProbeCapture, index: number): number {
  const { std, rms } = statisticsOf(capture, index);
  return std > 1e-3 * rms ? std : rms;
}
