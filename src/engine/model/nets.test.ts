// Whole nets of many layers at odd sizes against PyTorch: the loss, every parameter's gradient under its PyTorch name.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { gradients } from '../autodiff/grad.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { mean } from '../ops/reduce.ts';
import { buildModel } from './build.ts';
import type { LibraryBlock } from './library/define.ts';
import { libraryBlocks } from './library/index.ts';
import goldenFile from './nets.json' with { type: 'json' };
import type { GraphDocument, Json } from './schema.ts';
import { documentOf } from './testing.ts';

const numbers = z.array(z.number());
const goldens = z
  .array(
    z.object({
      name: z.string(),
      shape: numbers,
      vocabulary: z.number().optional(),
      loss: z.number(),
      prediction: numbers,
      gradients: z.array(z.object({ name: z.string(), shape: numbers, values: numbers })),
      states: z.array(z.object({ name: z.string(), values: numbers })),
    }),
  )
  .parse(goldenFile);

const documents: Readonly<Record<string, GraphDocument>> = {
  residual: documentOf(
    {
      data: 'data',
      stem: ['conv2d', { channels: 4, kernel: 3, stride: 2, padding: 1 }],
      bn: 'batchNorm2d',
      act: 'silu',
      grouped: ['conv2d', { channels: 4, paddingRule: 'same', groups: 2, bias: false }],
      gn: ['groupNorm', { groups: 2 }],
      relu: 'relu',
      sum: 'add',
      pool: ['maxPool2d', { stride: 1, padding: 1 }],
      gap: 'globalAvgPool',
      head: ['linear', { units: 3 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> stem.x',
      'stem.y -> bn.x',
      'bn.y -> act.x',
      'act.y -> grouped.x',
      'grouped.y -> gn.x',
      'gn.y -> relu.x',
      'relu.y -> sum.x',
      'act.y -> sum.x',
      'sum.y -> pool.x',
      'pool.y -> gap.x',
      'gap.y -> head.x',
      'head.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  ),
  words: documentOf(
    {
      data: 'data',
      table: ['embedding', { vocabulary: 7, features: 4 }],
      place: 'sinusoidalEncoding',
      block: [
        'transformerEncoderLayer',
        { heads: 2, feedForward: 5, normFirst: true, activation: 'gelu', causal: true, dropout: 0 },
      ],
      gru: ['gru', { units: 3, bidirectional: true, output: 'last' }],
      norm: 'layerNorm',
      head: ['linear', { units: 3 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> table.x',
      'table.y -> place.x',
      'place.y -> block.x',
      'block.y -> gru.x',
      'gru.y -> norm.x',
      'norm.y -> head.x',
      'head.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  ),
  coder: documentOf(
    {
      data: 'data',
      lstm: ['lstm', { units: 3 }],
      mha: ['multiHeadAttention', { heads: 3 }],
      sum: 'add',
      turn: 'permute',
      conv: ['conv1d', { channels: 4, kernel: 2, stride: 2, padding: 1, dilation: 2 }],
      act: 'elu',
      up: ['convTranspose1d', { channels: 4, stride: 2 }],
      gate: ['glu', { axis: 1 }],
      mean: 'reduce',
      head: ['linear', { units: 3 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> lstm.x',
      'lstm.y -> mha.query',
      'lstm.y -> sum.x',
      'mha.y -> sum.x',
      'sum.y -> turn.x',
      'turn.y -> conv.x',
      'conv.y -> act.x',
      'act.y -> up.x',
      'up.y -> gate.x',
      'gate.y -> mean.x',
      'mean.y -> head.x',
      'head.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  ),
};

/** The library's blocks in a net of their own: what they are set to, and how what they give becomes one row per sample. */
const blockCases: Readonly<Record<string, { params: Record<string, Json>; repeat?: number }>> = {
  convNormRelu: { params: { channels: 5, stride: 2 } },
  residual: { params: { channels: 4 }, repeat: 2 },
  residualDown: { params: { channels: 6 } },
  bottleneck: { params: { channels: 4, width: 2 } },
  bottleneckDown: { params: { channels: 6, width: 2 } },
  resnext: { params: { channels: 4, width: 4, groups: 2 } },
  resnextDown: { params: { channels: 6, width: 4, groups: 2 } },
  inception: { params: { b1: 2, b3_reduce: 2, b3: 3, b5_reduce: 1, b5: 2, pool_features: 1 } },
  mlp: { params: { features: 4, hidden: 6 } },
  residualMlp: { params: { features: 4, hidden: 6 } },
  encoder: { params: { features: 4, hidden: 6, dropout: 0 } },
  encoderPre: { params: { features: 4, hidden: 6, dropout: 0 } },
  decoder: { params: { features: 4, hidden: 6, dropout: 0 } },
  decoderPre: { params: { features: 4, hidden: 6, dropout: 0 } },
};

function blockDocument({ id, definition }: LibraryBlock): GraphDocument {
  const { params = {}, repeat } = blockCases[id] ?? {};
  const isSpatial = 'channels' in definition.params || id === 'inception';
  const isDecoder = id.startsWith('decoder');
  return documentOf(
    {
      data: 'data',
      ...(isDecoder && { memory: ['linear', { units: 4 }] as const }),
      block: ['block', params, { of: id, ...(repeat !== undefined && { repeat }) }],
      rows: isSpatial ? 'globalAvgPool' : 'flatten',
      head: ['linear', { units: 3 }],
      loss: 'crossEntropy',
    },
    [
      'data -> block',
      ...(isDecoder ? ['data -> memory', 'memory -> block.memory'] : []),
      'block -> rows',
      'rows -> head',
      'head -> loss.prediction',
      'data.y -> loss.target',
    ],
    { blocks: { [id]: definition } },
  );
}

test('every block of the library is held to PyTorch', () => {
  const held = goldens.flatMap(({ name }) => (name.startsWith('block ') ? [name.slice(6)] : []));
  expect(held).toEqual(libraryBlocks.map(({ id }) => id));
});

const batch = 3;

/** The made-up numbers: the same formula as in scripts/golden/nets.py. */
const spread = (i: number, k: number): number => (i * 7919 + k * 104729) % 2003;
const made = (size: number, k: number, low: number, high: number): number[] =>
  Array.from({ length: size }, (_, i) => low + (high - low) * (spread(i, k) / 2003));
const whole = (size: number, k: number, below: number): number[] =>
  Array.from({ length: size }, (_, i) => spread(i, k) % below);

const worst = (got: ArrayLike<number>, expected: readonly number[]): number => {
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  return Math.max(...expected.map((e, i) => Math.abs((got[i] ?? Number.NaN) - e))) / scale;
};

test.each(goldens)('$name computes and learns what PyTorch does, under PyTorch’s names', (golden) => {
  const block = libraryBlocks.find(({ id }) => golden.name === `block ${id}`);
  const document = block ? blockDocument(block) : documents[golden.name];
  if (!document) throw new Error(`no document ${golden.name}`);
  const { vocabulary, shape } = golden;
  const tokens = vocabulary !== undefined;
  const model = buildModel(
    document,
    {
      inputs: [{ name: 'x', dtype: tokens ? 'u32' : 'f32', shape }],
      targets: [{ kind: 'class', names: ['a', 'b', 'c'] }],
    },
    { batch, training: true },
  );
  expect(model.problems).toEqual([]);
  const named = (list: readonly { name: string; shape: readonly number[] }[]) =>
    list.map((p) => [p.name, p.shape]).sort();
  expect(named(model.parameters)).toEqual(named(golden.gradients));
  const { data, lossPerSample, prediction } = model;
  if (!data || !lossPerSample || !prediction) throw new Error('the net is whole');
  const size = sizeOf(data.x.shape);
  const feeds = new Map<Value, number[]>([
    [data.x, tokens ? whole(size, 0, vocabulary) : made(size, 0, -2, 2)],
    [data.y, whole(batch, 1, 3)],
    [model.seed, [1]],
    [model.step, [0]],
    ...model.states.map((s) => [s.value, made(sizeOf(s.shape), 0, s.init, s.init)] as const),
  ]);
  golden.gradients.forEach(({ name }, k) => {
    const found = model.parameters.find((p) => p.name === name);
    if (found) feeds.set(found.value, made(sizeOf(found.shape), 20 + k, -0.7, 0.7));
  });
  const loss = mean(lossPerSample, 'all');
  const wanted = golden.gradients.flatMap(({ name }) => model.parameters.filter((p) => p.name === name));
  const roots = [
    loss,
    prediction.value,
    ...gradients(
      loss,
      wanted.map((p) => p.value),
    ),
    ...golden.states.flatMap(({ name }) => model.states.filter((s) => s.name === name).map((s) => s.next)),
  ];
  // Dropout at p = 0 still reads its probability.
  const hypers = evaluateHypers(roots, model.hypers);
  const results = evaluate(roots, new Map([...feeds, ...hypers]));
  const expected = [
    [golden.loss],
    golden.prediction,
    ...golden.gradients.map((g) => g.values),
    ...golden.states.map((s) => s.values),
  ];
  expect(results.length).toBe(expected.length);
  expect(expected.map((e, i) => worst(results[i] ?? [], e)).filter((error) => error > 1e-9)).toEqual([]);
});

/** The hyper-parameters that roots read, with their values. */
function evaluateHypers(
  roots: readonly Value[],
  hypers: readonly { name: string; value: number }[],
): Map<Value, number[]> {
  const found = new Map<Value, number[]>();
  const seen = new Set<Value>();
  const visit = (v: Value): void => {
    if (seen.has(v)) return;
    seen.add(v);
    const name = v.op.id === 'hyper' ? (v.attrs as { name: string }).name : null;
    const known = hypers.find((h) => h.name === name);
    if (known) found.set(v, [known.value]);
    v.inputs.forEach(visit);
  };
  roots.forEach(visit);
  return found;
}
