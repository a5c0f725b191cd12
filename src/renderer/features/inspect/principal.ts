/** The two directions in which rows of numbers differ most, and where each row lies along them (principal components). */

export interface Plane2 {
  /** x, y for each row. */
  readonly points: readonly (readonly [number, number])[];
  /** Share of the variance along each of the two. */
  readonly shares: readonly [number, number];
}

/** Rounds of power iteration: enough for a picture. */
const ROUNDS = 60;

/** @param width numbers in a row */
export function principalPlane(data: Float32Array, width: number): Plane2 {
  const count = width === 0 ? 0 : Math.floor(data.length / width);
  const centred = new Float64Array(count * width);
  for (let c = 0; c < width; c++) {
    let mean = 0;
    for (let r = 0; r < count; r++) mean += data[r * width + c]! / count;
    for (let r = 0; r < count; r++) centred[r * width + c] = data[r * width + c]! - mean;
  }
  const total = centred.reduce((sum, v) => sum + v * v, 0);
  const first = direction(centred, count, width, null);
  const second = direction(centred, count, width, first);
  const [xs, ys] = [projected(centred, count, width, first), projected(centred, count, width, second)];
  const share = (along: Float64Array): number =>
    total === 0 ? 0 : along.reduce((sum, v) => sum + v * v, 0) / total;
  return {
    points: Array.from(xs, (x, r) => [x, ys[r]!] as const),
    shares: [share(xs), share(ys)],
  };
}

/** The direction of most variance, at a right angle to another. */
function direction(
  rows: Float64Array,
  count: number,
  width: number,
  apart: Float64Array | null,
): Float64Array {
  let v = Float64Array.from({ length: width }, (_, i) => (((i + 1) * 0.6180339887498949) % 1) - 0.5);
  for (let round = 0; round < ROUNDS; round++) {
    const along = projected(rows, count, width, v);
    const next = new Float64Array(width);
    for (let r = 0; r < count; r++)
      for (let c = 0; c < width; c++) next[c]! += along[r]! * rows[r * width + c]!;
    if (apart) {
      const dot = next.reduce((sum, x, c) => sum + x * apart[c]!, 0);
      for (let c = 0; c < width; c++) next[c]! -= dot * apart[c]!;
    }
    const norm = Math.sqrt(next.reduce((sum, x) => sum + x * x, 0));
    if (norm === 0) return new Float64Array(width);
    v = next.map((x) => x / norm);
  }
  // The sign is free: the largest part is made positive, so that pictures do not flip from step to step.
  const largest = v.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? v.map((x) => -x) : v;
}

function projected(rows: Float64Array, count: number, width: number, v: Float64Array): Float64Array {
  const along = new Float64Array(count);
  for (let r = 0; r < count; r++) for (let c = 0; c < width; c++) along[r]! += rows[r * width + c]! * v[c]!;
  return along;
}
