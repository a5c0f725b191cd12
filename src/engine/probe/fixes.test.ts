import { expect, test } from 'vitest';
import { documentSchema, documentVersion } from '../model/schema.ts';
import { blockOf, documentOf } from '../model/testing.ts';
import { layerFixes } from './fixes/layers.ts';
import { applicableFixes } from './fixes.ts';

const chain = documentSchema.parse({
  format: 'gradloom',
  version: documentVersion,
  nodes: Object.fromEntries(
    ['linear', 'sigmoid', 'linear', 'sigmoid'].map((kind, i) => [
      `n${i}`,
      { kind, name: `${kind}_${i}`, position: [i, 0] },
    ]),
  ),
  wires: Object.fromEntries(
    [0, 1, 2].map((i) => [`w${i}`, { from: [`n${i}`, 'y'], to: [`n${i + 1}`, 'x'] }]),
  ),
});
const reluHe = layerFixes.find(({ id }) => id === 'relu-he')!;

test('ReLU + He replaces hidden sigmoids, renames them, leaves the one on the output, and keeps ids and wires', () => {
  const fixed = reluHe.apply(chain);
  expect(Object.values(fixed.nodes).map(({ kind }) => kind)).toEqual(['linear', 'relu', 'linear', 'sigmoid']);
  expect(Object.values(fixed.nodes).map(({ name }) => name)).toEqual([
    'linear_0',
    'relu_1',
    'linear_2',
    'sigmoid_3',
  ]);
  expect(fixed.wires).toBe(chain.wires);
});

test('the document that goes in stays as it is, and a second use changes nothing', () => {
  const before = JSON.stringify(chain);
  const fixed = reluHe.apply(chain);
  expect(JSON.stringify(chain)).toBe(before);
  expect(reluHe.apply(fixed)).toBe(fixed);
});

test('only fixes that would change the document are offered, in the order of promise', () => {
  const ids = ['relu-he', 'xavier', 'unknown'];
  expect(applicableFixes(ids, chain).map(({ title }) => title)).toEqual(['ReLU + He', 'Xavier']);
  expect(applicableFixes(ids, reluHe.apply(chain)).map(({ title }) => title)).toEqual(['Xavier']);
});

test('a fix reaches what stands inside of blocks, in the block itself', () => {
  const deep = blockOf(
    { x: 'blockInput', linear: ['linear', { units: 8 }], sigmoid: 'sigmoid', y: 'blockOutput' },
    ['x -> linear', 'linear -> sigmoid', 'sigmoid -> y'],
  );
  const document = documentOf(
    { data: 'data', stage: ['block', {}, { of: 'deep', repeat: 3 }], out: ['linear', { units: 2 }] },
    ['data -> stage', 'stage -> out'],
    { blocks: { deep } },
  );
  const fixed = reluHe.apply(document);
  expect(Object.values(fixed.blocks.deep?.nodes ?? {}).map(({ kind }) => kind)).toEqual([
    'blockInput',
    'linear',
    'relu',
    'blockOutput',
  ]);
  expect(fixed.blocks.deep?.nodes.linear?.params.init).toBe('heNormal');
  expect(fixed.nodes.out?.params.init).toBe('heNormal');
});

test('LSTM for RNN starts with a memory that lasts, and opens the gate of an LSTM that forgets', () => {
  const lstm = layerFixes.find(({ id }) => id === 'lstm')!;
  const of = (kind: string, params: Record<string, number | string | boolean>) =>
    documentOf({ data: 'data', memory: [kind, params] }, ['data -> memory']);
  const fixed = lstm.apply(of('rnn', { units: 5, nonlinearity: 'relu', bias: false })).nodes.memory;
  expect(fixed).toMatchObject({ kind: 'lstm', params: { units: 5, forgetBias: 3, bias: true } });
  expect(fixed?.params).not.toHaveProperty('nonlinearity');
  const opened = lstm.apply(of('lstm', { units: 5 }));
  expect(opened.nodes.memory?.params).toEqual({ units: 5, forgetBias: 3 });
  expect(lstm.apply(opened)).toBe(opened);
});

test('two fixes joined are one edit, offered where either changes something', () => {
  const document = documentOf({ data: 'data', out: ['linear', { units: 2 }] }, ['data -> out']);
  const [both] = applicableFixes(['he-start+learning-rate=0.03'], document);
  expect(both?.title).toBe('He start, biases 0 and learning rate 0.03');
  const fixed = both!.apply(document);
  expect(fixed.nodes.out?.params.init).toBe('heNormal');
  expect(fixed.training.optimizer.params.learningRate).toBe(0.03);
  expect(applicableFixes(['he-start+learning-rate=0.03'], fixed)).toEqual([]);
});
