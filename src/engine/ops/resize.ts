/** Enlarging and shrinking the last axes: by repetition, or along straight lines between neighbours. */
import type { Value } from '../ir/value.ts';
import { broadcastTo, reshape } from './core.ts';
import { abs, add, maximum, minimum, mul, relu, sub, toF32 } from './elementwise.ts';
import { iota, scalar } from './leaf.ts';
import { swapAxes, unsqueeze } from './movement.ts';
import { matmul } from './product.ts';

/** Repeats each element of the last axes a whole number of times. torch interpolate, mode='nearest', scale_factor=factors. */
export function resizeNearest(x: Value, factors: readonly number[]): Value {
  return factors.reduce((v, factor, i) => {
    const axis = v.shape.length - factors.length + i;
    const apart = unsqueeze(v, axis + 1);
    const repeated = broadcastTo(apart, apart.shape.with(axis + 1, factor));
    return reshape(repeated, v.shape.with(axis, v.shape[axis]! * factor));
  }, x);
}

/**
 * How much each input counts for each output, f32 [inputs, outputs]: a hat around the place that the output looks at. Places
 * are fractions of whole numbers, so that no rounding moves a hat, however far from the start it stands.
 */
function hats(inputs: number, outputs: number, alignCorners: boolean): Value {
  const shape = [inputs, outputs];
  const whole = (n: number): Value => scalar(n, 'i32');
  // Output o looks at (step · o + start) / parts.
  const [step, start, parts] = alignCorners
    ? [inputs - 1, 0, Math.max(outputs - 1, 1)]
    : [2 * inputs, inputs - outputs, 2 * outputs];
  const place = add(mul(iota({ shape, axis: 1, dtype: 'i32' }), whole(step)), whole(start));
  const held = maximum(minimum(place, whole((inputs - 1) * parts)), whole(0));
  const apart = sub(held, mul(iota({ shape, axis: 0, dtype: 'i32' }), whole(parts)));
  return relu(sub(scalar(1), mul(abs(toF32(apart)), scalar(1 / parts))));
}

export interface LinearResize {
  /** Keeps the outermost elements where they are; else the outer edges of elements stay. */
  readonly alignCorners?: boolean;
}

/** Linear interpolation of the last axes to the given sizes. torch interpolate, mode='linear', 'bilinear' or 'trilinear'. */
export function resizeLinear(
  x: Value,
  sizes: readonly number[],
  { alignCorners = false }: LinearResize = {},
): Value {
  return sizes.reduce((v, outputs, i) => {
    const axis = v.shape.length - sizes.length + i;
    const inputs = v.shape[axis]!;
    if (inputs === outputs) return v;
    return swapAxes(matmul(swapAxes(v, axis, -1), hats(inputs, outputs, alignCorners)), axis, -1);
  }, x);
}
