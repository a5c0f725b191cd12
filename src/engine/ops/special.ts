/**
 * Functions that WGSL has no word for. On the GPU they are approximations good to f32; the references are good to float64.
 */
import { bitcast, cast, type Expr, f32, select, u32, unary } from '../ir/expr.ts';
import { add, binary, div, lessThan, mul } from '../ir/index-math.ts';
import type { Value } from '../ir/value.ts';
import type { Op } from './define.ts';
import { defineUnary, div as divide, exp, mul as multiply, neg, add as plus } from './elementwise.ts';
import { scalar } from './leaf.ts';

/** c₀ + x·(c₁ + x·(c₂ + …)). */
const polynomial = (x: Expr, coefficients: readonly number[]): Expr =>
  coefficients.reduceRight<Expr>((rest, c) => add(f32(c), mul(x, rest)), f32(0));

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** erf by its series of positive terms: 2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5 … (2n+1)). */
function erfSeries(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return twoOverRootPi * Math.exp(-x * x) * total;
}

/** erfc for x ≥ 2 by its continued fraction: e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))). */
function erfcFraction(x: number): number {
  let below = x;
  for (let n = 120; n >= 1; n--) below = x + n / 2 / below;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / below;
}

function erfReference(x: number): number {
  if (Number.isNaN(x)) return x;
  return Math.abs(x) < 2 ? erfSeries(x) : Math.sign(x) * (1 - erfcFraction(Math.abs(x)));
}

function erfcReference(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x >= 2) return erfcFraction(x);
  return x <= -2 ? 2 - erfcFraction(-x) : 1 - erfSeries(x);
}

/** erfc(|x|) to 1.2e-7 relative everywhere: Numerical Recipes in C, 2nd edition, § 6.2, erfcc. */
function erfcOfAbs(x: Expr): Expr {
  const z = unary('abs', x);
  const t = div(f32(1), add(f32(1), mul(f32(0.5), z)));
  const exponent = polynomial(
    t,
    [
      -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
      -0.82215223, 0.17087277,
    ],
  );
  return mul(t, unary('exp', add(mul(unary('neg', z), z), exponent)));
}

/** erf near 0, where 1 − erfc would cancel: its Taylor series, x·2/√π·(1 − x²/3 + x⁴/10 − …). */
const erfNearZero = (x: Expr): Expr =>
  mul(
    x,
    polynomial(
      mul(x, x),
      [1, -1 / 3, 1 / 10, -1 / 42, 1 / 216, -1 / 1320, 1 / 9360].map((c) => c * twoOverRootPi),
    ),
  );

const closeTo = (x: Expr, limit: number): Expr => lessThan(unary('abs', x), f32(limit));

export const erf: Op<1, null> = defineUnary({
  id: 'erf',
  doc: 'The error function, 2/√π ∫₀ˣ e^(−t²) dt.',
  cost: 24,
  precision: 3e-7,
  reference: erfReference,
  expr: (x) =>
    select(closeTo(x, 0.7), erfNearZero(x), mul(unary('sign', x), add(f32(1), unary('neg', erfcOfAbs(x))))),
  derivative: (x) => multiply(scalar(twoOverRootPi), exp(neg(multiply(x, x)))),
});

export const erfc: Op<1, null> = defineUnary({
  id: 'erfc',
  doc: '1 − erf(x), without cancellation where x is large.',
  cost: 24,
  precision: 3e-7,
  reference: erfcReference,
  expr: (x) => {
    const tail = erfcOfAbs(x);
    return select(lessThan(x, f32(0)), add(f32(2), unary('neg', tail)), tail);
  },
  derivative: (x) => multiply(scalar(-twoOverRootPi), exp(neg(multiply(x, x)))),
});

export const log1p: Op<1, null> = defineUnary({
  id: 'log1p',
  doc: 'log(1 + x), exact for small x.',
  cost: 12,
  range: [-0.8, 4],
  precision: 1e-7,
  reference: Math.log1p,
  // Near 0: 2·artanh(x/(2 + x)) by its series; the compiler cannot re-order that into log(1 + x).
  expr: (x) => {
    const s = div(x, add(f32(2), x));
    const series = mul(mul(f32(2), s), polynomial(mul(s, s), [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11]));
    return select(closeTo(x, 0.5), series, unary('log', add(f32(1), x)));
  },
  derivative: (x) => divide(scalar(1), plus(scalar(1), x)),
});

export const expm1: Op<1, null> = defineUnary({
  id: 'expm1',
  doc: 'eˣ − 1, exact for small x.',
  cost: 12,
  precision: 1e-7,
  reference: Math.expm1,
  expr: (x) => {
    const series = mul(x, polynomial(x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320]));
    return select(closeTo(x, 0.5), series, add(unary('exp', x), f32(-1)));
  },
  derivative: (_, y) => plus(y, scalar(1)),
});

/** All exponent bits set: Inf or NaN. Said in bits, because shader compilers may assume that neither exists. */
const exponentBits = 0x7f800000;

export const finite: Op<1, null> = defineUnary({
  id: 'finite',
  doc: '1 where x is a number, 0 where it is Inf or NaN.',
  cost: 2,
  reference: (x) => Number(Number.isFinite(x)),
  expr: (x) =>
    cast(binary('ne', binary('bitAnd', bitcast(x, 'u32'), u32(exponentBits)), u32(exponentBits)), 'f32'),
  derivative: () => null,
});

/** Φ(x), the share of a standard normal below x; exact in the lower tail. */
export function normalCdf(x: Value): Value {
  return multiply(scalar(0.5), erfc(multiply(x, scalar(-Math.SQRT1_2))));
}

/** x · Φ(x). torch.nn.functional.gelu without approximation. Hendrycks and Gimpel 2016. */
export function gelu(x: Value): Value {
  return multiply(x, normalCdf(x));
}

export const specialOps = [erf, erfc, log1p, expm1, finite];
