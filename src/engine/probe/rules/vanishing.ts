/**
 * Vanishing gradients: the loss has not fallen, and the gradient that reaches the first hidden layer is a thousandth or
 * less of the one at the last, fading layer by layer, for a while. All four must hold: a converged net has small gradients
 * everywhere, a dead layer cuts the signal at one place, and a single odd batch proves nothing. Residual branches are
 * judged apart: the skip hides what they lose.
 */
import { fewestHiddenLayers, gradientRms, type HiddenLayer, hiddenLayers } from '../hidden-layers.ts';
import type { LossTrend } from '../loss-trend.ts';
import { fadeInBranch, type ResidualBranch, residualBranches } from '../residual-branches.ts';
import { defineRule, type Finding, number, percent, unclear } from '../rule.ts';
import { updateRatios } from '../update-ratio.ts';
import type { Evidence, EvidenceNumber } from '../verdict.ts';
import { readable, readablePower } from '../words.ts';

const thresholds = {
  ratio: { title: 'log₁₀ of first to last gradient, at most', value: -3 },
  loss: { title: 'share of the loss at the start, at least', value: 0.9 },
  monotone: { title: 'share of layer pairs that fade towards the input, at least', value: 0.8 },
  captures: { title: 'captures in a row', value: 20 },
  recovery: { title: 'clear when log₁₀ of the ratio is above', value: -2.5 },
  update: { title: 'severe when update to weight is below (plain optimisers)', value: 1e-5 },
  signal: {
    title: 'severe when the first layer’s signal to noise is below (Adam and its like)',
    value: 0.01,
  },
  narrow: { title: 'no start alone where hidden layers’ 1/width add up to more than', value: 1 },
} as const;

type Values = Readonly<Record<keyof typeof thresholds, number>>;

interface Memory {
  /** Smoothed log₁₀ RMS of ∂L/∂a per hidden layer, nearest to the loss first. */
  readonly profile: readonly number[];
  /** Smoothed log₁₀ of what is left at the far end of each residual branch, by its sum. */
  readonly branches: Readonly<Record<string, number>>;
}

/** Smoothing of the profile over captures: about the last ten count. */
const SMOOTHING = 2 / 11;
/** A gradient of nothing but zeros beside one above this is cut off, not faded: a dead layer, or a frozen one. */
const FADES_TO_ZERO_BELOW = 1e-30;
/** Stands for the logarithm of a gradient that has underflown: the smallest subnormal float32. */
const LOG10_OF_SMALLEST = -45;
/** An update below this part of a weight is lost in rounding to float32. */
const HALF_ULP = 2 ** -24;

export const vanishing = defineRule<Memory, Exclude<keyof typeof thresholds, 'captures'>>({
  id: 'vanishing',
  title: 'Gradients vanish',
  thresholds,
  because: ({ ratio, monotone, loss, captures }) =>
    `The RMS of ∂L/∂a at the first hidden layer is below ${readablePower(ratio)} of that at the last, fading in at least ` +
    `${percent(monotone)} of layer pairs, while the loss is at ${percent(loss)} of its start or more, ` +
    `for ${captures} captures in a row. Residual branches are measured apart from their skips: more than half of them keep less.`,
  doubt:
    'It may be a false alarm while a warm-up keeps the learning rate small, when the early layers are frozen on ' +
    'purpose, or when the labels cannot be predicted from the inputs at all: then no net makes the loss fall.',
  atStart: true,
  memory: { profile: [], branches: {} },
  look(memory, evidence, limits) {
    // Units that are all alike cancel each other's gradients: that is another trouble.
    if (evidence.raised.has('symmetric')) return unclear(memory);
    const { loss } = evidence.course;
    const stuck = loss.start > 0 && loss.now >= limits.loss * loss.start;
    const trunk = lookAtTrunk(memory.profile, evidence, limits);
    const branches = lookAtBranches(memory.branches, evidence, limits);
    const next = { profile: trunk?.profile ?? memory.profile, branches: branches?.left ?? memory.branches };
    const known = [trunk, branches].filter((part) => part !== null);
    const bad = known.find(({ isBad }) => isBad);
    const isGood = !stuck || known.every((part) => part.isGood);
    return {
      memory: next,
      sign: known.length === 0 ? 'unclear' : stuck && bad ? 'bad' : isGood ? 'good' : 'unclear',
      finding: (bad ?? known[0])?.finding ?? null,
    };
  },
});

/** What one way through the net says: whether the gradient fades on it, and whether it surely does not. */
interface Part {
  readonly isBad: boolean;
  readonly isGood: boolean;
  readonly finding: Finding | null;
}

/** The layers that no skip leads past. */
function lookAtTrunk(
  before: Memory['profile'],
  evidence: Evidence,
  limits: Values,
): (Part & Pick<Memory, 'profile'>) | null {
  const layers = hiddenLayers(evidence.net);
  if (layers.length < fewestHiddenLayers) return null;
  const measured = logProfile(evidence, layers);
  if (measured === null) return null;
  const profile = smooth(before, measured);
  const ratio = profile.at(-1)! - profile[0]!;
  return {
    profile,
    isBad: ratio < limits.ratio && shareOfFading(profile) >= limits.monotone,
    isGood: ratio > limits.recovery,
    finding: describe(evidence, layers, profile, limits),
  };
}

/** Residual branches, each for itself: bad where most of them lose the gradient that the skips pass on. */
function lookAtBranches(
  before: Memory['branches'],
  evidence: Evidence,
  limits: Values,
): (Part & { readonly left: Memory['branches'] }) | null {
  const measured = residualBranches(evidence.net).flatMap((branch) => {
    const fade = fadeInBranch(evidence.capture, branch);
    if (!fade) return [];
    const [now] = smooth([before[branch.sum.node] ?? fade.at(-1)!], [fade.at(-1)!]);
    return [{ branch, fade, left: now! }];
  });
  if (measured.length === 0) return null;
  const faded = measured.filter(({ left }) => left < limits.ratio);
  const [worst] = [...faded].sort((a, b) => a.branch.sum.depth - b.branch.sum.depth);
  return {
    left: Object.fromEntries(measured.map(({ branch, left }) => [branch.sum.node, left])),
    isBad: 2 * faded.length > measured.length,
    isGood: 2 * measured.filter(({ left }) => left < limits.recovery).length <= measured.length,
    finding: worst
      ? describeBranch(
          evidence,
          worst,
          faded.flatMap(({ branch }) => branch.layers),
          measured.length,
        )
      : null,
  };
}

function describeBranch(
  { course: { loss } }: Evidence,
  {
    branch,
    fade,
    left,
  }: { readonly branch: ResidualBranch; readonly fade: readonly number[]; readonly left: number },
  layers: readonly HiddenLayer[],
  count: number,
): Finding {
  const culprit = branch.layers[whereDecayBegins([0, ...fade])]!;
  const others = new Set(layers.map(({ depth }) => depth)).size;
  return {
    severity: 'warning',
    sentence:
      `The residual branch that ends in \`${branch.sum.name}\` keeps ${readablePower(left)} of the gradient at its sum; the decay ` +
      `begins at \`${culprit.name}\`; only the skips carry it${lossInWords(loss)}.`,
    culprit: { node: culprit.node, name: culprit.name },
    nodes: layers.map(({ node }) => node),
    numbers: [
      number('left of the gradient in this branch', 10 ** left, readablePower(left)),
      number('branches that are measured', count),
      number('layers in branches that fade', others),
      ...lossNumbers(loss),
    ],
    fixes: fixesFor(layers, false),
  };
}

/** log₁₀ RMS per layer; null when it says nothing about fading: not finite, all zero, or cut off at one place. */
function logProfile({ capture }: Evidence, layers: readonly HiddenLayer[]): number[] | null {
  const strengths = layers.map((layer) => gradientRms(capture, layer));
  if (!strengths.every(Number.isFinite) || strengths[0] === 0) return null;
  const isCut = strengths.some((rms, i) => rms === 0 && (strengths[i - 1] ?? 0) > FADES_TO_ZERO_BELOW);
  if (isCut) return null;
  return strengths.map((rms) => Math.max(LOG10_OF_SMALLEST, Math.log10(rms)));
}

function smooth(before: readonly number[], measured: readonly number[]): readonly number[] {
  if (before.length !== measured.length) return measured;
  return measured.map((value, i) => before[i]! + SMOOTHING * (value - before[i]!));
}

/** Of all pairs of layers, the share in which the one farther from the loss has the weaker gradient. */
function shareOfFading(profile: readonly number[]): number {
  let fading = 0;
  for (let near = 0; near < profile.length; near++) {
    for (let far = near + 1; far < profile.length; far++) if (profile[far]! <= profile[near]!) fading++;
  }
  return (2 * fading) / (profile.length * (profile.length - 1));
}

/** The layer nearest to the loss behind which the gradient falls by at least half of the average fall per layer. */
function whereDecayBegins(profile: readonly number[]): number {
  const averageFall = (profile[0]! - profile.at(-1)!) / (profile.length - 1);
  const begins = profile.findIndex((value, i) => value - (profile[i + 1] ?? value) >= averageFall / 2);
  return Math.max(0, begins);
}

function describe(
  evidence: Evidence,
  layers: readonly HiddenLayer[],
  profile: readonly number[],
  limits: Values,
): Finding {
  const { net, capture, course } = evidence;
  const { loss } = course;
  const begins = whereDecayBegins(profile);
  const culprit = layers[begins]!;
  const first = layers.at(-1)!;
  const last = layers[0]!;
  const ratio = profile.at(-1)! - profile[0]!;
  // Of the weight farthest from the loss.
  const update = updateRatios(net.segments, capture).at(-1);
  const standsStill =
    update !== undefined &&
    (update.ratio < HALF_ULP ||
      (net.optimizer.family === 'plain' && update.ratio < limits.update) ||
      (net.optimizer.family === 'scaled' && update.signalToNoise < limits.signal));
  const numbers: EvidenceNumber[] = [
    number(`∂L/∂a at ${first.name} (first hidden)`, 10 ** profile.at(-1)!, readablePower(profile.at(-1)!)),
    number(`∂L/∂a at ${last.name} (last hidden)`, 10 ** profile[0]!, readablePower(profile[0]!)),
    number('first : last', 10 ** ratio, readablePower(ratio)),
    ...lossNumbers(loss),
    number('layer pairs that fade', shareOfFading(profile), percent(shareOfFading(profile))),
  ];
  if (update) {
    numbers.push(number(`update : weight in ${update.name} (${net.optimizer.title})`, update.ratio));
    if (!Number.isNaN(update.signalToNoise))
      numbers.push(number(`signal : noise of its gradient`, update.signalToNoise));
  }
  return {
    severity: standsStill ? 'severe' : 'warning',
    sentence:
      `\`${first.name}\` receives ${readablePower(ratio)} of the signal at the output; ` +
      `the decay begins at \`${culprit.name}\`${lossInWords(loss)}.`,
    culprit: { node: culprit.node, name: culprit.name },
    nodes: layers.slice(begins).map(({ node }) => node),
    numbers,
    fixes: fixesFor(layers, narrowness(net, layers) > limits.narrow),
  };
}

/** Centred at 0 with slope 1 there, or not: the latter squash whatever the weights are. */
const centred = ['tanh', 'softsign', 'hardTanh'];
const offCentre = ['sigmoid', 'hardSigmoid'];

/**
 * Hanin 2018: through random layers, the gradient’s size varies from draw to draw by exp(Σ 1/width), however well they are started.
 */
function narrowness({ segments }: Evidence['net'], layers: readonly HiddenLayer[]): number {
  return layers.reduce((sum, { gradients: [first = -1] }) => {
    const segment = segments[first];
    if (!segment) return sum;
    const [batch = 1, ...rest] = segment.shape;
    return sum + (rest.length === 0 ? 1 : batch) / segment.elements;
  }, 0);
}

/**
 * ReLU does not squash; where layers do not squash either, their weights start too small. Where layers are too many for their
 * width, a way past them comes first.
 */
function fixesFor(layers: readonly HiddenLayer[], narrow: boolean): readonly string[] {
  const has = (kinds: readonly string[]): boolean => layers.some(({ kind }) => kinds.includes(kind));
  const norms = ['batch-norm', 'layer-norm'];
  const starts = has(offCentre)
    ? ['relu-he', 'xavier']
    : has(centred)
      ? ['xavier', 'relu-he']
      : ['he-start', 'xavier'];
  return narrow ? ['residual', ...starts, ...norms, 'selu'] : [...starts, ...norms, 'residual', 'selu'];
}

function lossNumbers(loss: LossTrend): EvidenceNumber[] {
  if (loss.steps < 2) return [];
  return [
    number(
      'loss now : at the start',
      loss.now / loss.start,
      `${readable(loss.now)} : ${readable(loss.start)}`,
    ),
  ];
}

/** What the loss has done so far; nothing of the first mini-batch, whose loss could not have moved. */
function lossInWords(loss: LossTrend): string {
  if (loss.steps < 2) return '';
  const share = loss.now / loss.start;
  return share > 0.98 && share < 1.02
    ? `; loss has not moved for ${loss.steps} steps`
    : `; loss is still at ${percent(share)} of its start after ${loss.steps} steps`;
}
