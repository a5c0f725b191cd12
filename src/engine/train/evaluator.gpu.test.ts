// An evaluation on a real adapter, against the same numbers counted from predictions in float64.
import { expect, test } from 'vitest';
import { ioOfFiles, loadDataset } from '../data/load.ts';
import { dataSpec } from '../data/spec.ts';
import { documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { mlp, spirals, trainerOf } from './testing.ts';
import { Trainer } from './trainer.ts';

test('a confusion matrix counts what predictions say, over several batches of unequal size', async () => {
  const t = await trainerOf(mlp([8, 2], 'tanh'), false);
  await t.run(30);
  const { dataset, split } = await spirals;
  const x = dataset.inputs[0]!.data;
  const truths = dataset.targets[0]!.data;
  for (const part of ['train', 'validation'] as const) {
    const samples = [...split[part]];
    const rows = Float32Array.from(samples.flatMap((s) => [x[2 * s]!, x[2 * s + 1]!]));
    const logits = await t.predict(rows);
    const expected = [
      [0, 0],
      [0, 0],
    ];
    samples.forEach((s, i) => {
      expected[truths[s]!]![logits[2 * i + 1]! > logits[2 * i]! ? 1 : 0]!++;
    });
    const { confusion, scores, metrics } = await t.evaluate(part);
    expect(confusion).toEqual(expected);
    const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = expected;
    expect(metrics[0]).toBeCloseTo((a + d) / samples.length, 6);
    expect(scores.recall).toBeCloseTo((a / (a + b) + d / (c + d)) / 2, 9);
    expect(scores.precision).toBeCloseTo((a / (a + c) + d / (b + d)) / 2, 9);
  }
  expect((await t.evaluate('validation')).confusion).toEqual((await t.evaluate('validation')).confusion);
  t.dispose();
});

test('R² is one minus the squared errors over the squared distances from the mean', async () => {
  const spec = dataSpec.parse({ origin: { source: 'generated', kind: 'curve', params: {} } });
  const data = await loadDataset(spec, ioOfFiles({}));
  const document = documentOf(
    {
      data: 'data',
      hidden: ['linear', { units: 8 }],
      act: 'tanh',
      out: ['linear', { units: 1 }],
      loss: 'mse',
    },
    [
      'data.x -> hidden.x',
      'hidden.y -> act.x',
      'act.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  const device = await testDevice();
  const t = await Trainer.create({ device, name: 'test', software: true }, document, data, { probes: false });
  await t.run(20);
  const samples = [...data.split.train];
  const x = data.dataset.inputs[0]!.data;
  const y = samples.map((s) => data.dataset.targets[0]!.data[s]!);
  const said = await t.predict(Float32Array.from(samples, (s) => x[s]!));
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
  const errors = y.reduce((sum, v, i) => sum + (v - said[i]!) ** 2, 0);
  const { scores, confusion, metrics } = await t.evaluate('train');
  expect(scores.r2).toBeCloseTo(1 - errors / y.reduce((sum, v) => sum + (v - mean) ** 2, 0), 4);
  expect(metrics[t.facts.metrics.indexOf('rmse')]).toBeCloseTo(Math.sqrt(errors / y.length), 5);
  expect(confusion).toBeNull();
  t.dispose();
});
