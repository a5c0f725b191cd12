/**
 * Learning rates: by how much a step changes the weights, beside what the loss does. Ratios are measured, so momentum, Adam's
 * scaling and schedules are in them. A converged net makes small updates, too: the loss must stand where it began.
 */
import { lossShare } from '../loss-trend.ts';
import { defineRule, type Finding, good, number, percent, unclear } from '../rule.ts';
import { type UpdateRatio, updateRatios } from '../update-ratio.ts';
import type { Evidence } from '../verdict.ts';
import { readable, readablePower } from '../words.ts';

/** Troubles that keep a loss from falling whatever the learning rate is. */
const others = ['symmetric', 'dead', 'saturated', 'vanishing', 'through-time'];

/** Captures in a row in which most layers hardly moved, and the loss neither. */
interface Slow {
  readonly captures: number;
}

export const rateTooSmall = defineRule<Slow, 'ratio' | 'median' | 'patience' | 'loss'>({
  id: 'rate-too-small',
  title: 'Learning rate is too small',
  thresholds: {
    ratio: { title: 'log₁₀ of update to weight in every layer, below', value: -4 },
    median: { title: 'or in the median layer, below', value: -4.3 },
    patience: { title: 'the latter for so many captures in a row', value: 60 },
    loss: { title: 'while the loss is at this share of its start, at least', value: 0.95 },
    captures: { title: 'captures in a row', value: 20 },
  },
  because: ({ ratio, median, patience, loss, captures }) =>
    `In every layer that a gradient reaches, a step changed the weights by less than ${readablePower(ratio)} of their size (or in ` +
    `half of them by less than ${readablePower(median)}, for ${patience} captures), while the loss stood at ${readable(loss)} of its start ` +
    `or more, for ${captures} captures in a row.`,
  doubt:
    'During a warm-up the rate is small on purpose; where there is nothing to learn, the loss stays whatever the rate.',
  atStart: false,
  memory: { captures: 0 },
  look(before, evidence, limits) {
    const { course, net, raised } = evidence;
    const ratios = moved(evidence);
    if (ratios.length === 0 || course.rateRises || others.some((rule) => raised.has(rule)))
      return unclear({ captures: 0 });
    const logs = ratios.map(({ ratio }) => Math.log10(ratio)).sort((a, b) => a - b);
    const largest = logs.at(-1)!;
    const median = logs[Math.floor((logs.length - 1) / 2)]!;
    const stands = course.loss.now >= limits.loss * course.loss.start;
    const memory = { captures: stands && median < limits.median ? before.captures + 1 : 0 };
    const isEvery = largest < limits.ratio;
    if (!stands || !(isEvery || median < limits.median)) return good(memory);
    if (!isEvery && memory.captures < limits.patience) return unclear(memory);
    const most = isEvery ? largest : median;
    return {
      memory,
      sign: 'bad',
      finding: {
        ...culpritOf(ratios),
        sentence: `No step changes ${isEvery ? 'any layer' : 'half of the layers'} by more than ${readablePower(most)} of ${isEvery ? 'its' : 'their'} weights; the loss has not moved for ${course.loss.steps} steps.`,
        severity: most < -6 ? 'severe' : 'warning',
        numbers: numbersOf(evidence, ratios),
        fixes: [rateFix(net.optimizer.learningRate, -2.7 - most), 'raise-rate', 'adam'],
      },
    };
  },
});

interface Peak {
  /** The largest median ratio so far, as a logarithm, and when. */
  readonly log10: number;
}

export const rateTooLarge = defineRule<Peak, 'ratio' | 'peak' | 'loss'>({
  id: 'rate-too-large',
  title: 'Learning rate is too large',
  thresholds: {
    ratio: { title: 'log₁₀ of update to weight, median over layers, above', value: -2 },
    peak: { title: 'and its largest so far, above', value: -0.7 },
    loss: { title: 'while the loss is at this share of its start, at least', value: 0.97 },
    captures: { title: 'captures in a row', value: 12 },
  },
  because: ({ ratio, peak, loss, captures }) =>
    `Steps changed the weights by more than ${readablePower(ratio)} of their size and the loss was thrown about, or one changed ` +
    `them by more than ${readablePower(peak)}, while the loss stood at ${readable(loss)} of its start or more, for ` +
    `${captures} captures in a row.`,
  doubt: 'Early steps of weights that start small change them by much; then the loss soon falls.',
  atStart: false,
  atFailure: true,
  memory: { log10: Number.NEGATIVE_INFINITY },
  look(memory, evidence, limits) {
    const { course, net } = evidence;
    const ratios = moved(evidence);
    if (hasNoScale(net)) return unclear(memory);
    if (ratios.length === 0 && memory.log10 === Number.NEGATIVE_INFINITY) return unclear(memory);
    const logs = ratios.map(({ ratio }) => Math.log10(ratio)).sort((a, b) => a - b);
    const median = logs[Math.floor(logs.length / 2)] ?? Number.NEGATIVE_INFINITY;
    const { loss } = course;
    // Weights that start at nothing change by much at first, too: only a step that made the loss worse counts.
    const threw = loss.last > thrownAbove * Math.min(loss.start, loss.first);
    const peak = { log10: threw ? Math.max(memory.log10, median) : memory.log10 };
    const stands = lossShare(loss) >= limits.loss;
    const isThrown =
      median > limits.ratio && loss.wobble > roughness * loss.start && loss.now >= limits.loss * loss.start;
    if (!stands || !(isThrown || peak.log10 > limits.peak)) return good(peak);
    const worst = Math.max(peak.log10, median);
    return {
      memory: peak,
      sign: 'bad',
      finding: {
        ...culpritOf(ratios),
        sentence: `A step changed half of the layers by ${shareInWords(worst)} the size of their weights or more; the loss is at ${readable(loss.now)}, no lower than at the start.`,
        severity: loss.now > 2 * loss.start ? 'severe' : 'warning',
        numbers: [
          ...numbersOf(evidence, ratios),
          number('largest median ratio so far', 10 ** worst, readablePower(worst)),
          number('the loss moves from step to step by', loss.wobble),
        ],
        fixes: [rateFix(net.optimizer.learningRate, -2.3 - worst), 'lower-rate', 'clip'],
      },
    };
  },
});

/** 44 %, or 1.2·10⁵ times. */
function shareInWords(log10: number): string {
  return log10 < 1 ? `${percent(10 ** log10)} of` : `${readablePower(log10)} times`;
}

/** Rosenblatt’s rule: steps of another size make weights of another size, and the same answers. */
function hasNoScale({ layers }: Evidence['net']): boolean {
  return Object.values(layers).some(({ kind }) => kind === 'perceptron');
}

/** A loss that moves from one step to the next by this share of its start is thrown about, not noisy. */
const roughness = 0.25;
/** A loss above this share of its start was made worse by a step. */
const thrownAbove = 1.3;

/** Weights that a gradient reaches and that moved: frozen layers and dead ones say nothing of the rate. */
function moved({ net, capture }: Evidence): UpdateRatio[] {
  return updateRatios(net.segments, capture).filter(({ ratio, hasGradient }) => hasGradient && ratio > 0);
}

/** The layer that moves most, as the one to look at. */
function culpritOf(ratios: readonly UpdateRatio[]): Pick<Finding, 'culprit' | 'nodes'> {
  const most = [...ratios].sort((a, b) => b.ratio - a.ratio)[0];
  return {
    culprit: most ? { node: most.node, name: most.name } : null,
    nodes: ratios.map(({ node }) => node),
  };
}

function numbersOf({ net, course }: Evidence, ratios: readonly UpdateRatio[]) {
  return [
    ...ratios.map(({ name, ratio }) => number(`update : weight in ${name} (${net.optimizer.title})`, ratio)),
    number('learning rate', course.rate ?? net.optimizer.learningRate),
    number(
      'loss now : at the start',
      course.loss.now / course.loss.start,
      `${readable(course.loss.now)} : ${readable(course.loss.start)}`,
    ),
  ];
}

/** The learning rate times 10^`log10`, to one digit. */
function rateFix(rate: number, log10: number): string {
  return `learning-rate=${Number((rate * 10 ** log10).toPrecision(1))}`;
}
