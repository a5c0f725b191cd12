// Round trips, bytes laid out by hand as the format's text says, and files that are wrong in every way.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.ts';
import { readSafetensors, type StoredTensor, type TensorElements, writeSafetensors } from './safetensors.ts';

/** A file of a header and elements, its length in front. */
function fileOf(header: unknown, elements: readonly number[]): ArrayBuffer {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + elements.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(elements, 8 + text.length);
  return file.buffer;
}

const one = (
  dtype: string,
  elements: readonly number[],
  shape: readonly number[],
): TensorElements | undefined =>
  readSafetensors(
    fileOf({ t: { dtype, shape, data_offsets: [0, elements.length] } }, elements),
    'f',
  ).tensors.get('t')?.data;

const arrays: fc.Arbitrary<TensorElements> = fc.oneof(
  fc.float32Array().map((a) => Float32Array.from(a)),
  fc.float64Array().map((a) => Float64Array.from(a)),
  fc.int32Array().map((a) => Int32Array.from(a)),
  fc.uint32Array().map((a) => Uint32Array.from(a)),
  fc.uint8Array().map((a) => Uint8Array.from(a)),
  fc.bigInt64Array().map((a) => BigInt64Array.from(a)),
);

describe('safetensors', () => {
  it('gives back what was written, whatever the names and numbers', () => {
    const files = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), arrays), {
      selector: ([name]) => name,
      maxLength: 5,
    });
    fc.assert(
      fc.property(files, (list) => {
        const tensors = list
          .filter(([name]) => name !== '__metadata__')
          .map(([name, data]): [string, StoredTensor] => [name, { shape: [data.length], data }]);
        const read = readSafetensors(writeSafetensors(tensors, { made: 'here' }), 'file');
        expect(read.metadata).toEqual({ made: 'here' });
        expect(new Map(read.tensors)).toEqual(new Map(tensors));
      }),
    );
  });

  it('writes little-endian elements after a header of a whole number of eight bytes', () => {
    const bytes = new Uint8Array(writeSafetensors([['a', { shape: [1, 2], data: Float32Array.of(1, -2) }]]));
    const headerLength = bytes[0] ?? 0;
    expect(headerLength % 8).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + headerLength));
    expect(header.trimEnd()).toBe('{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}');
    expect([...bytes.subarray(8 + headerLength)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
  });

  it('reads every element type that PyTorch commonly saves', () => {
    expect(one('F16', [0, 60, 0, 192, 1, 0, 0, 124], [4])).toEqual(
      Float32Array.of(1, -2, 2 ** -24, Number.POSITIVE_INFINITY),
    );
    expect(one('BF16', [128, 63, 73, 64], [2])).toEqual(Float32Array.of(1, 3.140625));
    expect(one('I64', [255, 255, 255, 255, 255, 255, 255, 255], [])).toEqual(BigInt64Array.of(-1n));
    expect(one('I32', [254, 255, 255, 255], [1])).toEqual(Int32Array.of(-2));
    expect(one('U8', [7, 9], [2, 1])).toEqual(Uint8Array.of(7, 9));
    expect(one('F64', [0, 0, 0, 0, 0, 0, 240, 63], [1])).toEqual(Float64Array.of(1));
  });

  it.each([
    ['an empty file', new ArrayBuffer(0), /only 0 bytes/],
    ['a cut header', fileOf({ t: {} }, []).slice(0, 12), /cut off/],
    ['a header of no JSON', fileOf('{nope', []), /not JSON/],
    ['a list for a header', fileOf('[1]', []), /not a list of tensors/],
    ['an unknown type', fileOf({ t: { dtype: 'Q9', shape: [], data_offsets: [0, 0] } }, []), /Q9/],
    [
      'too few bytes',
      fileOf({ t: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, [1, 2]),
      /t claims bytes 0 to 8/,
    ],
    [
      'a negative size',
      fileOf({ t: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, [1, 2, 3, 4]),
      /t has no sizes/,
    ],
    ['no place', fileOf({ t: { dtype: 'F32', shape: [1] } }, []), /t does not say/],
  ])('refuses %s and names the file', (_, bytes, cause) => {
    const read = (): unknown => readSafetensors(bytes, 'w.safetensors');
    expect(read).toThrow(EngineError);
    expect(read).toThrow(cause);
    expect(read).toThrow(/w\.safetensors/);
  });

  it('refuses any bytes at all with words, never with another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          readSafetensors(Uint8Array.from(bytes), 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
        }
      }),
    );
  });
});
