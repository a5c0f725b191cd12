/**
 * The meaning of scalar expressions, in plain numbers: floats are float64, integers wrap as 32-bit ones do. `select` is
 * lazy, so what a guard excludes is never computed. Slow; it judges what wgsl/ and the index arithmetic make of the same.
 */
import { invariant } from '../errors.ts';
import type { BinaryFn, Expr, UnaryFn } from './expr.ts';

/** What an expression may ask of its surroundings. */
export interface ScalarEnvironment {
  /** The number that a variable has now. */
  variable(name: string): number;
  /** The element of operand `slot` at a flat position. */
  load(slot: number, position: number): number;
}

const word = new DataView(new ArrayBuffer(4));

function reinterpret(value: number, from: Expr['type'], to: Expr['type']): number {
  if (from === 'f32') word.setFloat32(0, value);
  else word.setUint32(0, value >>> 0);
  return to === 'f32' ? word.getFloat32(0) : to === 'i32' ? word.getInt32(0) : word.getUint32(0);
}

/** Ties go to the even neighbour, as WGSL's round does. */
function roundEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

const unaryMeaning: Record<UnaryFn, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  inverseSqrt: (x) => 1 / Math.sqrt(x),
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundEven,
  trunc: Math.trunc,
  not: (x) => Number(x === 0),
  isNan: (x) => Number(Number.isNaN(x)),
};

const floatMeaning: Partial<Record<BinaryFn, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
  pow: (a, b) => a ** b,
  min: Math.min,
  max: Math.max,
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
};

/** Both integer types: the low 32 bits are the same, what differs is how they are read. */
const integerMeaning: Partial<Record<BinaryFn, (a: number, b: number) => number>> = {
  ...floatMeaning,
  mul: Math.imul,
  div: (a, b) => Math.trunc(a / b),
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  bitXor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
};

function applyBinary(e: Expr & { kind: 'binary' }, a: number, b: number): number {
  const type = e.a.type;
  if (type === 'f32' || type === 'bool') {
    const meaning = floatMeaning[e.fn];
    invariant(meaning, `${e.fn} is not asked of ${type}`);
    return meaning(a, b);
  }
  if (e.fn === 'shr') return type === 'i32' ? a >> b : a >>> b;
  const meaning = integerMeaning[e.fn];
  invariant(meaning, `${e.fn} is not asked of ${type}`);
  const raw = meaning(a, b);
  return e.type === 'bool' ? raw : type === 'i32' ? raw | 0 : raw >>> 0;
}

/** The value of one expression; bounds that the expression claims are checked on the way. */
export function interpret(e: Expr, environment: ScalarEnvironment): number {
  const done = new Map<Expr, number>();
  const run = (x: Expr): number => {
    const known = done.get(x);
    if (known !== undefined) return known;
    const value = compute(x);
    invariant(
      x.type !== 'i32' || (value >= x.min && value <= x.max),
      `an index stays within its bounds ${x.min} to ${x.max}, not ${value}`,
    );
    done.set(x, value);
    return value;
  };
  const compute = (x: Expr): number => {
    switch (x.kind) {
      case 'const':
        return x.value;
      case 'var':
        return environment.variable(x.name);
      case 'uniform':
        throw new Error(`the interpreter of lowerings has no uniform ${x.name}`);
      case 'unary':
        return unaryMeaning[x.fn](run(x.x));
      case 'binary':
        return applyBinary(x, run(x.a), run(x.b));
      case 'select':
        return run(x.cond) !== 0 ? run(x.a) : run(x.b);
      case 'cast': {
        const value = run(x.x);
        return x.type === 'f32' ? value : x.type === 'i32' ? Math.trunc(value) | 0 : Math.trunc(value) >>> 0;
      }
      case 'bitcast':
        return reinterpret(run(x.x), x.x.type, x.type);
      case 'load':
        return environment.load(x.slot, run(x.index));
      case 'lane':
        invariant(x.x.kind === 'quad', 'a lane is one of a quad');
        return environment.load(x.x.slot, 4 * run(x.x.index) + x.lane);
      case 'quad':
        throw new Error('a quad is read through its lanes');
      case 'broadcast':
        throw new Error('the interpreter of lowerings has one thread');
      default:
        return x satisfies never;
    }
  };
  return run(e);
}
