import { describe, expect, test } from 'vitest';
import { describeDataset } from './dataset.ts';
import { type DataIo, dataFileOf, ioOfFiles, loadDataset, previewCsv, sha256 } from './load.ts';
import { packData, packNames } from './packed.ts';
import { describeData, parseDataSpec } from './spec.ts';

const files = new Map<string, string>();
const io: DataIo = {
  readShipped: async () => (await greyDigits()).buffer,
  readFile: async (path) => new TextEncoder().encode(files.get(path) ?? '').buffer as ArrayBuffer,
};
const load = (raw: object) => loadDataset(parseDataSpec(raw), io);
const words = (title: string) => expect.objectContaining({ user: expect.objectContaining({ title }) });

test.each([
  { origin: { source: 'generated', kind: 'spirals', params: { arms: 3 } } },
  { origin: { source: 'generated', kind: 'linear', params: { weights: [1, 2] } } },
  { origin: { source: 'shipped', id: 'mnist', samples: 10 } },
])('what a spec describes is what it loads: $origin', async (raw) => {
  const { dataset, split } = await load(raw);
  expect(describeDataset(dataset)).toEqual(describeData(parseDataSpec(raw)));
  expect(split.train.length + split.validation.length + split.test.length).toBe(dataset.count);
  expect(dataset.provenance.licence.length).toBeGreaterThan(4);
});

test('the same spec loads the same numbers, and the split seed changes only the split', async () => {
  const raw = (seed: number) => ({
    origin: { source: 'generated', kind: 'moons', params: {}, seed: 5 },
    split: { seed },
  });
  expect(await load(raw(1))).toEqual(await load(raw(1)));
  const other = await load(raw(2));
  expect(other.dataset.inputs).toEqual((await load(raw(1))).dataset.inputs);
  expect(other.split).not.toEqual((await load(raw(1))).split);
});

describe('images', () => {
  const pixels = async (scale: string, samples = 10) => {
    const loaded = await load({ origin: { source: 'shipped', id: 'mnist', pixels: scale, samples } });
    const { data } = loaded.dataset.inputs[0]!;
    return { ...loaded, greys: Array.from({ length: loaded.dataset.count }, (_, i) => data[784 * i]!) };
  };

  test('are bytes, shares of 255, or standardised over the training part', async () => {
    expect((await pixels('bytes')).greys).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
    expect((await pixels('unit')).greys).toEqual(
      Array.from({ length: 10 }, (_, i) => Math.fround((20 * i) / 255)),
    );
    const { greys, split, preprocessing } = await pixels('standard');
    const train = [...split.train].map((i) => 20 * i);
    const mean = train.reduce((a, b) => a + b, 0) / train.length;
    const std = Math.sqrt(train.reduce((s, v) => s + (v - mean) ** 2, 0) / train.length);
    expect(preprocessing).toEqual({
      kind: 'pixels',
      fit: { mean: expect.closeTo(mean, 9), std: expect.closeTo(std, 9) },
    });
    greys.forEach((grey, i) => {
      expect(grey).toBeCloseTo((20 * i - mean) / std, 5);
    });
  });

  test('may be fewer than there are, and never more', async () => {
    const { dataset } = await pixels('unit', 11);
    expect(dataset.count).toBe(11);
    expect(dataset.notes[0]).toBe('The first 11 of 12 images.');
    expect((await pixels('unit', 10_000)).dataset.count).toBe(12);
  });
});

describe('CSV files', () => {
  const text = 'x,colour,price\n1,red,10\n2,green,20\n3,red,30\n4,green,40\n';

  test('are previewed, and load with the recipe that was guessed', async () => {
    files.set('dir/a.csv', text);
    const { recipe, hash } = await previewCsv(await io.readFile('dir/a.csv'), 'a.csv');
    const raw = { origin: { source: 'csv', path: 'dir/a.csv', recipe, hash } };
    const { dataset, preprocessing } = await load(raw);
    expect(dataset).toMatchObject({
      name: 'a.csv',
      count: 4,
      targets: [{ kind: 'class', names: ['green', 'red'] }],
    });
    expect(describeData(parseDataSpec(raw))).toEqual(describeDataset(dataset));
    expect(JSON.parse(JSON.stringify(preprocessing))).toEqual(preprocessing);
    expect(dataset.notes.join()).not.toContain('changed');
  });

  test('that have changed since are still read, and it is said', async () => {
    const { recipe, hash } = await previewCsv(new TextEncoder().encode(text).buffer as ArrayBuffer, 'a.csv');
    files.set('a.csv', `${text}5,red,50\n`);
    const { dataset } = await load({ origin: { source: 'csv', path: 'a.csv', recipe, hash } });
    expect(dataset.count).toBe(5);
    expect(dataset.notes[0]).toBe('a.csv has changed since its columns were chosen.');
  });

  test('SHA-256 is the published function', async () => {
    expect(await sha256(new TextEncoder().encode('abc').buffer as ArrayBuffer)).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('the file of a spec', () => {
  const grey = parseDataSpec({ origin: { source: 'shipped', id: 'mnist', samples: 10 } });

  test('is none for generated data, else has the name by which it is handed over', () => {
    expect(
      dataFileOf(parseDataSpec({ origin: { source: 'generated', kind: 'xor', params: {} } })),
    ).toBeNull();
    expect(dataFileOf(grey)).toEqual({ place: 'shipped', id: 'mnist', name: 'mnist.bin' });
  });

  test('is read from files handed over, with the same result', async () => {
    const files = { 'mnist.bin': (await greyDigits()).buffer };
    expect(await loadDataset(grey, ioOfFiles(files))).toEqual(await loadDataset(grey, io));
    await expect(loadDataset(grey, ioOfFiles({}))).rejects.toThrow('the file mnist.bin was handed over');
  });
});

describe('a spec that cannot be read is refused with the place', () => {
  test.each([
    [{ origin: { source: 'shipped', id: 'iris' } }, 'origin.id is not valid'],
    [
      { origin: { source: 'generated', kind: 'spirals', params: { turns: 99 } } },
      'origin.params.turns must be at most',
    ],
    [
      { origin: { source: 'generated', kind: 'xor', params: { samples: 0 } } },
      'origin.params.samples must be at least 4',
    ],
    [
      { origin: { source: 'generated', kind: 'moons', params: {}, seed: -1 } },
      'origin.seed must be at least 0',
    ],
    [{ origin: { source: 'csv', path: 'a.csv' } }, 'origin.recipe must be a group of settings'],
    [
      { origin: { source: 'generated', kind: 'moons', params: {} }, split: { train: 0.9 } },
      'split is not valid',
    ],
    [null, 'the data node must be a group of settings'],
  ])('%j', (raw, words) => {
    expect(() => parseDataSpec(raw)).toThrow(
      expect.objectContaining({
        code: 'data/spec',
        message: expect.stringContaining(`: ${words}`),
      }),
    );
  });

  test('a file that is not there as packed data is named', async () => {
    const none: DataIo = { ...io, readShipped: async () => new ArrayBuffer(3) };
    await expect(
      loadDataset(parseDataSpec({ origin: { source: 'shipped', id: 'cars' } }), none),
    ).rejects.toThrow(words('The data set cars.bin cannot be read: it is not a packed data set'));
  });
});

/** A file like the one that ships, with twelve images of one grey level each. */
async function greyDigits(): Promise<Uint8Array<ArrayBuffer>> {
  const count = 12;
  const labels = packNames('digit', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '1']);
  const data = Uint8Array.from({ length: count * 784 }, (_, i) => 20 * Math.floor(i / 784));
  const image = { kind: 'bytes' as const, name: 'image', shape: [1, 28, 28], data };
  return packData({
    id: 'mnist',
    title: 'Digits',
    source: 'Made up.',
    licence: 'None needed.',
    count,
    fields: [image, labels],
  });
}
