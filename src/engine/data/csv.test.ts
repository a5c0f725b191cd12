import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv } from './csv.ts';

const file = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const cells = (text: string, format?: Parameters<typeof parseCsv>[2]) => {
  const table = parseCsv(file(text), 'a.csv', format);
  return Object.fromEntries(table.columns.map((c) => [c.name, c.cells]));
};

describe('reading CSV', () => {
  test.each([
    ['comma', 'x,y\n1,2\n3,4\n'],
    ['semicolon', 'x;y\n1;2\n3;4'],
    ['tab and CR LF', 'x\ty\r\n1\t2\r\n3\t4\r\n'],
    ['byte order mark and empty lines', '\ufeffx,y\n\n1,2\n\n3,4\n\n'],
    ['spaces around names', ' x , y \n1,2\n3,4'],
  ])('%s', (_, text) => {
    expect(cells(text)).toEqual({ x: ['1', '3'], y: ['2', '4'] });
  });

  test('one column alone needs no separator', () => {
    expect(cells('x\n1\n2')).toEqual({ x: ['1', '2'] });
  });

  test('separators inside quoted names do not count', () => {
    expect(cells('"a;b;c",y\n1,2')).toEqual({ 'a;b;c': ['1'], y: ['2'] });
  });

  test('a given separator is obeyed', () => {
    expect(cells('a,b;c\n1,5;2', { delimiter: ';', decimal: ',' })).toEqual({ 'a,b': ['1,5'], c: ['2'] });
  });

  test('UTF-16 with a byte order mark is read, as spreadsheets write it', () => {
    const text = '\ufeffnäme,y\n1,2\n';
    const bytes = new Uint8Array([...text].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]))
      .buffer;
    expect(parseCsv(bytes, 'a.csv').columns.map((c) => c.name)).toEqual(['näme', 'y']);
  });

  test('what any table is written as is read back, quotes, separators and line breaks in cells included', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '7', '"', ',', ';', ' ', '\n', '.') });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        (width, rows) => {
          const table = rows.map((row) => row.slice(0, width));
          const header = table[0]!.map((_, i) => `c${i}`);
          const text = [header, ...table].map((row) => row.map(quoted).join(',')).join('\n');
          const read = parseCsv(file(text), 'a.csv', { delimiter: ',', decimal: '.' });
          expect(table.map((_, r) => read.columns.map((c) => c.cells[r]))).toEqual(table);
        },
      ),
    );
  });

  test('rows keep the line on which they begin, past quoted line breaks and empty lines', () => {
    const table = parseCsv(file('x,y\n"a\nb",1\n\nc,2\n'), 'a.csv');
    expect([table.lineOf(0), table.lineOf(1)]).toEqual([2, 5]);
  });
});

describe('a file that cannot be used is refused with where and why', () => {
  test.each([
    ['empty', '', 'a.csv has no data to train on: the file is empty'],
    ['only spaces', ' \n \n', 'a.csv has no data to train on: the file is empty'],
    ['only a header', 'x,y\n', 'a.csv has no data to train on: there is a header but no row below it'],
    ['ragged', 'x,y\n1,2\n3\n', 'Line 3 of a.csv has 1 cells, and the header has 2'],
    ['too many cells', 'x,y\n1,2,3\n', 'Line 2 of a.csv has 3 cells, and the header has 2'],
    [
      'the same name twice',
      'x,y,x\n1,2,3\n',
      'The header of a.csv is not usable: columns 1 and 3 are both named "x"',
    ],
    ['no name', 'x,,z\n1,2,3\n', 'The header of a.csv is not usable: column 2 has no name'],
    [
      'an open quotation',
      'x,y\n1,2\n"3,4\n',
      'Line 3 of a.csv has a quotation mark that does not match another',
    ],
    ['NUL bytes', 'PK\0\0x,y\n', 'a.csv is not a text file'],
  ])('%s', (_, text, title) => {
    expect(() => parseCsv(file(text), 'a.csv')).toThrow(
      expect.objectContaining({ user: expect.objectContaining({ title }) }),
    );
  });

  test('bytes that are not UTF-8', () => {
    expect(() => parseCsv(Uint8Array.of(0x78, 0xe9, 0x0a).buffer, 'latin.csv')).toThrow(
      'latin.csv is not a text file',
    );
  });
});
