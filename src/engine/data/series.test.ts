import { describe, expect, test } from 'vitest';
import { describeDataset, sampleOf } from './dataset.ts';
import { type DataIo, loadDataset, previewCsv } from './load.ts';
import { describeData, parseDataSpec } from './spec.ts';

const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(new TextEncoder().encode(text)).buffer;
const words = (title: string) => expect.objectContaining({ user: expect.objectContaining({ title }) });

/** A table of the columns day, rain and heat; heat is 10 times the day. */
const rows = (count: number, heat = (day: number): string => String(10 * day)): string =>
  `day,rain,heat\n${Array.from({ length: count }, (_, i) => `${i},${i % 2},${heat(i)}`).join('\n')}\n`;

async function loadSeries(text: string, windows: object, options: { split?: object; recipe?: object } = {}) {
  const io: DataIo = {
    readShipped: () => Promise.reject(new Error('nothing ships here')),
    readFile: async () => bytesOf(text),
  };
  const { recipe } = await previewCsv(bytesOf(text), 'a.csv');
  const role = (name: string) => (name === 'heat' ? 'target' : name === 'rain' ? 'feature' : 'ignore');
  const columns = recipe.columns.map((c) => ({ ...c, type: 'number', role: role(c.name) }));
  const plain = { ...recipe, columns, standardise: false, standardiseTarget: false, ...options.recipe };
  const spec = parseDataSpec({
    origin: { source: 'csv', path: 'a.csv', recipe: plain, windows },
    split: options.split ?? { train: 1, validation: 0, test: 0 },
  });
  const { dataset, split } = await loadDataset(spec, io);
  expect(describeDataset(dataset)).toEqual(describeData(spec));
  const pairs = (part: Uint32Array) =>
    Array.from(part, (i) => [[...sampleOf(dataset.inputs[0]!, i)], [...sampleOf(dataset.targets[0]!, i)]]);
  return { dataset, split, pairs };
}

describe('windows over the rows of a table', () => {
  test('hold the features and the target’s own past, and are followed by the horizon', async () => {
    const { dataset, split, pairs } = await loadSeries(rows(6), { length: 2, horizon: 2, stride: 2 });
    expect(pairs(split.train)).toEqual([
      [
        [0, 0, 1, 10],
        [20, 30],
      ],
      [
        [0, 20, 1, 30],
        [40, 50],
      ],
    ]);
    expect(dataset.inputs[0]).toMatchObject({ shape: [2, 2], columns: ['rain', 'heat'] });
    expect(dataset.targets[0]).toMatchObject({ kind: 'regression', shape: [2, 1] });
  });

  test('leave the own past out where asked, and give one row a plain target', async () => {
    const { split, pairs, dataset } = await loadSeries(rows(4), { length: 3, ownPast: false });
    expect(pairs(split.train)).toEqual([[[0, 1, 0], [30]]]);
    expect(dataset.targets[0]?.shape).toEqual([1]);
  });

  test('are split by time, and scaled by the training block alone', async () => {
    const split = { train: 0.5, validation: 0.25, test: 0.25 };
    const standardised = { standardise: true, standardiseTarget: true };
    const jump = (day: number): string => String(day < 20 ? day % 2 : 1000);
    const { dataset, split: parts } = await loadSeries(
      rows(40, jump),
      { length: 3 },
      { split, recipe: standardised },
    );
    expect([Math.max(...parts.train), Math.min(...parts.validation), Math.min(...parts.test)]).toEqual([
      16, 20, 30,
    ]);
    expect(dataset.targets[0]).toMatchObject({ standardised: { mean: [0.5], std: [0.5] } });
  });

  test('touch no row whose value is missing', async () => {
    const { split, pairs, dataset } = await loadSeries(
      rows(9, (day) => (day === 4 ? 'NA' : String(day))),
      { length: 2, ownPast: true },
      { recipe: { standardise: false } },
    );
    expect([...split.train]).toEqual([0, 1, 5, 6]);
    expect(pairs(split.train).flat(2).every(Number.isFinite)).toBe(true);
    expect(dataset.notes[0]).toBe('1 of 9 rows lack a value: no window touches them.');
  });

  test('that do not fit are refused with the numbers', async () => {
    await expect(loadSeries(rows(10), { length: 16 })).rejects.toThrow(
      words('a.csv: no window of 17 rows fits into the 10 of the training part'),
    );
  });
});
