/** Saturated layers: sigmoids and tanhs whose outputs lie at the ends, where the slope is next to nothing. */
import { nearestWeights } from '../hidden-layers.ts';
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { statisticsOf } from '../statistics.ts';
import type { Evidence } from '../verdict.ts';
import { heavyWeights, weightSize } from '../weight-size.ts';
import { readable } from '../words.ts';

interface Memory {
  /** The largest share at the first capture: did it start so, or come to it? */
  readonly first: number | null;
}

export const saturated = defineRule<Memory, 'share' | 'loss'>({
  id: 'saturated',
  title: 'Saturated layer',
  thresholds: {
    share: { title: 'share of outputs at the ends, above', value: 0.3 },
    loss: { title: 'while the loss is at this share of its start, at least', value: 0.7 },
    captures: { title: 'captures in a row', value: 15 },
  },
  because: ({ share, loss, captures }) =>
    `More than ${percent(share)} of a hidden layer’s outputs were saturated (tanh beyond ±0.97, sigmoid below 0.03 or above ` +
    `0.97) while the loss stood at ${percent(loss)} of its start or more, for ${captures} captures in a row.`,
  doubt:
    'Units that decide clearly are saturated, and a net may learn with many of them: gates are often closed on purpose.',
  atStart: true,
  memory: { first: null },
  look(memory, evidence, limits) {
    const layers = layersOf(evidence);
    if (layers.length === 0) return unclear(memory);
    const worst = Math.max(...layers.map(({ share }) => share));
    const next = { first: memory.first ?? worst };
    const { loss } = evidence.course;
    const bad = layers.filter(({ share }) => share > limits.share).sort((a, b) => b.depth - a.depth);
    const [culprit] = bad;
    if (!culprit || loss.now < limits.loss * loss.start) return good(next);
    const weights = weightSize(evidence, culprit.depth + 1);
    return {
      memory: next,
      sign: 'bad',
      finding: {
        sentence: `${percent(culprit.share)} of the outputs of \`${culprit.name}\` lie where its slope is next to nothing${
          loss.steps < 2 ? '' : '; the loss does not fall'
        }.`,
        severity: culprit.share > 0.7 ? 'severe' : 'warning',
        culprit,
        nodes: bad.map(({ node }) => node),
        numbers: [
          ...layers.map(({ name, share }) => number(`saturated in ${name}`, share, percent(share))),
          ...(weights === null
            ? []
            : [number('weights before it, times √fan-in', weights, `${readable(weights)} (RMS)`)]),
        ],
        fixes: fixesFor(next.first > limits.share, weights),
      },
    };
  },
});

function fixesFor(fromTheStart: boolean, weights: number | null): readonly string[] {
  if (!fromTheStart) return ['lower-rate', 'layer-norm', 'xavier', 'relu-he'];
  return weights !== null && weights > heavyWeights
    ? ['xavier', 'layer-norm', 'relu-he', 'lower-rate']
    : ['standardise', 'layer-norm', 'xavier', 'relu-he'];
}

function layersOf({ net, capture }: Evidence) {
  const output = nearestWeights(net);
  return net.segments.flatMap(({ counted, node, name, depth }, i) =>
    counted === 'saturated' && depth > output
      ? [{ node, name, depth, share: statisticsOf(capture, i).saturated }]
      : [],
  );
}
