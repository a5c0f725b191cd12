// Against PyTorch, in float64: nets that mix layers at random, at odd sizes (scripts/golden/mixed_parity.py), their loss, the
// gradients of the batch and of every parameter, running statistics; and the loss with weights that PyTorch saved (state_dict.py).
import { afterAll, describe, expect, test } from 'vitest';
import { goldensOf, type StepGolden, stepInFloat64, worstDifference } from './goldens/testing.ts';

const worst = { error: 0, nets: 0, tensors: 0 };
afterAll(() =>
  console.log(
    `Mixed nets against PyTorch, float64: ${worst.nets} nets × ${worst.tensors} tensors, worst relative error ${worst.error.toExponential(1)}`,
  ),
);

/** The largest difference of one step from what PyTorch gives, in float64. */
const differenceOf = ({ document, inputs, expected }: StepGolden) =>
  worstDifference(stepInFloat64(document, inputs), expected);

describe('one step of a net of many layers', () => {
  test.each(goldensOf('mixed.json'))('gives what PyTorch gives: $name', (golden) => {
    const { error, where } = differenceOf(golden);
    worst.nets++;
    worst.tensors += golden.expected.tensors.size;
    worst.error = Math.max(worst.error, error);
    // What is expected is rounded to float32.
    expect(error, where).toBeLessThanOrEqual(2e-7);
  });
});

describe('a state_dict as PyTorch saves it', () => {
  test.each(goldensOf('state-dict.json'))('loads without a change: $name', (golden) => {
    expect(differenceOf(golden).error).toBeLessThanOrEqual(2e-7);
  });
});
