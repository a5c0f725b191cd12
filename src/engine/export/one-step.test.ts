// Against PyTorch, in float64: nets that mix layers at random, at odd sizes (scripts/golden/mixed_parity.py), their loss, the
// gradients of the batch and of every parameter, running statistics; and the loss with weights that PyTorch saved (state_dict.py).
import { afterAll, describe, expect, test } from 'vitest';
import { topological } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { goldensOf, type StepGolden, worstDifference } from './goldens/testing.ts';
import { prepareStep, wantedValues } from './one-step.ts';

const worst = { error: 0, nets: 0, tensors: 0 };
afterAll(() =>
  console.log(
    `Mixed nets against PyTorch, float64: ${worst.nets} nets × ${worst.tensors} tensors, worst relative error ${worst.error.toExponential(1)}`,
  ),
);

/** The largest difference of one step from what PyTorch gives, in float64. */
function differenceOf({ document, inputs, expected }: StepGolden) {
  const { model, feeds } = prepareStep(document, inputs);
  const wanted = wantedValues(model);
  const roots = wanted.map((w) => w.value);
  // Dropout at 0 draws all the same.
  const hypers = topological(roots).flatMap((v): [Value, number[]][] => {
    if (v.op.id !== 'hyper') return [];
    const { name } = v.attrs as { name: string };
    return [[v, [model.hypers.find((h) => h.name === name)?.value ?? 0]]];
  });
  const results = evaluate(roots, new Map<Value, ArrayLike<number>>([...feeds, ...hypers]));
  const dump = new Map(
    wanted.map(({ name, value }, i) => [name, { shape: value.shape, data: results[i] ?? [] }] as const),
  );
  return worstDifference(dump, expected);
}

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
