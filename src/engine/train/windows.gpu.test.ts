// Windows over a series, trained for real: the batch that index arithmetic reads is the batch of samples written out.
import { expect, test } from 'vitest';
import { type InputField, sampleOf, type TargetField } from '../data/dataset.ts';
import { ioOfFiles, type LoadedData, loadDataset } from '../data/load.ts';
import { dataSpec } from '../data/spec.ts';
import { documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { Trainer } from './trainer.ts';

const text = 'the cat sat on the mat, the dog on the log. '.repeat(8);

function loadWindows(windows: object): Promise<LoadedData> {
  const alphabet = [...new Set(text)].join('');
  const origin = { source: 'text', path: 'a.txt', alphabet, windows };
  const bytes = Uint8Array.from(new TextEncoder().encode(text)).buffer;
  return loadDataset(dataSpec.parse({ origin }), ioOfFiles({ 'a.txt': bytes }));
}

/** The same samples, each written out. */
function writtenOut({ dataset, ...rest }: LoadedData): LoadedData {
  const all = <F extends InputField | TargetField>(field: F): F => {
    const samples = Array.from({ length: dataset.count }, (_, i) => [...sampleOf(field, i)]);
    const { windows: _, ...plain } = field;
    return { ...plain, data: Uint32Array.from(samples.flat()) } as F;
  };
  return {
    ...rest,
    dataset: { ...dataset, inputs: dataset.inputs.map(all), targets: dataset.targets.map(all) },
  };
}

test.each([
  { predict: 'every', layers: ['embed.y -> out.x'] },
  { predict: 'last', layers: ['embed.y -> flat.x', 'flat.y -> out.x'] },
])('windows that predict after $predict character train as their samples do', async ({ predict, layers }) => {
  const document = documentOf(
    {
      data: 'data',
      embed: ['embedding', { vocabulary: 20, features: 5 }],
      ...(predict === 'last' && { flat: 'flatten' }),
      out: ['linear', { units: new Set(text).size }],
      loss: 'crossEntropy',
    },
    ['data.x -> embed.x', ...layers, 'out.y -> loss.prediction', 'data.y -> loss.target'],
  );
  const windows = await loadWindows({ length: 6, stride: 3, predict });
  const runs = [];
  for (const data of [windows, writtenOut(windows)]) {
    const open = { device: await testDevice(), name: 'test', software: true };
    const trainer = await Trainer.create(open, document, data, { probes: false });
    const { rows } = await trainer.run(20);
    runs.push({
      loss: [...rows.loss],
      accuracy: [...(rows.metrics[0] ?? [])],
      validation: await trainer.evaluate('validation'),
    });
    trainer.dispose();
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]?.loss.at(-1)).toBeLessThan(runs[0]?.loss[0] ?? 0);
  const validation = runs[0]?.validation;
  expect(validation?.metrics[0]).toBeGreaterThan(0);
  expect(validation?.metrics[0]).toBeLessThanOrEqual(1);
});
