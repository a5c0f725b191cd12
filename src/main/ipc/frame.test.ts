import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from './frame.ts';

const plainData = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'grapheme' }),
    // JSON has one zero: minus zero arrives as zero, and no caller can tell.
    fc.double().map((v) => (Object.is(v, -0) ? 0 : v)),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(
      fc
        .oneof(fc.string(), fc.constantFrom('$bytes', '$number', '$plain'))
        .filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

test('any plain data comes back equal, bytes and non-finite numbers included', () => {
  fc.assert(
    fc.property(plainData, (value) => {
      expect(decodeFrame(encodeFrame(value))).toEqual(value);
    }),
  );
});

test('a frame inside a larger buffer is read from its own offset', () => {
  const frame = encodeFrame({ a: new Uint8Array([1, 2, 3]), b: NaN });
  const shifted = new Uint8Array(frame.byteLength + 7);
  shifted.set(frame, 7);
  expect(decodeFrame(shifted.subarray(7))).toEqual({ a: new Uint8Array([1, 2, 3]), b: NaN });
});

test('a damaged frame is refused, never read past its end', () => {
  const frame = encodeFrame({ bytes: new Uint8Array(16), text: 'hello' });
  for (let length = 0; length < frame.byteLength; length++) {
    expect(() => decodeFrame(frame.subarray(0, length))).toThrow();
  }
  expect(() => decodeFrame(new Uint8Array([...frame, 0]))).toThrow('longer');
});

test('what is not data is refused at the sender', () => {
  expect(() => encodeFrame({ run: () => 1 })).toThrow('function');
  expect(() => encodeFrame(1n)).toThrow('bigint');
});
