// Padding on a real adapter: masked losses, masked attention and masked recurrences give what the float64 reference gives, in
// every output and every gradient.
import { expect, test } from 'vitest';
import { checkDocument } from '../data/document.ts';
import { sizeOf } from '../ir/shape.ts';
import type { NodeDraft } from '../model/draft.ts';
import type { GraphDocument, Json } from '../model/schema.ts';
import { documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { randomArray } from '../testing.ts';
import { stepInFloat64, worstDifference } from './goldens/testing.ts';
import { runOneStep } from './one-step.ts';

/** Sequences of five places, of which the first alone has no padding, and the third is nothing else. */
const tokens = [1, 2, 3, 3, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 2, 0, 1, 0];
const [batch, time, vocabulary] = [4, 5, 4];

/** A net on padded sequences: embedding, then `body` from `embed.y` to `out.x`; `mask.y` is 1 where there is a token. */
function net(
  body: Readonly<Record<string, NodeDraft>>,
  wires: readonly string[],
  loss: NodeDraft = 'crossEntropy',
  predict: 'every' | 'last' = 'every',
): GraphDocument {
  const origin: Json = {
    source: 'text',
    path: 'a.txt',
    alphabet: '·abc',
    windows: { length: time, predict },
  };
  return documentOf(
    {
      data: ['data', { origin }],
      embed: ['embedding', { vocabulary, features: 4 }],
      mask: 'paddingMask',
      ...body,
      out: ['linear', { units: vocabulary }],
      loss,
    },
    [
      'data.x -> embed.x',
      'data.x -> mask.x',
      ...wires,
      'out.y -> loss.prediction',
      'data.y -> loss.target',
      ...(predict === 'every' ? ['mask.y -> loss.mask'] : []),
    ],
  );
}

/** A layer between embedding and output, with its mask. */
const masked = (layer: NodeDraft, input = 'x'): GraphDocument =>
  net({ layer }, [`embed.y -> layer.${input}`, 'mask.y -> layer.mask', 'layer.y -> out.x']);

const withLoss = (kind: string, params: Record<string, Json> = {}): GraphDocument =>
  net({}, ['embed.y -> out.x'], [kind, params]);

const lastState = (kind: string): GraphDocument =>
  net(
    { layer: [kind, { units: 3, output: 'last' }] },
    ['embed.y -> layer.x', 'mask.y -> layer.mask', 'layer.y -> out.x'],
    'crossEntropy',
    'last',
  );

const nets: [string, GraphDocument][] = [
  ['cross-entropy', withLoss('crossEntropy', { labelSmoothing: 0.1 })],
  ['mse over one-hot places', withLoss('mse')],
  ['hinge', withLoss('hinge')],
  ['multi-class hinge', withLoss('multiMargin')],
  ['self-attention', masked(['multiHeadAttention', { heads: 2 }], 'query')],
  [
    'causal self-attention',
    masked(['multiHeadAttention', { heads: 2, causal: true, rotary: true }], 'query'),
  ],
  [
    'dot-product attention',
    net({ layer: 'scaledDotProductAttention' }, [
      'embed.y -> layer.query',
      'embed.y -> layer.key',
      'embed.y -> layer.value',
      'mask.y -> layer.mask',
      'layer.y -> out.x',
    ]),
  ],
  [
    'additive attention',
    net({ layer: ['additiveAttention', { units: 3 }] }, [
      'embed.y -> layer.query',
      'embed.y -> layer.key',
      'mask.y -> layer.mask',
      'layer.y -> out.x',
    ]),
  ],
  ['a transformer encoder', masked(['transformerEncoderLayer', { heads: 2, feedForward: 3, dropout: 0 }])],
  [
    'a transformer decoder that looks at masked memory',
    net({ layer: ['transformerDecoderLayer', { heads: 2, feedForward: 3, dropout: 0 }] }, [
      'embed.y -> layer.x',
      'embed.y -> layer.memory',
      'mask.y -> layer.mask',
      'mask.y -> layer.memoryMask',
      'layer.y -> out.x',
    ]),
  ],
  ...['mean', 'max'].map((pool): [string, GraphDocument] => [
    `the ${pool} over time`,
    net(
      { layer: ['timePool', { pool }] },
      ['embed.y -> layer.x', 'mask.y -> layer.mask', 'layer.y -> out.x'],
      'crossEntropy',
      'last',
    ),
  ]),
  ['a recurrence', masked(['rnn', { units: 3 }])],
  ['an LSTM', masked(['lstm', { units: 3 }])],
  ['the last state of an LSTM', lastState('lstm')],
  ['the last state of a GRU', lastState('gru')],
  [
    'a GRU in both directions, two layers deep',
    masked(['gru', { units: 2, layers: 2, bidirectional: true }]),
  ],
];

test.each(nets)('%s with a mask is on the GPU what it is in float64', async (_, document) => {
  const { model } = checkDocument(document, { batch, training: true });
  expect(model.problems.filter((p) => p.severity === 'error')).toEqual([]);
  const weights = model.parameters.map(
    ({ name, shape }, i) =>
      [name, { shape, data: Float32Array.from(randomArray(sizeOf(shape), i + 1, [-1, 1])) }] as const,
  );
  const target = model.data!.y.shape;
  const batchTensors = new Map([
    ['x', { shape: [batch, time], data: Int32Array.from(tokens) }],
    ['y', { shape: target, data: Int32Array.from({ length: sizeOf(target) }, (_, i) => (i * 7 + 1) % 4) }],
  ]);
  const inputs = {
    weights: { tensors: new Map(weights), metadata: {} },
    batch: { tensors: batchTensors, metadata: {} },
    names: { weights: 'weights', batch: 'batch' },
  };
  const tensors = stepInFloat64(document, inputs);
  expect([...tensors.values()].every(({ data }) => data.every(Number.isFinite))).toBe(true);
  const open = { device: await testDevice(), name: 'test', software: true };
  const { error, where } = worstDifference(await runOneStep(open, document, inputs), { tensors }, 1e-2);
  expect(error, where).toBeLessThanOrEqual(1e-5);
});
