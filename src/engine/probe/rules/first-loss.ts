/** The loss of the net as it was made: for K balanced classes it should be near ln K, that of an answer that knows nothing. */
import { nearestWeights } from '../hidden-layers.ts';
import { defineRule, type Finding, good, number, unclear } from '../rule.ts';
import { statisticsOf } from '../statistics.ts';
import type { Evidence } from '../verdict.ts';
import { readable } from '../words.ts';

export const firstLoss = defineRule<null, 'high' | 'low'>({
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
  memory: null,
  look(memory, evidence, limits) {
    const { net, course } = evidence;
    const { loss } = course;
    if (net.chanceLoss === null || loss.steps === 0) return unclear(memory);
    const ratio = loss.first / net.chanceLoss;
    const isOff = ratio > limits.high || ratio < limits.low;
    // It is said of the start; once the loss is below chance, it is over.
    const isOver = loss.steps > 20 && loss.now < net.chanceLoss;
    if (!isOff || isOver) return good(memory);
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
  const isLargeFromTheStart = size(first) > 5;
  return {
    sentence:
      `The first loss is ${readable(course.loss.first)}; an answer that knows nothing has ${readable(chance)}` +
      `${ratio > 1 ? `: \`${last?.name ?? 'the output'}\` is sure of wrong answers.` : ': the answer may be in the input.'}`,
    severity: ratio > 10 ? 'severe' : 'warning',
    culprit: last ? { node: last.node, name: last.name } : null,
    nodes: last ? [last.node] : [],
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
