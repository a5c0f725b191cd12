/** Units that are all alike: the same weights and the same gradients, so that they stay alike and a layer is one unit wide. */
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { momentOf } from '../statistics.ts';
import type { ProbeCapture } from '../types.ts';
import type { Evidence } from '../verdict.ts';
import { readable } from '../words.ts';

export const symmetric = defineRule<null, 'spread'>({
  id: 'symmetric',
  title: 'Units are all alike',
  thresholds: {
    spread: { title: 'difference between units, as a part of their size, at most', value: 1e-5 },
    captures: { title: 'captures in a row', value: 3 },
  },
  because: ({ spread, captures }) =>
    `All units of a layer have the same weights and the same gradients (they differ by ${readable(spread)} of their size or less), ` +
    `for ${captures} captures in a row.`,
  doubt:
    'Units that share their inputs and outputs on purpose stay alike, too. Dropout would set them apart in time.',
  atStart: true,
  memory: null,
  look(memory, evidence, limits) {
    const layers = layersOf(evidence);
    if (layers.length === 0) return unclear(memory);
    const bad = layers
      .filter(({ weights, gradients }) => weights <= limits.spread && gradients <= limits.spread)
      .sort((a, b) => b.depth - a.depth);
    const [culprit] = bad;
    if (!culprit) return good(memory);
    return {
      memory,
      sign: 'bad',
      finding: {
        sentence: `All ${culprit.units} units of \`${culprit.name}\` are alike and get the same gradient: they will stay one unit.`,
        severity: 'severe',
        culprit,
        nodes: bad.map(({ node }) => node),
        numbers: bad.flatMap(({ name, weights, gradients }) => [
          number(`difference between the units of ${name}`, weights, percent(weights)),
          number(`difference between their gradients`, gradients, percent(gradients)),
        ]),
        fixes: ['random-start', 'he-start', 'xavier'],
      },
    };
  },
});

function layersOf({ net, capture }: Evidence) {
  return net.segments.flatMap(({ what, counted, node, name, tensor, depth, units }, i) => {
    if (what !== 'weight' || counted !== 'alike' || !isDense(net.layers[node]?.category)) return [];
    const gradient = net.segments.findIndex(
      (s) => s.what === 'weightGradient' && s.node === node && s.tensor === tensor,
    );
    if (gradient < 0) return [];
    return [{ node, name, depth, units, weights: spread(capture, i), gradients: spread(capture, gradient) }];
  });
}

const isDense = (category: string | undefined): boolean => category === 'basic' || category === 'convolution';

/** How far units are from the first, as a part of their size; 0 where there is nothing but zeros. */
function spread(capture: ProbeCapture, segment: number): number {
  const apart = momentOf(capture, segment, 'unitSpread');
  const size = momentOf(capture, segment, 'sumOfSquares');
  return apart === 0 ? 0 : Math.sqrt(apart / size);
}
