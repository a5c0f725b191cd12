/**
 * One message as one binary frame: a length, a JSON text, then the byte arrays that the text refers to. JSON alone
 * would triple a data set's size and turn NaN into null; structured clone does not exist on a socket.
 *
 *   [u32 length of the text, little endian][text, UTF-8][bytes 0][bytes 1]…
 *
 * In the text `{"$bytes": n}` stands for the next n bytes, `{"$number": "NaN"}` for what JSON cannot say; an object
 * of the user's own with a key that begins with `$` is wrapped as `{"$plain": …}`, so nothing is mistaken.
 */

const HEADER_BYTES = 4;
const NON_FINITE: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity };

/** @throws TypeError for what is not plain data (functions, symbols, cycles by stack overflow). */
export function encodeFrame(message: unknown): Uint8Array<ArrayBuffer> {
  const attachments: Uint8Array[] = [];
  const text = new TextEncoder().encode(JSON.stringify(pack(message, attachments)));
  const total = attachments.reduce((sum, part) => sum + part.byteLength, HEADER_BYTES + text.byteLength);
  const frame = new Uint8Array(total);
  new DataView(frame.buffer).setUint32(0, text.byteLength, true);
  frame.set(text, HEADER_BYTES);
  let offset = HEADER_BYTES + text.byteLength;
  for (const part of attachments) {
    frame.set(part, offset);
    offset += part.byteLength;
  }
  return frame;
}

/** @throws RangeError or SyntaxError when the frame is damaged; it never reads past its end. */
export function decodeFrame(frame: Uint8Array): unknown {
  if (frame.byteLength < HEADER_BYTES) throw new RangeError('a frame has at least four bytes');
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  const end = HEADER_BYTES + length;
  if (end > frame.byteLength) throw new RangeError('a frame is shorter than its text');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(HEADER_BYTES, end));
  const reader = { frame, offset: end };
  const message = unpack(JSON.parse(text), reader);
  if (reader.offset !== frame.byteLength) throw new RangeError('a frame is longer than its text says');
  return message;
}

function pack(value: unknown, attachments: Uint8Array[]): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`a frame cannot carry a ${typeof value}`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    attachments.push(value);
    return { $bytes: value.byteLength };
  }
  if (Array.isArray(value)) return value.map((item) => pack(item, attachments) ?? null);
  const entries = Object.entries(value).map(([key, item]) => [key, pack(item, attachments)] as const);
  const packed = Object.fromEntries(entries);
  return entries.some(([key]) => key.startsWith('$')) ? { $plain: packed } : packed;
}

function unpack(value: unknown, reader: { readonly frame: Uint8Array; offset: number }): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item, reader));
  if ('$bytes' in value && typeof value.$bytes === 'number') {
    const end = reader.offset + value.$bytes;
    if (!(value.$bytes >= 0) || end > reader.frame.byteLength) throw new RangeError('a frame lacks bytes');
    const part = reader.frame.slice(reader.offset, end);
    reader.offset = end;
    return part;
  }
  if ('$number' in value && typeof value.$number === 'string') {
    const number = NON_FINITE[value.$number];
    if (number === undefined) throw new RangeError(`a frame has the unknown number ${value.$number}`);
    return number;
  }
  const plain =
    '$plain' in value && typeof value.$plain === 'object' && value.$plain !== null ? value.$plain : value;
  return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, unpack(item, reader)]));
}
