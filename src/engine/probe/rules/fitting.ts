/** Learning curves: a net that learns its samples by heart, and one that cannot learn them at all. */
import { recentFall } from '../loss-trend.ts';
import { defineRule, good, number, percent, unclear } from '../rule.ts';
import { noiseScale } from '../statistics.ts';
import { readable } from '../words.ts';

/** Below this share of its start, and of chance, a training loss has fallen. */
const learnt = 0.9;

export const overfitting = defineRule<null, 'rise' | 'gap' | 'evaluations'>({
  id: 'over-fitting',
  title: 'Over-fitting',
  thresholds: {
    rise: { title: 'validation loss by its lowest, above', value: 1.1 },
    gap: { title: 'training loss by validation loss, below', value: 0.7 },
    evaluations: { title: 'evaluations since the lowest, at least', value: 2 },
    captures: { title: 'captures in a row', value: 3 },
  },
  because: ({ rise, gap, evaluations }) =>
    `The validation loss has risen above ${readable(rise)} times its lowest, ${evaluations} evaluations ago or more, while the ` +
    `training loss is below ${readable(gap)} of it.`,
  doubt: 'A small validation part is noisy, and its loss may rise while its accuracy still grows.',
  atStart: false,
  memory: null,
  look(memory, { net, course, raised }, limits) {
    const { validation, loss } = course;
    if (validation.evaluations < 3 || raised.size > 0) return unclear(memory);
    // What has learnt nothing has learnt nothing by heart.
    if (loss.now > learnt * Math.min(loss.start, net.chanceLoss ?? loss.start)) return good(memory);
    const rise = validation.now / validation.lowest;
    const gap = loss.now / validation.now;
    const isBad = rise > limits.rise && gap < limits.gap && validation.since >= limits.evaluations;
    if (!isBad) return good(memory);
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

export const underfitting = defineRule<Gradient, 'loss' | 'moved' | 'signal' | 'slope' | 'steps'>({
  id: 'under-fitting',
  title: 'Under-fitting',
  thresholds: {
    loss: { title: 'loss as a share of its start, at least', value: 0.6 },
    moved: { title: 'and at most: what never moved is on a plateau', value: 0.97 },
    signal: { title: 'gradient’s signal to noise, at most', value: 0.08 },
    slope: { title: 'fall of the loss over 40 steps, as a share of its start, at most', value: 0.008 },
    steps: { title: 'steps trained, at least', value: 60 },
    captures: { title: 'captures in a row', value: 20 },
  },
  because: ({ loss, signal, captures }) =>
    `The loss has fallen, stands at ${percent(loss)} of its start or more and no longer falls, the gradients of single batches cancel out ` +
    `(their signal to noise is ${readable(signal)} or less: a minimum, not a plateau), and no other rule says why, for ` +
    `${captures} captures in a row.`,
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
    const isHigh = share >= limits.loss && share <= limits.moved;
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
