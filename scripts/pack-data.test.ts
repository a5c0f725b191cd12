import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedDatasets } from '../src/engine/data/catalogue.ts';
import { classCounts, describeDataset, sampleOf } from '../src/engine/data/dataset.ts';
import { type DataIo, loadDataset } from '../src/engine/data/load.ts';
import { unpackData } from '../src/engine/data/packed.ts';
import { describeData, parseDataSpec } from '../src/engine/data/spec.ts';
import { packAll } from './pack-data.ts';

let folder = '';
const read = async (id: string): Promise<ArrayBuffer> =>
  Uint8Array.from(await readFile(join(folder, `${id}.bin`))).buffer;
const io: DataIo = { readShipped: read, readFile: read };
const load = (raw: object) => loadDataset(parseDataSpec(raw), io);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradloom-data-'));
  await packAll(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('packing', () => {
  test('writes one small file for each data set, and nothing else', async () => {
    expect((await readdir(folder)).sort()).toEqual(['cars.bin', 'mnist.bin', 'penguins.bin', 'sonnets.bin']);
    expect((await stat(join(folder, 'mnist.bin'))).size).toBeLessThan(2_000_000);
  });

  test('leaves a fresh file alone, and makes an old one again with the same bytes', async () => {
    const file = join(folder, 'cars.bin');
    const before = await readFile(file);
    const { mtimeMs } = await stat(file);
    await packAll(folder);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
    await utimes(file, 0, 0);
    await packAll(folder);
    expect((await stat(file)).mtimeMs).toBeGreaterThan(0);
    expect(await readFile(file)).toEqual(before);
  });
});

test.each([{ id: 'penguins' }, { id: 'cars' }, { id: 'mnist', samples: 100 }])(
  'a spec of $id describes what it loads',
  async (origin) => {
    const raw = { origin: { source: 'shipped', ...origin } };
    const { dataset, split } = await load(raw);
    expect(describeDataset(dataset)).toEqual(describeData(parseDataSpec(raw)));
    expect(split.train.length + split.validation.length + split.test.length).toBe(dataset.count);
  },
);

test('a spec of sonnets describes what it loads, in windows of the text', async () => {
  const raw = { origin: { source: 'shipped', id: 'sonnets', windows: { length: 12 } } };
  const { dataset, split } = await load(raw);
  expect(describeDataset(dataset)).toEqual(describeData(parseDataSpec(raw)));
  const [input] = dataset.inputs;
  if (input?.dtype !== 'u32') throw new Error('a text is tokens');
  const start = Array.from(sampleOf(input, split.train[0] ?? 0), (code) => input.names[code]).join('');
  expect(start).toBe('From fairest');
});

describe('data that ships', () => {
  test.each(Object.values(shippedDatasets))(
    '$id is the catalogue’s: count, source and licence',
    async ({ id, count, source, licence }) => {
      expect(await unpackData(await read(id), id)).toMatchObject({ id, count, source, licence });
    },
  );

  test('penguins: four measurements of the 342 birds that have them, three species', async () => {
    const { dataset } = await load({ origin: { source: 'shipped', id: 'penguins' } });
    expect(dataset).toMatchObject({
      count: 342,
      inputs: [{ shape: [4] }],
      targets: [{ names: ['Adelie', 'Chinstrap', 'Gentoo'] }],
    });
    const [target] = dataset.targets;
    if (target?.kind !== 'class') throw new Error('species are no class');
    expect(
      classCounts(
        target,
        Uint32Array.from({ length: 342 }, (_, i) => i),
      ),
    ).toEqual([151, 68, 123]);
    expect(dataset.notes[0]).toContain('2 of 344 rows dropped for missing values');
  });

  test('penguins with island and sex: the unknown sexes, "." among them, are missing', async () => {
    const { recipe } = shippedDatasets.penguins;
    const columns = recipe.columns.map((c) => (c.role === 'ignore' ? { ...c, role: 'feature' as const } : c));
    const { dataset } = await load({
      origin: { source: 'shipped', id: 'penguins', recipe: { ...recipe, columns } },
    });
    expect(dataset).toMatchObject({ count: 333, inputs: [{ shape: [9] }] });
  });

  test('penguins unscaled are the published numbers', async () => {
    const recipe = { ...shippedDatasets.penguins.recipe, standardise: false };
    const { dataset } = await load({ origin: { source: 'shipped', id: 'penguins', recipe } });
    expect([...dataset.inputs[0]!.data.subarray(0, 4)]).toEqual([...Float32Array.of(39.1, 18.7, 181, 3750)]);
  });

  test('cars: consumption from seven properties, 392 complete rows; or the origin as a class', async () => {
    const { dataset } = await load({ origin: { source: 'shipped', id: 'cars' } });
    expect(dataset).toMatchObject({
      count: 392,
      inputs: [{ shape: [9] }],
      targets: [{ kind: 'regression', shape: [1] }],
    });
    const { recipe } = shippedDatasets.cars;
    const columns = recipe.columns.map((c) =>
      c.name === 'Origin'
        ? { ...c, role: 'target' as const }
        : c.role === 'target'
          ? { ...c, role: 'feature' as const }
          : c,
    );
    const byOrigin = await load({
      origin: { source: 'shipped', id: 'cars', recipe: { ...recipe, columns } },
    });
    expect(byOrigin.dataset).toMatchObject({
      count: 392,
      inputs: [{ shape: [7] }],
      targets: [{ names: ['Europe', 'Japan', 'USA'] }],
    });
  });

  test('digits: 10,000 images with every class in its known number, split 70/15/15', async () => {
    const { dataset, split } = await load({ origin: { source: 'shipped', id: 'mnist' } });
    const [target] = dataset.targets;
    const [image] = dataset.inputs;
    if (target?.kind !== 'class') throw new Error('digits are no class');
    expect(image?.shape).toEqual([1, 28, 28]);
    expect(
      classCounts(
        target,
        Uint32Array.from({ length: 10_000 }, (_, i) => i),
      ),
    ).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([7000, 1500, 1500]);
    const pixels = image!.data;
    expect(Math.min(...pixels.subarray(0, 7840))).toBe(0);
    expect(Math.max(...pixels.subarray(0, 7840))).toBe(1);
    // MNIST's mean grey level and deviation are 0.1307 and 0.3081.
    let sum = 0;
    for (const v of pixels) sum += v;
    expect(sum / pixels.length).toBeCloseTo(0.131, 2);
  });

  test('digits standardised have mean 0 and deviation 1 over the training part; as bytes they are whole', async () => {
    const { dataset, split, preprocessing } = await load({
      origin: { source: 'shipped', id: 'mnist', samples: 500, pixels: 'standard' },
    });
    let sum = 0;
    let squares = 0;
    for (const i of split.train) {
      for (const v of dataset.inputs[0]!.data.subarray(784 * i, 784 * (i + 1))) {
        sum += v;
        squares += v * v;
      }
    }
    const n = 784 * split.train.length;
    expect(sum / n).toBeCloseTo(0, 5);
    expect(squares / n).toBeCloseTo(1, 4);
    expect(preprocessing).toMatchObject({ kind: 'pixels', fit: { std: expect.closeTo(78.5, -1) } });
    const bytes = await load({ origin: { source: 'shipped', id: 'mnist', samples: 50, pixels: 'bytes' } });
    expect(bytes.dataset.inputs[0]!.data.every((v) => Number.isInteger(v) && v <= 255)).toBe(true);
  });
});
