/**
 * How much one step changes a weight, as a part of the weight: RMS(Δw) / RMS(w), estimated from the gradient and the
 * optimiser. 10⁻³ is healthy; a plain optimiser under 10⁻⁵ stands still. Adam and its like divide by the gradient's own size,
 * so their ratio hides vanishing unless the gradient falls below their epsilon: rules name the optimiser that they assume.
 */
import { statisticsOf } from './statistics.ts';
import type { ProbeCapture } from './types.ts';
import type { NetFacts } from './verdict.ts';

export interface UpdateRatio {
  readonly node: string;
  readonly name: string;
  readonly ratio: number;
}

/** Of the weight farthest from the loss; null when no weight is probed, or it is all zeros. */
export function updateRatio(net: NetFacts, capture: ProbeCapture): UpdateRatio | null {
  const { segments, optimizer } = net;
  let farthest: number | null = null;
  segments.forEach(({ what, shape, depth }, i) => {
    const isWeight = what === 'weight' && shape.length >= 2;
    if (isWeight && (farthest === null || depth > segments[farthest]!.depth)) farthest = i;
  });
  if (farthest === null) return null;
  const weight = segments[farthest]!;
  const gradientIndex = segments.findIndex(
    ({ what, node, tensor }) => what === 'weightGradient' && node === weight.node && tensor === weight.tensor,
  );
  const gradient = segments[gradientIndex];
  const size = statisticsOf(capture, farthest).rms;
  if (!gradient || !(size > 0)) return null;
  const slope = statisticsOf(capture, gradientIndex).rms;
  const step =
    optimizer.family === 'plain'
      ? slope / (1 - optimizer.momentum) // momentum adds up a geometric series
      : slope / (slope + optimizer.epsilon);
  return { node: weight.node, name: weight.name, ratio: (optimizer.learningRate * step) / size };
}
