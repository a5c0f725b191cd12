// Random numbers as a pure function of (seed, stream, counter): nothing is kept between calls but the counter, so data,
// splits and orders are the same on every machine. The words come from Philox4x32-10 (Salmon et al., "Parallel random
// numbers: as easy as 1, 2, 3", SC11), in 32-bit integer arithmetic only.

/** What a stream of random numbers is for. Streams with the same seed are independent of each other. */
export const streams = { points: 1, noise: 2, split: 3, shuffle: 4, labels: 5, text: 6 } as const;

/** One of the purposes in `streams`. */
export type Stream = keyof typeof streams;

/** Four 32-bit words: a Philox counter, or what it is turned into. */
export type Words4 = readonly [number, number, number, number];

/** Draws from one stream, in order. */
export interface RandomStream {
  /** An integer, uniform over 0 … 2³² − 1. */
  uint32(): number;
  /** A number, uniform over [0, 1), a multiple of 2⁻³². */
  uniform(): number;
  /** An integer, uniform over 0 … n − 1 with no bias, for 1 ≤ n ≤ 2³². */
  below(n: number): number;
  /** A draw from the normal distribution with mean 0 and variance 1 (Box and Muller, 1958). */
  normal(): number;
}

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/**
 * Philox4x32 with ten rounds.
 *
 * @param counter four 32-bit words that say which block of random numbers is wanted
 * @param key two 32-bit words, the seed
 * @returns four 32-bit words, each in 0 … 2³² − 1
 */
export function philox4x32(counter: Words4, key: readonly [number, number]): Words4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = mulHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/**
 * The PCG hash of one 32-bit word (Jarzynski and Olano, "Hash functions for GPU rendering", JCGT 2020): a cheap bijection
 * of 32-bit words that a shader can repeat.
 */
export function pcgHash(x: number): number {
  const state = (Math.imul(x, 747796405) + 2891336453) | 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737);
  return ((word >>> 22) ^ word) >>> 0;
}

/**
 * A stream of random numbers for one purpose.
 *
 * @param seed a non-negative integer below 2⁵³
 * @param stream what the numbers are for
 * @param substream tells apart streams of one purpose (an epoch, a class); a 32-bit integer
 */
export function randomStream(seed: number, stream: Stream, substream = 0): RandomStream {
  const key = seedKey(seed);
  let block = 0;
  let words: Words4 = [0, 0, 0, 0];
  let used = 4;
  let spare: number | null = null;

  const uint32 = (): number => {
    if (used === 4) {
      words = philox4x32([block, 0, substream, streams[stream]], key);
      block += 1;
      used = 0;
    }
    const word = words[used] ?? 0;
    used += 1;
    return word;
  };
  const uniform = (): number => uint32() / 2 ** 32;

  return {
    uint32,
    uniform,
    below(n) {
      // Words at or above the largest multiple of n would favour small results: they are drawn again.
      const limit = 2 ** 32 - (2 ** 32 % n);
      let word = uint32();
      while (word >= limit) word = uint32();
      return word % n;
    },
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      // 1 - u is in (0, 1], so the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** A seed as Philox's two key words, low word first. */
export function seedKey(seed: number): readonly [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** The high 32 bits of the 64-bit product of two 32-bit words. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  // cross and middle stay below 2³², and as doubles they are exact.
  return (aHigh * bHigh + Math.floor(cross / 0x10000) + Math.floor(middle / 0x10000)) | 0;
}
