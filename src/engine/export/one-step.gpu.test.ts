// One step on the GPU against PyTorch's autograd: an MLP with each activation and each loss, and nets that mix layers, at odd
// sizes. scripts/golden/step_parity.py and mixed_parity.py make the cases; PyTorch computed them in float64.
import { describe, expect, test } from 'vitest';
import { checkDocument } from '../data/document.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import { documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { goldensOf, stepInFloat64, worstDifference } from './goldens/testing.ts';
import { runOneStep } from './one-step.ts';
import type { StoredTensor } from './safetensors.ts';

// A software GPU compiles for seconds; one-step.test.ts runs all of the mixed nets in float64.
const some = goldensOf('mixed.json').filter((_, i) => i % 3 === 0);

test('a kernel may read more parameters than a GPU lets it bind', async () => {
  const columns = ['a', 'b', 'c', 'd', 'y'].map((name) => ({
    name,
    type: 'number',
    role: name === 'y' ? 'target' : 'feature',
  }));
  // The last states of three layers in both directions are put together by one kernel, which adds all their biases.
  const document = documentOf(
    {
      data: ['data', { origin: { source: 'csv', path: 'unread.csv', recipe: { columns } } }],
      steps: ['reshape', { sizes: [2, 2] }],
      gru: ['gru', { units: 2, layers: 3, bidirectional: true }],
      out: ['linear', { units: 1 }],
      loss: 'mse',
    },
    [
      'data.x -> steps.x',
      'steps.y -> gru.x',
      'gru.state -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  const { model } = checkDocument(document, { batch: 3, training: true });
  const filled = (shape: Shape, by: number): StoredTensor => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(by + i)),
  });
  const file = (tensors: ReadonlyArray<readonly [string, StoredTensor]>) => ({
    tensors: new Map(tensors),
    metadata: {},
  });
  const inputs = {
    weights: file(model.parameters.map(({ name, value }, i) => [name, filled(value.shape, i)])),
    batch: file([
      ['x', filled([3, 4], 0)],
      ['y', filled([3, 1], 5)],
    ]),
    names: { weights: 'weights', batch: 'batch' },
  };
  const open = { device: await testDevice(), name: 'test', software: true };
  const found = await runOneStep(open, document, inputs);
  const { error, where } = worstDifference(found, { tensors: stepInFloat64(document, inputs) });
  expect(error, `${where}: the largest difference`).toBeLessThanOrEqual(1e-5);
});

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
