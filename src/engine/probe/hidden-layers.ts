/**
 * The hidden layers of a net in order from the loss, each with the tensor whose gradient stands for it. They are the
 * outputs of activations that lie between the first and the last layer with weights; where a net has fewer than three of
 * these (a deep linear net), the outputs of the layers with weights themselves, without the last.
 */
import { statisticsOf } from './statistics.ts';
import type { ProbeCapture } from './types.ts';
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
  const withWeights = new Set(weighted.map(({ node }) => node));
  const isBetween = (depth: number): boolean => depth > nearest && depth < farthest;
  const activations = collect(
    net,
    (node, depth) => net.layers[node]?.category === 'activation' && isBetween(depth),
  );
  if (activations.length >= fewestHiddenLayers) return activations;
  return collect(net, (node, depth) => withWeights.has(node) && depth > nearest);
}

/** Distance from the loss of the weights nearest to it: those of the output. */
export function nearestWeights(net: NetFacts): number {
  const depths = net.segments.flatMap(({ what, shape, depth }) =>
    what === 'weight' && shape.length >= 2 ? [depth] : [],
  );
  return depths.length === 0 ? 0 : Math.min(...depths);
}

/** One layer per depth. */
function collect(net: NetFacts, belongs: (node: string, depth: number) => boolean): readonly HiddenLayer[] {
  const byDepth = new Map<number, HiddenLayer>();
  net.segments.forEach(({ what, node, name, depth }, index) => {
    if (what !== 'gradient' || !belongs(node, depth)) return;
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
