import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBins, encodeBins } from './sparse-bins.ts';

const histogram = fc
  .array(fc.tuple(fc.nat(2047), fc.oneof(fc.nat(200), fc.integer({ min: 0, max: 0xffff_ffff }))), {
    maxLength: 200,
  })
  .map((entries) => {
    const bins = new Uint32Array(2048);
    for (const [bin, count] of entries) bins[bin] = count;
    return bins;
  });

test('any histogram comes back exactly', () => {
  fc.assert(
    fc.property(histogram, (bins) => {
      expect(decodeBins(encodeBins(bins), 2048)).toEqual(bins);
    }),
  );
});

test('an empty histogram takes no bytes', () => {
  expect(encodeBins(new Uint32Array(512)).byteLength).toBe(0);
});
