/**
 * Exploding gradients: they grow from layer to layer, or back through time, or the norm of them all leaps, while the loss does
 * not fall. A leap alone is not ill: a net that leaves a plateau has one.
 */
import type { Course } from '../course.ts';
import { gradientRms, type HiddenLayer, hiddenLayers } from '../hidden-layers.ts';
import { lossShare } from '../loss-trend.ts';
import { defineRule, type Finding, good, number, unclear } from '../rule.ts';
import type { Evidence, EvidenceNumber } from '../verdict.ts';
import { readable, readablePower } from '../words.ts';
import { timeTracks } from './through-time.ts';

export const exploding = defineRule<null, 'ratio' | 'leap' | 'loss' | 'chance'>({
  id: 'exploding',
  title: 'Gradients explode',
  thresholds: {
    ratio: { title: 'first to last gradient, above', value: 70 },
    leap: { title: 'or the global norm grew within 50 steps by a factor of', value: 10 },
    loss: { title: 'while the loss is at this share of its start, at least', value: 0.95 },
    chance: { title: 'or at this many times the loss of chance', value: 2 },
    // A norm in each of many layers makes gradients grow in the very first steps of a net that then learns.
    captures: { title: 'captures in a row', value: 8 },
  },
  because: ({ ratio, leap, loss, chance, captures }) =>
    `The RMS of ∂L/∂a at the first hidden layer (or ‖∂L/∂h‖ at the first time step) was more than ${readable(ratio)} times that ` +
    `at the last, or the global norm grew by a factor of ${readable(leap)} within 50 steps, while the loss stood at ` +
    `${readable(loss)} of its start or more, or at ${readable(chance)} times that of an answer that knows nothing, for ` +
    `${captures} captures in a row; or a number was no longer finite.`,
  doubt:
    'Large gradients in early layers do no harm where the optimiser scales each by its own size and the loss falls; a single ' +
    'odd batch makes the norm leap, too.',
  atStart: true,
  atFailure: true,
  memory: null,
  look(memory, evidence, limits) {
    const { loss } = evidence.course;
    const { chanceLoss } = evidence.net;
    if (loss.start === 0) return unclear(memory);
    const finding = growth(evidence, limits.ratio) ?? leapOf(evidence, limits.leap);
    // Where gradients explode, the first loss is so large that it may fall for long and still be that of a useless net.
    const isUseless = chanceLoss !== null && loss.now >= limits.chance * chanceLoss;
    if (!finding || (lossShare(loss) < limits.loss && !isUseless)) return good(memory);
    return { memory, sign: 'bad', finding };
  },
});

const worse = 1.2;
const fixes = ['clip', 'xavier', 'lower-rate', 'batch-norm', 'standardise'] as const;

/** The gradient grows towards the input, or towards the start of a sequence. */
function growth(evidence: Evidence, limit: number): Finding | null {
  const layers = hiddenLayers(evidence.net);
  const strengths = layers.map((layer) => gradientRms(evidence.capture, layer));
  const ratio = (strengths.at(-1) ?? 0) / (strengths[0] ?? Number.NaN);
  if (layers.length >= 2 && ratio > limit) return describeGrowth(layers, strengths, ratio);
  for (const { track, norms } of timeTracks(evidence)) {
    const last = norms.at(-1) ?? 0;
    const first = norms[0] ?? 0;
    if (!(last > 0) || !(first / last > limit)) continue;
    return {
      sentence: `The gradient grows ${readable(first / last)}-fold on its way back through the ${norms.length} time steps of \`${track.name}\`.`,
      severity: 'severe',
      culprit: track,
      nodes: [track.node],
      numbers: [
        number('‖∂L/∂h‖ at the first step', first),
        number('‖∂L/∂h‖ at the last step', last),
        number('first : last', first / last),
      ],
      fixes: ['clip', 'lstm', 'lower-rate'],
    };
  }
  return null;
}

function describeGrowth(
  layers: readonly HiddenLayer[],
  strengths: readonly number[],
  ratio: number,
): Finding {
  const average = Math.log(ratio) / (layers.length - 1);
  const begins = strengths.findIndex((s, i) => Math.log((strengths[i + 1] ?? s) / s) >= average / 2);
  const culprit = layers[Math.max(0, begins)]!;
  const [last, first] = [layers[0]!, layers.at(-1)!];
  return {
    sentence: `The gradient grows ${readable(ratio)}-fold from \`${last.name}\` back to \`${first.name}\`; it begins at \`${culprit.name}\`.`,
    severity: ratio > 1e4 ? 'severe' : 'warning',
    culprit,
    nodes: layers.slice(Math.max(0, begins)).map(({ node }) => node),
    numbers: [
      number(`∂L/∂a at ${first.name} (first hidden)`, strengths.at(-1)!),
      number(`∂L/∂a at ${last.name} (last hidden)`, strengths[0]!),
      number('first : last', ratio),
    ],
    fixes: ['xavier', 'batch-norm', 'clip', 'lower-rate'],
  };
}

/** The norm of all gradients, and what it has leapt from, whether it has or not; empty where none is known. */
export function normNumbers({ norms }: Pick<Course, 'norms'>): readonly EvidenceNumber[] {
  const now = norms.at(-1);
  if (now === undefined) return [];
  const least = Math.min(...norms);
  return [
    number('global gradient norm now', 10 ** now, readablePower(now)),
    number('its least of late', 10 ** least, readablePower(least)),
  ];
}

/** The norm of all gradients has leapt. */
function leapOf({ net, capture, course }: Evidence, limit: number): Finding | null {
  const { norms } = course;
  const now = norms.at(-1);
  const least = Math.min(...norms);
  if (now === undefined || norms.length < 5 || now - least < Math.log10(limit)) return null;
  // At a minimum the norm goes up and down by itself: a leap is one to where the loss is worse than ever before.
  if (lossShare(course.loss) < worse) return null;
  // The layer whose weights get the largest gradient.
  const layers = hiddenLayers(net);
  const strongest = layers.reduce<HiddenLayer | null>(
    (best, layer) => (!best || gradientRms(capture, layer) > gradientRms(capture, best) ? layer : best),
    null,
  );
  return {
    sentence: `The norm of all gradients has grown ${readablePower(now - least)}-fold within ${norms.length} steps, and the loss does not fall.`,
    severity: 'severe',
    culprit: strongest && { node: strongest.node, name: strongest.name },
    nodes: strongest ? [strongest.node] : [],
    numbers: normNumbers(course),
    fixes: ['lower-rate', ...fixes.filter((fix) => fix !== 'lower-rate')],
  };
}
