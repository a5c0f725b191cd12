/** Dead rectifiers: units that gave nothing above 0 for a whole window of samples. No gradient reaches them, so they stay so. */
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { foldedOf, statisticsOf } from '../statistics.ts';
import type { Evidence } from '../verdict.ts';

interface Memory {
  /** The largest share of dead units when first measured: were they born dead, or did they die? */
  readonly first: number | null;
}

interface Layer {
  readonly node: string;
  readonly name: string;
  readonly depth: number;
  /** NaN before the first window is over. */
  readonly share: number;
}

export const dead = defineRule<Memory, 'share'>({
  id: 'dead',
  title: 'Dead ReLU layer',
  thresholds: {
    share: { title: 'share of units never active, above', value: 0.5 },
    captures: { title: 'captures in a row', value: 5 },
  },
  because: ({ share, captures }) =>
    `More than ${percent(share)} of a layer’s units were never above 0 over a window of an epoch or 4096 samples, ` +
    `for ${captures} captures in a row.`,
  doubt:
    'Half of the zeros of a ReLU are normal, and units that fire for rare samples only may look dead in a short window. ' +
    'A net that solves its task with a few units is not ill.',
  atStart: true,
  memory: { first: null },
  look(memory, evidence, limits) {
    const layers = layersOf(evidence).filter(({ share }) => !Number.isNaN(share));
    if (layers.length === 0) return unclear(memory);
    const worst = Math.max(...layers.map(({ share }) => share));
    const next = { first: memory.first ?? worst };
    const bad = layers.filter(({ share }) => share > limits.share).sort((a, b) => b.depth - a.depth);
    const [culprit] = bad;
    if (!culprit) return good(next);
    const bornDead = next.first > limits.share;
    return {
      memory: next,
      sign: 'bad',
      finding: {
        sentence: `${percent(culprit.share)} of the units of \`${culprit.name}\` were never active${
          bad.length > 1 ? `, and ${bad.length - 1} more layers are like it` : ''
        }; no gradient reaches them.`,
        severity: culprit.share > 0.9 ? 'severe' : 'warning',
        culprit,
        nodes: bad.map(({ node }) => node),
        numbers: layers.map(({ name, share }) => number(`dead units in ${name}`, share, percent(share))),
        fixes: bornDead
          ? ['he-start', 'leaky-relu', 'batch-norm', 'lower-rate']
          : ['lower-rate', 'leaky-relu', 'he-start', 'batch-norm'],
      },
    };
  },
});

function layersOf({ net, capture }: Evidence): Layer[] {
  return net.segments.flatMap(({ counted, node, name, depth }, i) => {
    if (counted !== 'dead') return [];
    const known = foldedOf(capture, i, 'deadUnits');
    // A layer of nothing but zeros needs no window.
    const share = Number.isNaN(known) && statisticsOf(capture, i).zeros === 1 ? 1 : known;
    return [{ node, name, depth, share }];
  });
}
