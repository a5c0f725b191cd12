/** Learning curves: a net that learns its samples by heart, and one that cannot learn them at all. */
import { recentFall } from '../loss-trend.ts';
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { noiseScale } from '../statistics.ts';
import type { NetFacts } from '../verdict.ts';
import { readable } from '../words.ts';

/** Below this share of its start, and of chance, a training loss has fallen. */
const learnt = 0.9;

/** Evaluations that were seen, and how many of the last ones in a row looked over-fitted. */
interface Evaluations {
  readonly seen: number;
  readonly bad: number;
}

export const overfitting = defineRule<Evaluations, 'rise' | 'gap' | 'learning' | 'evaluations'>({
  id: 'over-fitting',
  title: 'Over-fitting',
  thresholds: {
    rise: { title: 'validation loss by its lowest, above', value: 1.1 },
    gap: { title: 'training loss by validation loss, below', value: 0.7 },
    learning: { title: 'training loss by what it was at the lowest validation loss, below', value: 0.9 },
    evaluations: { title: 'evaluations in a row, at least', value: 3 },
    captures: { title: 'captures in a row', value: 1 },
  },
  because: ({ rise, gap, learning, evaluations }) =>
    `At ${evaluations} evaluations in a row the validation loss was above ${readable(rise)} times its lowest, while the ` +
    `training loss was below ${readable(gap)} of it and below ${readable(learning)} of what it had been then.`,
  doubt: 'A small validation part is noisy, and its loss may rise while its accuracy still grows.',
  atStart: false,
  memory: { seen: 0, bad: 0 },
  look(before, { net, course, raised }, limits) {
    const { validation, loss } = course;
    if (validation.evaluations < 3 || raised.size > 0) return unclear(before);
    const rise = validation.now / validation.lowest;
    // What has learnt nothing has learnt nothing by heart.
    const hasLearnt = loss.now <= learnt * Math.min(loss.start, net.chanceLoss ?? loss.start);
    const isBad =
      hasLearnt &&
      rise > limits.rise &&
      loss.now < limits.gap * validation.now &&
      loss.now < limits.learning * validation.lossAtLowest;
    const isNew = validation.evaluations > before.seen;
    const bad = isBad ? before.bad + (isNew ? 1 : 0) : 0;
    const memory = { seen: validation.evaluations, bad };
    // One better evaluation among worse ones does not end it.
    if (!isBad) return hasLearnt && rise > (1 + limits.rise) / 2 ? unclear(memory) : good(memory);
    if (bad < limits.evaluations) return unclear(memory);
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
          number('validation loss', validation.now),
          number(`its lowest, at step ${validation.lowestStep}`, validation.lowest),
        ],
        fixes: ['early-stopping', 'dropout', 'weight-decay'],
      },
    };
  },
});

/** A long average of the gradient's signal to noise, and of how much of it is known: a capture reaches back ten only. */
interface Gradient {
  readonly sum: number;
  readonly weight: number;
}

/** Captures that the long average reaches back, about. */
const longMemory = 20;

function averaged({ sum, weight }: Gradient, measured: number): Gradient {
  if (Number.isNaN(measured)) return { sum, weight };
  return { sum: sum + (measured - sum) / longMemory, weight: weight + (1 - weight) / longMemory };
}

/** Whether one layer alone has weights: its loss is convex and has no plateaus, so where it rests is its minimum. */
function isOneLayer({ segments }: NetFacts): boolean {
  return new Set(segments.flatMap(({ what, node }) => (what === 'weight' ? node : []))).size === 1;
}

export const underfitting = defineRule<Gradient, 'loss' | 'moved' | 'signal' | 'slope' | 'steps'>({
  id: 'under-fitting',
  title: 'Under-fitting',
  thresholds: {
    loss: { title: 'loss as a share of its start, at least', value: 0.6 },
    moved: { title: 'and at most: what never moved is on a plateau', value: 0.97 },
    signal: { title: 'gradient’s signal to noise, at most', value: 0.08 },
    slope: { title: 'fall of the loss over 40 steps, as a share of its start, at most', value: 0.008 },
    steps: { title: 'steps trained, at least', value: 40 },
    captures: { title: 'captures in a row', value: 8 },
  },
  because: ({ loss, moved, signal, captures }) =>
    `The loss stands at ${percent(loss)} of its start or more and no longer falls, the gradients of single batches cancel out ` +
    `(their signal to noise is ${readable(signal)} or less), and no other rule says why, for ${captures} captures in a row. Where ` +
    `more than one layer has weights, the loss must have fallen to ${percent(moved)} of its start or less: what never moved may be on a plateau.`,
  doubt:
    'Where the labels cannot be told from the inputs, no net does better; and a plateau may look like a minimum for long.',
  atStart: false,
  memory: { sum: 0, weight: 0 },
  look(before, { net, capture, course, raised }, limits) {
    const { loss } = course;
    const memory = averaged(before, net.batch / noiseScale(net.segments, capture, net.batch));
    if (loss.steps < limits.steps || memory.weight === 0 || raised.size > 0) return unclear(memory);
    const signal = memory.sum / memory.weight;
    const share = loss.now / loss.start;
    const isHigh = share >= limits.loss && (share <= limits.moved || isOneLayer(net));
    const isBad = isHigh && signal <= limits.signal && Math.abs(recentFall(loss)) <= limits.slope;
    if (!isBad) return good(memory);
    return {
      memory,
      sign: 'bad',
      finding: {
        sentence: `The loss has come to rest at ${percent(share)} of its start: the net cannot express what there is to learn.`,
        severity: 'warning',
        culprit: null,
        nodes: [],
        numbers: [
          number('loss now : at the start', share, `${readable(loss.now)} : ${readable(loss.start)}`),
          number('signal to noise of the gradient', signal),
          ...(course.validation.evaluations > 0 ? [number('validation loss', course.validation.now)] : []),
        ],
        fixes: ['wider', 'raise-rate', 'adam'],
      },
    };
  },
});
