// One step on the GPU against PyTorch's autograd: an MLP with each activation and each loss, and nets that mix layers, at odd
// sizes. scripts/golden/step_parity.py and mixed_parity.py make the cases; PyTorch computed them in float64.
import { describe, expect, test } from 'vitest';
import { testDevice } from '../runtime/testing.ts';
import { goldensOf, worstDifference } from './goldens/testing.ts';
import { runOneStep } from './one-step.ts';

// A software GPU compiles for seconds; one-step.test.ts runs all of the mixed nets in float64.
const some = goldensOf('mixed.json').filter((_, i) => i % 3 === 0);

describe.each([
  ['one layer', goldensOf('step.json'), 1e-5, 1e-30],
  ['many layers', some, 2e-5, 5e-2],
] as const)('one step of %s', (_, goldens, limit, floor) => {
  test.each(goldens)('gives what PyTorch gives: $name', async ({ document, inputs, expected }) => {
    const open = { device: await testDevice(), name: 'test', software: true };
    const { error, where } = worstDifference(await runOneStep(open, document, inputs), expected, floor);
    expect(error, `${where}: the largest difference`).toBeLessThanOrEqual(limit);
  });
});
