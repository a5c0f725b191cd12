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
  sign: 'sign',
  exp: 'exp',
  log: 'log',
  sqrt: 'sqrt',
  inverseSqrt: 'inverseSqrt',
  sin: 'sin',
  cos: 'cos',
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
    // Some drivers compute tanh through exp, which overflows from |x| = 44 on; beyond 15 it is ±1 in f32 anyway.
    case 'tanh':
      return `tanh(clamp(${x}, -15f, 15f))`;
    default:
      return `${calls[fn]}(${x})`;
  }
}

export function binaryText(fn: BinaryFn, a: string, b: string): string {
  const sign = infix[fn];
  return sign ? `(${a} ${sign} ${b})` : `${fn}(${a}, ${b})`;
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
    default:
      throw new Error(`${e.kind} has no text of its own`);
  }
}
