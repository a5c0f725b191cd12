/** Learning curves: a net that learns its samples by heart, and one that cannot learn them at all. */
import { fallToCome, recentFall } from '../loss-trend.ts';
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { noiseScale } from '../statistics.ts';
import type { NetFacts } from '../verdict.ts';
import { readable } from '../words.ts';

/** Below this share of its start, and of chance, a training loss has fallen. */
const learnt = 0.9;

/** Evaluations that were seen, how many of the last ones in a row looked over-fitted, and since which step. */
interface Evaluations {
  readonly seen: number;
  readonly bad: number;
  readonly since: number;
}

/** Evaluations may follow each other so closely that several in a row say no more than one. */
const leastSteps = 15;

export const overfitting = defineRule<Evaluations, 'rise' | 'least' | 'gap' | 'learning' | 'evaluations'>({
  id: 'over-fitting',
  title: 'Over-fitting',
  thresholds: {
    rise: { title: 'validation loss by its lowest, above', value: 1.1 },
    least: { title: 'and above it by this share of the loss of chance (or at the start)', value: 0.05 },
    gap: { title: 'training loss by validation loss, below', value: 0.7 },
    learning: { title: 'training loss by what it was at the lowest validation loss, below', value: 0.9 },
    evaluations: { title: 'evaluations in a row, at least', value: 3 },
    captures: { title: 'captures in a row', value: 1 },
  },
  because: ({ rise, least, gap, learning, evaluations }) =>
    `At ${evaluations} evaluations in a row the validation loss (a short average) was above ${readable(rise)} times its lowest, by ` +
    `${percent(least)} of the loss of an answer that knows nothing or more, while the training loss was below ${readable(gap)} of it and below ${readable(learning)} of what it had been then.`,
  doubt: 'A small validation part is noisy, and its loss may rise while its accuracy still grows.',
  atStart: false,
  memory: { seen: 0, bad: 0, since: 0 },
  look(before, { net, course, raised }, limits) {
    const { validation, loss } = course;
    if (validation.evaluations < 3 || raised.size > 0) return unclear(before);
    const rise = validation.average / validation.lowest;
    const scale = net.chanceLoss ?? net.constantLoss ?? loss.start;
    // What has learnt nothing has learnt nothing by heart.
    const hasLearnt = loss.now <= learnt * Math.min(loss.start, scale);
    const isBad =
      hasLearnt &&
      rise > limits.rise &&
      validation.average - validation.lowest > limits.least * scale &&
      loss.now < limits.gap * validation.average &&
      loss.now < limits.learning * validation.lossAtLowest;
    const isNew = validation.evaluations > before.seen;
    const bad = isBad ? before.bad + (isNew ? 1 : 0) : 0;
    const since = bad === 1 && isNew ? loss.steps : before.since;
    const memory = { seen: validation.evaluations, bad, since };
    // One better evaluation among worse ones does not end it.
    if (!isBad) return hasLearnt && rise > (1 + limits.rise) / 2 ? unclear(memory) : good(memory);
    if (bad < limits.evaluations || loss.steps - since < leastSteps) return unclear(memory);
    return {
      memory,
      sign: 'bad',
      finding: {
        sentence: `The validation loss was lowest at step ${validation.lowestStep} and has risen by ${percent(rise - 1)} since, while the training loss fell on.`,
        severity: rise > 2 ? 'severe' : 'warning',
        culprit: null,
        nodes: [],
        numbers: [
          number('training loss', loss.now),
          number(`training loss at step ${validation.lowestStep}`, validation.lossAtLowest),
          number('validation loss (average)', validation.average),
          number(`its lowest, at step ${validation.lowestStep}`, validation.lowest),
        ],
        fixes: ['early-stopping', 'dropout', 'weight-decay'],
      },
    };
  },
});

/** An average of the gradient's signal to noise, how much of it is known, and captures in a row that were at rest. */
interface Rest {
  readonly sum: number;
  readonly weight: number;
  readonly captures: number;
}

/** Captures that the average reaches back, about. */
const reach = 6;
/** What the thresholds are meant for: of smaller batches each says less, so less signal is rest, and more of them are averaged. */
const usualBatch = 32;
/** Before so many samples were seen, nothing is known, however many steps that took. */
const leastSamples = 640;
/** A loss of an answer that knows nothing has nothing to lose: there so many times the signal and the fall count as rest. */
const easier = { signal: 5, slope: 2 };

/** Early gradients all point one way, so their ratio is huge: above 1 it says no more. */
function averaged({ sum, weight }: Rest, measured: number, reach: number): Pick<Rest, 'sum' | 'weight'> {
  if (Number.isNaN(measured)) return { sum, weight };
  return {
    sum: sum + (Math.min(1, measured) - sum) / reach,
    weight: weight + (1 - weight) / reach,
  };
}

/** Whether one layer alone has weights: its loss is convex and has no plateaus, so where it rests is its minimum. */
function isOneLayer({ segments }: NetFacts): boolean {
  return new Set(segments.flatMap(({ what, node }) => (what === 'weight' ? node : []))).size === 1;
}

export const underfitting = defineRule<
  Rest,
  'loss' | 'chance' | 'moved' | 'signal' | 'slope' | 'steps' | 'rest'
>({
  id: 'under-fitting',
  title: 'Under-fitting',
  thresholds: {
    loss: { title: 'loss as a share of that of chance (or at the start), at least', value: 0.7 },
    chance: {
      title: `and where it is this or more, ${easier.signal} times the signal and ${easier.slope} times the fall are rest`,
      value: 0.95,
    },
    moved: { title: 'and at most: what never moved is on a plateau', value: 0.97 },
    signal: {
      title: `gradient’s signal to noise, at most (in batches of ${usualBatch} or more)`,
      value: 0.08,
    },
    slope: { title: 'fall of the loss over 40 steps, as a share of its start, at most', value: 0.01 },
    steps: { title: 'steps trained, at least', value: 40 },
    rest: { title: 'captures at rest before a net of several layers is judged', value: 150 },
    captures: { title: 'captures in a row', value: 5 },
  },
  because: ({ loss, moved, signal, rest, captures }) =>
    `The loss stands at ${percent(loss)} of that of an answer that knows nothing or more and no longer falls, the gradients of single ` +
    `batches cancel out (their signal to noise is ${readable(signal)} or less), and no other rule says why, for ${captures} captures in a ` +
    `row. Where more than one layer has weights, a plateau looks the same: there the loss must have fallen to ${percent(moved)} of its ` +
    `start, and have rested for ${rest} captures.`,
  doubt:
    'Where the labels cannot be told from the inputs, no net does better; and a plateau may look like a minimum for long.',
  atStart: false,
  memory: { sum: 0, weight: 0, captures: 0 },
  look(before, { net, capture, course, raised }, limits) {
    const { loss } = course;
    const small = Math.min(1, net.batch / usualBatch);
    const measured = net.batch / noiseScale(net.segments, capture, net.batch);
    const gradient = averaged(before, measured, reach / small);
    const isEarly = loss.steps < Math.max(limits.steps, leastSamples / net.batch);
    if (isEarly || gradient.weight === 0 || raised.size > 0) return unclear({ ...gradient, captures: 0 });
    const signal = gradient.sum / gradient.weight;
    const ignorance = net.chanceLoss ?? net.constantLoss;
    const isConvex = ignorance !== null && isOneLayer(net);
    const share = loss.now / (isConvex ? ignorance : loss.start);
    const isHigh = share >= limits.loss && (isConvex || share <= limits.moved);
    const fall = Math.abs(recentFall(loss, isConvex ? 20 : 40));
    const isUseless = isConvex && share >= limits.chance;
    const [most, steepest] = isUseless
      ? [easier.signal * limits.signal, easier.slope * limits.slope]
      : [limits.signal, limits.slope];
    // A bad start that is undone ends at what knows nothing: that fall is no learning.
    const isUndone = isUseless && loss.now - fallToCome(loss) >= limits.chance * ignorance;
    const isAtRest = isHigh && signal <= most * small && (fall <= steepest || isUndone);
    const memory = { ...gradient, captures: isAtRest ? before.captures + 1 : 0 };
    // Noise in the loss does not end it.
    if (!isAtRest) return isHigh && fall <= 3 * steepest ? unclear(memory) : good(memory);
    if (!isConvex && memory.captures < limits.rest) return unclear(memory);
    return {
      memory,
      sign: 'bad',
      finding: {
        sentence: `The loss has come to rest at ${percent(share)} of ${isConvex ? 'that of an answer that knows nothing' : 'its start'}: the net cannot express what there is to learn.`,
        severity: 'warning',
        culprit: null,
        nodes: [],
        numbers: [
          number(
            'loss now : at the start',
            loss.now / loss.start,
            `${readable(loss.now)} : ${readable(loss.start)}`,
          ),
          ...(ignorance === null ? [] : [number('loss of an answer that knows nothing', ignorance)]),
          number('signal to noise of the gradient', signal),
          ...(course.validation.evaluations > 0 ? [number('validation loss', course.validation.now)] : []),
        ],
        fixes: ['wider', 'raise-rate', 'adam'],
      },
    };
  },
});
