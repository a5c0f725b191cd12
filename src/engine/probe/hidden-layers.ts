/**
 * The hidden layers of a net in order from the loss, each with the tensor whose gradient stands for it. They are the
 * outputs of activations that lie between the first and the last layer with weights, and outside of residual branches; where
 * a net has fewer than three of these (a deep linear net, one of skips), the outputs of sums and of layers with weights.
 */
import { statisticsOf } from './statistics.ts';
import type { ProbeCapture, ProbeSegment } from './types.ts';
import type { NetFacts } from './verdict.ts';

export interface HiddenLayer {
  readonly node: string;
  readonly name: string;
  readonly kind: string;
  readonly depth: number;
  /** Segments of ∂L/∂a that stand at this depth: several where branches run side by side. */
  readonly gradients: readonly number[];
}

/** Fewer layers cannot show a trend. */
export const fewestHiddenLayers = 3;

export function hiddenLayers(net: NetFacts): readonly HiddenLayer[] {
  const weighted = net.segments.filter(({ what, shape }) => what === 'weightGradient' && shape.length >= 2);
  const depths = weighted.map(({ depth }) => depth);
  const nearest = Math.min(...depths);
  const farthest = Math.max(...depths);
  const activations = collectLayers(
    net,
    ({ node, depth, branch }) =>
      branch === null && net.layers[node]?.category === 'activation' && depth > nearest && depth < farthest,
  );
  if (activations.length >= fewestHiddenLayers) return activations;
  const withWeights = new Set(weighted.map(({ node }) => node));
  const sums = new Set(net.segments.map(({ branch }) => branch));
  return collectLayers(
    net,
    ({ node, depth, branch }) =>
      branch === null && (withWeights.has(node) || sums.has(node)) && depth > nearest,
  );
}

/** Distance from the loss of the weights nearest to it: those of the output. */
export function nearestWeights(net: NetFacts): number {
  const depths = net.segments.flatMap(({ what, shape, depth }) =>
    what === 'weight' && shape.length >= 2 ? [depth] : [],
  );
  return depths.length === 0 ? 0 : Math.min(...depths);
}

/** Nodes whose gradient is looked at, as layers in order from the loss: one for each depth. */
export function collectLayers(
  net: NetFacts,
  belongs: (segment: ProbeSegment) => boolean,
): readonly HiddenLayer[] {
  const byDepth = new Map<number, HiddenLayer>();
  net.segments.forEach((segment, index) => {
    const { what, node, name, depth } = segment;
    if (what !== 'gradient' || !belongs(segment)) return;
    const layer = byDepth.get(depth);
    const kind = net.layers[node]?.kind ?? '';
    byDepth.set(
      depth,
      layer
        ? { ...layer, gradients: [...layer.gradients, index] }
        : { node, name, kind, depth, gradients: [index] },
    );
  });
  return [...byDepth.values()].sort((a, b) => a.depth - b.depth);
}

/** RMS of ∂L/∂a at a layer: of the strongest branch, since one open way is enough for the signal. */
export function gradientRms(capture: ProbeCapture, layer: HiddenLayer): number {
  return Math.max(...layer.gradients.map((i) => statisticsOf(capture, i).rms));
}
