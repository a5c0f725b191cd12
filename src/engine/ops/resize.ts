/** Enlarging and shrinking the last axes: by repetition, or along straight lines between neighbours. */
import type { Value } from '../ir/value.ts';
import { broadcastTo, reshape } from './core.ts';
import { abs, add, clamp, mul, relu, sub } from './elementwise.ts';
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

/** How much each input counts for each output, f32 [inputs, outputs]: a hat around the place that the output looks at. */
function hats(inputs: number, outputs: number): Value {
  const shape = [inputs, outputs];
  const centres = mul(add(iota({ shape, axis: 1, dtype: 'f32' }), scalar(0.5)), scalar(inputs / outputs));
  const place = clamp(sub(centres, scalar(0.5)), 0, inputs - 1);
  return relu(sub(scalar(1), abs(sub(place, iota({ shape, axis: 0, dtype: 'f32' })))));
}

/** Linear interpolation of the last axes to the given sizes. torch interpolate, mode='linear' or 'bilinear', align_corners=False. */
export function resizeLinear(x: Value, sizes: readonly number[]): Value {
  return sizes.reduce((v, outputs, i) => {
    const axis = v.shape.length - sizes.length + i;
    const inputs = v.shape[axis]!;
    return inputs === outputs ? v : swapAxes(matmul(swapAxes(v, axis, -1), hats(inputs, outputs)), axis, -1);
  }, x);
}
