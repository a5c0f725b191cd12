/** How large weights are for what they take in: RMS(w) · √fan-in, about 1 for the usual starts whatever the layer’s width. */
import { statisticsOf } from './statistics.ts';
import type { ProbeSegment } from './types.ts';
import type { Evidence } from './verdict.ts';

/** Weights above this are what makes the numbers behind them large, not what comes in. */
export const heavyWeights = 2.5;

/** Of the weights at a distance from the loss, before the step (at least: its update may have pointed any way); null where there are none. */
export function weightSize(
  { net, capture }: Pick<Evidence, 'net' | 'capture'>,
  depth: number,
): number | null {
  const isMatrix = (s: ProbeSegment): boolean => s.shape.length >= 2 && s.depth === depth;
  const at = net.segments.findIndex((s) => s.what === 'weight' && isMatrix(s));
  const update = net.segments.findIndex((s) => s.what === 'update' && isMatrix(s));
  const segment = net.segments[at];
  if (!segment) return null;
  const fanIn = segment.elements / (segment.shape[0] ?? 1);
  const moved = update < 0 ? 0 : statisticsOf(capture, update).rms;
  return Math.max(0, statisticsOf(capture, at).rms - moved) * Math.sqrt(fanIn);
}

/**
 * The same of the net as it was made, from its first capture: the median over its layers with weights. Where the first step was so
 * large that nothing is left of what the weights were before it, what they made of the signal says it: by how much it grew
 * from each layer to the next.
 */
export function startingSize({ net, capture }: Pick<Evidence, 'net' | 'capture'>): number | null {
  const weighted = net.segments.filter((s) => s.what === 'weight' && s.shape.length >= 2);
  const depths = [...new Set(weighted.map(({ depth }) => depth))].sort((a, b) => b - a);
  const sizes = depths.flatMap((depth) => weightSize({ net, capture }, depth) ?? []);
  const outputs = depths.flatMap((depth) => {
    const at = net.segments.findIndex((s) => s.what === 'activation' && s.depth === depth);
    return at < 0 ? [] : statisticsOf(capture, at).rms;
  });
  const growth = outputs.slice(1).flatMap((rms, i) => (outputs[i]! > 0 ? rms / outputs[i]! : []));
  const found = [median(sizes), median(growth)].filter(Number.isFinite);
  return found.length === 0 ? null : Math.max(...found);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
