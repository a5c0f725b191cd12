import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClassTarget, type IndexField, sampleOf } from './dataset.ts';
import { type DataIo, loadDataset, previewText } from './load.ts';
import { parseDataSpec } from './spec.ts';
import { alphabetOf, encodeText, readText } from './text.ts';

const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(new TextEncoder().encode(text)).buffer;
const words = (title: string) => expect.objectContaining({ user: expect.objectContaining({ title }) });

/** A data set of a text whose alphabet is its own. */
async function loadText(text: string, windows: object = {}, split: object = {}, alphabet = alphabetOf(text)) {
  const io: DataIo = {
    readShipped: () => Promise.reject(new Error('nothing ships here')),
    readFile: async () => bytesOf(text),
  };
  const origin = { source: 'text', path: 'songs/a.txt', alphabet: alphabet.join(''), windows };
  const { dataset, split: parts } = await loadDataset(parseDataSpec({ origin, split }), io);
  const read = (field: IndexField | ClassTarget | undefined, i: number) =>
    field ? Array.from(sampleOf(field, i), (code) => field.names[code]).join('') : '';
  const pairs = (part: Uint32Array) =>
    Array.from(part, (i) => {
      const [x] = dataset.inputs;
      const [y] = dataset.targets;
      return [x?.dtype === 'u32' ? read(x, i) : '', y?.kind === 'class' ? read(y, i) : ''];
    });
  return { dataset, parts, pairs };
}

describe('a text', () => {
  test('is read with composed letters, plain line ends and no byte order mark', () => {
    expect(readText(bytesOf('\uFEFFe\u0301\r\na\rb'), 'a.txt')).toBe('é\na\nb');
    expect(() => readText(bytesOf(' \n'), 'a.txt')).toThrow(words('a.txt holds no text'));
  });

  test('becomes code points in their order, each once', () => {
    expect(alphabetOf('b😀a\nb')).toEqual(['\n', 'a', 'b', '😀']);
    expect([...encodeText('a😀', alphabetOf('b😀a'), 'a.txt')]).toEqual([0, 2]);
  });

  test('with a character that the net does not know is refused with the line', () => {
    expect(() => encodeText('ab\nax', ['\n', 'a', 'b'], 'a.txt')).toThrow(
      words('a.txt, line 2: "x" is not among the 3 characters that the net knows'),
    );
  });

  test('is previewed with its alphabet and a hash', async () => {
    const { text, alphabet, hash } = await previewText(bytesOf('baa\r\n'), 'a.txt');
    expect([text, alphabet, hash.length]).toEqual(['baa\n', '\nab', 64]);
  });
});

describe('windows over a text', () => {
  const all = { train: 1, validation: 0, test: 0 };

  test('predict the next character after every one', async () => {
    const { pairs, parts, dataset } = await loadText('abcdefg', { length: 3, stride: 2 }, all);
    expect(pairs(parts.train)).toEqual([
      ['abc', 'bcd'],
      ['cde', 'def'],
    ]);
    expect(dataset.targets[0]?.shape).toEqual([3]);
    expect(dataset.inputs[0]?.data).toHaveLength(7);
  });

  test('predict the next character after the last one', async () => {
    const windows = { length: 3, stride: 1, predict: 'last' };
    const { pairs, parts, dataset } = await loadText('abcdef', windows, all);
    expect(pairs(parts.train)).toEqual([
      ['abc', 'd'],
      ['bcd', 'e'],
      ['cde', 'f'],
    ]);
    expect(dataset.targets[0]?.shape).toEqual([]);
  });

  test('take capitals as small letters where asked', async () => {
    const { pairs, parts, dataset } = await loadText('AbaB', { length: 3, lowercase: true }, all);
    expect(pairs(parts.train)).toEqual([['aba', 'bab']]);
    expect(dataset.inputs[0]).toMatchObject({ names: ['a', 'b'] });
  });

  test('never share a character between two parts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 40, max: 300 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('every', 'last'),
        async (size, length, stride, predict) => {
          const text = Array.from({ length: size }, (_, i) => (i % 2 ? 'a' : 'b')).join('');
          const { dataset, parts } = await loadText(
            text,
            { length, stride, predict },
            { train: 0.5, validation: 0.25, test: 0.25 },
          );
          const touched = (part: Uint32Array) =>
            new Set(
              Array.from(part, (i) => Array.from({ length: length + 1 }, (_, t) => i * stride + t)).flat(),
            );
          const [a, b, c] = [touched(parts.train), touched(parts.validation), touched(parts.test)];
          expect([...a].some((row) => b.has(row))).toBe(false);
          expect([...b].some((row) => c.has(row))).toBe(false);
          expect(Math.max(...a)).toBeLessThan(Math.min(...b, size));
          for (const part of [parts.train, parts.validation, parts.test])
            expect(part.every((i) => i < dataset.count)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('count each character of the measured parts once where every one is predicted', async () => {
    const { parts } = await loadText(
      'ab'.repeat(100),
      { length: 5, stride: 1 },
      { train: 0.5, validation: 0.5, test: 0 },
    );
    expect([...parts.validation].map((i, k) => i - (parts.validation[k - 1] ?? i - 5))).toEqual(
      Array.from(parts.validation, () => 5),
    );
  });

  test('that do not fit into the training part are refused with the numbers', async () => {
    await expect(loadText('ab'.repeat(20), { length: 64 })).rejects.toThrow(
      words('a.txt: no window of 65 characters fits into the 28 of the training part'),
    );
  });
});
