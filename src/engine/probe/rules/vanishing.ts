/**
 * Vanishing gradients: the loss has not fallen, and the gradient that reaches the first hidden layer is a thousandth or
 * less of the one at the last, fading layer by layer, for a while. All four must hold: a converged net has small gradients
 * everywhere, a dead layer cuts the signal at one place, and a single odd batch proves nothing.
 */
import { fewestHiddenLayers, gradientRms, type HiddenLayer, hiddenLayers } from '../hidden-layers.ts';
import { updateRatio } from '../update-ratio.ts';
import { defineRule, type Evidence, type EvidenceNumber, type Verdict } from '../verdict.ts';
import { readable, readablePower } from '../words.ts';

const thresholds = {
  ratio: { title: 'log₁₀ of first to last gradient, at most', value: -3 },
  loss: { title: 'share of the loss at the start, at least', value: 0.9 },
  monotone: { title: 'share of layer pairs that fade towards the input, at least', value: 0.8 },
  captures: { title: 'captures in a row', value: 20 },
  recovery: { title: 'clear when log₁₀ of the ratio is above', value: -2.5 },
  update: { title: 'severe when update to weight is below', value: 1e-5 },
} as const;

type Values = Readonly<Record<keyof typeof thresholds, number>>;

interface VanishingState {
  /** Smoothed log₁₀ RMS of ∂L/∂a per hidden layer, nearest to the loss first. */
  readonly profile: readonly number[];
  /** Captures in a row that said the opposite of what is announced now, and the step where they began. */
  readonly held: number;
  readonly since: number;
  readonly raised: { readonly at: number; readonly from: number; readonly captures: number } | null;
  /** The last verdict, once it has passed. */
  readonly passed: Verdict | null;
}

const start: VanishingState = { profile: [], held: 0, since: 0, raised: null, passed: null };

/** Smoothing of the profile over captures: about the last ten count. */
const SMOOTHING = 2 / 11;
/** A gradient of nothing but zeros beside one above this is cut off, not faded: a dead layer, or a frozen one. */
const FADES_TO_ZERO_BELOW = 1e-30;
/** Stands for the logarithm of a gradient that has underflown: the smallest subnormal float32. */
const LOG10_OF_SMALLEST = -45;
/** An update below this part of a weight is lost in rounding to float32. */
const HALF_ULP = 2 ** -24;

export const vanishing = defineRule<VanishingState, keyof typeof thresholds>({
  id: 'vanishing',
  title: 'Gradients vanish',
  thresholds,
  start,
  judge(state, evidence, limits) {
    const { net, capture } = evidence;
    const layers = hiddenLayers(net);
    if (layers.length < fewestHiddenLayers) return { state, verdict: null };
    const measured = logProfile(evidence, layers);
    if (measured === null) return { state: { ...state, held: 0 }, verdict: state.passed };
    const profile = smooth(state.profile, measured);
    const ratio = profile.at(-1)! - profile[0]!;
    const stuck = evidence.loss.start > 0 && evidence.loss.now >= limits.loss * evidence.loss.start;
    const isBad = stuck && ratio < limits.ratio && shareOfFading(profile) >= limits.monotone;
    const isGood = !stuck || ratio > limits.recovery;

    const speaksAgainst = state.raised ? isGood : isBad;
    const held = speaksAgainst ? state.held + 1 : 0;
    const since = held === 1 ? capture.step : state.since;
    const turns = held >= limits.captures;
    const grown = state.raised && { ...state.raised, captures: state.raised.captures + 1 };
    if (state.raised && grown) {
      const verdict = describe(evidence, layers, profile, limits, grown);
      if (!turns) return { state: { ...state, profile, held, since, raised: grown }, verdict };
      const passed = { ...verdict, clearedAt: capture.step };
      return { state: { profile, held: 0, since, raised: null, passed }, verdict: passed };
    }
    if (!turns) return { state: { ...state, profile, held, since }, verdict: state.passed };
    const raised = { at: capture.step, from: since, captures: held };
    return {
      state: { profile, held: 0, since, raised, passed: null },
      verdict: describe(evidence, layers, profile, limits, raised),
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
  raised: { readonly at: number; readonly from: number; readonly captures: number },
): Verdict {
  const { net, capture, loss } = evidence;
  const begins = whereDecayBegins(profile);
  const culprit = layers[begins]!;
  const first = layers.at(-1)!;
  const last = layers[0]!;
  const ratio = profile.at(-1)! - profile[0]!;
  const update = updateRatio(net, capture);
  const isSevere =
    update !== null &&
    (update.ratio < HALF_ULP || (net.optimizer.family === 'plain' && update.ratio < limits.update));
  const lossShare = loss.now / loss.start;
  const numbers: EvidenceNumber[] = [
    number(`∂L/∂a at ${first.name} (first hidden)`, 10 ** profile.at(-1)!, readablePower(profile.at(-1)!)),
    number(`∂L/∂a at ${last.name} (last hidden)`, 10 ** profile[0]!, readablePower(profile[0]!)),
    number('first : last', 10 ** ratio, readablePower(ratio)),
    number('loss now : at the start', lossShare, `${readable(loss.now)} : ${readable(loss.start)}`),
    number('layer pairs that fade', shareOfFading(profile), percent(shareOfFading(profile))),
  ];
  if (update)
    numbers.push(
      number(
        `update : weight in ${update.name} (${net.optimizer.title})`,
        update.ratio,
        readable(update.ratio),
      ),
    );
  return {
    rule: 'vanishing',
    title: 'Gradients vanish',
    severity: isSevere ? 'severe' : 'warning',
    sentence:
      `\`${first.name}\` receives ${readablePower(ratio)} of the signal at the output; ` +
      `the decay begins at \`${culprit.name}\`; ${lossInWords(lossShare, loss.steps)}.`,
    culprit: { node: culprit.node, name: culprit.name },
    nodes: layers.slice(begins).map(({ node }) => node),
    numbers,
    because:
      `The RMS of ∂L/∂a at the first hidden layer is below ${readablePower(limits.ratio)} of that at the last, fading in at least ` +
      `${percent(limits.monotone)} of layer pairs, while the loss is at ${percent(limits.loss)} of its start or more, ` +
      `for ${limits.captures} captures in a row.`,
    thresholds: Object.fromEntries(
      Object.entries(thresholds).map(([name, { title }]) => [
        name,
        { title, value: limits[name as keyof Values] },
      ]),
    ),
    window: { from: raised.from, to: capture.step, captures: raised.captures },
    doubt:
      'It may be a false alarm while a warm-up keeps the learning rate small, when the early layers are frozen on ' +
      'purpose, or when the labels cannot be predicted from the inputs at all: then no net makes the loss fall.',
    fixes: ['relu-he', 'xavier'],
    raisedAt: raised.at,
    clearedAt: null,
  };
}

function lossInWords(share: number, steps: number): string {
  const after = `${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return share > 0.98 && share < 1.02
    ? `loss has not moved for ${after}`
    : `loss is still at ${percent(share)} of its start after ${after}`;
}

function number(label: string, value: number, text: string): EvidenceNumber {
  return { label, value, text };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
