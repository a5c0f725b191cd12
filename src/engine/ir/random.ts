/**
 * Counter-based random numbers on the host: the same hash as on the GPU (pcg4d, Jarzynski & Olano, JCGT 2020), so initial
 * weights, data order and dropout all follow from one seed on any machine. Integer arithmetic only.
 */

/** pcg4d: mixes four 32-bit words into one. */
export function hash4(a: number, b: number, c: number, d: number): number {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  let w = (Math.imul(d, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  return x >>> 0;
}

/** A 32-bit hash of a text (FNV-1a), for streams called by name. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** A stream of numbers that is a function of seed and name alone. */
export interface Stream {
  /** The i-th uniform number on [0, 1), 24 bits. */
  uniform(i: number): number;
  /** The i-th standard normal number (Box–Muller over two uniforms). */
  normal(i: number): number;
  /** The i-th whole number on [0, n). */
  below(i: number, n: number): number;
}

export function randomStream(seed: number, name: string): Stream {
  const key = hashText(name);
  const bits = (i: number, lane: number): number => hash4(i, lane, key, seed);
  const uniform = (i: number): number => (bits(i, 0) >>> 8) / 2 ** 24;
  return {
    uniform,
    normal(i) {
      const radius = Math.sqrt(-2 * Math.log(((bits(i, 1) >>> 8) + 1) / 2 ** 24));
      return radius * Math.cos((2 * Math.PI * (bits(i, 2) >>> 8)) / 2 ** 24);
    },
    below: (i, n) => Math.floor((bits(i, 3) / 2 ** 32) * n),
  };
}
