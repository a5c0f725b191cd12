/**
 * Writes a layer's graph of ops as a TypeScript function over plain arrays: one loop per tensor that must be whole before it
 * is read (a reduction, what is read at other places), everything else inside the loops. It follows from how ops say that they
 * are computed, so every layer can be exported, also one that is declared tomorrow.
 */
import { type Expr, load, variable } from '../../ir/expr.ts';
import { usersOf } from '../../ir/graph.ts';
import { flatten, unflatten } from '../../ir/index-math.ts';
import type { ElementScope, Monoid } from '../../ir/op.ts';
import { sizeOf } from '../../ir/shape.ts';
import type { Value } from '../../ir/value.ts';
import { expressionText, type Names, Unsayable } from './expression.ts';

/** A tensor that the function is given. */
export interface Argument {
  readonly value: Value;
  readonly name: string;
  readonly type: 'Float32Array' | 'Int32Array' | 'Uint32Array';
}

/** What surrounds the function. */
export interface LoweringScope {
  /** The value of a hyper-parameter. */
  hyper(name: string): number;
}

/** Functions that JavaScript has a word for, by the op that means the same. */
const words: Readonly<Record<string, string>> = {
  expm1: 'Math.expm1',
  log1p: 'Math.log1p',
  finite: 'Number.isFinite',
};

const starts: Record<Exclude<Monoid, 'argmax' | 'argmin'>, string> = {
  sum: '0',
  prod: '1',
  max: '-Infinity',
  min: 'Infinity',
};

const joins: Record<Exclude<Monoid, 'argmax' | 'argmin'>, (all: string, one: string) => string> = {
  sum: (all, one) => `${all} += ${one};`,
  prod: (all, one) => `${all} *= ${one};`,
  max: (all, one) => `${all} = Math.max(${all}, ${one});`,
  min: (all, one) => `${all} = Math.min(${all}, ${one});`,
};

/** The array type that holds a value's elements. */
export const arrayType = (v: Value): Argument['type'] =>
  v.dtype === 'f32' ? 'Float32Array' : v.dtype === 'i32' ? 'Int32Array' : 'Uint32Array';

/** Statements that compute `root` from the arguments and return it. @throws Unsayable */
export function functionBody(root: Value, args: readonly Argument[], scope: LoweringScope): string[] {
  return new Body(root, args, scope).lines();
}

class Body {
  readonly #root: Value;
  readonly #args: readonly Argument[];
  readonly #scope: LoweringScope;
  readonly #arrays = new Map<number, string>();
  readonly #calls = new Map<string, { fn: string; of: Expr }>();
  readonly #taken = new Set<string>();

  constructor(root: Value, args: readonly Argument[], scope: LoweringScope) {
    this.#root = root;
    this.#args = args;
    this.#scope = scope;
    for (const { value, name } of args) {
      if (!this.#arrays.has(value.id)) this.#arrays.set(value.id, name);
      this.#taken.add(name);
    }
  }

  lines(): string[] {
    const whole = this.#wholeTensors();
    const lines: string[] = [];
    for (const v of whole) {
      if (v === this.#root) break;
      lines.push(...this.#loops(v));
    }
    const mapped = whole.length === 1 ? this.#asMap() : null;
    if (mapped) return mapped;
    lines.push(...this.#loops(this.#root));
    lines.push(`return ${this.#arrays.get(this.#root.id)};`);
    return lines;
  }

  /** Tensors that get an array, in order: reductions, what several places of a loop read, and the result. */
  #wholeTensors(): Value[] {
    const given = new Set(this.#args.map((a) => a.value));
    const order = ownValues(this.#root, given);
    const users = usersOf(order);
    return order.filter((v) => {
      if (v === this.#root) return true;
      const { lower } = v.op;
      if (lower.kind === 'reduce') return true;
      const readers = users.get(v) ?? [];
      const aside = readers.some((u) => u.op.lower.kind !== 'pull' || u.op.lower.form !== 'map');
      return lower.kind === 'pull' && lower.cost > 1 && readers.length > 1 && aside;
    });
  }

  /** `return x.map((x) => …)` where the result is a map of one array of the same size. */
  #asMap(): string[] | null {
    const [only, ...others] = this.#args;
    const size = sizeOf(this.#root.shape);
    if (!only || others.length > 0 || sizeOf(only.value.shape) !== size || only.type !== 'Float32Array')
      return null;
    if (this.#root.dtype !== 'f32' || this.#root.op.lower.kind !== 'pull') return null;
    const i = variable('i', 'i32', size);
    const element = this.#element(this.#root, unflatten(i, this.#root.shape));
    let elsewhere = false;
    let used = false;
    const names = this.#names((e) => {
      if (e.kind !== 'load') return undefined;
      // A tensor of one element is read at 0.
      if (e.index === i || size === 1) used = true;
      else elsewhere = true;
      return 'x';
    });
    const { statements, text } = expressionText(element, names, this.#namer(['x', 'i']));
    if (elsewhere || !used || /\bi\b/.test(text + statements.join())) return null;
    if (statements.length === 0)
      return [`return ${only.name}.map((x) => ${text.includes(' ? ') ? `(${text})` : text});`];
    return [`return ${only.name}.map((x) => {`, ...indent([...statements, `return ${text};`]), '});'];
  }

  #loops(v: Value): string[] {
    const isResult = v === this.#root;
    const name = this.#claim(isResult ? 'y' : v.op.id.replace(/[^A-Za-z]/g, '') || 't');
    const size = sizeOf(v.shape);
    const i = variable('i', 'i32', size);
    const index = unflatten(i, v.shape);
    const { lower } = v.op;
    const inner =
      lower.kind === 'reduce'
        ? this.#reduction(v, index, name)
        : this.#assignment(this.#element(v, index), `${name}[i]`);
    this.#arrays.set(v.id, name);
    const head = `const ${name} = new ${arrayType(v)}(${size});`;
    return [head, `for (let i = 0; i < ${size}; i++) {`, ...indent(inner), '}'];
  }

  #assignment(element: Expr, target: string): string[] {
    const { statements, text } = expressionText(element, this.#names(), this.#namer(['i', 'k']));
    return [...statements, `${target} = ${text};`];
  }

  #reduction(v: Value, index: readonly Expr[], name: string): string[] {
    const { lower } = v.op;
    if (lower.kind !== 'reduce') return [];
    const domain = lower.domain(v.inputs, v.attrs, v);
    const size = sizeOf(domain);
    const k = variable('k', 'i32', size);
    const element = lower.element(this.#scopeOf(v), index, unflatten(k, domain));
    const { statements, text } = expressionText(
      element,
      this.#names(),
      this.#namer(['i', 'k', 'best', 'all']),
    );
    const loop = (body: readonly string[]): string[] => [
      `for (let k = 0; k < ${size}; k++) {`,
      ...indent(body),
      '}',
    ];
    if (lower.monoid === 'argmax' || lower.monoid === 'argmin') {
      const sign = lower.monoid === 'argmax' ? '>' : '<';
      return [
        `let best = ${lower.monoid === 'argmax' ? '-Infinity' : 'Infinity'};`,
        ...loop([
          ...statements,
          `const one = ${text};`,
          `if (one ${sign} best) {`,
          '  best = one;',
          `  ${name}[i] = k;`,
          '}',
        ]),
      ];
    }
    const join = joins[lower.monoid];
    // Sums are kept in float64 until they are whole.
    return [
      `let all = ${starts[lower.monoid]};`,
      ...loop([...statements, join('all', text)]),
      `${name}[i] = all;`,
    ];
  }

  /** One element of a value at an index, down to the arrays. */
  #element(v: Value, index: readonly Expr[]): Expr {
    if (this.#arrays.has(v.id)) return load(v.id, flatten(index, v.shape), v.dtype);
    const { lower } = v.op;
    const word = words[v.op.id];
    const [x] = v.inputs;
    if (word && x) {
      const name = `${v.op.id}#${this.#calls.size}`;
      const of = this.#element(x, index);
      const known = [...this.#calls].find(([, call]) => call.fn === word && call.of === of);
      if (!known) this.#calls.set(name, { fn: word, of });
      return variable(known?.[0] ?? name, v.dtype);
    }
    if (lower.kind !== 'pull') throw new Unsayable(`${v.op.id} has no elements to read`);
    return lower.element(this.#scopeOf(v), index);
  }

  #scopeOf(v: Value): ElementScope<number, unknown> {
    return {
      read: (i, at) => {
        const x = v.inputs[i];
        if (!x) throw new Unsayable(`${v.op.id} reads an input that it does not have`);
        return this.#element(x, at);
      },
      inputs: v.inputs,
      out: v,
      attrs: v.attrs,
    };
  }

  #names(element?: Names['element']): Names {
    return {
      array: (slot) => this.#arrays.get(slot) ?? `t${slot}`,
      uniform: (name) => this.#scope.hyper(name),
      call: (name) => this.#calls.get(name),
      ...(element && { element }),
    };
  }

  /** Names a, b, c, … for the statements of one loop. */
  #namer(avoid: readonly string[]): () => string {
    let n = 0;
    const next = (): string => {
      const letter = String.fromCharCode(97 + (n % 26));
      const name = n < 26 ? letter : `${letter}${Math.floor(n / 26)}`;
      n++;
      return avoid.includes(name) || this.#taken.has(name) ? next() : name;
    };
    return next;
  }

  #claim(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name) || ['i', 'k', 'all', 'best', 'one'].includes(name); n++)
      name = `${wanted}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

/** What a root needs beyond what is given, inputs before users. */
export function ownValues(root: Value, given: ReadonlySet<Value>): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>(given);
  const visit = (v: Value): void => {
    if (seen.has(v)) return;
    seen.add(v);
    for (const i of v.inputs) visit(i);
    order.push(v);
  };
  visit(root);
  return order;
}

/** A value seen through reshapes, which change nothing in a flat array. */
export function behindReshapes(v: Value): Value {
  let seen = v;
  while (seen.op.id === 'reshape') seen = seen.inputs[0] ?? seen;
  return seen;
}

export const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
