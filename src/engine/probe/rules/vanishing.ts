/**
 * Vanishing gradients: the loss has not fallen, and the gradient that reaches the first hidden layer is a thousandth or
 * less of the one at the last, fading layer by layer, for a while. All four must hold: a converged net has small gradients
 * everywhere, a dead layer cuts the signal at one place, and a single odd batch proves nothing.
 */
import { fewestHiddenLayers, gradientRms, type HiddenLayer, hiddenLayers } from '../hidden-layers.ts';
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
} as const;

type Values = Readonly<Record<keyof typeof thresholds, number>>;

interface Memory {
  /** Smoothed log₁₀ RMS of ∂L/∂a per hidden layer, nearest to the loss first. */
  readonly profile: readonly number[];
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
    `for ${captures} captures in a row.`,
  doubt:
    'It may be a false alarm while a warm-up keeps the learning rate small, when the early layers are frozen on ' +
    'purpose, or when the labels cannot be predicted from the inputs at all: then no net makes the loss fall.',
  atStart: true,
  memory: { profile: [] },
  look(memory, evidence, limits) {
    const layers = hiddenLayers(evidence.net);
    // Units that are all alike cancel each other's gradients: that is another trouble.
    if (layers.length < fewestHiddenLayers || evidence.raised.has('symmetric')) return unclear(memory);
    const measured = logProfile(evidence, layers);
    if (measured === null) return unclear(memory);
    const profile = smooth(memory.profile, measured);
    const ratio = profile.at(-1)! - profile[0]!;
    const { loss } = evidence.course;
    const stuck = loss.start > 0 && loss.now >= limits.loss * loss.start;
    const isBad = stuck && ratio < limits.ratio && shareOfFading(profile) >= limits.monotone;
    const isGood = !stuck || ratio > limits.recovery;
    return {
      memory: { profile },
      sign: isBad ? 'bad' : isGood ? 'good' : 'unclear',
      finding: describe(evidence, layers, profile, limits),
    };
  },
});

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
  const lossShare = loss.now / loss.start;
  const numbers: EvidenceNumber[] = [
    number(`∂L/∂a at ${first.name} (first hidden)`, 10 ** profile.at(-1)!, readablePower(profile.at(-1)!)),
    number(`∂L/∂a at ${last.name} (last hidden)`, 10 ** profile[0]!, readablePower(profile[0]!)),
    number('first : last', 10 ** ratio, readablePower(ratio)),
    number('loss now : at the start', lossShare, `${readable(loss.now)} : ${readable(loss.start)}`),
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
      `the decay begins at \`${culprit.name}\`; ${lossInWords(lossShare, loss.steps)}.`,
    culprit: { node: culprit.node, name: culprit.name },
    nodes: layers.slice(begins).map(({ node }) => node),
    numbers,
    fixes: fixesFor(layers),
  };
}

/** ReLU does not squash; where layers do not squash either, their weights start too small. */
function fixesFor(layers: readonly HiddenLayer[]): readonly string[] {
  const kinds = new Set(layers.map(({ kind }) => kind));
  const rest = ['batch-norm', 'layer-norm', 'residual', 'selu'];
  if (kinds.has('sigmoid')) return ['relu-he', 'xavier', ...rest];
  if (kinds.has('tanh')) return ['xavier', 'relu-he', ...rest];
  return ['he-start', 'xavier', ...rest];
}

function lossInWords(share: number, steps: number): string {
  const after = `${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return share > 0.98 && share < 1.02
    ? `loss has not moved for ${after}`
    : `loss is still at ${percent(share)} of its start after ${after}`;
}
