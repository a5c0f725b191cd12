// Text from trained nets on a WebGPU adapter: an LSTM, a small GPT and one that answers for the last place only.
import { describe, expect, test } from 'vitest';
import { ioOfFiles, type LoadedData, loadDataset } from '../data/load.ts';
import { dataSpec } from '../data/spec.ts';
import { EngineError } from '../errors.ts';
import type { GraphDocument, Json } from '../model/schema.ts';
import { documentOf } from '../model/testing.ts';
import type { OpenDevice } from '../runtime/device.ts';
import { testDevice } from '../runtime/testing.ts';
import type { GenerateOptions } from './generate.ts';
import { openGenerator } from './trained.ts';
import { Trainer } from './trainer.ts';

/** What follows an `a` depends on what came before it. */
const text = 'abacus '.repeat(60);
const vocabulary = new Set(text).size;

type Layers = Record<string, string | readonly [string, Record<string, Json>]>;

const ports: Record<string, string> = { loss: 'prediction', attend: 'query' };

/** data → Embedding → layers → Linear → cross-entropy. */
function characterNet(layers: Layers): GraphDocument {
  const nodes: Layers = {
    data: 'data',
    embed: ['embedding', { vocabulary, features: 8 }],
    ...layers,
    out: ['linear', { units: vocabulary }],
    loss: 'crossEntropy',
  };
  const chain = Object.keys(nodes);
  const wires = chain.slice(1).map((name, i) => {
    const from = chain[i] === 'data' ? 'data.x' : `${chain[i]}.y`;
    return `${from} -> ${name}.${ports[name] ?? 'x'}`;
  });
  const document = documentOf(nodes, [...wires, 'data.y -> loss.target']);
  const optimizer = { kind: 'adam', params: { learningRate: 0.05 } };
  return { ...document, training: { ...document.training, batchSize: 16, optimizer } };
}

/** What follows a character, by the character alone. */
const bigram = characterNet({});
const lstm = characterNet({ lstm: ['lstm', { units: 8 }] });
const gpt = characterNet({
  place: ['learnedEncoding', { length: 3 }],
  block: ['transformerEncoderLayer', { heads: 1, feedForward: 8, causal: true, dropout: 0 }],
});
const lastOnly = characterNet({ flat: 'flatten' });

const open = async (): Promise<OpenDevice> => ({ device: await testDevice(), name: 'test', software: true });

function loadWindows(predict: 'every' | 'last'): Promise<LoadedData> {
  const windows = { length: 3, stride: 1, predict };
  const alphabet = [...new Set(text)].join('');
  const bytes = Uint8Array.from(new TextEncoder().encode(text)).buffer;
  const origin = { source: 'text', path: 'a.txt', alphabet, windows };
  return loadDataset(dataSpec.parse({ origin }), ioOfFiles({ 'a.txt': bytes }));
}

async function trained(document: GraphDocument, predict: 'every' | 'last', steps: number): Promise<Trainer> {
  const trainer = await Trainer.create(await open(), document, await loadWindows(predict), { probes: false });
  if (steps > 0) await trainer.run(steps);
  return trainer;
}

interface Writer {
  generate: Trainer['generate'];
}

async function write(writer: Writer, options: Partial<GenerateOptions>, stopAfter = 1e9): Promise<string> {
  const wanted = { prompt: '', length: 20, temperature: 1, topK: 0, seed: 1, ...options };
  let written = '';
  await writer.generate(wanted, {
    text: (character) => {
      written += character;
    },
    isStopped: () => written.length >= stopAfter,
  });
  return written;
}

describe.each([
  { name: 'an LSTM', document: lstm, predict: 'every', steps: 80 },
  { name: 'a small GPT', document: gpt, predict: 'every', steps: 80 },
  { name: 'a net that predicts the last place', document: lastOnly, predict: 'last', steps: 80 },
] as const)('$name', ({ document, predict, steps }) => {
  test('continues what it has learnt, far beyond its window, and the same from a file of its weights', async () => {
    const trainer = await trained(document, predict, steps);
    const greedy = { prompt: 'us ab', temperature: 0, length: 9 };
    expect(await write(trainer, greedy)).toBe('acus abac');
    const weights = await trainer.weights();
    const file = await openGenerator(await open(), document, await loadWindows(predict), {
      weights,
      file: 'w.safetensors',
    });
    expect(await write(file.generator, greedy)).toBe('acus abac');
    const wild = { prompt: 'a', temperature: 3, seed: 9, length: 8 };
    expect(await write(file.generator, wild)).toBe(await write(trainer, wild));
    file.dispose();
    trainer.dispose();
  });
});

describe('a generator', () => {
  test('writes the same for one seed, else for another, and stops when it is told', async () => {
    const trainer = await trained(bigram, 'every', 0);
    const once = await write(trainer, { seed: 3, length: 12 });
    expect(await write(trainer, { seed: 3, length: 12 })).toBe(once);
    expect(await write(trainer, { seed: 4, length: 12 })).not.toBe(once);
    expect(await write(trainer, { seed: 3, length: 12 }, 5)).toBe(once.slice(0, 5));
    expect(once).toMatch(/^[abcus ]{12}$/);
    trainer.dispose();
  });

  test('does not disturb training', async () => {
    const losses = [];
    for (const writes of [false, true]) {
      const trainer = await trained(bigram, 'every', 3);
      if (writes) await write(trainer, { length: 4 });
      losses.push([...(await trainer.run(5)).rows.loss]);
      trainer.dispose();
    }
    expect(losses[1]).toEqual(losses[0]);
  });

  test('refuses a prompt with a character that the net does not know', async () => {
    const trainer = await trained(bigram, 'every', 0);
    await expect(write(trainer, { prompt: 'abé' })).rejects.toThrow(
      'The prompt, line 1: "é" is not among the 6 characters that the net knows',
    );
    trainer.dispose();
  });

  test('refuses a net that looks ahead', async () => {
    const both = characterNet({ attend: 'multiHeadAttention' });
    const trainer = await trained(both, 'every', 0);
    await expect(write(trainer, { prompt: 'ab' })).rejects.toMatchObject({ code: 'generate/looks-ahead' });
    trainer.dispose();
  });

  test('is refused for a net that reads no text', async () => {
    const document = documentOf({ data: 'data', out: ['linear', { units: 2 }], loss: 'crossEntropy' }, [
      'data.x -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ]);
    const origin = { source: 'generated', kind: 'xor', params: {} };
    const data = await loadDataset(dataSpec.parse({ origin }), ioOfFiles({}));
    const trainer = await Trainer.create(await open(), document, data, { probes: false });
    await expect(write(trainer, {})).rejects.toBeInstanceOf(EngineError);
    trainer.dispose();
  });

  test('is refused for weights that are missing or of another shape', async () => {
    const data = await loadWindows('every');
    const weights = new Map([['embed.weight', { shape: [2, 2], data: [1, 2, 3, 4] }]]);
    const opened = async (given: typeof weights) =>
      openGenerator(await open(), bigram, data, { weights: given, file: 'w.safetensors' });
    await expect(opened(weights)).rejects.toThrow(/embed.weight/);
    await expect(opened(new Map())).rejects.toThrow(/missing/);
  });
});
