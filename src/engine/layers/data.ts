// Where a batch enters: the data node. Its settings are the data/ folder's to read (data is above layers), so here they are opaque.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { defineLayer } from './define.ts';

export const data = defineLayer({
  kind: 'data',
  title: 'Data',
  category: 'data',
  aliases: ['input', 'dataset', 'csv', 'mnist', 'spirals', 'penguins'],
  doc: 'Feeds the net: one batch of samples and of what is to be predicted for them.',
  formula: '(x, y) \\sim p_{\\mathrm{data}}',
  source: 'Goodfellow, Bengio & Courville, Deep Learning, 2016, section 5.1',
  pytorch: 'torch.utils.data.DataLoader',
  inputs: [],
  outputs: [
    { name: 'x', kind: 'tensor', doc: 'The samples: batch × the shape of one sample.' },
    { name: 'y', kind: 'labels', doc: 'What is to be predicted: a class index per sample, or numbers.' },
  ],
  params: z.looseObject({}),
  build({ data: batch, node }) {
    if (!batch) throw new EngineError('model/no-data', { node });
    return { x: batch.x, y: batch.y };
  },
});
