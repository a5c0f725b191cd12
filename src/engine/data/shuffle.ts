// The order of samples in an epoch: a keyed permutation that can be asked for any single position, so nothing needs to be
// stored or sent, and a shader can repeat it. It is a Feistel network on the smallest even number of bits that covers
// the count, walked until it lands inside (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002).
import { pcgHash, philox4x32, seedKey, streams } from './random.ts';

/** What a permutation depends on. The same key gives the same order on every machine. */
export interface PermutationKey {
  /** A non-negative integer below 2⁵³. */
  readonly seed: number;
  /** The epoch, or any other number that tells orders of one seed apart; a 32-bit integer. */
  readonly epoch: number;
}

const ROUNDS = 8;
const GOLDEN = 0x9e3779b9;
// Fewer bits than this leave a Feistel network too few permutations to choose from.
const MIN_HALF_BITS = 4;

/**
 * The permutation of 0 … count − 1 that belongs to a key, as a function of the position.
 *
 * @returns a bijection of 0 … count − 1; about two evaluations of the network per call for large counts, at most four on average
 */
export function permutation(count: number, { seed, epoch }: PermutationKey): (position: number) => number {
  const halfBits = Math.max(MIN_HALF_BITS, Math.ceil(Math.ceil(Math.log2(Math.max(2, count))) / 2));
  const mask = 2 ** halfBits - 1;
  const words = philox4x32([epoch >>> 0, 0, 0, streams.shuffle], seedKey(seed));
  const roundKeys = Array.from(
    { length: ROUNDS },
    (_, r) => ((words[r & 3] ?? 0) + Math.imul(r, GOLDEN)) >>> 0,
  );

  const network = (x: number): number => {
    let left = x >>> halfBits;
    let right = x & mask;
    for (const key of roundKeys) [left, right] = [right, left ^ (pcgHash(right ^ key) & mask)];
    return ((left << halfBits) | right) >>> 0;
  };
  return (position) => {
    let x = network(position);
    while (x >= count) x = network(x);
    return x;
  };
}

/** The permutation of 0 … count − 1 as an array. */
export function permutationArray(count: number, key: PermutationKey): Uint32Array<ArrayBuffer> {
  const at = permutation(count, key);
  return Uint32Array.from({ length: count }, (_, i) => at(i));
}

/** The given sample indices (one part of a split) in the order in which an epoch visits them. */
export function epochOrder(indices: Uint32Array, key: PermutationKey): Uint32Array<ArrayBuffer> {
  const at = permutation(indices.length, key);
  return Uint32Array.from({ length: indices.length }, (_, i) => indices[at(i)] ?? 0);
}
