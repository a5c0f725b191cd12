// One scalar expression as WGSL, given the texts of its operands.
import { invariant } from '../errors.ts';
import type { BinaryFn, Expr, ScalarType, UnaryFn } from '../ir/expr.ts';

const infix: Partial<Record<BinaryFn, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  lt: '<',
  le: '<=',
  eq: '==',
  ne: '!=',
  and: '&&',
  or: '||',
  bitAnd: '&',
  bitOr: '|',
  bitXor: '^',
  shl: '<<',
  shr: '>>',
};

const calls: Partial<Record<UnaryFn, string>> = {
  abs: 'abs',
  sign: 'strictSign',
  exp: 'strictExp',
  log: 'strictLog',
  tanh: 'strictTanh',
  sqrt: 'sqrt',
  inverseSqrt: 'inverseSqrt',
  sin: 'preciseSin',
  cos: 'preciseCos',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
  trunc: 'trunc',
};

export function literal(value: number, type: ScalarType): string {
  if (type === 'bool') return value ? 'true' : 'false';
  if (type === 'u32') return `${value}u`;
  if (type === 'i32') return value < 0 ? `(${value}i)` : `${value}i`;
  invariant(Number.isFinite(value), 'WGSL constants are finite');
  const single = Math.fround(value);
  const text = Object.is(single, -0) ? '-0' : String(single);
  return single < 0 || text === '-0' ? `(${text}f)` : `${text}f`;
}

export function unaryText(fn: UnaryFn, x: string): string {
  switch (fn) {
    case 'neg':
      return `(-${x})`;
    case 'not':
      return `(!${x})`;
    // Comparing with itself may be optimised away, the bits may not.
    case 'isNan':
      return `((bitcast<u32>(${x}) & 0x7fffffffu) > 0x7f800000u)`;
    default:
      return `${calls[fn]}(${x})`;
  }
}

export function binaryText(fn: BinaryFn, a: string, b: string): string {
  const sign = infix[fn];
  return sign ? `(${a} ${sign} ${b})` : `${fn === 'pow' ? 'strictPow' : fn}(${a}, ${b})`;
}

/** The WGSL of a node whose operands are already texts; loads, variables and uniforms are the caller's. */
export function nodeText(e: Expr, operands: readonly string[]): string {
  const [a = '', b = '', c = ''] = operands;
  switch (e.kind) {
    case 'const':
      return literal(e.value, e.type);
    case 'unary':
      return unaryText(e.fn, a);
    case 'binary':
      return binaryText(e.fn, a, b);
    case 'select':
      return `select(${c}, ${b}, ${a})`;
    case 'cast':
      return `${e.type}(${a})`;
    case 'bitcast':
      return `bitcast<${e.type}>(${a})`;
    case 'lane':
      return `${a}.${'xyzw'[e.lane]}`;
    case 'broadcast':
      return `subgroupBroadcast(${a}, ${e.from}u)`;
    default:
      throw new Error(`${e.kind} has no text of its own`);
  }
}

/**
 * WGSL promises sin and cos to an absolute error of 2⁻¹¹ only, and some adapters deliver no more. These are good to a few
 * units in the last place for |x| up to some thousands: Cody–Waite reduction to ±π/4 in three parts, then the minimax
 * polynomials of Cephes (Moshier, sinf.c). The whole multiple is kept from being folded into the constants by `round`.
 */
const preciseTrigonometry = `fn preciseSinCos(x: f32, quarter: i32) -> f32 {
  let k = round(x * 0.63661977f);
  let r = ((x - k * 1.5703125f) - k * 4.837512969970703e-4f) - k * 7.549789948768648e-8f;
  let z = r * r;
  let s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  let c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1f;
  let q = (i32(k) + quarter) & 3i;
  return select(1f, -1f, q >= 2i) * select(s, c, (q & 1i) == 1i);
}
fn preciseSin(x: f32) -> f32 { return preciseSinCos(x, 0i); }
fn preciseCos(x: f32) -> f32 { return preciseSinCos(x, 1i); }
`;

/**
 * WGSL lets a driver assume that there is no NaN, and some do: exp(NaN) is Inf, tanh(NaN) −1 and log(−1) 88 on
 * SwiftShader. A NaN that is hidden there would be trained on; these functions look at the bits and hand it on.
 */
const strict = {
  strictSign: `fn strictSign(x: f32) -> f32 { return select(sign(x), x, isNaNBits(x)); }`,
  strictExp: `fn strictExp(x: f32) -> f32 { return select(exp(x), x, isNaNBits(x)); }`,
  strictLog: `fn strictLog(x: f32) -> f32 { return select(log(x), asNaN(x), isNaNBits(x) || x < 0f); }`,
  // Some drivers compute tanh through exp, which overflows from |x| = 44 on; beyond 15 it is ±1 in f32 anyway.
  strictTanh: `fn strictTanh(x: f32) -> f32 { return select(tanh(clamp(x, -15f, 15f)), x, isNaNBits(x)); }`,
  // WGSL's pow knows no negative base; whole exponents have an answer there.
  strictPow: `fn strictPow(a: f32, b: f32) -> f32 {
  let size = select(pow(abs(a), b), 1f, b == 0f);
  let odd = floor(b * 0.5f) * 2f != b;
  let signed = select(select(size, -size, odd), asNaN(a), floor(b) != b);
  return select(select(select(size, signed, a < 0f), b, isNaNBits(b)), a, isNaNBits(a) && b != 0f);
}`,
};

/** Four numbers as 16-bit ones, and back. */
export const toHalves = 'toHalves';
export const fromHalves = 'fromHalves';
export const halvesType = 'halves';
const halves = `alias ${halvesType} = vec4<f16>;
fn ${toHalves}(x: vec4<f32>) -> ${halvesType} { return vec4<f16>(x); }
fn ${fromHalves}(x: ${halvesType}) -> vec4<f32> { return vec4<f32>(x); }
`;

const strictBits = `fn isNaNBits(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn asNaN(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u); }
`;

/** The functions that a text calls and WGSL does not have. */
export function preludeFor(text: string): string {
  const called = Object.entries(strict).flatMap(([name, body]) =>
    text.includes(`${name}(`) ? [`${body}\n`] : [],
  );
  const trigonometry = /precise(Sin|Cos)\(/.test(text) ? preciseTrigonometry : '';
  const narrow = text.includes(`${toHalves}(`) ? halves : '';
  return (called.length > 0 ? strictBits : '') + called.join('') + trigonometry + narrow;
}
