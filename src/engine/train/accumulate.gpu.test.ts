// Accumulation where micro-batches do not count alike: an accumulated step is the step of one batch that holds them all,
// whatever a mask, an ignored label or class weights hide in each.
import { expect, test } from 'vitest';
import { ioOfFiles, type LoadedData, loadDataset } from '../data/load.ts';
import { dataSpec } from '../data/spec.ts';
import type { NodeDraft } from '../model/draft.ts';
import type { GraphDocument } from '../model/schema.ts';
import { documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { expectAllClose } from '../testing.ts';
import { Trainer } from './trainer.ts';

/** Text of which long stretches are padding: some windows hold nothing that counts. */
const text = `${'abcab_cb_a'.repeat(12)}${'_'.repeat(60)}${'ccb_abba__'.repeat(12)}`;

const data: Promise<LoadedData> = loadDataset(
  dataSpec.parse({
    origin: { source: 'text', path: 'a.txt', alphabet: '_abc', windows: { length: 5, stride: 1 } },
  }),
  ioOfFiles({ 'a.txt': Uint8Array.from(new TextEncoder().encode(text)).buffer }),
);

interface Losses {
  readonly nodes: Readonly<Record<string, NodeDraft>>;
  readonly wires: readonly string[];
}

const judged = ['out.y -> loss.prediction', 'data.y -> loss.target'];
const other = ['out.y -> other.prediction', 'data.y -> other.target'];

const counting: Record<string, Losses> = {
  'a mask': { nodes: { loss: 'crossEntropy' }, wires: [...judged, 'mask.y -> loss.mask'] },
  'an ignored label': { nodes: { loss: ['crossEntropy', { ignore: 0 }] }, wires: judged },
  'class weights': { nodes: { loss: ['crossEntropy', { classWeights: [0, 1, 2, 4] }] }, wires: judged },
  'a mask of one loss of two': {
    nodes: { loss: 'crossEntropy', other: 'multiMargin' },
    wires: [...judged, ...other, 'mask.y -> loss.mask'],
  },
  'a mask of one loss, and class weights of another': {
    nodes: { loss: ['crossEntropy', { classWeights: [1, 2, 3, 4] }], other: 'multiMargin' },
    wires: [...judged, ...other, 'mask.y -> other.mask'],
  },
  'one mask of two losses': {
    nodes: { loss: 'crossEntropy', other: 'multiMargin' },
    wires: [...judged, ...other, 'mask.y -> loss.mask', 'mask.y -> other.mask'],
  },
};

function net({ nodes, wires }: Losses, batchSize: number, accumulation: number): GraphDocument {
  const document = documentOf(
    {
      data: 'data',
      embed: ['embedding', { vocabulary: 4, features: 3 }],
      out: ['linear', { units: 4 }],
      mask: 'paddingMask',
      ...nodes,
    },
    ['data.x -> embed.x', 'embed.y -> out.x', 'data.x -> mask.x', ...wires],
  );
  const optimizer = { kind: 'sgd', params: { learningRate: 0.2, momentum: 0.9 } };
  const penalty = { l1: 0, l2: 0.01 };
  return { ...document, training: { ...document.training, batchSize, accumulation, optimizer, penalty } };
}

/** The rows of twelve steps, and the weights after them. */
async function trained(document: GraphDocument) {
  const open = { device: await testDevice(), name: 'test', software: true };
  const t = await Trainer.create(open, document, await data, { probes: false });
  const { rows } = await t.run(12);
  const weights = [...(await t.weights()).values()].flatMap((w) => [...w.data]);
  t.dispose();
  return { rows, weights };
}

test.each(Object.entries(counting))(
  'with %s, micro-batches teach what one large batch teaches',
  async (_, losses) => {
    const whole = await trained(net(losses, 32, 1));
    const parts = await trained(net(losses, 4, 8));
    expectAllClose(parts.rows.loss, whole.rows.loss, { rtol: 2e-5 });
    expectAllClose(parts.rows.gradientNorm, whole.rows.gradientNorm, { rtol: 2e-5 });
    expectAllClose(parts.rows.metrics[0]!, whole.rows.metrics[0]!, { rtol: 2e-6 });
    expectAllClose(parts.weights, whole.weights, { rtol: 2e-5 });
    expect(new Set(whole.rows.loss).size).toBe(12);
  },
);
