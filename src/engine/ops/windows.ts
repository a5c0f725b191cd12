/**
 * The geometry that convolution and pooling share. Along one axis, output p and kernel tap k meet the dilated, padded
 * input at p·stride + k·kernelDilation − before; `before` and `after` may be negative, which crops. With strides and
 * dilations on both sides the set is closed under adjoints: every derivative is the same op with other numbers.
 */
import { EngineError } from '../errors.ts';
import { bool, type Expr, i32 } from '../ir/expr.ts';
import { add, and, divide, equal, remainder, scale, sub, within } from '../ir/index-math.ts';
import { formatShape } from '../ir/shape.ts';

/** One number per spatial axis in each list. */
export interface Windows {
  readonly stride: readonly number[];
  /** Zeros (for maxima: nothing) before the first and after the last element; negative numbers crop. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Distance of neighbouring input elements; above 1, zeros lie between them. */
  readonly inputDilation: readonly number[];
  /** Distance of neighbouring kernel taps. */
  readonly kernelDilation: readonly number[];
}

/** How far `n` elements reach when neighbours are `dilation` apart. */
export const spanOf = (n: number, dilation: number): number => (n === 0 ? 0 : (n - 1) * dilation + 1);

/** The output's spatial sizes; an error where a kernel is larger than the padded input. */
export function windowCounts(
  op: string,
  sizes: readonly number[],
  kernel: readonly number[],
  w: Windows,
): number[] {
  const padded = sizes.map((n, i) => spanOf(n, w.inputDilation[i]!) + w.before[i]! + w.after[i]!);
  const spans = kernel.map((k, i) => spanOf(k, w.kernelDilation[i]!));
  if (spans.some((span, i) => span > padded[i]! || span === 0))
    throw new EngineError('shape/window', {
      op,
      kernel: formatShape(spans),
      input: formatShape(padded),
    });
  return spans.map((span, i) => Math.floor((padded[i]! - span) / w.stride[i]!) + 1);
}

/** Where output `p` and tap `k` meet the input: the position along each axis, and whether there is one. */
export function meet(
  sizes: readonly number[],
  w: Windows,
  p: readonly Expr[],
  k: readonly Expr[],
): { at: Expr[]; inside: Expr } {
  let inside: Expr = bool(true);
  const at = sizes.map((size, i) => {
    const dilation = w.inputDilation[i]!;
    const place = sub(add(scale(p[i]!, w.stride[i]!), scale(k[i]!, w.kernelDilation[i]!)), i32(w.before[i]!));
    inside = and(inside, within(place, spanOf(size, dilation)));
    // Moved by whole dilations to where it is not negative, so that remainders can be known in advance.
    const lead = Math.max(0, Math.ceil(w.before[i]! / dilation));
    const moved = add(place, i32(lead * dilation));
    inside = and(inside, equal(remainder(moved, dilation), i32(0)));
    return sub(divide(moved, dilation), i32(lead));
  });
  return { at, inside };
}

/** The same in plain numbers, from the input's side: the output that input `s` and tap `k` contribute to, or null. */
export function contributesTo(
  counts: readonly number[],
  w: Windows,
  s: readonly number[],
  k: readonly number[],
): number[] | null {
  const p = counts.map(
    (_, i) => (s[i]! * w.inputDilation[i]! + w.before[i]! - k[i]! * w.kernelDilation[i]!) / w.stride[i]!,
  );
  return p.every((n, i) => Number.isInteger(n) && n >= 0 && n < counts[i]!) ? p : null;
}

/** The windows that pull gradients of the output back to the input, for a kernel that is flipped. */
export function adjointWindows(
  sizes: readonly number[],
  kernel: readonly number[],
  counts: readonly number[],
  w: Windows,
): Windows {
  const spans = kernel.map((k, i) => spanOf(k, w.kernelDilation[i]!));
  const before = spans.map((span, i) => span - 1 - w.before[i]!);
  return {
    stride: w.inputDilation,
    inputDilation: w.stride,
    kernelDilation: w.kernelDilation,
    before,
    after: spans.map(
      (span, i) =>
        spanOf(sizes[i]!, w.inputDilation[i]!) - 1 + span - before[i]! - spanOf(counts[i]!, w.stride[i]!),
    ),
  };
}

/** A number for all axes, or one for each. */
export type PerAxis = number | readonly number[];

export const perAxis = (n: PerAxis, rank: number): readonly number[] =>
  typeof n === 'number' ? new Array<number>(rank).fill(n) : n;

/** Windows as a person gives them; everything but the padding is 1 unless told, the padding 0. */
export interface WindowOptions {
  readonly stride?: PerAxis;
  /** On both sides; or, per axis, [before, after]. */
  readonly padding?: PerAxis | readonly (readonly [number, number])[];
  readonly dilation?: PerAxis;
}

/** Both sides of the padding of each axis. */
function paddingPairs(
  padding: NonNullable<WindowOptions['padding']>,
  rank: number,
): (readonly [number, number])[] {
  const list = typeof padding === 'number' ? new Array<number>(rank).fill(padding) : padding;
  return list.map((p) => (typeof p === 'number' ? [p, p] : p));
}

/** `WindowOptions` with every number in its place. */
export function windowsFrom({ stride = 1, padding = 0, dilation = 1 }: WindowOptions, rank: number): Windows {
  const pairs = paddingPairs(padding, rank);
  return {
    stride: perAxis(stride, rank),
    before: pairs.map(([b]) => b),
    after: pairs.map(([, a]) => a),
    inputDilation: perAxis(1, rank),
    kernelDilation: perAxis(dilation, rank),
  };
}

/** The padding that keeps sizes at stride 1, the odd zero at the end: PyTorch's padding='same'. */
export function samePadding(kernel: readonly number[], dilation: PerAxis = 1): (readonly [number, number])[] {
  return perAxis(dilation, kernel.length).map((d, i) => {
    const total = d * (kernel[i]! - 1);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}
