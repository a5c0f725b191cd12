/**
 * Scalar expressions: what one element is, in terms of loads and index variables. Small, typed and target-neutral;
 * wgsl/ turns them into text. Expressions are interned, so equal expressions are the same object, and
 * integer expressions know their bounds, so index arithmetic simplifies itself: see index-math.ts.
 */
import { invariant } from '../errors.ts';
import type { DType } from './dtype.ts';

/** `quad`: four f32 read at once; only `lane` takes one. */
export type ScalarType = DType | 'bool' | 'quad';

export const unaryFns = [
  'neg',
  'abs',
  'sign',
  'exp',
  'log',
  'sqrt',
  'inverseSqrt',
  'sin',
  'cos',
  'tanh',
  'floor',
  'ceil',
  'round',
  'trunc',
  'not',
  'isNan',
] as const;
export type UnaryFn = (typeof unaryFns)[number];

export const binaryFns = [
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'pow',
  'min',
  'max',
  'lt',
  'le',
  'eq',
  'ne',
  'and',
  'or',
  'bitAnd',
  'bitOr',
  'bitXor',
  'shl',
  'shr',
] as const;
export type BinaryFn = (typeof binaryFns)[number];

interface Common {
  /** Grows with creation; operands have smaller ids. */
  readonly id: number;
  readonly type: ScalarType;
  /** Bounds of an i32 expression, inclusive; infinite where unknown. */
  readonly min: number;
  readonly max: number;
}

export type Expr = Common &
  (
    | { readonly kind: 'const'; readonly value: number }
    /** A loop index, a thread index, an accumulator: whatever the kernel around it names. */
    | { readonly kind: 'var'; readonly name: string }
    /** One 32-bit word of a uniform: a hyper-parameter or a counter that the host or the GPU sets. */
    | { readonly kind: 'uniform'; readonly name: string }
    | { readonly kind: 'unary'; readonly fn: UnaryFn; readonly x: Expr }
    | { readonly kind: 'binary'; readonly fn: BinaryFn; readonly a: Expr; readonly b: Expr }
    | { readonly kind: 'select'; readonly cond: Expr; readonly a: Expr; readonly b: Expr }
    | { readonly kind: 'cast'; readonly x: Expr }
    | { readonly kind: 'bitcast'; readonly x: Expr }
    /** The element of operand `slot` (a value's id) at a flat index. */
    | { readonly kind: 'load'; readonly slot: number; readonly index: Expr }
    /** Elements 4 · index … 4 · index + 3 of operand `slot`, read at once. */
    | { readonly kind: 'quad'; readonly slot: number; readonly index: Expr }
    | { readonly kind: 'lane'; readonly x: Expr; readonly lane: number }
    /** What x is for one of the threads of a subgroup; all of them ask at once. */
    | { readonly kind: 'broadcast'; readonly x: Expr; readonly from: number }
  );

type New = Expr extends infer E ? (E extends Expr ? Omit<E, 'id' | 'min' | 'max'> : never) : never;

const interned = new Map<string, Expr>();
const internedLimit = 100_000;
let lastId = 0;

/**
 * Forgets all expressions when there are many, so that a long session does not keep what it compiled once. Between two
 * compilations only: within one, places are told to be the same by being the same object.
 */
export function forgetOldExpressions(): void {
  if (interned.size <= internedLimit) return;
  interned.clear();
  for (const forget of forgetters) forget();
}

/** What else is forgotten with the expressions. */
const forgetters: Array<() => void> = [];

/**
 * A function of an expression that works out each answer once. The same indices are asked about over and over: for every
 * place of a block that is written out, in every kernel that reads a value.
 */
export function remembered<T>(compute: (e: Expr) => T): (e: Expr) => T {
  const answers = new Map<Expr, T>();
  forgetters.push(() => answers.clear());
  return (e) => {
    const known = answers.get(e);
    if (known !== undefined) return known;
    const made = compute(e);
    answers.set(e, made);
    return made;
  };
}

/** The same for a function of an expression and something else. */
export function rememberedPairs<By, T>(compute: (e: Expr, by: By) => T): (e: Expr, by: By) => T {
  const answersOf = remembered(() => new Map<By, T>());
  return (e, by) => {
    const answers = answersOf(e);
    const known = answers.get(by);
    if (known !== undefined) return known;
    const made = compute(e, by);
    answers.set(by, made);
    return made;
  };
}

/** Makes an expression, or finds the equal one. */
export function intern(key: string, node: New, min = -Infinity, max = Infinity): Expr {
  const known = interned.get(key);
  if (known) return known;
  const made = { ...node, id: ++lastId, min, max } as Expr;
  interned.set(key, made);
  return made;
}

export function constant(value: number, type: ScalarType): Expr {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return intern(`c${type}${text}`, { kind: 'const', type, value }, value, value);
}

export const f32 = (value: number): Expr => constant(value, 'f32');
export const i32 = (value: number): Expr => constant(value, 'i32');
export const u32 = (value: number): Expr => constant(value >>> 0, 'u32');
export const bool = (value: boolean): Expr => constant(value ? 1 : 0, 'bool');

/** A named variable; index variables are i32 and tell how far they go (`extent` exclusive). */
export function variable(name: string, type: ScalarType, extent = Infinity): Expr {
  // What can only be 0 is 0, so that indices along axes of size 1 are equal however they were made.
  if (type === 'i32' && extent === 1) return i32(0);
  const bounded = type === 'i32' && Number.isFinite(extent);
  return intern(
    `v${type}${name}:${extent}`,
    { kind: 'var', type, name },
    bounded ? 0 : -Infinity,
    bounded ? extent - 1 : Infinity,
  );
}

export function uniform(name: string, type: DType = 'f32'): Expr {
  return intern(`p${type}${name}`, { kind: 'uniform', type, name });
}

export function load(slot: number, index: Expr, type: DType): Expr {
  return intern(`l${slot}:${type}:${index.id}`, { kind: 'load', type, slot, index });
}

/** Four neighbours that are read at once. */
export function quadAt(slot: number, index: Expr): Expr {
  return intern(`q${slot}:${index.id}`, { kind: 'quad', type: 'quad', slot, index });
}

/** One of the four of a quad. */
export function laneOf(quad: Expr, lane: number): Expr {
  return intern(`a${quad.id}:${lane}`, { kind: 'lane', type: 'f32', x: quad, lane });
}

export const laneOfQuad = (slot: number, index: Expr, lane: number): Expr =>
  laneOf(quadAt(slot, index), lane);

/** What x is for thread `from` of the subgroup. Only where all its threads come by. */
export function broadcast(x: Expr, from: number): Expr {
  return intern(`w${x.id}:${from}`, { kind: 'broadcast', type: x.type, x, from });
}

const comparisons: ReadonlySet<BinaryFn> = new Set(['lt', 'le', 'eq', 'ne']);

export function unary(fn: UnaryFn, x: Expr): Expr {
  if (fn === 'not' && x.kind === 'const') return bool(x.value === 0);
  return intern(`u${fn}:${x.id}`, {
    kind: 'unary',
    type: fn === 'isNan' || fn === 'not' ? 'bool' : x.type,
    fn,
    x,
  });
}

/** Any binary node as it stands; arithmetic on i32 goes through index-math.ts first, which simplifies. */
export function rawBinary(fn: BinaryFn, a: Expr, b: Expr, min = -Infinity, max = Infinity): Expr {
  invariant(
    a.type === b.type || fn === 'shl' || fn === 'shr',
    `both sides of ${fn} have one type, not ${a.type} and ${b.type}`,
  );
  return intern(
    `b${fn}:${a.id}:${b.id}`,
    { kind: 'binary', type: comparisons.has(fn) ? 'bool' : a.type, fn, a, b },
    min,
    max,
  );
}

export function select(cond: Expr, a: Expr, b: Expr): Expr {
  invariant(a.type === b.type, `both branches of select have one type, not ${a.type} and ${b.type}`);
  if (cond.kind === 'const') return cond.value ? a : b;
  if (a === b) return a;
  return intern(
    `s:${cond.id}:${a.id}:${b.id}`,
    { kind: 'select', type: a.type, cond, a, b },
    Math.min(a.min, b.min),
    Math.max(a.max, b.max),
  );
}

/** Conversion by value: f32 to integer truncates; bool becomes 1 or 0. */
export function cast(x: Expr, to: DType): Expr {
  if (x.type === to) return x;
  if (x.kind === 'const') return constant(to === 'f32' ? x.value : Math.trunc(x.value), to);
  const known =
    x.type === 'bool' ? [0, 1] : x.type !== 'f32' && to === 'i32' ? [x.min, x.max] : [-Infinity, Infinity];
  return intern(`t${to}:${x.id}`, { kind: 'cast', type: to, x }, known[0], known[1]);
}

/** The same 32 bits read as another type. */
export function bitcast(x: Expr, to: DType): Expr {
  return x.type === to ? x : intern(`r${to}:${x.id}`, { kind: 'bitcast', type: to, x });
}

/** An i32 expression with bounds that its maker knows and arithmetic cannot see, e.g. an index read from data. */
export function bounded(x: Expr, extent: number): Expr {
  const wrapped = rawBinary('min', x, i32(extent - 1));
  return intern(
    `k:${x.id}:${extent}`,
    { kind: 'binary', type: 'i32', fn: 'max', a: wrapped, b: i32(0) },
    0,
    extent - 1,
  );
}

/** The operands of an expression. */
export function operandsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'const':
    case 'var':
    case 'uniform':
      return [];
    case 'unary':
    case 'cast':
    case 'bitcast':
      return [e.x];
    case 'binary':
      return [e.a, e.b];
    case 'select':
      return [e.cond, e.a, e.b];
    case 'load':
    case 'quad':
      return [e.index];
    case 'lane':
    case 'broadcast':
      return [e.x];
    default:
      return e satisfies never;
  }
}
