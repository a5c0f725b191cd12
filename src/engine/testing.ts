// What tests of the engine share: seeded numbers, comparison that says where and by how much, derivatives by differences.
import type { DType } from './ir/dtype.ts';
import type { Dense, OpSample } from './ir/op.ts';
import { randomStream } from './ir/random.ts';
import { type Shape, sizeOf } from './ir/shape.ts';
import type { AnyOp, Value } from './ir/value.ts';
import { evaluate } from './ops/evaluate.ts';
import { input } from './ops/leaf.ts';

export interface Tolerance {
  /** Allowed difference relative to the expected number. */
  readonly rtol?: number;
  /** Allowed difference where the expected number is near 0. */
  readonly atol?: number;
}

/** Fails with the first place that differs too much, and the largest difference of all. NaN equals NaN. */
export function expectAllClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-9, atol = rtol }: Tolerance = {},
): void {
  if (got.length !== expected.length)
    throw new Error(`${expected.length} numbers are expected, not ${got.length}`);
  let first = -1;
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    const error = Math.abs(a - b);
    if (error <= atol + rtol * Math.abs(b)) continue;
    if (first < 0) first = i;
    worst = Number.isNaN(error) ? Number.NaN : Math.max(worst, error);
  }
  if (first >= 0)
    throw new Error(
      `element ${first} of ${got.length} is ${got[first]}, not ${expected[first]} (largest difference ${worst})`,
    );
}

/** The largest difference of two tensors, relative to the largest number that is expected; infinite where they do not compare. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let scale = 1e-3;
  let worst = 0;
  for (let i = 0; i < expected.length; i++)
    if (Number.isFinite(expected[i]!)) scale = Math.max(scale, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(got[i], expected[i])) continue;
    const error = Math.abs(got[i]! - expected[i]!);
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return got.length === expected.length ? worst / scale : Number.POSITIVE_INFINITY;
}

/** Counts cases and the worst error of each thing that is held to a reference, for a table at the end. */
export class ParityTable {
  readonly #rows = new Map<string, { cases: number; worst: number }>();
  readonly #title: string;
  readonly #what: string;
  readonly #cases: string;

  /** What is counted, in the plural: `layers`, and their `configurations`. */
  constructor(title: string, what: string, cases: string) {
    this.#title = title;
    this.#what = what;
    this.#cases = cases;
  }

  add(name: string, error: number): void {
    const row = this.#rows.get(name) ?? { cases: 0, worst: 0 };
    this.#rows.set(name, { cases: row.cases + 1, worst: Math.max(row.worst, error) });
  }

  toString(): string {
    const width = Math.max(...[...this.#rows.keys()].map((name) => name.length));
    const cells = [...this.#rows].map(
      ([name, { cases, worst }]) =>
        `${name.padEnd(width)} ${String(cases).padStart(3)}  ${worst.toExponential(1).padEnd(7)}`,
    );
    const height = Math.ceil(cells.length / columns);
    const lines = Array.from({ length: height }, (_, i) =>
      cells
        .filter((_, k) => k % height === i)
        .join('   ')
        .trimEnd(),
    );
    const cases = [...this.#rows.values()].reduce((n, r) => n + r.cases, 0);
    const worst = [...this.#rows.values()].reduce((n, r) => Math.max(n, r.worst), 0);
    return [
      `${this.#title}: ${this.#cases} and worst relative error of each`,
      ...lines,
      `${this.#rows.size} ${this.#what} × ${cases} ${this.#cases}, worst relative error ${worst.toExponential(1)}`,
    ].join('\n');
  }
}

/** How many things stand on a line of a table: `npm test` shows only so many lines of each check. */
const columns = 3;

/** Seeded numbers within a range: whole ones, both ends included, for integer types. */
export function randomArray(
  size: number,
  seed: number,
  range: readonly [number, number] = [-2, 2],
  dtype: DType = 'f32',
): Float64Array {
  const stream = randomStream(seed, 'testing');
  const [low, high] = range;
  return new Float64Array(size).map((_, i) =>
    dtype === 'f32'
      ? low + stream.uniform(i) * (high - low)
      : Math.round(low) + stream.below(i, Math.round(high) - Math.round(low) + 1),
  );
}

/** Made-up inputs for one sample of an op. */
export function sampleInputs(sample: OpSample<number, unknown>, seed = 1): Dense[] {
  return sample.shapes.map((shape, i) => {
    const dtype = sample.dtypes?.[i] ?? 'f32';
    const range = sample.range?.[i] ?? (dtype === 'u32' ? [0, 4] : [-2, 2]);
    return { shape, dtype, data: randomArray(sizeOf(shape), seed + i, range, dtype) };
  });
}

/** What must not get lost on its way, each put into a tensor of ordinary numbers. */
const strays: readonly (readonly [name: string, values: readonly number[]])[] = [
  ['a NaN', [Number.NaN]],
  ['an infinity', [Number.POSITIVE_INFINITY]],
  ['both infinities', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ['numbers of 10³⁰', [1e30, -1e30]],
];

/** The samples of an op with its first float input holding numbers that are out of the ordinary. */
export function straySamples(
  op: AnyOp,
): { name: string; sample: OpSample<number, unknown>; inputs: Dense[] }[] {
  return op.samples.flatMap((sample) => {
    const at = sample.shapes.findIndex((_, i) => (sample.dtypes?.[i] ?? 'f32') === 'f32');
    const first = sampleInputs(sample)[at];
    if (!first || first.data.length === 0 || first.data.length > 100) return [];
    return strays.map(([name, values]) => {
      const inputs = sampleInputs(sample);
      values.forEach((v, i) => {
        const { data } = inputs[at]!;
        data[(2 + 3 * i) % data.length] = Math.fround(v);
      });
      return { name: `${name} in ${formatSample(sample)}`, sample, inputs };
    });
  });
}

/** A fed input for each dense tensor. */
export function feedsOf(dense: readonly Dense[]): { values: Value[]; feeds: Map<Value, Float64Array> } {
  const values = dense.map(({ shape, dtype }, i) => input(`x${i}`, shape, 'feed', dtype));
  return { values, feeds: new Map(values.map((v, i) => [v, dense[i]!.data])) };
}

/** The elements of one value. */
export function evaluateOne(y: Value, feeds: ReadonlyMap<Value, ArrayLike<number>>): Float64Array {
  return evaluate([y], feeds)[0]!;
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);

/** How ⟨dy, op(inputs)⟩ changes along a direction in input `i`, by central differences of the op's reference. */
export function directionalDerivative(
  op: AnyOp,
  inputs: readonly Dense[],
  attrs: unknown,
  dy: ArrayLike<number>,
  i: number,
  direction: ArrayLike<number>,
  epsilon = 1e-5,
): number {
  const out = op.infer(inputs, attrs);
  const at = (sign: number): number => {
    const moved = inputs.map((x, k) =>
      k === i ? { ...x, data: x.data.map((v, n) => v + sign * epsilon * direction[n]!) } : x,
    );
    return dot(dy, op.reference(moved, attrs, out));
  };
  return (at(1) - at(-1)) / (2 * epsilon);
}

/** Σ dy·∂y/∂x for each element of input `i`, by central differences of the op's reference. */
export function numericalVjp(
  op: AnyOp,
  inputs: readonly Dense[],
  attrs: unknown,
  dy: ArrayLike<number>,
  i: number,
): Float64Array {
  const size = inputs[i]!.data.length;
  return new Float64Array(size).map((_, n) => {
    const unit = new Float64Array(size);
    unit[n] = 1;
    return directionalDerivative(op, inputs, attrs, dy, i, unit);
  });
}

/** d⟨seed, f(x)⟩/dx by central differences through the float64 interpreter, for functions of many ops. */
export function numericalGradient(
  y: Value,
  x: Value,
  feeds: ReadonlyMap<Value, ArrayLike<number>>,
  seed: ArrayLike<number>,
  epsilon = 1e-5,
): Float64Array {
  const start = Float64Array.from(feeds.get(x)!);
  const at = (n: number, shift: number): number => {
    const moved = Float64Array.from(start);
    moved[n] = moved[n]! + shift;
    return dot(seed, evaluateOne(y, new Map([...feeds, [x, moved]])));
  };
  return start.map((_, n) => (at(n, epsilon) - at(n, -epsilon)) / (2 * epsilon));
}

/** `2 × 3, 3` — the shapes of a sample, for the names of tests. */
export function formatSample(sample: OpSample<number, unknown>): string {
  const shapes = sample.shapes.map((s: Shape) => `[${s.join(', ')}]`).join(' ');
  return sample.attrs === null ? shapes : `${shapes} ${JSON.stringify(sample.attrs)}`;
}
