/**
 * The depth profile: how strong the gradient still is at each layer, in order of distance from the loss. It is the
 * definition of vanishing and exploding gradients in one line of points.
 */
import { log10Percentile, segmentBins } from './bins.ts';
import { statisticsOf } from './statistics.ts';
import type { ProbeCapture, ProbeSegment } from './types.ts';

/** Magnitudes of one tensor in powers of ten. NaN where nothing is finite and non-zero. */
export interface MagnitudeBand {
  /** log₁₀ of the root mean square over all finite elements, zeros included. */
  readonly rms: number;
  /** log₁₀ of the 10th and 90th percentile of |x| over the finite, non-zero elements. */
  readonly low: number;
  readonly high: number;
  /** Share of exact zeros, 0…1. */
  readonly zeros: number;
}

export interface ProfilePoint {
  readonly node: string;
  readonly name: string;
  /** Steps from the loss. */
  readonly depth: number;
  /** Whether it lies in a residual branch, beside a skip that passes the whole gradient on. */
  readonly inBranch: boolean;
  /** ∂L/∂a of the node's (first) output. */
  readonly gradient: MagnitudeBand | null;
  /** ∂L/∂w of its weight; biases are left out, their scale says little. */
  readonly weightGradient: MagnitudeBand | null;
}

export function magnitudeBand(capture: ProbeCapture, index: number): MagnitudeBand {
  const bins = segmentBins(capture.bins, index);
  const { rms, zeros } = statisticsOf(capture, index);
  return {
    rms: rms > 0 ? Math.log10(rms) : Number.NaN,
    low: log10Percentile(bins, 0.1),
    high: log10Percentile(bins, 0.9),
    zeros,
  };
}

/** One point per node that has a gradient, nearest to the loss first. */
export function depthProfile(
  segments: readonly ProbeSegment[],
  capture: ProbeCapture,
): readonly ProfilePoint[] {
  const points = new Map<string, ProfilePoint>();
  segments.forEach((segment, index) => {
    const { node, name, depth, branch } = segment;
    const inBranch = branch !== null;
    const point = points.get(node) ?? { node, name, depth, inBranch, gradient: null, weightGradient: null };
    if (segment.what === 'gradient' && point.gradient === null) {
      points.set(node, { ...point, gradient: magnitudeBand(capture, index) });
    } else if (isMatrixGradient(segment) && point.weightGradient === null) {
      points.set(node, { ...point, weightGradient: magnitudeBand(capture, index) });
    }
  });
  return [...points.values()].sort((a, b) => a.depth - b.depth);
}

function isMatrixGradient(segment: ProbeSegment): boolean {
  return segment.what === 'weightGradient' && segment.shape.length >= 2;
}
