/**
 * How much one step changes each weight, as a part of it: log₁₀ of std(Δw) : std(w), a curve for each weight with at least
 * two axes. Biases and whatever does not vary (zeros at the start) are left out: their ratio says nothing.
 */
import { type ProbeCapture, type ProbeSegment, statisticsOf } from '../../engine/index.ts';
import { Curve } from './curve.ts';

export interface RatioCurve {
  /** `linear_1.weight`. */
  readonly name: string;
  readonly node: string;
  readonly depth: number;
  /** In powers of ten. */
  readonly curve: Curve;
  /** Places among the segments of a capture. */
  readonly weight: number;
  readonly update: number;
}

/** Points kept of each curve: a net may have many. */
const CAPACITY = 512;

/** The input's first. */
export function newRatios(segments: readonly ProbeSegment[]): readonly RatioCurve[] {
  return segments
    .flatMap(({ what, node, name, tensor, shape, depth }, update): RatioCurve[] => {
      if (what !== 'update' || shape.length < 2) return [];
      const weight = segments.findIndex(
        (other) => other.what === 'weight' && other.node === node && other.tensor === tensor,
      );
      const curve = new Curve(CAPACITY);
      return weight < 0 ? [] : [{ name: `${name}.${tensor}`, node, depth, curve, weight, update }];
    })
    .sort((a, b) => b.depth - a.depth);
}

export function addRatios(ratios: readonly RatioCurve[], capture: ProbeCapture): void {
  for (const { curve, weight, update } of ratios) {
    const ratio = statisticsOf(capture, update).std / statisticsOf(capture, weight).std;
    if (ratio > 0 && Number.isFinite(ratio)) curve.add(capture.step, Math.log10(ratio));
  }
}
