// Pooling over time: a sequence of any length becomes one row of features, and padding has no part in it.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, sameShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { div, equal, maximum, not, where } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { unsqueeze } from '../ops/movement.ts';
import { max, mean, sum } from '../ops/reduce.ts';
import { at, defineLayer, type LayerSpec, type PortSpec, param, tensorOut } from './define.ts';

const maskIn: PortSpec = {
  name: 'mask',
  kind: 'tensor',
  doc: '1 where there is a step and 0 where there is padding: batch × time.',
  optional: true,
};

/** Below all numbers that a net holds. */
const lowest = -3.4028234663852886e38;

/** The pool over the steps that count; zeros where none does. */
function masked(x: Value, mask: Value, pool: 'mean' | 'max' | 'sum'): Value {
  const counts = not(equal(unsqueeze(mask, -1), scalar(0)));
  const many = sum(counts, 1);
  if (pool === 'max') return where(many, max(where(counts, x, scalar(lowest)), 1), scalar(0));
  // What padding holds is not multiplied away but never looked at: it may be anything.
  const total = sum(where(counts, x, scalar(0)), 1);
  return pool === 'sum' ? total : div(total, maximum(many, scalar(1)));
}

const timePool = defineLayer({
  kind: 'timePool',
  title: 'Pool over time',
  category: 'sequence',
  aliases: ['masked mean', 'mean over time', 'sequence pooling', 'sentence embedding', 'global average pool'],
  doc: 'One row of features for a whole sequence: the mean, the largest or the sum of its steps, padding left out.',
  formula: 'y_f = \\frac{\\sum_t m_t x_{t,f}}{\\sum_t m_t}',
  source: 'Reimers & Gurevych, Sentence-BERT, EMNLP 2019, section 3',
  pytorch: '(x * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)',
  inputs: [{ name: 'x', kind: 'tensor', doc: 'A sequence: batch × time × features.' }, maskIn],
  outputs: [{ ...tensorOut, doc: 'Batch × features.' }],
  sample: { x: { shape: [2, 3, 4], dtype: 'f32' } },
  params: z.strictObject({
    pool: param(z.enum(['mean', 'max', 'sum']).default('mean'), {
      title: 'Pool',
      description: 'What becomes of the steps. A sequence that is all padding gives zeros.',
      choices: { mean: 'Their mean', max: 'The largest of each feature', sum: 'Their sum' },
    }),
  }),
  build({ node }, inputs, { pool }) {
    const x = at(inputs, 'x');
    const wrong = (expected: string, got: Value): EngineError =>
      new EngineError('input/axes', { node, expected, got: formatShape(got.shape) });
    if (x.shape.length !== 3) throw wrong('batch × time × features', x);
    const { mask } = inputs;
    if (!mask) return { y: { mean, max, sum }[pool](x, 1) };
    const steps = x.shape.slice(0, 2);
    if (!sameShape(mask.shape, steps)) throw wrong(`a mask of ${formatShape(steps)}`, mask);
    return { y: masked(x, mask, pool) };
  },
});

/** Over time, in the order of the palette. */
export const timePools: readonly LayerSpec[] = [timePool];
