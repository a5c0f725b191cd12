// A document with blocks trains as the same net drawn box by box, to the bit: blocks are gone before anything is compiled.
import { expect, test } from 'vitest';
import type { NodeDraft } from '../model/draft.ts';
import type { GraphDocument } from '../model/schema.ts';
import { blockOf, documentOf } from '../model/testing.ts';
import { testDevice } from '../runtime/testing.ts';
import { spirals, trainerOf } from './testing.ts';
import { Trainer } from './trainer.ts';

/** A residual step: norm, a layer as wide as a formula says, and back. */
const stage = blockOf(
  {
    x: 'blockInput',
    norm: 'layerNorm',
    wide: ['linear', { units: { '=': 'width * 2' } }],
    bend: 'gelu',
    back: ['linear', { units: { '=': 'width' } }],
    sum: 'add',
    y: 'blockOutput',
  },
  ['x -> norm', 'norm -> wide', 'wide -> bend', 'bend -> back', 'x -> sum', 'back -> sum', 'sum -> y'],
  { width: 4 },
);
const repeats = 3;
const ends: Record<string, NodeDraft> = {
  data: 'data',
  first: ['linear', { units: 6 }],
  out: ['linear', { units: 2 }],
  loss: 'crossEntropy',
};
const judged = ['out -> loss.prediction', 'data.y -> loss.target'];

const withBlocks = documentOf(
  { ...ends, stages: ['block', { width: 6 }, { of: 'stage', repeat: { '=': 'depth' } }] },
  ['data -> first', 'first -> stages', 'stages -> out', ...judged],
  { blocks: { stage }, params: { depth: { title: '', description: '', value: repeats } } },
);

/** The same boxes without the block around them, called `norm_0`, `wide_0`, … */
function unpacked(): GraphDocument {
  const nodes = { ...ends };
  const wires = ['data -> first'];
  let last = 'first';
  for (let i = 0; i < repeats; i++) {
    const [norm, wide, bend, back, sum] = ['norm', 'wide', 'bend', 'back', 'sum'].map((n) => `${n}_${i}`);
    Object.assign(nodes, {
      [norm!]: 'layerNorm',
      [wide!]: ['linear', { units: 12 }],
      [bend!]: 'gelu',
      [back!]: ['linear', { units: 6 }],
      [sum!]: 'add',
    });
    wires.push(`${last} -> ${norm}`, `${norm} -> ${wide}`, `${wide} -> ${bend}`, `${bend} -> ${back}`);
    wires.push(`${last} -> ${sum}`, `${back} -> ${sum}`);
    last = sum!;
  }
  return documentOf(nodes, [...wires, `${last} -> out`, ...judged]);
}

/** `stages.1.wide.weight` is `wide_1.weight` in the unpacked net. */
const unpackedName = (name: string): string => name.replace(/^stages\.(\d+)\.(\w+)\./, '$2_$1.');

test('repeated blocks with a formula give the losses of the unpacked net', async () => {
  const packed = await trainerOf(withBlocks, false);
  const start = new Map([...(await packed.weights())].map(([name, w]) => [unpackedName(name), w.data]));
  const open = { device: await testDevice(), name: 'test', software: true };
  const plain = await Trainer.create(open, unpacked(), await spirals, { probes: false, weights: start });
  expect(packed.facts.parameters).toBe(plain.facts.parameters);
  const [a, b] = [await packed.run(40), await plain.run(40)];
  expect(b.rows.loss).toEqual(a.rows.loss);
  expect(b.rows.gradientNorm).toEqual(a.rows.gradientNorm);
  expect(a.rows.loss[39]).toBeLessThan(a.rows.loss[0]!);
  const after = await plain.weights();
  for (const [name, { data }] of await packed.weights())
    expect(after.get(unpackedName(name))?.data, name).toEqual(data);
  packed.dispose();
  plain.dispose();
});
