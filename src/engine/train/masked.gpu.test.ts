// Evaluations where not all counts: cut into batches of any size they say what one batch of all samples says.
import { expect, test } from 'vitest';
import { describeDataset, type InputField, sampleOf, type TargetField } from '../data/dataset.ts';
import { ioOfFiles, type LoadedData, loadDataset } from '../data/load.ts';
import { dataSpec } from '../data/spec.ts';
import type { Value } from '../ir/value.ts';
import { buildModel } from '../model/build.ts';
import { metricsOf } from '../model/metrics.ts';
import type { GraphDocument, Json } from '../model/schema.ts';
import { judgingOf } from '../model/scores.ts';
import { documentOf } from '../model/testing.ts';
import { evaluate } from '../ops/evaluate.ts';
import { mean, sum } from '../ops/reduce.ts';
import { testDevice } from '../runtime/testing.ts';
import { Trainer } from './trainer.ts';

/** Characters of which the first stands for padding, and ends some windows early. */
const text = 'abca__bcab_aab___cabcbac____abbca_'.repeat(40);
const alphabet = '_abc';

function load(): Promise<LoadedData> {
  const bytes = Uint8Array.from(new TextEncoder().encode(text)).buffer;
  const origin = { source: 'text', path: 'a.txt', alphabet, windows: { length: 5, stride: 3 } };
  return loadDataset(dataSpec.parse({ origin }), ioOfFiles({ 'a.txt': bytes }));
}

function net(counting: 'mask' | 'ignore' | 'classWeights'): GraphDocument {
  const weighing: Record<typeof counting, Record<string, Json>> = {
    mask: {},
    ignore: { ignore: 0 },
    classWeights: { classWeights: [0.5, 1, 2, 4] },
  };
  return documentOf(
    {
      data: 'data',
      embed: ['embedding', { vocabulary: 4, features: 3 }],
      out: ['linear', { units: 4 }],
      loss: ['crossEntropy', weighing[counting]],
      ...(counting === 'mask' && { mask: 'paddingMask' }),
    },
    [
      'data.x -> embed.x',
      'embed.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
      ...(counting === 'mask' ? ['data.x -> mask.x', 'mask.y -> loss.mask'] : []),
    ],
  );
}

/** Loss and metrics of the samples in one batch, in float64, and how many places count. */
async function atOnce(document: GraphDocument, { dataset, split }: LoadedData, trainer: Trainer) {
  const samples = [...split.train];
  const all = (field: InputField | TargetField) => samples.flatMap((s) => [...sampleOf(field, s)]);
  const options = { batch: samples.length, training: false };
  const model = buildModel(document, describeDataset(dataset), options);
  const weights = await trainer.weights();
  const feeds = new Map<Value, ArrayLike<number>>([
    [model.data!.x, all(dataset.inputs[0]!)],
    [model.data!.y, all(dataset.targets[0]!)],
    ...model.parameters.map(({ name, value }) => [value, weights.get(name)!.data] as const),
  ]);
  const { means, tally } = judgingOf(model);
  const asked = [model.lossPerSample!, metricsOf(model)[0]!.perSample, means[0]!.perSample];
  const [loss, accuracy, surprise] = evaluate(
    asked.map((v) => mean(v, 'all')),
    feeds,
  ).map((v) => v[0]!);
  const [counted] = tally?.mask ? evaluate([sum(tally.mask, 'all')], feeds) : [[5 * samples.length]];
  return { loss, accuracy, perplexity: Math.exp(surprise!), counted: counted?.[0] };
}

test.each(['mask', 'ignore', 'classWeights'] as const)(
  'where %s says what counts, two batches are measured as one',
  async (counting) => {
    const [document, data] = [net(counting), await load()];
    expect(data.split.train.length).toBeGreaterThan(256);
    const open = { device: await testDevice(), name: 'test', software: true };
    const trainer = await Trainer.create(open, document, data, { probes: false });
    const expected = await atOnce(document, data, trainer);
    const { loss, metrics, scores, confusion } = await trainer.evaluate('train');
    expect(loss).toBeCloseTo(expected.loss!, 5);
    expect(metrics[0]).toBeCloseTo(expected.accuracy!, 5);
    expect(scores.perplexity).toBeCloseTo(expected.perplexity, 4);
    expect(confusion?.flat().reduce((n, v) => n + v, 0)).toBe(expected.counted);
    trainer.dispose();
  },
);
