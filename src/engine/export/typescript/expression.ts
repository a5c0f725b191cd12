/**
 * Scalar expressions as TypeScript text. What an expression computes once and uses twice becomes a `const` before it; the
 * rest is written as a person would, with only the parentheses that precedence asks for.
 */
import type { BinaryFn, Expr, UnaryFn } from '../../ir/expr.ts';
import { operandsOf } from '../../ir/expr.ts';

/** What the text around an expression calls its parts. */
export interface Names {
  /** The array that a slot is. */
  array(slot: number): string;
  /** A hyper-parameter, as a number. */
  uniform(name: string): number;
  /** A variable that stands for a call of a JavaScript function. */
  call(name: string): { readonly fn: string; readonly of: Expr } | undefined;
  /** An element that has a name of its own, such as the argument of a `map`. */
  element?(load: Expr): string | undefined;
}

/** Thrown for what JavaScript cannot say; the caller names the node. */
export class Unsayable extends Error {
  override readonly name = 'Unsayable';
}

/** JavaScript's precedences, the higher the tighter. */
const level = {
  select: 2,
  or: 3,
  and: 4,
  bits: 5,
  equal: 8,
  compare: 9,
  shift: 10,
  sum: 11,
  product: 12,
  unary: 14,
  atom: 20,
};

interface Text {
  readonly text: string;
  readonly level: number;
}

const calls: Partial<Record<UnaryFn, string>> = {
  abs: 'Math.abs',
  sign: 'Math.sign',
  exp: 'Math.exp',
  log: 'Math.log',
  sqrt: 'Math.sqrt',
  sin: 'Math.sin',
  cos: 'Math.cos',
  tanh: 'Math.tanh',
  floor: 'Math.floor',
  ceil: 'Math.ceil',
  trunc: 'Math.trunc',
  isNan: 'Number.isNaN',
};

const operators: Partial<Record<BinaryFn, readonly [string, number]>> = {
  add: ['+', level.sum],
  sub: ['-', level.sum],
  mul: ['*', level.product],
  div: ['/', level.product],
  mod: ['%', level.product],
  lt: ['<', level.compare],
  le: ['<=', level.compare],
  eq: ['===', level.equal],
  ne: ['!==', level.equal],
  and: ['&&', level.and],
  or: ['||', level.or],
};

const bitOperators: Partial<Record<BinaryFn, string>> = {
  bitAnd: '&',
  bitOr: '|',
  bitXor: '^',
  shl: '<<',
  shr: '>>',
};

/** A number as a literal that reads as one. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'Number.NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Statements, then the text of the expression itself. `name` makes names for the statements. */
export function expressionText(
  root: Expr,
  names: Names,
  name: () => string,
): { readonly statements: readonly string[]; readonly text: string } {
  const printer = new Printer(names, name, countUses(root, names));
  const text = printer.text(root);
  return { statements: printer.statements, text };
}

/** How often each expression is an operand. */
function countUses(root: Expr, names: Names): Map<Expr, number> {
  const uses = new Map<Expr, number>();
  const visit = (e: Expr): void => {
    const n = uses.get(e) ?? 0;
    uses.set(e, n + 1);
    if (n > 0) return;
    const larger = extremeOf(e);
    const call = e.kind === 'var' ? names.call(e.name) : undefined;
    for (const operand of larger ? [larger.a, larger.b] : call ? [call.of] : operandsOf(truthOf(e) ?? e))
      visit(operand);
  };
  visit(root);
  return uses;
}

class Printer {
  readonly statements: string[] = [];
  readonly #names: Names;
  readonly #name: () => string;
  readonly #uses: ReadonlyMap<Expr, number>;
  readonly #named = new Map<Expr, string>();

  constructor(names: Names, name: () => string, uses: ReadonlyMap<Expr, number>) {
    this.#names = names;
    this.#name = name;
    this.#uses = uses;
  }

  text(e: Expr): string {
    return this.#print(e).text;
  }

  /** The text with parentheses where it binds less tightly than asked. */
  #within(e: Expr, least: number): string {
    const printed = this.#print(e);
    return printed.level < least ? `(${printed.text})` : printed.text;
  }

  #print(e: Expr): Text {
    const known = this.#named.get(e);
    if (known !== undefined) return { text: known, level: level.atom };
    const printed = this.#compose(e);
    const plain = e.kind === 'const' || e.kind === 'uniform' || /^[\w.]+(\[\w+\])?$/.test(printed.text);
    if (plain || (this.#uses.get(e) ?? 0) < 2) return printed;
    const name = this.#name();
    this.statements.push(`const ${name} = ${printed.text};`);
    this.#named.set(e, name);
    return { text: name, level: level.atom };
  }

  #compose(e: Expr): Text {
    const truth = truthOf(e);
    if (truth) return this.#print(truth);
    const atom = (text: string): Text => ({ text, level: level.atom });
    switch (e.kind) {
      case 'const':
        if (e.type === 'bool') return atom(e.value ? 'true' : 'false');
        return {
          text: numberText(e.value),
          level: e.value < 0 || Object.is(e.value, -0) ? level.unary : level.atom,
        };
      case 'uniform': {
        const value = this.#names.uniform(e.name);
        return { text: numberText(value), level: value < 0 ? level.unary : level.atom };
      }
      case 'var': {
        const call = this.#names.call(e.name);
        return atom(call ? `${call.fn}(${this.text(call.of)})` : e.name);
      }
      case 'load':
        return atom(this.#names.element?.(e) ?? `${this.#names.array(e.slot)}[${this.text(e.index)}]`);
      case 'unary':
        return this.#unary(e.fn, e.x);
      case 'binary':
        return this.#binary(e);
      case 'select':
        return this.#select(e);
      case 'cast':
        return this.#cast(e.x, e.type);
      // Words of four numbers and what threads tell each other are the compiler's; no op asks for them.
      case 'quad':
      case 'lane':
      case 'broadcast':
      case 'bitcast':
        throw new Unsayable('it reads the bits of a number');
      default:
        return e satisfies never;
    }
  }

  #unary(fn: UnaryFn, x: Expr): Text {
    const called = calls[fn];
    if (called) return { text: `${called}(${this.text(x)})`, level: level.atom };
    if (fn === 'neg') {
      const inner = this.#within(x, level.unary);
      return { text: inner.startsWith('-') ? `-(${inner})` : `-${inner}`, level: level.unary };
    }
    if (fn === 'not') return { text: `!${this.#within(x, level.unary)}`, level: level.unary };
    if (fn === 'inverseSqrt') return { text: `1 / Math.sqrt(${this.text(x)})`, level: level.product };
    // Adding and taking 1.5 · 2⁵² leaves no bits for a fraction, and ties go to the even neighbour.
    return { text: `(${this.text(x)} + 6755399441055744) - 6755399441055744`, level: level.sum };
  }

  #binary(e: Expr & { kind: 'binary' }): Text {
    const { fn, a, b } = e;
    if (fn === 'min' || fn === 'max' || fn === 'pow')
      return { text: `Math.${fn}(${this.text(a)}, ${this.text(b)})`, level: level.atom };
    const whole = a.type === 'i32' || a.type === 'u32';
    const bits = bitOperators[fn];
    if (bits) {
      const operator = fn === 'shr' && a.type === 'u32' ? '>>>' : bits;
      const text = `${this.#within(a, level.unary)} ${operator} ${this.#within(b, level.unary)}`;
      return a.type === 'u32'
        ? { text: `(${text}) >>> 0`, level: level.shift }
        : { text: `(${text})`, level: level.atom };
    }
    if (whole && fn === 'div')
      return {
        text: `Math.trunc(${this.#within(a, level.product)} / ${this.#within(b, level.product + 1)})`,
        level: level.atom,
      };
    const operator = operators[fn];
    if (!operator) throw new Unsayable(`it uses ${fn}`);
    const [sign, own] = operator;
    if (a.type === 'u32' && fn === 'mul')
      return { text: `Math.imul(${this.text(a)}, ${this.text(b)}) >>> 0`, level: level.shift };
    const identity = a.type === 'f32' ? identityOf(fn, a, b) : null;
    if (identity) return this.#print(identity);
    // 0 < x reads better as x > 0.
    if ((fn === 'lt' || fn === 'le') && a.kind === 'const')
      return { text: `${this.#within(b, own)} ${fn === 'lt' ? '>' : '>='} ${this.text(a)}`, level: own };
    if (fn === 'add' && b.kind === 'unary' && b.fn === 'neg' && a.type === 'f32')
      return { text: `${this.#within(a, own)} - ${this.#within(b.x, own + 1)}`, level: own };
    // x + −2 reads better as x − 2.
    const minus = fn === 'add' && b.kind === 'const' && b.value < 0;
    const right = minus ? numberText(-b.value) : this.#within(b, own + 1);
    const text = `${this.#within(a, own)} ${minus ? '-' : sign} ${right}`;
    if (a.type === 'u32' && (fn === 'add' || fn === 'sub'))
      return { text: `(${text}) >>> 0`, level: level.shift };
    return { text, level: own };
  }

  #select(e: Expr & { kind: 'select' }): Text {
    const extreme = extremeOf(e);
    if (extreme)
      return {
        text: `Math.${extreme.fn}(${this.text(extreme.a)}, ${this.text(extreme.b)})`,
        level: level.atom,
      };
    const parts = [
      this.#within(e.cond, level.select + 1),
      this.#within(e.a, level.select),
      this.#within(e.b, level.select),
    ];
    return { text: `${parts[0]} ? ${parts[1]} : ${parts[2]}`, level: level.select };
  }

  #cast(x: Expr, to: Expr['type']): Text {
    if (x.type === 'bool')
      return { text: `${this.#within(x, level.select + 1)} ? 1 : 0`, level: level.select };
    if (to === 'f32' || x.type === 'i32')
      return to === 'u32' ? this.#unsigned(this.#within(x, level.shift)) : this.#print(x);
    const whole = x.type === 'f32' ? `Math.trunc(${this.text(x)})` : `(${this.text(x)} | 0)`;
    return to === 'u32' ? this.#unsigned(whole) : { text: whole, level: level.atom };
  }

  #unsigned(text: string): Text {
    return { text: `${text} >>> 0`, level: level.shift };
  }
}

/** What 1 · x, x · 1, x + 0, 0 + x are in words. */
function identityOf(fn: BinaryFn, a: Expr, b: Expr): Expr | null {
  const isNumber = (e: Expr, value: number): boolean => e.kind === 'const' && Object.is(e.value, value);
  if (fn === 'mul') return isNumber(a, 1) ? b : isNumber(b, 1) ? a : null;
  if (fn === 'add') return isNumber(a, 0) ? b : isNumber(b, 0) ? a : null;
  return fn === 'div' && isNumber(b, 1) ? a : null;
}

/** (mask as a number) ≠ 0 is the mask. */
function truthOf(e: Expr): Expr | null {
  if (e.kind !== 'binary' || e.fn !== 'ne') return null;
  return e.a.kind === 'cast' && e.a.x.type === 'bool' && e.b.kind === 'const' && e.b.value === 0
    ? e.a.x
    : null;
}

/** The comparison by which the engine's maximum and minimum let NaN through; Math.max and Math.min do so by themselves. */
function extremeOf(e: Expr): { fn: 'max' | 'min'; a: Expr; b: Expr } | null {
  if (e.kind !== 'select' || e.cond.kind !== 'unary' || e.cond.fn !== 'isNan' || e.cond.x !== e.a)
    return null;
  const { a, b: rest } = e;
  if (
    rest.kind !== 'select' ||
    rest.cond.kind !== 'unary' ||
    rest.cond.fn !== 'isNan' ||
    rest.cond.x !== rest.a
  )
    return null;
  const { a: b, b: pick } = rest;
  if (pick.kind !== 'select' || pick.a !== b || pick.b !== a) return null;
  if (pick.cond.kind !== 'binary' || pick.cond.fn !== 'lt') return null;
  if (pick.cond.a === a && pick.cond.b === b) return { fn: 'max', a, b };
  return pick.cond.a === b && pick.cond.b === a ? { fn: 'min', a, b } : null;
}
