// The layout of what a look at a tensor brings back: shared by the kernels that write it and by probe/, which reads it.

/** sign (1 bit) · exponent (8 bits): bins 0…255 are positive, 256…511 negative; `bin = bitcast<u32>(x) >> 23`. */
export const binCount = 512;

/**
 * Sums leave out what is not finite; `zeros` counts exponent 0: zero, and subnormals where the device flushes them.
 * The last four are there for some tensors only: elements beyond the ends of a squashing activation; Σ (x − the same element
 * of the first unit)², 0 when all units are alike; and for gradients Σ g·g′ and Σ (g − g′)² with g′ of the step before.
 */
export const momentNames = [
  'sum',
  'sumOfSquares',
  'sumOfMagnitudes',
  'largestMagnitude',
  'zeros',
  'nans',
  'positiveInfinities',
  'negativeInfinities',
  'saturated',
  'unitSpread',
  'productWithPrevious',
  'differenceFromPrevious',
] as const;
export type MomentName = (typeof momentNames)[number];
export const momentCount = momentNames.length;
