// A table of named columns, as CSV files and shipped tables both become it: cells are numbers or text, and a missing cell is
// null. What a column means (number, category, …) is the recipe's business, and a cell that does not fit is named.
import { EngineError } from '../errors.ts';

/** One cell; null is a missing value. */
export type Cell = string | number | null;

/** A cell that is not missing. */
type Present = Exclude<Cell, null>;

/** A named column of cells. */
export interface Column {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** Columns of equal length. */
export interface Table {
  /** The file or data set, as error messages name it. */
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Which character stands before the decimals in text cells. */
  readonly decimal: '.' | ',';
  /** The line or row number, counted from 1, under which a person finds row i. */
  readonly lineOf: (row: number) => number;
}

/** Texts that mean "no value here", compared without case and surrounding space. */
export const defaultMissingTokens: readonly string[] = [
  '',
  'NA',
  'N/A',
  'NaN',
  'null',
  'None',
  '?',
  '.',
  '-',
];

/** The column of this name. @throws EngineError `data/no-column` */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((c) => c.name === name);
  if (!column) throw new EngineError('data/no-column', { file: table.name, column: name });
  return column;
}

/** The cells as text, missing ones (null, and texts among `missing`) as null. */
export function textsOf(column: Column, missing: readonly string[]): (string | null)[] {
  const isMissing = missingTest(missing);
  return column.cells.map((cell) => {
    if (cell === null || isMissing(cell)) return null;
    return typeof cell === 'number' ? String(cell) : cell.trim();
  });
}

/** The cells as numbers, missing ones as NaN. @throws EngineError `data/cell` for the first cell that is no number */
export function numbersOf(
  table: Table,
  column: Column,
  missing: readonly string[],
): Float64Array<ArrayBuffer> {
  const read = (cell: Present): number | null =>
    typeof cell === 'number' ? cell : parseNumber(cell, table.decimal);
  return readCells(table, column, missing, { read, wanted: 'a number' });
}

/** The cells as 0 and 1, missing ones as NaN. @throws EngineError `data/cell` for the first cell that is neither yes nor no */
export function booleansOf(
  table: Table,
  column: Column,
  missing: readonly string[],
): Float64Array<ArrayBuffer> {
  const read = (cell: Present): number | null => parseBoolean(String(cell));
  return readCells(table, column, missing, { read, wanted: 'yes or no (true/false, yes/no, 1/0)' });
}

/** What `read` makes of the cells; where it gives null, the cell is not what was wanted. */
function readCells(
  table: Table,
  column: Column,
  missing: readonly string[],
  { read, wanted }: { read(cell: Present): number | null; wanted: string },
): Float64Array<ArrayBuffer> {
  const isMissing = missingTest(missing);
  return Float64Array.from(column.cells, (cell, row) => {
    if (cell === null || isMissing(cell)) return Number.NaN;
    const value = read(cell);
    if (value === null) throw wrongCell(table, column, row, wanted);
    return value;
  });
}

/** A finite decimal number, or null: no thousands separators, no units, no words. */
export function parseNumber(text: string, decimal: '.' | ','): number | null {
  const trimmed = text.trim();
  const plain = decimal === ',' ? trimmed.replace(',', '.') : trimmed;
  if (decimal === ',' && trimmed.includes('.')) return null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** 1 for true, yes, t, y, 1; 0 for their opposites; null for anything else. */
export function parseBoolean(text: string): 0 | 1 | null {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 't', 'y', '1'].includes(word)) return 1;
  if (['false', 'no', 'f', 'n', '0'].includes(word)) return 0;
  return null;
}

/** An error that names the cell. */
export function wrongCell(table: Table, column: Column, row: number, expected: string): EngineError {
  return new EngineError('data/cell', {
    file: table.name,
    line: table.lineOf(row),
    column: column.name,
    value: String(column.cells[row]).slice(0, 60),
    expected,
  });
}

function missingTest(missing: readonly string[]): (cell: string | number) => boolean {
  const words = new Set(missing.map((word) => word.trim().toLowerCase()));
  return (cell) => (typeof cell === 'number' ? Number.isNaN(cell) : words.has(cell.trim().toLowerCase()));
}
