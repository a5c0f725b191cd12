/**
 * The safetensors format: eight bytes with the header's length, a header of JSON (name → element type, shape, place), then
 * the elements, little-endian and row-major. https://huggingface.co/docs/safetensors
 */
import { EngineError } from '../errors.ts';
import type { Shape } from '../ir/shape.ts';
import { sizeOf } from '../ir/shape.ts';

export type TensorElements =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>;

/** Half-precision tensors are widened to float32 when they are read. */
export interface StoredTensor {
  readonly shape: Shape;
  readonly data: TensorElements;
}

/** Tensors by name, and texts about the file. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Format {
  readonly bytes: number;
  read(view: DataView<ArrayBuffer>, count: number): TensorElements;
}

const format = <T extends TensorElements>(
  bytes: number,
  make: (count: number) => T,
  read: (view: DataView, at: number) => T[number],
): Format => ({
  bytes,
  read(view, count) {
    const data = make(count);
    for (let i = 0; i < count; i++) data[i] = read(view, i * bytes);
    return data;
  },
});

const formats: Readonly<Record<string, Format>> = {
  F64: format(
    8,
    (n) => new Float64Array(n),
    (v, at) => v.getFloat64(at, true),
  ),
  F32: format(
    4,
    (n) => new Float32Array(n),
    (v, at) => v.getFloat32(at, true),
  ),
  F16: format(
    2,
    (n) => new Float32Array(n),
    (v, at) => halfToNumber(v.getUint16(at, true)),
  ),
  BF16: format(
    2,
    (n) => new Float32Array(n),
    (v, at) => bfloatToNumber(v.getUint16(at, true)),
  ),
  I64: format(
    8,
    (n) => new BigInt64Array(n),
    (v, at) => v.getBigInt64(at, true),
  ),
  I32: format(
    4,
    (n) => new Int32Array(n),
    (v, at) => v.getInt32(at, true),
  ),
  U32: format(
    4,
    (n) => new Uint32Array(n),
    (v, at) => v.getUint32(at, true),
  ),
  U8: format(
    1,
    (n) => new Uint8Array(n),
    (v, at) => v.getUint8(at),
  ),
};

/** The format caps headers at 100 MB, so that a wrong length is not taken for a reason to allocate. */
const maxHeader = 100_000_000;

/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/**
 * Reads a file.
 *
 * @param name the file's name, for messages
 * @throws EngineError `weights/format` that names the file, the tensor and the cause
 */
export function readSafetensors(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>, name: string): Safetensors {
  const whole = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const refuse = (why: string): never => {
    throw new EngineError('weights/format', { file: name, why });
  };
  if (whole.length < 8) return refuse(`it has only ${whole.length} bytes`);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > maxHeader || 8 + headerLength > whole.length)
    return refuse('its header is longer than the file: it is cut off, or not a safetensors file');
  const header = parseHeader(whole.subarray(8, 8 + headerLength), refuse);
  const start = 8 + headerLength;
  const tensors = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  for (const [tensor, entry] of Object.entries(header)) {
    if (tensor === '__metadata__') {
      metadata = textsOf(entry);
      continue;
    }
    const { dtype, shape, from, to } = entryOf(tensor, entry, refuse);
    const known =
      formats[dtype] ?? refuse(`${tensor} has elements of the type ${dtype}, which is not read here`);
    const count = sizeOf(shape);
    if (to - from !== count * known.bytes || from < 0 || start + to > whole.length)
      return refuse(
        `${tensor} claims bytes ${from} to ${to}, which do not hold ${count} elements of ${dtype}`,
      );
    const part = new DataView(whole.buffer, whole.byteOffset + start + from, to - from);
    tensors.set(tensor, { shape, data: known.read(part, count) });
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, refuse: (why: string) => never): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse('its header is not JSON: it is not a safetensors file');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return refuse('its header is not a list of tensors');
  return header;
}

function textsOf(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) return {};
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, String(value)]));
}

const isSize = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;

function entryOf(
  tensor: string,
  entry: unknown,
  refuse: (why: string) => never,
): { dtype: string; shape: Shape; from: number; to: number } {
  const get = (key: string): unknown =>
    typeof entry === 'object' && entry !== null ? Reflect.get(entry, key) : undefined;
  const dtype = get('dtype');
  const shape = get('shape');
  const place = get('data_offsets');
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !Array.isArray(place))
    return refuse(`${tensor} does not say its type, shape and place`);
  const [from, to] = place as unknown[];
  if (!shape.every(isSize) || !isSize(from) || !isSize(to))
    return refuse(`${tensor} has no sizes of whole numbers`);
  return { dtype, shape, from, to };
}

function dtypeOf(data: TensorElements): string {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof Uint32Array) return 'U32';
  if (data instanceof Uint8Array) return 'U8';
  return 'I64';
}

/** Writes a file: tensors in the order given, the header padded so that the elements start at a multiple of 8 bytes. */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): ArrayBuffer {
  const list = [...tensors];
  // Without a prototype, so that a tensor may be called anything.
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let length = 0;
  for (const [name, { shape, data }] of list) {
    if (sizeOf(shape) !== data.length)
      throw new RangeError(`${name} has ${data.length} elements, and its shape asks for ${sizeOf(shape)}`);
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [length, length + data.byteLength] };
    length += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + length).fill(0x20, 8, 8 + headerLength);
  file.set(text, 8);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  let at = 8 + headerLength;
  for (const [, { data }] of list) {
    writeElements(view, at, data);
    at += data.byteLength;
  }
  return file.buffer;
}

function writeElements(view: DataView, start: number, data: TensorElements): void {
  const put = putterOf(view, data);
  for (let i = 0; i < data.length; i++) put(start + i * data.BYTES_PER_ELEMENT, i);
}

function putterOf(view: DataView, data: TensorElements): (at: number, i: number) => void {
  if (data instanceof Float32Array) return (at, i) => view.setFloat32(at, data[i] ?? 0, true);
  if (data instanceof Float64Array) return (at, i) => view.setFloat64(at, data[i] ?? 0, true);
  if (data instanceof Int32Array) return (at, i) => view.setInt32(at, data[i] ?? 0, true);
  if (data instanceof Uint32Array) return (at, i) => view.setUint32(at, data[i] ?? 0, true);
  if (data instanceof Uint8Array) return (at, i) => view.setUint8(at, data[i] ?? 0);
  return (at, i) => view.setBigInt64(at, data[i] ?? 0n, true);
}
