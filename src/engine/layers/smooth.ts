/**
 * Functions of ops that keep their accuracy where the textbook formula loses it in float32: no overflow, no cancellation,
 * no NaN in a branch that is not taken (its gradient would be 0 · NaN).
 */
import type { Value } from '../ir/value.ts';
import {
  abs,
  add,
  div,
  exp,
  greater,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  where,
} from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';

/** Below this |x| the series of eˣ − 1 and log(1 + x) are exact to float32's last place or so. */
const SERIES_BELOW = 0.1;

/** c₁x + c₂x² + …, by Horner's rule. */
function series(x: Value, coefficients: readonly number[]): Value {
  const inner = coefficients.reduceRight<Value | null>(
    (sum, c) => (sum ? add(scalar(c), mul(sum, x)) : scalar(c)),
    null,
  );
  return mul(x, inner ?? scalar(0));
}

/** eˣ − 1 for x ≤ 0; larger x count as 0. */
export function expm1BelowZero(x: Value): Value {
  const below = minimum(x, scalar(0));
  const near = less(scalar(-SERIES_BELOW), below);
  const small = maximum(below, scalar(-SERIES_BELOW));
  return where(near, series(small, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720]), add(exp(below), scalar(-1)));
}

/** log(1 + u) for u ≥ 0. */
export function log1p(u: Value): Value {
  const small = minimum(u, scalar(SERIES_BELOW));
  const terms = [1, -1 / 2, 1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7];
  return where(less(u, scalar(SERIES_BELOW)), series(small, terms), log(add(scalar(1), u)));
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|). */
export function softplus(x: Value): Value {
  return add(maximum(x, scalar(0)), log1p(exp(neg(abs(x)))));
}

/** x inside [low, high], the nearer end outside; the slope is 0 outside and at both ends, as PyTorch's hardtanh has it. */
export function clampFlat(x: Value, low: number, high: number): Value {
  return where(lessEqual(x, scalar(low)), scalar(low), where(lessEqual(scalar(high), x), scalar(high), x));
}

/** x where x > 0, else what `below` makes of it; at 0 the slope is that of `below`. */
export function aboveZeroOr(x: Value, below: Value): Value {
  return where(greater(x, scalar(0)), x, below);
}

/** x / (1 + |x|). */
export function softsign(x: Value): Value {
  return div(x, add(scalar(1), abs(x)));
}
