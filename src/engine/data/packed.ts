// The binary form in which data ships: a small JSON header, then the columns' bytes, gzipped (whose checksum notices damage).
//
//   bytes 0–3   "GLDS"
//   bytes 4–7   version, u32 little-endian (1)
//   bytes 8–11  length of the header, u32 little-endian
//   then        the header, JSON in UTF-8
//   then        gzip of all fields' bytes one after the other, numbers little-endian
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { sampleSize } from './dataset.ts';
import type { Table } from './table.ts';

const MAGIC = 0x53444c47; // "GLDS" read as a little-endian word
const VERSION = 1;
const PREFIX = 12;
/** The code of a missing text. */
const NO_NAME = 0xffff;
// Far above anything that ships, and low enough that a damaged header cannot exhaust the memory.
const MAX_BYTES = 2 ** 30;

const fieldHeader = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('numbers'), name: z.string() }),
  z.strictObject({ kind: z.literal('names'), name: z.string(), names: z.array(z.string()).max(NO_NAME) }),
  z.strictObject({ kind: z.literal('bytes'), name: z.string(), shape: z.array(z.int().min(1)) }),
]);

const packedHeader = z.strictObject({
  id: z.string(),
  title: z.string(),
  source: z.string(),
  licence: z.string(),
  count: z.int().min(1),
  fields: z.array(fieldHeader).min(1),
});

/** One field of packed data. */
export type PackedField =
  /** Exact numbers, 8 bytes each; NaN is missing. */
  | { readonly kind: 'numbers'; readonly name: string; readonly data: Float64Array<ArrayBuffer> }
  /** Indices into names, 2 bytes each; 65535 is missing. */
  | {
      readonly kind: 'names';
      readonly name: string;
      readonly names: readonly string[];
      readonly data: Uint16Array<ArrayBuffer>;
    }
  /** Bytes 0 … 255 that stand for 0 … 1, in a shape per sample. */
  | {
      readonly kind: 'bytes';
      readonly name: string;
      readonly shape: readonly number[];
      readonly data: Uint8Array<ArrayBuffer>;
    };

/** A packed data set, unpacked. */
export interface PackedData {
  readonly id: string;
  readonly title: string;
  /** Where the data is from and on what terms, in words for the user. */
  readonly source: string;
  readonly licence: string;
  readonly count: number;
  readonly fields: readonly PackedField[];
}

type FieldHeader = z.infer<typeof fieldHeader>;

/** The bytes of a packed file. */
export async function packData({ fields, ...rest }: PackedData): Promise<Uint8Array<ArrayBuffer>> {
  const headerFields = fields.map(({ data: _data, ...header }) => header);
  const header = new TextEncoder().encode(
    JSON.stringify(packedHeader.parse({ ...rest, fields: headerFields })),
  );
  const body = await throughStream(join(fields.map(littleEndianBytes)), new CompressionStream('gzip'));
  const prefix = new DataView(new ArrayBuffer(PREFIX));
  [MAGIC, VERSION, header.length].forEach((word, i) => {
    prefix.setUint32(4 * i, word, true);
  });
  return join([new Uint8Array(prefix.buffer), header, body]);
}

/**
 * Reads a packed file.
 *
 * @param name the file or data set, for error messages
 * @throws EngineError `data/packed` when the file is not one, is from a newer version, or is damaged
 */
export async function unpackData(bytes: ArrayBuffer, name: string): Promise<PackedData> {
  const refuse = (why: string, cause?: unknown) =>
    new EngineError('data/packed', { file: name, why }, { cause });
  const view = new DataView(bytes);
  if (view.byteLength < PREFIX || view.getUint32(0, true) !== MAGIC)
    throw refuse('it is not a packed data set');
  const version = view.getUint32(4, true);
  if (version !== VERSION)
    throw refuse(`it has format version ${version}, and this Gradloom reads version ${VERSION}`);
  const bodyAt = PREFIX + view.getUint32(8, true);
  if (bodyAt > view.byteLength) throw refuse('it ends too early');

  const header = parseHeader(
    new TextDecoder().decode(new Uint8Array(bytes, PREFIX, bodyAt - PREFIX)),
    refuse,
  );
  const lengths = header.fields.map((field) => header.count * bytesPerSample(field));
  const total = lengths.reduce((sum, n) => sum + n, 0);
  if (total > MAX_BYTES) throw refuse('it claims more data than can be');
  let body: Uint8Array<ArrayBuffer>;
  try {
    body = await throughStream(new Uint8Array(bytes, bodyAt), new DecompressionStream('gzip'), total);
  } catch (cause) {
    throw refuse('its contents are damaged', cause);
  }
  if (body.length !== total)
    throw refuse(`it holds ${body.length} bytes of data where ${total} are announced`);
  let at = 0;
  const fields = header.fields.map((field, i) => {
    const own = body.slice(at, at + (lengths[i] ?? 0));
    at += own.length;
    return readField(field, own);
  });
  return { ...header, fields };
}

/** Packed numbers and names as a table. @throws EngineError `data/packed` when a field is neither */
export function packedTable({ title, count, fields }: PackedData): Table {
  return {
    name: title,
    rows: count,
    decimal: '.',
    lineOf: (row) => row + 1,
    columns: fields.map((field) => {
      switch (field.kind) {
        case 'numbers':
          return { name: field.name, cells: Array.from(field.data, (v) => (Number.isNaN(v) ? null : v)) };
        case 'names':
          return { name: field.name, cells: Array.from(field.data, (code) => field.names[code] ?? null) };
        case 'bytes':
          throw new EngineError('data/packed', {
            file: title,
            why: `"${field.name}" is not a column of a table`,
          });
        default:
          field satisfies never;
          throw new TypeError('a field of no known kind');
      }
    }),
  };
}

/** A column of texts as indices into its distinct values, in the order of their first appearance. */
export function packNames(name: string, texts: readonly (string | null)[]): PackedField {
  const names = [...new Set(texts.filter((text) => text !== null))];
  const codes = new Map(names.map((text, i) => [text, i]));
  const data = Uint16Array.from(texts, (text) => (text === null ? NO_NAME : (codes.get(text) ?? NO_NAME)));
  return { kind: 'names', name, names, data };
}

function parseHeader(
  text: string,
  refuse: (why: string, cause?: unknown) => EngineError,
): z.infer<typeof packedHeader> {
  try {
    return packedHeader.parse(JSON.parse(text));
  } catch (cause) {
    throw refuse('its header is damaged', cause);
  }
}

function bytesPerSample(field: FieldHeader): number {
  return field.kind === 'numbers' ? 8 : field.kind === 'names' ? 2 : sampleSize(field.shape);
}

function littleEndianBytes(field: PackedField): Uint8Array<ArrayBuffer> {
  if (field.kind === 'bytes') return field.data;
  const size = field.kind === 'numbers' ? 8 : 2;
  const view = new DataView(new ArrayBuffer(field.data.length * size));
  field.data.forEach((value, i) => {
    if (size === 8) view.setFloat64(8 * i, value, true);
    else view.setUint16(2 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

function readField(field: FieldHeader, bytes: Uint8Array<ArrayBuffer>): PackedField {
  const view = new DataView(bytes.buffer);
  switch (field.kind) {
    case 'numbers':
      return {
        ...field,
        data: Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true)),
      };
    case 'names':
      return {
        ...field,
        data: Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true)),
      };
    case 'bytes':
      return { ...field, data: bytes };
    default:
      field satisfies never;
      throw new TypeError('a field of no known kind');
  }
}

/** All bytes that come out of a stream; no more than `limit` are kept in memory. */
async function throughStream(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  limit = MAX_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > limit) throw new RangeError(`more than ${limit} bytes`);
    chunks.push(next.value);
  }
  return join(chunks);
}

function join(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
