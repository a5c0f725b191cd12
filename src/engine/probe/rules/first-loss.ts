/** The loss of the net as it was made: for K balanced classes it should be near ln K, that of an answer that knows nothing. */
import { nearestWeights } from '../hidden-layers.ts';
import { defineRule, type Finding, good, number, unclear } from '../rule.ts';
import { statisticsOf } from '../statistics.ts';
import type { Evidence } from '../verdict.ts';
import { heavyWeights, weightSize } from '../weight-size.ts';
import { readable } from '../words.ts';

/** Standardised inputs and usual weights give outputs of about 1; where usual weights give more than this, the inputs are large. */
const largeOutput = 5;

interface Start {
  /** The loss has been better than chance since. */
  readonly isOver: boolean;
}

export const firstLoss = defineRule<Start, 'high' | 'low'>({
  id: 'first-loss',
  title: 'First loss is off',
  thresholds: {
    high: { title: 'loss at step 0 by that of chance, above', value: 2 },
    low: { title: 'or below', value: 0.5 },
    captures: { title: 'captures in a row', value: 1 },
  },
  because: ({ high, low }) =>
    `The loss at step 0 was more than ${readable(high)} times, or less than ${readable(low)} of, that of an answer that knows ` +
    'nothing (ln K for K classes).',
  doubt:
    'Where the weights were loaded, or most samples are of one class, the first loss says little. A good optimiser repairs ' +
    'a bad start in its first steps.',
  atStart: true,
  memory: { isOver: false },
  look(before, evidence, limits) {
    const { net, course } = evidence;
    const { loss } = course;
    if (net.chanceLoss === null || loss.steps === 0) return unclear(before);
    const ratio = loss.first / net.chanceLoss;
    const isOff = ratio > limits.high || ratio < limits.low;
    // It is said of the start; once the loss has been below chance, it is over for good.
    const memory = { isOver: before.isOver || (loss.steps > 20 && loss.now < net.chanceLoss) };
    if (!isOff || memory.isOver) return good(memory);
    return { memory, sign: 'bad', finding: describe(evidence, net.chanceLoss, ratio) };
  },
});

function describe(evidence: Evidence, chance: number, ratio: number): Finding {
  const { net, capture, course } = evidence;
  const output = nearestWeights(net);
  const last = net.segments.find((s) => s.what === 'weight' && s.depth === output);
  const farthest = Math.max(...net.segments.map(({ depth }) => depth));
  const first = net.segments.findIndex((s) => s.what === 'activation' && s.depth === farthest);
  const outputs = net.segments.findIndex((s) => s.what === 'activation' && s.depth === output);
  const size = (segment: number): number => (segment < 0 ? Number.NaN : statisticsOf(capture, segment).rms);
  const isLargeFromTheStart =
    size(first) > largeOutput && (weightSize(evidence, farthest) ?? 0) <= heavyWeights;
  const segment = isLargeFromTheStart ? net.segments[first] : last;
  const culprit = segment ? { node: segment.node, name: segment.name } : null;
  const cause = isLargeFromTheStart
    ? `: what comes in is large, and \`${culprit?.name}\` makes numbers of ${readable(size(first))} (RMS) of it.`
    : `: \`${culprit?.name ?? 'the output'}\` is sure of wrong answers.`;
  return {
    sentence:
      `The first loss is ${readable(course.loss.first)}; an answer that knows nothing has ${readable(chance)}` +
      `${ratio > 1 ? cause : ': the answer may be in the input.'}`,
    severity: ratio > 10 ? 'severe' : 'warning',
    culprit,
    nodes: culprit ? [culprit.node] : [],
    numbers: [
      number('loss at step 0', course.loss.first),
      number('loss of chance', chance),
      ...(outputs < 0 ? [] : [number('outputs (RMS)', size(outputs))]),
      ...(first < 0 ? [] : [number('first layer’s outputs (RMS)', size(first))]),
    ],
    fixes: isLargeFromTheStart
      ? ['standardise', 'xavier', 'batch-norm']
      : ['xavier', 'standardise', 'batch-norm'],
  };
}
