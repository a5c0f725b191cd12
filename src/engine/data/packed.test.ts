import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PackedData, packData, packedTable, packNames, unpackData } from './packed.ts';

const sample: PackedData = {
  id: 'sample',
  title: 'Sample',
  source: 'Made up – by hand.',
  licence: 'None.',
  count: 3,
  fields: [
    { kind: 'numbers', name: 'x', data: Float64Array.of(39.1, Number.NaN, -1e-300) },
    packNames('c', ['ü', null, 'v']),
    {
      kind: 'bytes',
      name: 'image',
      shape: [1, 2, 2],
      data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
    },
  ],
};
const packed = async (data: PackedData) => (await packData(data)).buffer;
const words = (title: string) => expect.objectContaining({ user: expect.objectContaining({ title }) });

describe('packed data', () => {
  test('comes back exactly: numbers to the last bit, texts, bytes, words', async () => {
    expect(await unpackData(await packed(sample), 'sample.bin')).toEqual(sample);
  });

  test('comes back exactly for any numbers and names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.double(), fc.option(fc.string())), { minLength: 1, maxLength: 50 }),
        async (rows) => {
          const fields = [
            { kind: 'numbers' as const, name: 'x', data: Float64Array.from(rows, ([x]) => x) },
            packNames(
              'c',
              rows.map(([, c]) => c),
            ),
          ];
          const data: PackedData = { ...sample, count: rows.length, fields };
          const back = await unpackData(await packed(data), 'sample.bin');
          expect(back).toEqual(data);
          expect(packedTable(back).columns[1]?.cells).toEqual(rows.map(([, c]) => c));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('begins with its mark, its version and the length of its header, little-endian', async () => {
    const bytes = await packed(sample);
    const view = new DataView(bytes);
    expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('GLDS');
    expect(view.getUint32(4, true)).toBe(1);
    const header = JSON.parse(new TextDecoder().decode(bytes.slice(12, 12 + view.getUint32(8, true))));
    expect(header).toMatchObject({ id: 'sample', licence: 'None.', count: 3 });
  });

  test('as a table has missing cells where they were, and rows counted from 1', async () => {
    const table = packedTable({ ...sample, fields: sample.fields.slice(0, 2) });
    expect(table.columns).toEqual([
      { name: 'x', cells: [39.1, null, -1e-300] },
      { name: 'c', cells: ['ü', null, 'v'] },
    ]);
    expect(table.lineOf(0)).toBe(1);
    expect(() => packedTable(sample)).toThrow(
      words('The data set Sample cannot be read: "image" is not a column of a table'),
    );
  });
});

describe('a packed file that is not whole is refused', () => {
  const change = (bytes: ArrayBuffer, at: number, value: number) => {
    const copy = new Uint8Array(bytes.slice(0));
    copy[at < 0 ? copy.length + at : at] = value;
    return copy.buffer;
  };
  const cases: [string, (bytes: ArrayBuffer) => ArrayBuffer, string][] = [
    ['nothing', () => new ArrayBuffer(0), 'it is not a packed data set'],
    ['another format', (b) => change(b, 0, 0x50), 'it is not a packed data set'],
    ['a later version', (b) => change(b, 4, 9), 'it has format version 9, and this Gradloom reads version 1'],
    ['a cut header', (b) => b.slice(0, 40), 'it ends too early'],
    ['a damaged header', (b) => change(b, 12, 0x20), 'its header is damaged'],
    ['cut contents', (b) => b.slice(0, b.byteLength - 10), 'its contents are damaged'],
    ['a changed byte of contents', (b) => change(b, -8, 0), 'its contents are damaged'],
  ];
  test.each(cases)('%s', async (_, damage, why) => {
    const bytes = damage(await packed(sample));
    await expect(unpackData(bytes, 'x.bin')).rejects.toThrow(
      words(`The data set x.bin cannot be read: ${why}`),
    );
  });

  test('a header that announces another amount than there is', async () => {
    const short = { ...sample, count: 2 };
    await expect(unpackData(await packed(short), 'x.bin')).rejects.toThrow('its contents are damaged');
    const long = { ...sample, count: 4 };
    await expect(unpackData(await packed(long), 'x.bin')).rejects.toThrow(
      /it holds \d+ bytes of data where \d+ are announced/,
    );
  });
});
