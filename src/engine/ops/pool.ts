/**
 * Windows over the last axes of a tensor: their sums and maxima, and where the maxima stand. The gradient of a maximum
 * goes to the first largest element of its window, as PyTorch's does.
 */
import { EngineError } from '../errors.ts';
import { bool, bounded, f32, i32, select } from '../ir/expr.ts';
import {
  add as addIndex,
  and,
  divide,
  equal,
  flatten,
  lessThan,
  remainder,
  unflatten,
  within,
} from '../ir/index-math.ts';
import type { Dense, OpSample, OpSpec, TensorType } from '../ir/op.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { defineOp, type Op } from './define.ts';
import { eachIndex, flatAt } from './dense.ts';
import { add, div, less, mul, where } from './elementwise.ts';
import { takeAlong } from './indexing.ts';
import { fill, iota, scalar } from './leaf.ts';
import { swapAxes, swapLast, unsqueeze } from './movement.ts';
import { matmul } from './product.ts';
import { argmax, max, mean, sum } from './reduce.ts';
import {
  adjointWindows,
  contributesTo,
  meet,
  spanOf,
  type WindowOptions,
  type Windows,
  windowCounts,
  windowsFrom,
} from './windows.ts';

export interface PoolAttrs extends Windows {
  /** The window's size along each of the last axes. */
  readonly kernel: readonly number[];
}

/** The most negative finite number: what padding is to a maximum. */
const lowest = -3.4028234663852886e38;

/** A shape's leading axes and those that windows slide over. */
function parts(shape: Shape, { kernel }: PoolAttrs): [lead: readonly number[], sizes: readonly number[]] {
  const cut = shape.length - kernel.length;
  if (cut < 0)
    throw new EngineError('shape/mismatch', {
      op: 'pooling',
      expected: `at least ${kernel.length} axes`,
      got: formatShape(shape),
    });
  return [shape.slice(0, cut), shape.slice(cut)];
}

function pooledShape(x: TensorType, attrs: PoolAttrs): Shape {
  const [lead, sizes] = parts(x.shape, attrs);
  return [...lead, ...windowCounts('pooling', sizes, attrs.kernel, attrs)];
}

/** For each window, its elements by tap; taps in the padding are left out. */
function eachWindow(
  x: TensorType,
  out: TensorType,
  attrs: PoolAttrs,
  visit: (p: number, tap: number, s: number) => void,
): void {
  const [lead, sizes] = parts(x.shape, attrs);
  const counts = out.shape.slice(lead.length);
  eachIndex(lead, (_, n) => {
    eachIndex(attrs.kernel, (k, tap) => {
      eachIndex(sizes, (s, at) => {
        const p = contributesTo(counts, attrs, s, k);
        if (p) visit(n * sizeOf(counts) + flatAt(p, counts), tap, n * sizeOf(sizes) + at);
      });
    });
  });
}

const sample = (
  shape: Shape,
  kernel: readonly number[],
  options: WindowOptions = {},
): OpSample<1, PoolAttrs> => ({
  shapes: [shape],
  attrs: { kernel, ...windowsFrom(options, kernel.length) },
});

const poolSamples: readonly OpSample<1, PoolAttrs>[] = [
  sample([1, 1], [1]),
  sample([2, 3, 7], [3], { stride: 2, padding: 1 }),
  sample([1, 257], [2], { stride: 2 }),
  sample([2, 5, 6], [2, 3], {
    padding: [
      [0, 1],
      [1, 1],
    ],
    stride: [2, 1],
  }),
  sample([1, 2, 5, 5], [2, 2], { dilation: 2, padding: 1 }),
  sample([2, 6, 4], [3, 1], { stride: 4 }),
  sample([3, 2, 4], [2, 1, 2], { stride: [1, 2, 2] }),
];

/** What one reduction of windows adds to all the others. */
interface WindowFold {
  readonly id: string;
  readonly doc: string;
  readonly monoid: 'sum' | 'max' | 'argmax';
  /** What the padding is to the monoid. */
  readonly outside: number;
  readonly reference: OpSpec<1, PoolAttrs>['reference'];
  readonly vjp: OpSpec<1, PoolAttrs>['vjp'];
  readonly jvp: OpSpec<1, PoolAttrs>['jvp'];
  readonly more?: readonly OpSample<1, PoolAttrs>[];
}

/** Declares a reduction of each window over the last axes. */
function defineWindowFold(f: WindowFold): Op<1, PoolAttrs> {
  return defineOp<1, PoolAttrs>({
    id: f.id,
    doc: f.doc,
    arity: 1,
    infer: ([x], attrs) => ({
      shape: pooledShape(x, attrs),
      dtype: f.monoid === 'argmax' ? 'i32' : 'f32',
    }),
    reference: f.reference,
    lower: {
      kind: 'reduce',
      monoid: f.monoid,
      family: 'window',
      domain: (_, { kernel }) => kernel,
      element: ({ read, inputs: [x], attrs }, index, k) => {
        const [lead, sizes] = parts(x.shape, attrs);
        const { at, inside } = meet(sizes, attrs, index.slice(lead.length), k);
        return select(inside, read(0, [...index.slice(0, lead.length), ...at]), f32(f.outside));
      },
    },
    vjp: f.vjp,
    jvp: f.jvp,
    samples: [...poolSamples, ...(f.more ?? [])],
  });
}

const windowSumOp: Op<1, PoolAttrs> = defineWindowFold({
  id: 'windowSum',
  doc: 'The sum of each window over the last axes.',
  monoid: 'sum',
  outside: 0,
  reference: ([x], attrs, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    eachWindow(x, out, attrs, (p, _, s) => {
      y[p]! += x.data[s]!;
    });
    return y;
  },
  vjp: ({ dy, inputs: [x], attrs }) => {
    const [lead, sizes] = parts(x.shape, attrs);
    const windows = adjointWindows(sizes, attrs.kernel, dy.shape.slice(lead.length), attrs);
    return [windowSumOp(dy, { ...windows, kernel: attrs.kernel })];
  },
  jvp: ({ tangents: [t], attrs }) => t && windowSumOp(t, attrs),
  more: [{ shapes: [[2, 3]], attrs: { ...windowsFrom({ padding: 2 }, 1), kernel: [3], inputDilation: [3] } }],
});

/** The largest element and its tap in each window; the first on ties, and NaN wins. */
function largest(x: Dense, out: TensorType, attrs: PoolAttrs): { value: Float64Array; tap: Float64Array } {
  const value = new Float64Array(sizeOf(out.shape)).fill(Number.NEGATIVE_INFINITY);
  const first = new Float64Array(sizeOf(out.shape));
  const inside = new Float64Array(sizeOf(out.shape));
  eachWindow(x, out, attrs, (p, tap, s) => {
    const v = x.data[s]!;
    inside[p]!++;
    if (!(v > value[p]! || (Number.isNaN(v) && !Number.isNaN(value[p]!)))) return;
    value[p] = v;
    first[p] = tap;
  });
  // A kernel has no word for −∞: where padding is in the window, the lowest finite number stands for it.
  for (let p = 0; p < value.length; p++)
    if (inside[p]! < sizeOf(attrs.kernel) && !(value[p]! >= lowest) && !Number.isNaN(value[p]!))
      value[p] = lowest;
  return { value, tap: first };
}

const maxPoolOp: Op<1, PoolAttrs> = defineWindowFold({
  id: 'maxPool',
  doc: 'The largest element of each window over the last axes.',
  monoid: 'max',
  outside: lowest,
  reference: ([x], attrs, out) => largest(x, out, attrs).value,
  vjp: ({ dy, inputs: [x], attrs }) => [unpool(dy, maxTapOp(x, attrs), { ...attrs, shape: x.shape })],
  jvp: ({ tangents: [t], inputs: [x], attrs }) => t && takeTapOp(t, maxTapOp(x, attrs), attrs),
});

const maxTapOp: Op<1, PoolAttrs> = defineWindowFold({
  id: 'maxTap',
  doc: 'Where in each window its largest element stands, as a flat position in the window; the first on ties.',
  monoid: 'argmax',
  outside: lowest,
  reference: ([x], attrs, out) => largest(x, out, attrs).tap,
  vjp: () => [null],
  jvp: () => null,
});

const tapSample = (shape: Shape, taps: Shape, kernel: readonly number[], options: WindowOptions = {}) =>
  ({
    shapes: [shape, taps],
    attrs: { kernel, ...windowsFrom(options, kernel.length) },
    dtypes: ['f32', 'i32'],
    range: [
      [-2, 2],
      [0, sizeOf(kernel) - 1],
    ],
  }) as const;

const takeTapOp: Op<2, PoolAttrs> = defineOp<2, PoolAttrs>({
  id: 'takeTap',
  doc: 'From each window the element at a given tap; 0 where the tap lies in the padding.',
  arity: 2,
  infer: ([x, taps], attrs) => {
    const shape = pooledShape(x, attrs);
    if (!sameShape(shape, taps.shape))
      throw new EngineError('shape/mismatch', {
        op: 'takeTap',
        expected: `taps of shape ${formatShape(shape)}`,
        got: formatShape(taps.shape),
      });
    return { shape, dtype: 'f32' };
  },
  reference: ([x, taps], attrs, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    eachWindow(x, out, attrs, (p, tap, s) => {
      if (taps.data[p] === tap) y[p] = x.data[s]!;
    });
    return y;
  },
  lower: {
    kind: 'pull',
    form: 'gather',
    cost: 6,
    element: ({ read, inputs: [x], attrs }, index) => {
      const [lead, sizes] = parts(x.shape, attrs);
      const tap = bounded(read(1, index), sizeOf(attrs.kernel));
      const { at, inside } = meet(sizes, attrs, index.slice(lead.length), unflatten(tap, attrs.kernel));
      return select(inside, read(0, [...index.slice(0, lead.length), ...at]), f32(0));
    },
  },
  vjp: ({ dy, inputs: [x, taps], attrs }) => [unpool(dy, taps, { ...attrs, shape: x.shape }), null],
  jvp: ({ tangents: [t], inputs: [, taps], attrs }) => t && takeTapOp(t, taps, attrs),
  samples: [
    tapSample([1, 1], [1, 1], [1]),
    tapSample([2, 7], [2, 4], [3], { stride: 2, padding: 1 }),
    tapSample([1, 5, 5], [1, 5, 5], [2, 2], { dilation: 2, padding: 1 }),
    tapSample([514], [257], [2], { stride: 2 }),
  ],
});

/** The same meetings, asked from the input: tap k of output p lies at s where p·stride = s·inputDilation − k·kernelDilation + before. */
const reversed = (w: Windows): Windows => ({
  stride: w.inputDilation,
  inputDilation: w.stride,
  kernelDilation: w.kernelDilation.map((d) => -d),
  before: w.before.map((b) => -b),
  after: w.after,
});

interface UnpoolAttrs extends PoolAttrs {
  /** The shape before pooling. */
  readonly shape: Shape;
}

/** What both ways to put elements back have in common. */
const unpoolMeaning = {
  arity: 2,
  infer: (_: unknown, { shape }: UnpoolAttrs): TensorType => ({ shape, dtype: 'f32' }),
  reference: ([dy, taps]: readonly [Dense, Dense], attrs: UnpoolAttrs, out: TensorType): Float64Array => {
    const dx = new Float64Array(sizeOf(out.shape));
    eachWindow(out, dy, attrs, (p, tap, s) => {
      if (taps.data[p] === tap) dx[s]! += dy.data[p]!;
    });
    return dx;
  },
} as const;

const unpoolSamples = (
  samples: readonly (ReturnType<typeof tapSample> & { shape: Shape })[],
): readonly OpSample<2, UnpoolAttrs>[] =>
  samples.map(({ shape, attrs, ...rest }) => ({ ...rest, attrs: { ...attrs, shape } }));

const unpoolOp: Op<2, UnpoolAttrs> = defineOp<2, UnpoolAttrs>({
  ...unpoolMeaning,
  id: 'unpool',
  doc: 'Puts one element per window at a given tap of it, and adds where windows overlap: the adjoint of takeTap.',
  lower: {
    kind: 'reduce',
    monoid: 'sum',
    family: 'window',
    domain: (_, { kernel }) => kernel,
    // From the element's side: over the taps, is there a window whose chosen tap is this element?
    element: ({ read, inputs: [dy], attrs }, index, k) => {
      const [lead] = parts(attrs.shape, attrs);
      const { at, inside } = meet(dy.shape.slice(lead.length), reversed(attrs), index.slice(lead.length), k);
      const from = [...index.slice(0, lead.length), ...at];
      const tap = select(inside, read(1, from), i32(-1));
      return select(equal(tap, flatten(k, attrs.kernel)), read(0, from), f32(0));
    },
  },
  vjp: ({ dy, inputs: [, taps], attrs: { shape: _, ...attrs } }) => [takeTapOp(dy, taps, attrs), null],
  jvp: ({ tangents: [t], inputs: [, taps], attrs }) => t && unpoolOp(t, taps, attrs),
  samples: unpoolSamples([
    { ...tapSample([2, 4], [2, 4], [3], { stride: 2, padding: 1 }), shape: [2, 7] },
    { ...tapSample([1, 5, 5], [1, 5, 5], [2, 2], { dilation: 2, padding: 1 }), shape: [1, 5, 5] },
    { ...tapSample([257], [257], [2], { stride: 2 }), shape: [515] },
  ]),
});

/** Whether every element lies in one window at most, and its place is not negative. */
const liesApart = ({ kernel, stride, before, inputDilation, kernelDilation }: PoolAttrs): boolean =>
  kernel.every(
    (k, i) => k <= stride[i]! && before[i]! >= 0 && inputDilation[i] === 1 && kernelDilation[i] === 1,
  );

const unpoolApartOp: Op<2, UnpoolAttrs> = defineOp<2, UnpoolAttrs>({
  ...unpoolMeaning,
  id: 'unpoolApart',
  doc: 'unpool for windows that lie apart: every element asks the one window that it can be in.',
  lower: {
    kind: 'pull',
    form: 'gather',
    cost: 8,
    element: ({ read, inputs: [dy], attrs }, index) => {
      const [lead] = parts(attrs.shape, attrs);
      const counts = dy.shape.slice(lead.length);
      const places = counts.map((_, i) => addIndex(index[lead.length + i]!, i32(attrs.before[i]!)));
      const at = places.map((place, i) => divide(place, attrs.stride[i]!));
      const k = places.map((place, i) => remainder(place, attrs.stride[i]!));
      const inside = at.reduce(
        (all, p, i) => and(all, and(within(p, counts[i]!), lessThan(k[i]!, i32(attrs.kernel[i]!)))),
        bool(true),
      );
      const from = [...index.slice(0, lead.length), ...at];
      const tap = select(inside, read(1, from), i32(-1));
      return select(equal(tap, flatten(k, attrs.kernel)), read(0, from), f32(0));
    },
  },
  vjp: ({ dy, inputs: [, taps], attrs: { shape: _, ...attrs } }) => [takeTapOp(dy, taps, attrs), null],
  jvp: ({ tangents: [t], inputs: [, taps], attrs }) => t && unpoolApartOp(t, taps, attrs),
  samples: unpoolSamples([
    { ...tapSample([1, 1], [1, 1], [1]), shape: [1, 1] },
    { ...tapSample([2, 3], [2, 3], [2], { stride: 3, padding: 1 }), shape: [2, 7] },
    { ...tapSample([2, 2, 3], [2, 2, 3], [2, 2], { stride: 2 }), shape: [2, 5, 6] },
    { ...tapSample([257], [257], [2], { stride: 2 }), shape: [515] },
  ]),
});

const unpool = (dy: Value, taps: Value, attrs: UnpoolAttrs): Value =>
  (liesApart(attrs) ? unpoolApartOp : unpoolOp)(dy, taps, attrs);

export interface PoolOptions extends WindowOptions {
  /** Lets windows hang over the end, so that every element is in one (PyTorch’s ceil_mode). */
  readonly ceil?: boolean;
}

/**
 * Windows next to each other unless a stride is told. With `ceil`, the end is padded until a last window fits that starts
 * inside the input or its padding before.
 */
function poolAttrs(
  x: Value,
  kernel: readonly number[],
  { ceil = false, ...options }: PoolOptions,
): PoolAttrs {
  const attrs = { kernel, ...windowsFrom({ stride: kernel, ...options }, kernel.length) };
  if (!ceil) return attrs;
  const [, sizes] = parts(x.shape, attrs);
  const after = sizes.map((size, i) => {
    const [stride, before] = [attrs.stride[i]!, attrs.before[i]!];
    const span = spanOf(kernel[i]!, attrs.kernelDilation[i]!);
    const last = Math.ceil((size + before + attrs.after[i]! - span) / stride);
    const starts = last * stride >= size + before ? last - 1 : last;
    return starts < 0 ? attrs.after[i]! : starts * stride + span - size - before;
  });
  return { ...attrs, after };
}

/** The largest element of each window over the last axes of x. torch.nn.functional.max_pool1d/2d/3d. */
export function maxPool(x: Value, kernel: readonly number[], options: PoolOptions = {}): Value {
  return maxPoolOp(x, poolAttrs(x, kernel, options));
}

export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as zeros (PyTorch’s default) or not at all; what `ceil` adds never counts. */
  readonly countPadding?: boolean;
}

/** The mean of each window over the last axes of x. torch.nn.functional.avg_pool1d/2d/3d. */
export function averagePool(
  x: Value,
  kernel: readonly number[],
  { countPadding = true, ...options }: AveragePoolOptions = {},
): Value {
  const attrs = poolAttrs(x, kernel, options);
  const total = windowSumOp(x, attrs);
  if (countPadding && !options.ceil) return mul(total, scalar(1 / sizeOf(kernel)));
  const [, sizes] = parts(x.shape, attrs);
  const ones = (shape: Shape, windows: PoolAttrs): Value =>
    windowSumOp(fill({ value: 1, shape, dtype: 'f32' }), windows);
  if (!countPadding) return div(total, ones(sizes, attrs));
  const { before, after } = windowsFrom(options, kernel.length);
  const padded = sizes.map((size, i) => size + before[i]! + after[i]!);
  // The padding that was asked for counts as elements; what is beyond it does not.
  const beyond = attrs.after.map((n, i) => n - after[i]!);
  return div(total, ones(padded, { ...attrs, before: before.map(() => 0), after: beyond }));
}

/** Whole numbers along an axis: times · position + plus. */
const counting = (shape: Shape, axis: number, times: number, plus: number): Value =>
  add(mul(iota({ shape, axis, dtype: 'i32' }), scalar(times, 'i32')), scalar(plus, 'i32'));

/** Which inputs each output of an adaptive pool sees, f32 [outputs, size] of 0 and 1: output i sees ⌊i·s/o⌋ up to ⌈(i+1)·s/o⌉. */
function adaptiveMask(size: number, outputs: number): Value {
  const shape = [outputs, size];
  // i·s < (j + 1)·o and j·o < (i + 1)·s: in whole numbers, so that no rounding moves a border.
  return mul(
    less(counting(shape, 0, size, 0), counting(shape, 1, outputs, outputs)),
    less(counting(shape, 1, outputs, 0), counting(shape, 0, size, size)),
  );
}

/** Pools the last axes one after another, each to its own number of outputs; `pool` works on the last axis. */
function adaptive(x: Value, outputs: readonly number[], pool: (x: Value, mask: Value) => Value): Value {
  // The last axis first: where maxima tie, the first in row-major order wins.
  return outputs.reduceRight((v, count, i) => {
    const axis = x.shape.length - outputs.length + i;
    const size = x.shape[axis]!;
    return size === count ? v : swapAxes(pool(swapAxes(v, axis, -1), adaptiveMask(size, count)), axis, -1);
  }, x);
}

/** The window that pools x to `outputs` evenly, or null where a size is no multiple. */
function evenKernel(x: Value, outputs: readonly number[]): number[] | null {
  const kernel = outputs.map((n, i) => x.shape[x.shape.length - outputs.length + i]! / n);
  return kernel.every(Number.isInteger) ? kernel : null;
}

/** The means of as many windows as asked for, whatever the size. torch.nn.functional.adaptive_avg_pool1d/2d/3d. */
export function adaptiveAveragePool(x: Value, outputs: readonly number[]): Value {
  const kernel = evenKernel(x, outputs);
  if (kernel) return averagePool(x, kernel);
  return adaptive(x, outputs, (v, mask) => matmul(v, swapLast(div(mask, sum(mask, 1, { keep: true })))));
}

/** The maxima of as many windows as asked for. torch.nn.functional.adaptive_max_pool1d/2d/3d. */
export function adaptiveMaxPool(x: Value, outputs: readonly number[]): Value {
  const kernel = evenKernel(x, outputs);
  if (kernel) return maxPool(x, kernel);
  return adaptive(x, outputs, (v, mask) =>
    takeAlong(v, argmax(where(mask, unsqueeze(v, -2), scalar(lowest)), -1), -1),
  );
}

/** The mean over the last `axes` axes, which disappear. */
export function globalAveragePool(x: Value, axes: number): Value {
  return mean(
    x,
    Array.from({ length: axes }, (_, i) => -1 - i),
  );
}

/** The maximum over the last `axes` axes, which disappear; ties share the gradient. */
export function globalMaxPool(x: Value, axes: number): Value {
  return max(
    x,
    Array.from({ length: axes }, (_, i) => -1 - i),
  );
}

export const poolOps = [windowSumOp, maxPoolOp, maxTapOp, takeTapOp, unpoolOp, unpoolApartOp];
