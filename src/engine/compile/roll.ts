/**
 * Kernels that do the same in other places, as a loop over one of them: the equal layers of a deep net, forward and
 * backward. What may differ from turn to turn are places of operands and whole numbers that grow evenly. The order of kernels
 * stays, so the numbers are the same to the bit.
 */
import type { DType } from '../ir/dtype.ts';
import {
  bitcast,
  broadcast,
  cast,
  type Expr,
  i32,
  laneOf,
  load,
  quadAt,
  rawBinary,
  select,
  unary,
  variable,
} from '../ir/expr.ts';
import { add, scale } from '../ir/index-math.ts';
import type { Stmt } from '../ir/kernel.ts';
import type { Operand, PlacedKernel } from './bindings.ts';

/** Kernels that run one behind the other, as many times as there are turns; `counter` names the turn. */
export interface Roll {
  readonly kernels: readonly PlacedKernel[];
  readonly turns: number;
  readonly counter: string;
}

/** Slots of spans lie beyond this, and those of values before it. */
const lastSlot = 2 ** 40;
/** Fewer turns than this are written out. */
const fewestTurns = 3;
/** Kernels of a turn at most. */
const longestTurn = 6;

/** The same kernels with runs of alike ones rolled up; a roll of one turn is as it was. */
export function rollUp(kernels: readonly PlacedKernel[]): Roll[] {
  let last = lastSlot;
  const newSlot = (): number => ++last;
  const alike = likeness(kernels);
  const rolls: Roll[] = [];
  for (let at = 0; at < kernels.length; ) {
    const counter = `roll${rolls.length}`;
    const { length, turns } = longestRun(at, kernels.length, alike);
    let rolled: Roll | null = null;
    // Two are always even; more need not be.
    for (let n = turns; n >= fewestTurns && !rolled; n--)
      rolled = rollOf(kernels.slice(at, at + length * n), length, counter, newSlot);
    rolls.push(rolled ?? { kernels: [kernels[at]!], turns: 1, counter });
    at += rolled ? length * rolled.turns : 1;
  }
  return rolls;
}

/** Turns of so many kernels as a roll; null where they are not alike. */
function rollOf(
  kernels: readonly PlacedKernel[],
  length: number,
  counter: string,
  newSlot: () => number,
): Roll | null {
  const rolled = Array.from({ length }, (_, i) =>
    oneFor(
      kernels.filter((_, at) => at % length === i),
      counter,
      newSlot,
    ),
  );
  const found = rolled.filter((k) => k !== null);
  return found.length === length ? { kernels: found, turns: kernels.length / length, counter } : null;
}

/** Whether two of the kernels can be one; each pair is looked at once. */
function likeness(kernels: readonly PlacedKernel[]): (a: number, b: number) => boolean {
  const known = new Map<string, boolean>();
  return (a, b) => {
    const key = `${a}:${b}`;
    const answer = known.get(key) ?? oneFor([kernels[a]!, kernels[b]!], 'roll', () => lastSlot) !== null;
    known.set(key, answer);
    return answer;
  };
}

/** Of all runs that start here, the one that spares the most texts. */
function longestRun(
  at: number,
  end: number,
  alike: (a: number, b: number) => boolean,
): { readonly length: number; readonly turns: number } {
  let best = { length: 1, turns: 1 };
  for (let length = 1; length <= longestTurn; length++) {
    let same = 0;
    while (at + length + same < end && alike(at + same, at + length + same)) same++;
    const turns = 1 + Math.floor(same / length);
    if (length * (turns - 1) > best.length * (best.turns - 1)) best = { length, turns };
  }
  return best;
}

/** One kernel for several, each of which it is in one turn; null where they differ in more than places and whole numbers. */
function oneFor(
  kernels: readonly PlacedKernel[],
  counter: string,
  newSlot: () => number,
): PlacedKernel | null {
  const [first] = kernels.map((k) => k.kernel);
  const shape = ({ kernel: { threads, groups, shared, body }, onlyLooks }: PlacedKernel): string =>
    JSON.stringify([threads, groups, shared, body.length, onlyLooks]);
  if (!first || kernels.some((k) => shape(k) !== shape(kernels[0]!))) return null;
  const merger = new Merger(kernels, variable(counter, 'i32', kernels.length), newSlot);
  const body = merger.statements(kernels.map((k) => k.kernel.body));
  return body && { ...kernels[0]!, kernel: { ...first, body }, operandOf: (slot) => merger.operandOf(slot) };
}

/** Thrown inside of a merger where two things are not alike. */
class Unlike extends Error {}

class Merger {
  private readonly kernels: readonly PlacedKernel[];
  private readonly turn: Expr;
  private readonly newSlot: () => number;
  /** Operands that are elsewhere in every turn, by the slots that stand for them. */
  private readonly spans = new Map<number, Operand>();
  private readonly slots = new Map<string, { readonly slot: number; readonly shift: Expr }>();
  private readonly memo = new Map<string, Expr>();

  constructor(kernels: readonly PlacedKernel[], turn: Expr, newSlot: () => number) {
    this.kernels = kernels;
    this.turn = turn;
    this.newSlot = newSlot;
  }

  operandOf(slot: number): Operand {
    return this.spans.get(slot) ?? this.kernels[0]!.operandOf(slot);
  }

  /** Lists of statements, one of each turn, as one list; null where they are not alike. */
  statements(lists: ReadonlyArray<readonly Stmt[]>): Stmt[] | null {
    try {
      return this.block(lists);
    } catch (error) {
      if (error instanceof Unlike) return null;
      throw error;
    }
  }

  private block(lists: ReadonlyArray<readonly Stmt[]>): Stmt[] {
    const [first] = lists;
    if (lists.some((list) => list.length !== first!.length)) throw new Unlike();
    return first!.map((_, i) => this.statement(lists.map((list) => list[i]!)));
  }

  private statement(all: readonly Stmt[]): Stmt {
    const s = all[0]!;
    switch (s.kind) {
      // Variables whose values are alike are of one type.
      case 'let':
      case 'var':
      case 'assign': {
        const same = alikeIn(all, s, ['name']);
        return { ...s, value: this.one(same.map((x) => x.value)) };
      }
      case 'for': {
        const same = alikeIn(all, s, ['name', 'by']);
        return {
          ...s,
          from: this.one(same.map((x) => x.from)),
          to: this.one(same.map((x) => x.to)),
          body: this.block(same.map((x) => x.body)),
        };
      }
      case 'if': {
        const same = alikeIn(all, s, []);
        return { ...s, cond: this.one(same.map((x) => x.cond)), body: this.block(same.map((x) => x.body)) };
      }
      case 'store': {
        const same = alikeIn(all, s, []);
        const { slot, index } = this.place(same, 1);
        return { ...s, slot, index, value: this.one(same.map((x) => x.value)) };
      }
      case 'storeQuad': {
        const same = alikeIn(all, s, []);
        const { slot, index } = this.place(same, 4);
        const value = (i: 0 | 1 | 2 | 3): Expr => this.one(same.map((x) => x.values[i]));
        return { ...s, slot, index, values: [value(0), value(1), value(2), value(3)] };
      }
      case 'barrier':
        alikeIn(all, s, ['of']);
        return s;
      default:
        return s satisfies never;
    }
  }

  /** One expression for those of all turns. */
  private one(all: readonly Expr[]): Expr {
    const first = all[0]!;
    if (all.every((e) => e === first)) return first;
    const key = all.map((e) => e.id).join();
    const known = this.memo.get(key);
    if (known) return known;
    const made = this.merged(all, first);
    this.memo.set(key, made);
    return made;
  }

  private merged(all: readonly Expr[], e: Expr): Expr {
    switch (e.kind) {
      case 'const':
        return this.number(
          e,
          alikeIn(all, e, ['type']).map((x) => x.value),
        );
      case 'unary':
        return unary(e.fn, this.one(alikeIn(all, e, ['fn']).map((x) => x.x)));
      case 'binary': {
        const same = alikeIn(all, e, ['fn', 'type']);
        return rawBinary(
          e.fn,
          this.one(same.map((x) => x.a)),
          this.one(same.map((x) => x.b)),
          Math.min(...same.map((x) => x.min)),
          Math.max(...same.map((x) => x.max)),
        );
      }
      case 'select': {
        const same = alikeIn(all, e, ['type']);
        const [cond, a, b] = [same.map((x) => x.cond), same.map((x) => x.a), same.map((x) => x.b)];
        return select(this.one(cond), this.one(a), this.one(b));
      }
      case 'cast':
        return cast(this.one(alikeIn(all, e, ['type']).map((x) => x.x)), e.type as DType);
      case 'bitcast':
        return bitcast(this.one(alikeIn(all, e, ['type']).map((x) => x.x)), e.type as DType);
      case 'load': {
        const { slot, index } = this.place(alikeIn(all, e, ['type']), 1);
        return load(slot, index, e.type as DType);
      }
      case 'quad': {
        const { slot, index } = this.place(alikeIn(all, e, []), 4);
        return quadAt(slot, index);
      }
      case 'lane':
        return laneOf(this.one(alikeIn(all, e, ['lane']).map((x) => x.x)), e.lane);
      case 'broadcast':
        return broadcast(this.one(alikeIn(all, e, ['from']).map((x) => x.x)), e.from);
      // Names mean the same in every turn, or they are not alike.
      default:
        throw new Unlike();
    }
  }

  /** A number that is another one in each turn. */
  private number({ type }: Expr, values: readonly number[]): Expr {
    const [first, second] = values as [number, number];
    const step = second - first;
    if (type !== 'i32' || values.some((value, turn) => value !== first + turn * step)) throw new Unlike();
    return add(i32(first), scale(this.turn, step));
  }

  /** Where operands of all turns are read or written: a slot that spans them, and the place in it. */
  private place(
    all: ReadonlyArray<{ readonly slot: number; readonly index: Expr }>,
    width: 1 | 4,
  ): { readonly slot: number; readonly index: Expr } {
    const index = this.one(all.map((x) => x.index));
    const slots = all.map((x) => x.slot);
    if (slots.every((slot) => slot === slots[0])) return { slot: slots[0]!, index };
    const { slot, shift } = this.span(slots, width);
    return { slot, index: add(index, shift) };
  }

  private span(slots: readonly number[], width: 1 | 4): { readonly slot: number; readonly shift: Expr } {
    if (slots.some((slot) => slot < 0)) throw new Unlike();
    const key = `${width}:${slots.join()}`;
    const known = this.slots.get(key);
    if (known) return known;
    const operands = slots.map((slot, turn) => this.kernels[turn]!.operandOf(slot));
    const { type, place } = operands[0]!;
    if (operands.some((o) => o.type !== type || o.place.buffer !== place.buffer)) throw new Unlike();
    const start = Math.min(...operands.map((o) => o.place.offset));
    const end = Math.max(...operands.map((o) => o.place.offset + o.place.length));
    const shifts = operands.map((o) => (o.place.offset - start) / width);
    if (!shifts.every(Number.isInteger)) throw new Unlike();
    const shift = shifts.every((s) => s === 0) ? i32(0) : this.number(i32(0), shifts);
    const made = { slot: this.newSlot(), shift };
    this.spans.set(made.slot, { type, place: { ...place, offset: start, length: end - start } });
    this.slots.set(key, made);
    return made;
  }
}

/** All of them, which are of the first one's kind and the same in some of what they hold. */
function alikeIn<T extends { readonly kind: string }, S extends T>(
  all: readonly T[],
  first: S,
  fields: ReadonlyArray<keyof S>,
): S[] {
  return all.map((x) => {
    if (x.kind !== first.kind || fields.some((f) => (x as S)[f] !== first[f])) throw new Unlike();
    return x as S;
  });
}
