/**
 * How much of the gradient that arrives at a sum is left at the far end of each of its residual branches. The skip beside it
 * passes the whole of it on, so the layers before and after say nothing about the branch, and the branch nothing about them.
 */
import { collectLayers, gradientRms, type HiddenLayer } from './hidden-layers.ts';
import type { ProbeCapture } from './types.ts';
import type { NetFacts } from './verdict.ts';

export interface ResidualBranch {
  /** The sum that ends it, and its name. */
  readonly sum: HiddenLayer;
  /** Its activations, nearest to the sum first; where it has none, its layers with weights. */
  readonly layers: readonly HiddenLayer[];
}

export function residualBranches(net: NetFacts): readonly ResidualBranch[] {
  const sums = new Set(net.segments.flatMap(({ branch }) => branch ?? []));
  return [...sums].flatMap((sum) => {
    const [end] = collectLayers(net, ({ node }) => node === sum);
    const inside = collectLayers(
      net,
      ({ node, branch }) => branch === sum && net.layers[node]?.category === 'activation',
    );
    const layers =
      inside.length > 0
        ? inside
        : collectLayers(net, ({ node, branch }) => branch === sum && hasWeights(net, node));
    return end && layers.length > 0 ? [{ sum: end, layers }] : [];
  });
}

/** log₁₀ of ∂L/∂a at each layer of the branch by that at its sum; null where one of them is exactly 0: a branch that starts at nothing. */
export function fadeInBranch(
  capture: ProbeCapture,
  { sum, layers }: ResidualBranch,
): readonly number[] | null {
  const arrives = gradientRms(capture, sum);
  const strengths = layers.map((layer) => gradientRms(capture, layer));
  if (![arrives, ...strengths].every((rms) => rms > 0 && Number.isFinite(rms))) return null;
  return strengths.map((rms) => Math.log10(rms / arrives));
}

function hasWeights({ segments }: NetFacts, id: string): boolean {
  return segments.some(
    ({ what, node, shape }) => what === 'weightGradient' && node === id && shape.length >= 2,
  );
}
