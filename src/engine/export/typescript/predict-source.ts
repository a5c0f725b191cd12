/** The text of predict.ts: weights from the file, raw rows to what the model takes, and its numbers to an answer. */
import type { FittedColumn } from '../../data/prepare.ts';
import { sizeOf } from '../../ir/shape.ts';
import type { Model } from '../../model/build.ts';
import { numberText } from './expression.ts';
import { arrayType } from './lower.ts';
import { quoted } from './text.ts';

/** How numbers become an answer in words. */
export interface Answer {
  readonly decision: 'largest' | 'aboveZero' | 'number';
  /** Names of classes; empty for numbers. */
  readonly classes: readonly string[];
  /** What the target was standardised with. */
  readonly scale: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
}

/** What tokens stand for, where samples are text. */
export interface Vocabulary {
  /** By token. */
  readonly characters: readonly string[];
  readonly lowercase: boolean;
}

const listOf = (items: readonly string[]): string => `[${items.join(', ')}]`;

/** The table that a model was trained on. */
export interface SampleTable {
  readonly columns: readonly FittedColumn[];
  /** How many rows a sample is a window of; null where it is one row. */
  readonly window: number | null;
}

/**
 * The whole file. Without a table samples are numbers as they are; with a vocabulary a sample is a text, or its tokens.
 */
export function predictSource(
  model: Model,
  answer: Answer,
  table: SampleTable | null,
  vocabulary: Vocabulary | null,
): string {
  const input = model.data?.x;
  const output = model.prediction?.value;
  const size = input ? sizeOf(input.shape.slice(1)) : 0;
  const array = input ? arrayType(input) : 'Float32Array';
  const width = output ? sizeOf(output.shape.slice(1)) : 0;
  const window = table?.window ?? null;
  const sample = table
    ? `ArrayLike<number> | ${window === null ? 'Row' : 'readonly Row[]'}`
    : vocabulary
      ? 'string | ArrayLike<number>'
      : 'ArrayLike<number>';
  const usage = vocabulary
    ? `node predict.ts "some text"        one sample, its ${size} characters
//   node predict.ts samples.json      a list of samples: texts, or lists of tokens`
    : `node predict.ts 0.5 -1.2          one sample, its ${size} numbers
//   node predict.ts samples.json      a list of samples: lists of numbers${rowWords(table)}`;
  const rowNumbers = !table
    ? ''
    : window === null
      ? "  const numbers = 'length' in sample && typeof sample.length === 'number' ? (sample as ArrayLike<number>) : encode(sample as Row);\n"
      : `  const isRows = Array.isArray(sample) && typeof sample[0] === 'object';
  if (isRows && sample.length !== ${window}) throw new Error(\`A sample has ${window} rows, not \${sample.length}.\`);
  const numbers = isRows ? (sample as readonly Row[]).flatMap(encode) : (sample as ArrayLike<number>);
`;
  const textNumbers = vocabulary
    ? "  const numbers = typeof sample === 'string' ? encode(sample) : checkTokens(sample);\n"
    : '';
  const takesText = vocabulary
    ? '  if (args.length === 1 && first !== undefined && [...first].length === sampleSize) return [first];\n'
    : '';
  return `// Predicts with the trained model. Needs nothing but Node 22.18 or newer:
//   ${usage}
import { readFileSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { model, type Tensor, type Weights, weightShapes } from './model.ts';

/** How many numbers a sample has. */
export const sampleSize = ${size};
${answerSource(answer, width, vocabulary !== null)}${table ? encoderSource(table.columns) : ''}${vocabulary ? vocabularySource(vocabulary) : ''}
/** Reads safetensors: the header's length, a header of JSON, then little-endian float32. */
export function readWeights(file: URL): Weights {
  const bytes = readFileSync(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  const read = ([name, shape]: [string, readonly number[]]): [string, Tensor] => {
    const entry = header[name];
    if (entry?.dtype !== 'F32' || String(entry.shape) !== String(shape))
      throw new Error(\`\${file.pathname} does not hold \${name} as [\${shape}].\`);
    const at = start + entry.data_offsets[0];
    const count = shape.reduce((n, size) => n * size, 1);
    return [name, { shape, data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i, true)) }];
  };
  return Object.fromEntries(Object.entries<readonly number[]>(weightShapes).map(read)) as Weights;
}

let weights: Weights | undefined;

/** The model's answer to one sample${table ? `: its numbers, or ${window === null ? 'a row' : 'the rows'} of the table` : vocabulary ? ': a text, or its tokens' : ''}. */
export function predict(${table || vocabulary ? 'sample' : 'numbers'}: ${sample}): Answer {
  weights ??= readWeights(new URL('./weights.safetensors', import.meta.url));
${rowNumbers}${textNumbers}  if (numbers.length !== sampleSize)
    throw new Error(\`A sample has \${sampleSize} numbers, not \${numbers.length}.\`);
  return answer(model(${array}.from(numbers), weights));
}

function samplesFrom(args: readonly string[]): (${sample})[] {
  const [first] = args;
  if (first?.endsWith('.json')) return JSON.parse(readFileSync(first, 'utf8'));
${takesText}  const numbers = args.map(Number);
  if (numbers.length !== sampleSize || numbers.some(Number.isNaN))
    throw new Error(\`Give the \${sampleSize} numbers of a sample, or a .json file with a list of samples.\`);
  return [numbers];
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    for (const sample of samplesFrom(process.argv.slice(2))) console.log(JSON.stringify(predict(sample)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
`;
}

/** What a list of samples may hold beside numbers. */
function rowWords(table: SampleTable | null): string {
  if (!table) return '';
  return table.window === null
    ? ', or rows with the columns of the table'
    : `, or of ${table.window} rows with the columns of the table`;
}

/** A text as tokens, by the characters that the model was trained on. */
function vocabularySource({ characters, lowercase }: Vocabulary): string {
  return `
/** The characters that the model knows, in the order of their tokens. */
export const vocabulary: readonly string[] = ${listOf(characters.map(quoted))};

/** A text as the tokens that the model takes. */
export function encode(text: string): number[] {
  return Array.from(text.normalize('NFC')${lowercase ? '.toLowerCase()' : ''}, (character) => {
    const token = vocabulary.indexOf(character);
    if (token < 0) throw new Error(\`\${JSON.stringify(character)} is not among the ${characters.length} characters that the model knows.\`);
    return token;
  });
}

function checkTokens(tokens: ArrayLike<number>): ArrayLike<number> {
  for (const token of Array.from(tokens))
    if (vocabulary[token] === undefined) throw new Error(\`\${token} is no token: they are 0 to ${characters.length - 1}.\`);
  return tokens;
}
`;
}

/** The type of an answer, and how it is made of the model's numbers. */
function answerSource({ decision, classes, scale }: Answer, width: number, isText: boolean): string {
  const names = classes.length > 0 ? `\nconst classes = ${listOf(classes.map(quoted))};\n` : '';
  if (scale)
    return `
/** What the numbers were standardised with: they come back in their own unit. */
const mean = ${listOf(scale.mean.map(numberText))};
const deviation = ${listOf(scale.std.map(numberText))};

export interface Answer {
  readonly output: readonly number[];
}

function answer(y: ArrayLike<number>): Answer {
  return { output: Array.from(y, (v, i) => v * deviation[i % deviation.length] + mean[i % mean.length]) };
}
`;
  if (isText && decision === 'largest' && classes.length > 0 && width % classes.length === 0)
    return `${names}
export interface Answer {
  readonly output: readonly number[];
  /** The character that most likely comes next. */
  readonly answer: string;
}

function answer(y: ArrayLike<number>): Answer {
  const output = Array.from(y);
  const last = output.slice(-classes.length);
  return { output, answer: classes[last.indexOf(Math.max(...last))] };
}
`;
  const chosen =
    classes.length === 0
      ? null
      : decision === 'largest' || width === classes.length
        ? 'output.indexOf(Math.max(...output))'
        : `output[0] > ${decision === 'aboveZero' ? '0' : '0.5'} ? 1 : 0`;
  if (chosen === null || (width !== 1 && width !== classes.length))
    return `
export interface Answer {
  readonly output: readonly number[];
}

function answer(y: ArrayLike<number>): Answer {
  return { output: Array.from(y) };
}
`;
  return `${names}
export interface Answer {
  readonly output: readonly number[];
  /** The class that the numbers speak for. */
  readonly answer: string;
}

function answer(y: ArrayLike<number>): Answer {
  const output = Array.from(y);
  return { output, answer: classes[${chosen}] };
}
`;
}

/** How a row of the table becomes numbers: as the training data was. */
function encoderSource(fitted: readonly FittedColumn[]): string {
  const columns = fitted.map(({ column, fill, mean, std }) => {
    const parts = [
      `name: ${quoted(column.name)}`,
      `type: ${quoted(column.type)}`,
      `missing: ${quoted(column.missing)}`,
      `fill: ${fill === null ? 'null' : numberText(fill)}`,
      `mean: ${numberText(mean)}`,
      `std: ${numberText(std)}`,
      `categories: ${listOf(column.categories.map(quoted))}`,
    ];
    return `  { ${parts.join(', ')} },`;
  });
  return `
/** A row of the table: a number, a category or yes/no for each column; null or nothing where it is missing. */
export type Row = Readonly<Record<string, number | string | boolean | null>>;

/** What was learnt from the training part: fill-ins, means and standard deviations. */
const columns: readonly {
  name: string;
  type: string;
  missing: string;
  fill: number | null;
  mean: number;
  std: number;
  categories: readonly string[];
}[] = [
${columns.join('\n')}
];

/** A row as the numbers that the model takes: standardised, one number for each category. */
export function encode(row: Row): number[] {
  return columns.flatMap((column) => {
    const cell = row[column.name] ?? null;
    const value = cell === null || cell === '' ? column.fill : valueOf(column, cell);
    const flag = column.missing === 'indicator' ? [cell === null || cell === '' ? 1 : 0] : [];
    if (column.type === 'category') return [...column.categories.map((_, i) => (i === value ? 1 : 0)), ...flag];
    if (value === null) throw new Error(\`The row has no value for \${column.name}.\`);
    return [(value - column.mean) / column.std, ...flag];
  });
}

function valueOf({ name, type, categories }: (typeof columns)[number], cell: number | string | boolean): number {
  const index = categories.indexOf(String(cell));
  if (type === 'category' && index >= 0) return index;
  const yes = ['true', 'yes', '1'].includes(String(cell).toLowerCase());
  const value = type === 'boolean' ? Number(yes) : Number(cell);
  if (type === 'category' || Number.isNaN(value)) throw new Error(\`\${name} cannot be \${JSON.stringify(cell)}.\`);
  return value;
}
`;
}
