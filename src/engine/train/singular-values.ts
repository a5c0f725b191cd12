/**
 * The largest singular values of a matrix, by subspace iteration on AᵀA with a few spare directions and a final
 * Rayleigh–Ritz step (Golub & Van Loan, Matrix Computations, section 8.2). In float64 from a fixed start: the same matrix
 * always gives the same numbers.
 */

/** Directions that are iterated beside those asked for: they make the last ones converge. */
const spare = 4;
const rounds = 40;

/** @param matrix rows × columns, row-major. Largest first. */
export function singularValues(
  matrix: Float32Array,
  [rows, columns]: readonly [number, number],
  count: number,
): number[] {
  const kept = Math.min(count, rows, columns);
  const width = Math.min(kept + spare, rows, columns);
  let basis = orthonormal(startOf(columns, width), columns, width);
  for (let round = 0; round < rounds; round++) {
    basis = orthonormal(
      transposedTimes(matrix, times(matrix, basis, rows, columns, width), rows, columns, width),
      columns,
      width,
    );
  }
  const image = times(matrix, basis, rows, columns, width);
  return eigenvalues(gram(image, rows, width), width)
    .map((value) => Math.sqrt(Math.max(0, value)))
    .sort((a, b) => b - a)
    .slice(0, kept);
}

/** Directions with no symmetry that a matrix could share: a low-discrepancy sequence. */
function startOf(length: number, width: number): Float64Array {
  return Float64Array.from({ length: length * width }, (_, i) => (((i + 1) * 0.6180339887498949) % 1) - 0.5);
}

/** A · B for B of columns × width. */
function times(a: Float32Array, b: Float64Array, rows: number, columns: number, width: number): Float64Array {
  const out = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const value = a[r * columns + c]!;
      if (value === 0) continue;
      for (let k = 0; k < width; k++) out[r * width + k]! += value * b[c * width + k]!;
    }
  return out;
}

/** Aᵀ · B for B of rows × width. */
function transposedTimes(
  a: Float32Array,
  b: Float64Array,
  rows: number,
  columns: number,
  width: number,
): Float64Array {
  const out = new Float64Array(columns * width);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const value = a[r * columns + c]!;
      if (value === 0) continue;
      for (let k = 0; k < width; k++) out[c * width + k]! += value * b[r * width + k]!;
    }
  return out;
}

/** Modified Gram–Schmidt; a direction that vanishes becomes zero. */
function orthonormal(b: Float64Array, rows: number, width: number): Float64Array {
  for (let k = 0; k < width; k++) {
    for (let j = 0; j < k; j++) {
      let dot = 0;
      for (let r = 0; r < rows; r++) dot += b[r * width + j]! * b[r * width + k]!;
      for (let r = 0; r < rows; r++) b[r * width + k]! -= dot * b[r * width + j]!;
    }
    let norm = 0;
    for (let r = 0; r < rows; r++) norm += b[r * width + k]! ** 2;
    const scale = norm > 1e-300 ? 1 / Math.sqrt(norm) : 0;
    for (let r = 0; r < rows; r++) b[r * width + k]! *= scale;
  }
  return b;
}

/** BᵀB, width × width. */
function gram(b: Float64Array, rows: number, width: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) out[i * width + j]! += b[r * width + i]! * b[r * width + j]!;
  return out;
}

/** Of a small symmetric matrix, by Jacobi's rotations. */
function eigenvalues(a: Float64Array, n: number): number[] {
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        if (apq === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, n, [p, q], [c, t * c]);
      }
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i]!);
}

function rotate(
  a: Float64Array,
  n: number,
  [p, q]: readonly [number, number],
  [c, s]: readonly [number, number],
): void {
  for (let k = 0; k < n; k++) {
    const [akp, akq] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = c * akp - s * akq;
    a[k * n + q] = s * akp + c * akq;
  }
  for (let k = 0; k < n; k++) {
    const [apk, aqk] = [a[p * n + k]!, a[q * n + k]!];
    a[p * n + k] = c * apk - s * aqk;
    a[q * n + k] = s * apk + c * aqk;
  }
}
