/// <reference path="./papaparse.d.ts" />
// CSV files with a header line, read into a table. Whatever is wrong with a file is said with its line and column.
import Papa from 'papaparse';
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { Table } from './table.ts';

const delimiters = [',', ';', '\t', '|'] as const;
type Delimiter = (typeof delimiters)[number];

/** How a CSV file is written. Saved in documents. */
export const csvFormat = z.strictObject({
  delimiter: z
    .enum(['auto', ...delimiters])
    .default('auto')
    .meta({
      title: 'Separator',
      description: 'The character between cells; auto takes the most frequent one in the header.',
    }),
  decimal: z
    .enum(['.', ','])
    .default('.')
    .meta({ title: 'Decimal mark', description: 'The character before the decimals of a number.' }),
});

export type CsvFormat = z.infer<typeof csvFormat>;

/**
 * Reads a CSV file (RFC 4180, with any of the usual separators). The first line names the columns; empty lines are skipped.
 *
 * @param bytes the file: UTF-8, or UTF-16 with a byte order mark
 * @param name the file's name, for error messages
 * @throws EngineError `data/not-text`, `data/empty`, `data/header`, `data/ragged`, `data/quote`
 */
export function parseCsv(bytes: ArrayBuffer, name: string, format: CsvFormat = csvFormat.parse({})): Table {
  const text = decodeText(bytes, name);
  if (text.trim() === '') throw new EngineError('data/empty', { file: name, why: 'the file is empty' });

  const delimiter = format.delimiter === 'auto' ? guessDelimiter(text) : format.delimiter;
  const { data, errors } = Papa.parse(text, { delimiter, skipEmptyLines: false });
  const lineOf = lineNumbers(data);
  const badQuote = errors.find((e) => e.type === 'Quotes');
  if (badQuote) throw new EngineError('data/quote', { file: name, line: lineOf[badQuote.row ?? 0] ?? 1 });

  const filled = data.flatMap((cells, i) => (isBlank(cells) ? [] : [{ cells, line: lineOf[i] ?? 1 }]));
  const [header, ...rows] = filled;
  const names = checkHeader(header?.cells ?? [], name);
  if (rows.length === 0)
    throw new EngineError('data/empty', { file: name, why: 'there is a header but no row below it' });
  for (const { cells, line } of rows) {
    if (cells.length !== names.length) {
      throw new EngineError('data/ragged', { file: name, line, got: cells.length, expected: names.length });
    }
  }
  return {
    name,
    rows: rows.length,
    columns: names.map((column, c) => ({ name: column, cells: rows.map(({ cells }) => cells[c] ?? '') })),
    decimal: format.decimal,
    lineOf: (row) => rows[row]?.line ?? 0,
  };
}

/** The text of a file. @throws EngineError `data/not-text` */
export function decodeText(bytes: ArrayBuffer, name: string): string {
  const [a, b] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError('data/not-text', { file: name }, { cause });
  }
  // A NUL is valid UTF-8, but a file that has one is an image, an archive or a spreadsheet.
  if (text.includes('\0')) throw new EngineError('data/not-text', { file: name });
  return text;
}

/** The separator that the header has most often outside quotation marks; a comma where it has none. */
function guessDelimiter(text: string): Delimiter {
  const counts = new Map<string, number>(delimiters.map((delimiter) => [delimiter, 0]));
  const header = text.trimStart();
  let quoted = false;
  for (const character of header) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) break;
    else if (!quoted && counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return delimiters.reduce((best, next) => ((counts.get(next) ?? 0) > (counts.get(best) ?? 0) ? next : best));
}

function checkHeader(header: readonly string[], file: string): string[] {
  const names = header.map((cell) => cell.trim());
  names.forEach((name, i) => {
    if (name === '') throw new EngineError('data/header', { file, why: `column ${i + 1} has no name` });
    const first = names.indexOf(name);
    if (first !== i) {
      throw new EngineError('data/header', {
        file,
        why: `columns ${first + 1} and ${i + 1} are both named "${name}"`,
      });
    }
  });
  return names;
}

/** The line of the file on which each record begins: a quoted cell may hold line breaks. */
function lineNumbers(records: readonly (readonly string[])[]): number[] {
  let line = 1;
  return records.map((cells) => {
    const begins = line;
    line += 1 + cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
    return begins;
  });
}

/** An empty line, which Papa gives as one empty cell. */
function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0]?.trim() === '';
}
