/** Dead rectifiers: units that gave nothing above 0 for a whole window of samples. No gradient reaches them, so they stay so. */
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { foldedOf, statisticsOf } from '../statistics.ts';
import type { Evidence } from '../verdict.ts';

interface Memory {
  /** Share of zeros that each rectifier gave at the first capture: were its units born dead, or did they die? */
  readonly born: Readonly<Record<string, number>> | null;
}

/** Units that are born dead give zeros from the first capture on: there are then hardly fewer zeros than dead units. */
const slack = 0.05;

interface Layer {
  readonly node: string;
  readonly name: string;
  /** Which rectifier inside the node; null where it is the node itself. */
  readonly inside: string | null;
  readonly depth: number;
  /** NaN before the first window is over. */
  readonly share: number;
  /** Share of zeros in this capture. */
  readonly zeros: number;
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
  memory: { born: null },
  look(before, evidence, limits) {
    const all = layersOf(evidence);
    const born = before.born ?? Object.fromEntries(all.map(({ node, zeros }) => [node, zeros]));
    const memory = { born };
    const layers = all.filter(({ share }) => !Number.isNaN(share));
    // Weights that are all 0 give nothing but zeros: that they are alike says why.
    if (layers.length === 0 || evidence.raised.has('symmetric')) return unclear(memory);
    const bad = layers.filter(({ share }) => share > limits.share).sort((a, b) => b.depth - a.depth);
    const [culprit] = bad;
    if (!culprit) return good(memory);
    return {
      memory,
      sign: 'bad',
      finding: {
        sentence: `${percent(culprit.share)} of the units of \`${culprit.name}\`${
          culprit.inside ? ` (${culprit.inside})` : ''
        } were never active${
          bad.length > 1 ? `, and ${bad.length - 1} more layers are like it` : ''
        }; no gradient reaches them.`,
        severity: culprit.share > 0.9 ? 'severe' : 'warning',
        culprit: { node: culprit.node, name: culprit.name },
        nodes: bad.map(({ node }) => node),
        numbers: layers.map(({ name, inside, share }) =>
          number(`dead units in ${inside ? `${name} (${inside})` : name}`, share, percent(share)),
        ),
        fixes:
          (born[culprit.node] ?? 0) > culprit.share - slack
            ? ['he-start', 'leaky-relu', 'batch-norm', 'lower-rate']
            : ['lower-rate', 'leaky-relu', 'he-start', 'batch-norm'],
      },
    };
  },
});

function layersOf({ net, capture }: Evidence): Layer[] {
  return net.segments.flatMap(({ counted, node, name, tensor, depth }, i) => {
    if (counted !== 'dead') return [];
    const known = foldedOf(capture, i, 'deadUnits');
    // A layer of nothing but zeros needs no window.
    const { zeros } = statisticsOf(capture, i);
    const share = Number.isNaN(known) && zeros === 1 ? 1 : known;
    const inside = net.layers[node]?.category === 'activation' ? null : tensor;
    return [{ node, name, inside, depth, share, zeros }];
  });
}
