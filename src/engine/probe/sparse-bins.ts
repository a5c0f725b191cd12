/**
 * Histograms in few bytes, without loss: for each non-empty bin the distance from the one before it and its count, both
 * as variable-length integers of seven bits a byte (LEB128, as in WebAssembly and DWARF).
 */

/** Five bytes hold any 32-bit number. */
const LONGEST_VARINT = 5;

export function encodeBins(bins: Uint32Array): Uint8Array {
  let filled = 0;
  for (const count of bins) if (count !== 0) filled++;
  const bytes = new Uint8Array(filled * 2 * LONGEST_VARINT);
  let length = 0;
  const put = (value: number): void => {
    let rest = value;
    while (rest >= 0x80) {
      bytes[length++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 0x80); // not >>>: counts may use all 32 bits
    }
    bytes[length++] = rest;
  };
  let last = -1;
  for (let bin = 0; bin < bins.length; bin++) {
    const count = bins[bin]!;
    if (count === 0) continue;
    put(bin - last);
    put(count);
    last = bin;
  }
  return bytes.slice(0, length);
}

export function decodeBins(bytes: Uint8Array, length: number): Uint32Array {
  const bins = new Uint32Array(length);
  let at = 0;
  const take = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  };
  let bin = -1;
  while (at < bytes.length) {
    bin += take();
    bins[bin] = take();
  }
  return bins;
}
