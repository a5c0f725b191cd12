import { expect, test } from 'vitest';
import { checkDocument } from '../data/document.ts';
import { loadDataset } from '../data/load.ts';
import { documentSchema, documentVersion } from '../model/schema.ts';
import { describeInside, sampleRows } from './inside.ts';

const data = { origin: { source: 'generated', kind: 'spirals', params: { samples: 40 } } };
const chain: [kind: string, params: Record<string, unknown>][] = [
  ['data', data],
  ['reshape', { sizes: [2, 1] }],
  ['linear', { units: 4 }],
  ['transformerEncoderLayer', { heads: 2, feedForward: 8 }],
  ['flatten', {}],
  ['linear', { units: 2 }],
  ['crossEntropy', {}],
];
const names = chain.map(([kind], i) => `${kind}_${i}`);

function describeChain() {
  const document = documentSchema.parse({
    format: 'gradloom',
    version: documentVersion,
    name: 'chain',
    nodes: Object.fromEntries(
      chain.map(([kind, params], i) => [names[i], { kind, name: names[i], params, position: [300 * i, 0] }]),
    ),
    wires: {
      ...Object.fromEntries(
        names.slice(1).map((name, i) => [
          `w${i}`,
          {
            from: [names[i], i === 0 ? 'x' : 'y'],
            to: [name, i === names.length - 2 ? 'prediction' : 'x'],
          },
        ]),
      ),
      target: { from: [names[0], 'y'], to: [names.at(-1), 'target'] },
    },
  });
  const { model, data: spec } = checkDocument(document, { batch: 1, training: false });
  if (!spec) throw new Error('the chain has data');
  const io = { readShipped: () => Promise.reject(new Error()), readFile: () => Promise.reject(new Error()) };
  return loadDataset(spec, io).then((loaded) => ({ inside: describeInside(model, loaded), loaded }));
}

test('says what can be looked at: outputs, parameters, wires, and attentions inside larger layers', async () => {
  const { inside } = await describeChain();
  expect(inside.outputs.map(({ name }) => name)).toEqual(names.slice(1, -1));
  expect(inside.attentions).toEqual([
    { node: names[3], name: names[3], look: 'self_attn', shape: [2, 2, 2] },
  ]);
  expect(inside.answer).toEqual({ node: names[5], port: 'y' });
  expect(inside.wires).toContainEqual({ from: [names[1], 'y'], to: [names[2], 'x'] });
  expect(inside.parameters.find(({ name }) => name === `${names[5]}.weight`)?.shape).toEqual([2, 8]);
});

test('only what the loss depends on has a gradient, and the range of each input is that of the samples', async () => {
  const { inside, loaded } = await describeChain();
  expect(inside.outputs.every(({ hasGradient }) => hasGradient)).toBe(true);
  const { inputs, targets } = sampleRows(loaded.dataset, [0, 7, 39]);
  expect([inputs.length, targets.length]).toEqual([6, 3]);
  inputs.forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(inside.input.low[i % 2]!);
    expect(value).toBeLessThanOrEqual(inside.input.high[i % 2]!);
  });
});
