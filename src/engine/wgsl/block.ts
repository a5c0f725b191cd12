/**
 * Statements as WGSL. Equal subexpressions are computed once per block, and what a loop does not change is computed before
 * it. Loads of memory that the kernel writes are never carried over a store or a barrier.
 */
import { type Expr, operandsOf, remembered } from '../ir/expr.ts';
import { bodyOf, expressionsOf, type Stmt } from '../ir/kernel.ts';
import { fromHalves, nodeText, toHalves } from './scalar.ts';

export interface Names {
  /** The array that holds a slot, and where in it the slot begins. */
  slot(slot: number): {
    readonly array: string;
    readonly offset: number /** The array's elements are vec4. */;
    readonly quads: boolean;
    /** Those have 16 bits. */
    readonly half?: boolean;
  };
  uniform(name: string, type: Expr['type']): string;
}

const trivial = (e: Expr): boolean => e.kind === 'const' || e.kind === 'var' || e.kind === 'uniform';

/** What an expression reads that may change, and what statements change: variables by name, slots by number. */
type Changeable = ReadonlySet<string | number>;

const nothing: Changeable = new Set();

const readsOf = remembered((e): Changeable => {
  const own = e.kind === 'var' ? e.name : e.kind === 'load' || e.kind === 'quad' ? e.slot : null;
  const parts = operandsOf(e).map(readsOf);
  const most = parts.reduce((a, b) => (b.size > a.size ? b : a), nothing);
  const isMost = own === null && parts.every((part) => part === most || part.size === 0);
  return isMost ? most : new Set([...parts.flatMap((part) => [...part]), ...(own === null ? [] : [own])]);
});

/** Whether an expression reads anything that changes. */
function reads(e: Expr, changes: Changeable): boolean {
  const read = readsOf(e);
  const [few, many] = read.size < changes.size ? [read, changes] : [changes, read];
  for (const one of few) if (many.has(one)) return true;
  return false;
}

function changesOf(
  stmts: readonly Stmt[],
  written: ReadonlySet<number>,
  into = new Set<string | number>(),
): Changeable {
  for (const s of stmts) {
    if (s.kind === 'let' || s.kind === 'var' || s.kind === 'assign' || s.kind === 'for') into.add(s.name);
    if (s.kind === 'store' || s.kind === 'storeQuad') into.add(s.slot);
    if (s.kind === 'barrier') for (const slot of written) into.add(slot);
    changesOf(bodyOf(s), written, into);
  }
  return into;
}

export class BlockPrinter {
  readonly lines: string[] = [];
  private readonly names: Names;
  private readonly written: ReadonlySet<number>;
  private counter = 0;

  constructor(names: Names, written: ReadonlySet<number>) {
    this.names = names;
    this.written = written;
  }

  /** Prints statements; `known` maps expressions to names that are visible here. */
  print(stmts: readonly Stmt[], indent: string, outer: ReadonlyMap<Expr, string> = new Map()): void {
    const known = new Map(outer);
    const uses = new Map<Expr, number>();
    for (const s of stmts) for (const e of expressionsOf(s)) this.count(e, uses, known);
    for (const s of stmts) this.statement(s, indent, known, uses);
  }

  private count(e: Expr, uses: Map<Expr, number>, known: ReadonlyMap<Expr, string>): void {
    const n = uses.get(e) ?? 0;
    uses.set(e, n + 1);
    if (n === 0 && !known.has(e)) for (const o of operandsOf(e)) this.count(o, uses, known);
  }

  private statement(s: Stmt, indent: string, known: Map<Expr, string>, uses: Map<Expr, number>): void {
    const text = (e: Expr): string => this.text(e, indent, known, uses);
    const line = (t: string): void => void this.lines.push(indent + t);
    switch (s.kind) {
      case 'let':
        line(`let ${s.name} = ${text(s.value)};`);
        break;
      case 'var':
        line(`var ${s.name}: ${s.type} = ${text(s.value)};`);
        break;
      case 'assign':
        line(`${s.name} = ${text(s.value)};`);
        this.forget(known, new Set([s.name]));
        break;
      case 'store':
        line(`${this.element(s.slot, text(s.index))} = ${text(s.value)};`);
        this.forget(known, new Set([s.slot]));
        break;
      case 'storeQuad':
        for (const t of this.quadStores(s.slot, text(s.index), s.values.map(text))) line(t);
        this.forget(known, new Set([s.slot]));
        break;
      case 'barrier':
        line(s.of === 'operands' ? 'storageBarrier();' : 'workgroupBarrier();');
        this.forget(known, this.written);
        break;
      case 'if':
        line(`if (${text(s.cond)}) {`);
        this.print(s.body, `${indent}  `, known);
        line('}');
        this.forget(known, changesOf(s.body, this.written));
        break;
      case 'for': {
        const changes = changesOf([s], this.written);
        this.forget(known, changes);
        this.hoist(s.body, changes, indent, known, uses);
        line(`for (var ${s.name} = ${text(s.from)}; ${s.name} < ${text(s.to)}; ${s.name} += ${s.by}i) {`);
        this.print(s.body, `${indent}  `, known);
        line('}');
        break;
      }
      default:
        s satisfies never;
    }
  }

  private quadStores(slot: number, index: string, values: readonly string[]): string[] {
    const { array, offset, quads, half } = this.names.slot(slot);
    if (quads) {
      const value = `vec4(${values.join(', ')})`;
      return [`${this.quadPlace(slot, index)} = ${half ? `${toHalves}(${value})` : value};`];
    }
    return values.map((value, i) => `${array}[${index} * 4i + ${offset + i}i] = ${value};`);
  }

  /** Names what the loop does not change, before the loop. */
  private hoist(
    body: readonly Stmt[],
    changes: Changeable,
    indent: string,
    known: Map<Expr, string>,
    uses: Map<Expr, number>,
  ): void {
    const seen = new Set<Expr>();
    const still: Expr[] = [];
    const visit = (e: Expr): void => {
      if (seen.has(e) || trivial(e) || known.has(e)) return;
      seen.add(e);
      if (reads(e, changes)) for (const o of operandsOf(e)) visit(o);
      else if (!operandsOf(e).every((o) => o.kind === 'const')) still.push(e);
    };
    const walk = (stmts: readonly Stmt[]): void => {
      for (const s of stmts) {
        for (const e of expressionsOf(s)) visit(e);
        walk(bodyOf(s));
      }
    };
    walk(body);
    for (const e of still) this.count(e, uses, known);
    for (const e of still) if (!known.has(e)) this.name(e, indent, known, uses);
  }

  private forget(known: Map<Expr, string>, changes: Changeable): void {
    for (const e of known.keys()) if (reads(e, changes)) known.delete(e);
  }

  private name(e: Expr, indent: string, known: Map<Expr, string>, uses: Map<Expr, number>): string {
    const text = this.plain(e, indent, known, uses);
    const name = `t${this.counter++}`;
    this.lines.push(`${indent}let ${name} = ${text};`);
    known.set(e, name);
    return name;
  }

  private text(e: Expr, indent: string, known: Map<Expr, string>, uses: Map<Expr, number>): string {
    const name = known.get(e);
    if (name !== undefined) return name;
    if (trivial(e) || (uses.get(e) ?? 0) < 2) return this.plain(e, indent, known, uses);
    return this.name(e, indent, known, uses);
  }

  private plain(e: Expr, indent: string, known: Map<Expr, string>, uses: Map<Expr, number>): string {
    if (e.kind === 'var') return e.name;
    if (e.kind === 'uniform') return this.names.uniform(e.name, e.type);
    const operands = operandsOf(e).map((o) => this.text(o, indent, known, uses));
    if (e.kind === 'load') return this.element(e.slot, operands[0]!);
    return e.kind === 'quad' ? this.quad(e.slot, operands[0]!) : nodeText(e, operands);
  }

  private element(slot: number, index: string): string {
    const { array, offset, quads } = this.names.slot(slot);
    const at = offset === 0 ? index : `(${index} + ${offset}i)`;
    return quads ? `${array}[${at} / 4i][${at} % 4i]` : `${array}[${at}]`;
  }

  private quadPlace(slot: number, index: string): string {
    const { array, offset } = this.names.slot(slot);
    return offset === 0 ? `${array}[${index}]` : `${array}[${index} + ${offset / 4}i]`;
  }

  private quad(slot: number, index: string): string {
    const { array, offset, quads, half } = this.names.slot(slot);
    if (half) return `${fromHalves}(${this.quadPlace(slot, index)})`;
    if (quads) return this.quadPlace(slot, index);
    return `vec4<f32>(${[0, 1, 2, 3].map((i) => `${array}[${index} * 4i + ${offset + i}i]`).join(', ')})`;
  }
}
