/**
 * Arithmetic that simplifies itself. Integer sums are kept as sums of coefficient × atom, so that un-flattening an
 * index and flattening it again gives back the index, reshapes cost nothing, and guards that cannot fail disappear.
 * Division and remainder are those of non-negative numbers; indices that may be negative are guarded by their makers.
 */
import {
  type BinaryFn,
  bool,
  constant,
  type Expr,
  i32,
  rawBinary,
  remembered,
  rememberedPairs,
} from './expr.ts';
import type { Shape } from './shape.ts';

interface Sum {
  readonly terms: ReadonlyMap<Expr, number>;
  readonly constant: number;
}

const sumOf = remembered((e): Sum => {
  if (e.kind === 'const') return { terms: new Map(), constant: e.value };
  if (e.kind === 'binary' && e.type === 'i32') {
    if (e.fn === 'add') {
      const a = sumOf(e.a);
      const b = sumOf(e.b);
      return { terms: merge(a.terms, b.terms, 1), constant: a.constant + b.constant };
    }
    if (e.fn === 'mul' && e.b.kind === 'const') {
      const k = e.b.value;
      const a = sumOf(e.a);
      return { terms: new Map([...a.terms].map(([t, c]) => [t, c * k])), constant: a.constant * k };
    }
  }
  return { terms: new Map([[e, 1]]), constant: 0 };
});

function merge(a: ReadonlyMap<Expr, number>, b: ReadonlyMap<Expr, number>, sign: number): Map<Expr, number> {
  const terms = new Map(a);
  for (const [t, c] of b) {
    const total = (terms.get(t) ?? 0) + sign * c;
    if (total === 0) terms.delete(t);
    else terms.set(t, total);
  }
  return terms;
}

/** k·c·(x / c) + k·(x % c) = k·x, and the same for one digit of a mixed-radix number. */
function recombine(sum: Sum): Sum {
  for (const [low, k] of sum.terms) {
    if (low.kind !== 'binary' || low.fn !== 'mod' || low.b.kind !== 'const') continue;
    const [x, c] = [low.a, low.b.value];
    const quotient = divide(x, c);
    for (const [high, kc] of sum.terms) {
      if (kc !== k * c || high === low) continue;
      const whole =
        high === quotient
          ? x
          : high.kind === 'binary' && high.fn === 'mod' && high.a === quotient && high.b.kind === 'const'
            ? remainder(x, c * high.b.value)
            : null;
      if (!whole) continue;
      const rest = new Map(sum.terms);
      rest.delete(low);
      rest.delete(high);
      const joined = sumOf(whole);
      const scaled = new Map([...joined.terms].map(([t, n]) => [t, n * k]));
      return recombine({ terms: merge(rest, scaled, 1), constant: sum.constant + joined.constant * k });
    }
  }
  return sum;
}

function toExpr(sum: Sum): Expr {
  const { terms, constant: k } = recombine(sum);
  let result: Expr | null = null;
  for (const [t, c] of [...terms].sort(([a], [b]) => a.id - b.id)) {
    const term =
      c === 1
        ? t
        : rawBinary('mul', t, i32(c), Math.min(t.min * c, t.max * c), Math.max(t.min * c, t.max * c));
    result = result ? rawBinary('add', result, term, result.min + term.min, result.max + term.max) : term;
  }
  if (!result) return i32(k);
  return k === 0 ? result : rawBinary('add', result, i32(k), result.min + k, result.max + k);
}

function combined(a: Expr, b: Expr, sign: number): Expr {
  const sa = sumOf(a);
  const sb = sumOf(b);
  return toExpr({ terms: merge(sa.terms, sb.terms, sign), constant: sa.constant + sign * sb.constant });
}

const plus = rememberedPairs((a, b: Expr) => combined(a, b, 1));
const minus = rememberedPairs((a, b: Expr) => combined(a, b, -1));

/** a · k for an integer constant. */
export const scale = rememberedPairs((a, k: number): Expr => {
  if (k === 0) return i32(0);
  const { terms, constant: c } = sumOf(a);
  return toExpr({ terms: new Map([...terms].map(([t, n]) => [t, n * k])), constant: c * k });
});

/** Splits a sum into what `c` divides and the rest. */
function split(e: Expr, c: number): { whole: Expr; rest: Expr } {
  const { terms, constant: k } = sumOf(e);
  const whole = new Map<Expr, number>();
  const rest = new Map<Expr, number>();
  for (const [t, n] of terms)
    if (n % c === 0) whole.set(t, n / c);
    else rest.set(t, n);
  const low = ((k % c) + c) % c;
  return {
    whole: toExpr({ terms: whole, constant: (k - low) / c }),
    rest: toExpr({ terms: rest, constant: low }),
  };
}

/** e / c for e ≥ 0 and a positive constant c. */
export const divide = rememberedPairs((e, c: number): Expr => {
  if (c === 1) return e;
  if (e.kind === 'const') return i32(Math.floor(e.value / c));
  if (e.min >= 0) {
    if (e.max < c) return i32(0);
    const { whole, rest } = split(e, c);
    if (rest.min >= 0 && rest.max < c) return whole;
    if (rest.min >= 0 && !(whole.kind === 'const' && whole.value === 0) && whole.min >= 0)
      return plus(whole, divide(rest, c));
    if (e.kind === 'binary' && e.b.kind === 'const') {
      if (e.fn === 'div') return divide(e.a, e.b.value * c);
      if (e.fn === 'mod' && e.b.value % c === 0) return remainder(divide(e.a, c), e.b.value / c);
    }
    const g = commonFactor(e, c);
    if (g > 1) return divide(scaleDown(e, g), c / g);
  }
  return rawBinary(
    'div',
    e,
    i32(c),
    e.min >= 0 ? Math.floor(e.min / c) : -Infinity,
    e.min >= 0 ? Math.floor(e.max / c) : Infinity,
  );
});

/** e % c for e ≥ 0 and a positive constant c. */
export const remainder = rememberedPairs((e, c: number): Expr => {
  if (c === 1) return i32(0);
  if (e.kind === 'const') return i32(((e.value % c) + c) % c);
  if (e.min >= 0) {
    if (e.max < c) return e;
    const { rest } = split(e, c);
    if (rest.min >= 0 && rest.max < c) return rest;
    if (rest.min >= 0 && rest !== e) return remainder(rest, c);
    if (e.kind === 'binary' && e.fn === 'mod' && e.b.kind === 'const' && e.b.value % c === 0)
      return remainder(e.a, c);
    const g = commonFactor(e, c);
    if (g > 1) return scale(remainder(scaleDown(e, g), c / g), g);
  }
  return rawBinary('mod', e, i32(c), e.min >= 0 ? 0 : 1 - c, c - 1);
});

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

function commonFactor(e: Expr, c: number): number {
  const { terms, constant: k } = sumOf(e);
  return [...terms.values()].reduce(gcd, gcd(k, c));
}

function scaleDown(e: Expr, g: number): Expr {
  const { terms, constant: k } = sumOf(e);
  return toExpr({ terms: new Map([...terms].map(([t, n]) => [t, n / g])), constant: k / g });
}

/** What a comparison of bounded integers already says. */
function known(fn: BinaryFn, a: Expr, b: Expr): boolean | null {
  if (fn === 'lt') return a.max < b.min ? true : a.min >= b.max ? false : null;
  if (fn === 'le') return a.max <= b.min ? true : a.min > b.max ? false : null;
  if (fn === 'eq') return a === b ? true : a.max < b.min || b.max < a.min ? false : null;
  if (fn === 'ne') return a === b ? false : a.max < b.min || b.max < a.min ? true : null;
  return null;
}

/** Any binary operation, simplified where it is index arithmetic or logic. */
export function binary(fn: BinaryFn, a: Expr, b: Expr): Expr {
  if (a.type === 'i32') {
    if (fn === 'add') return plus(a, b);
    if (fn === 'sub') return minus(a, b);
    if (fn === 'mul' && b.kind === 'const') return scale(a, b.value);
    if (fn === 'mul' && a.kind === 'const') return scale(b, a.value);
    if (fn === 'div' && b.kind === 'const' && b.value > 0) return divide(a, b.value);
    if (fn === 'mod' && b.kind === 'const' && b.value > 0) return remainder(a, b.value);
    if (fn === 'min')
      return a.max <= b.min
        ? a
        : b.max <= a.min
          ? b
          : rawBinary(fn, a, b, Math.min(a.min, b.min), Math.min(a.max, b.max));
    if (fn === 'max')
      return a.min >= b.max
        ? a
        : b.min >= a.max
          ? b
          : rawBinary(fn, a, b, Math.max(a.min, b.min), Math.max(a.max, b.max));
    const decided = known(fn, a, b);
    if (decided !== null) return bool(decided);
  }
  if (a.type === 'bool') {
    if (fn === 'and') {
      if (a.kind === 'const') return a.value ? b : a;
      if (b.kind === 'const') return b.value ? a : b;
    }
    if (fn === 'or') {
      if (a.kind === 'const') return a.value ? a : b;
      if (b.kind === 'const') return b.value ? b : a;
    }
  }
  return rawBinary(fn, a, b);
}

export const add = (a: Expr, b: Expr): Expr => binary('add', a, b);
export const sub = (a: Expr, b: Expr): Expr => binary('sub', a, b);
export const mul = (a: Expr, b: Expr): Expr => binary('mul', a, b);
export const div = (a: Expr, b: Expr): Expr => binary('div', a, b);
export const and = (a: Expr, b: Expr): Expr => binary('and', a, b);
export const lessThan = (a: Expr, b: Expr): Expr => binary('lt', a, b);
export const equal = (a: Expr, b: Expr): Expr => binary('eq', a, b);

/** 0 ≤ index < extent, for guards of padding and windows. */
export function within(index: Expr, extent: number): Expr {
  return and(binary('le', i32(0), index), lessThan(index, i32(extent)));
}

/** The flat row-major position of an index in a shape. */
export function flatten(index: readonly Expr[], shape: Shape): Expr {
  let flat: Expr = i32(0);
  index.forEach((at, axis) => {
    flat = add(scale(flat, shape[axis]!), at);
  });
  return flat;
}

/** The index at a flat row-major position. Axes of size 1 are the constant 0. */
export function unflatten(flat: Expr, shape: Shape): Expr[] {
  const index = new Array<Expr>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!;
    index[axis] = axis === 0 ? rest : remainder(rest, extent);
    rest = divide(rest, extent);
  }
  return index;
}

/** The constant of an expression's own type. */
export function like(e: Expr, value: number): Expr {
  return constant(value, e.type);
}

/** e = 4 · quarter + lane, where the lane is known; null where e is not that regular. */
export function quartered(e: Expr): { readonly quarter: Expr; readonly lane: number } | null {
  const { terms, constant: k } = sumOf(e);
  for (const n of terms.values()) if (n % 4 !== 0) return null;
  const lane = ((k % 4) + 4) % 4;
  const quarter = toExpr({
    terms: new Map([...terms].map(([t, n]) => [t, n / 4])),
    constant: (k - lane) / 4,
  });
  return { quarter, lane };
}
