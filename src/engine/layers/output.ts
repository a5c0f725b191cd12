// Marks the prediction: what the decision region, the confusion matrix, `predict` and exports read.
import { z } from 'zod';
import { at, defineLayer, tensorIn, tensorOut } from './define.ts';

export const output = defineLayer({
  kind: 'output',
  title: 'Output',
  category: 'output',
  aliases: ['prediction', 'result', 'head'],
  doc: 'Marks what the model predicts; passes it on unchanged, so that a loss can follow.',
  formula: '\\hat y = x',
  source: 'Gradloom',
  pytorch: 'torch.nn.Identity',
  inputs: [{ ...tensorIn, doc: 'The prediction.' }],
  outputs: [{ ...tensorOut, doc: 'The same prediction, for a loss.' }],
  params: z.strictObject({}),
  build: (_, inputs) => ({ y: at(inputs, 'x') }),
});
