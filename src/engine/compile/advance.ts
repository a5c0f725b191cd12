/**
 * The kernel that goes on to the next step: writes the step's numbers into a ring, and lays out the next batch. It comes before
 * the update, which is given the step's learning rate by it, and finds the step counted. The step number lives on the GPU, so many steps go into one submission. A step whose numbers are not finite is not left: the next one in the
 * submission meets the same weights and the same batch, so that the culprit can be looked at.
 */
import { invariant } from '../errors.ts';
import { cast, type Expr, f32, i32, load, variable } from '../ir/expr.ts';
import { add, binary, lessThan, mul } from '../ir/index-math.ts';
import { type Kernel, laneVariable, type Stmt } from '../ir/kernel.ts';
import type { Value } from '../ir/value.ts';
import { input } from '../ops/leaf.ts';
import type { Operand, PlacedKernel } from './bindings.ts';
import type { Place } from './program.ts';

export interface AdvanceSpec {
  /** u32: the step number. */
  readonly counter: Place;
  /** i32: sample indices, `epochs` permutations of `perEpoch` each, used in turn. */
  readonly order: Place;
  readonly epochs: number;
  readonly perEpoch: number;
  readonly stepsPerEpoch: number;
  /** i32: the indices of the batch. */
  readonly batch: Place;
  /** f32 scalars that make a row of the ring, and the ring. */
  readonly columns: readonly Place[];
  readonly ring: Place;
  readonly ringRows: number;
  /** f32 scalar: 0 where the step must be repeated; null where it never is. */
  readonly sound: Place | null;
  /** f32: the learning rate of step s, at s modulo the table's length, and where that of the step that ends goes. */
  readonly rate?: { readonly table: Place; readonly at: Place };
  /** u32: the number of the micro-batch, where a step takes several; `batch` holds one. */
  readonly micro?: { readonly counter: Place; readonly count: number } | null;
}

const usualThreads = 64;

/** Leaves by their places, as a kernel's slots. */
class Slots {
  private readonly operands = new Map<number, Operand>();

  slot(name: string, place: Place, dtype: Value['dtype']): Value {
    const value = input(name, [place.length], 'state', dtype);
    this.operands.set(value.id, { type: dtype, place });
    return value;
  }

  kernel(name: string, threads: number, body: readonly Stmt[]): PlacedKernel {
    const kernel: Kernel = { name, threads, groups: 1, shared: [], body, flops: 0, variant: null };
    return { kernel, operandOf: (slot) => this.operands.get(slot)! };
  }
}

const number = (v: Value): Expr => load(v.id, i32(0), v.dtype);
const store = (v: Value, index: Expr, value: Expr): Stmt => ({ kind: 'store', slot: v.id, index, value });
const define = (name: string, value: Expr): Stmt => ({ kind: 'let', name, value });
const laneOf = (threads: number): Expr => variable(laneVariable, 'i32', threads);
const onlyFirst = (threads: number, body: readonly Stmt[]): Stmt => ({
  kind: 'if',
  cond: lessThan(laneOf(threads), i32(1)),
  body,
});

/** Lays out the batch of the step `next`, or its micro-batch `nextMicro`. */
function layOut(spec: AdvanceSpec, slots: Slots, threads: number): Stmt[] {
  const order = slots.slot('order', spec.order, 'i32');
  const batch = slots.slot('batch', spec.batch, 'i32');
  const next = variable('next', 'i32');
  const size = spec.batch.length;
  const at = variable('at', 'i32', size);
  const epoch = binary('mod', binary('div', next, i32(spec.stepsPerEpoch)), i32(spec.epochs));
  const inEpoch = mul(binary('mod', next, i32(spec.stepsPerEpoch)), i32(size * (spec.micro?.count ?? 1)));
  const inStep = spec.micro ? mul(variable('nextMicro', 'i32'), i32(size)) : i32(0);
  return [
    define('start', add(mul(epoch, i32(spec.perEpoch)), add(inEpoch, inStep))),
    {
      kind: 'for',
      name: 'at',
      from: laneOf(threads),
      to: i32(size),
      by: threads,
      body: [store(batch, at, load(order.id, add(variable('start', 'i32'), at), 'i32'))],
    },
  ];
}

/** The kernel that goes on to the next step. */
export function advanceKernel(spec: AdvanceSpec, threads = usualThreads): PlacedKernel {
  const slots = new Slots();
  const counter = slots.slot('counter', spec.counter, 'u32');
  const ring = slots.slot('ring', spec.ring, 'f32');
  const columns = spec.columns.map((place, i) => slots.slot(`column${i}`, place, 'f32'));
  const sound = spec.sound && slots.slot('sound', spec.sound, 'f32');
  const step = variable('step', 'i32');
  const next = variable('next', 'i32');
  const row = mul(binary('mod', step, i32(spec.ringRows)), i32(columns.length));
  const forward: Expr = sound ? cast(binary('ne', number(sound), f32(0)), 'i32') : i32(1);
  const recorded = columns.map((c, i) => store(ring, add(row, i32(i)), number(c)));
  if (spec.rate) {
    const { table, at } = spec.rate;
    const rates = slots.slot('rates', table, 'f32');
    const index = binary('mod', step, i32(table.length));
    recorded.push(store(slots.slot('rate', at, 'f32'), i32(0), load(rates.id, index, 'f32')));
  }
  if (spec.micro)
    recorded.push(store(slots.slot('micro', spec.micro.counter, 'u32'), i32(0), cast(i32(0), 'u32')));
  return slots.kernel('next batch', threads, [
    define('step', cast(number(counter), 'i32')),
    define('next', add(step, forward)),
    ...(spec.micro ? [define('nextMicro', i32(0))] : []),
    { kind: 'barrier' },
    ...layOut(spec, slots, threads),
    onlyFirst(threads, [...recorded, store(counter, i32(0), cast(next, 'u32'))]),
  ]);
}

/** The kernel that ends a micro-batch: the next one of the same step, or the first of the next. */
export function nextMicroKernel(spec: AdvanceSpec): PlacedKernel {
  invariant(spec.micro, 'the step takes several micro-batches');
  const slots = new Slots();
  const counter = slots.slot('counter', spec.counter, 'u32');
  const micro = slots.slot('micro', spec.micro.counter, 'u32');
  const count = i32(spec.micro.count);
  const after = variable('after', 'i32');
  return slots.kernel('next micro-batch', usualThreads, [
    define('after', add(cast(number(micro), 'i32'), i32(1))),
    define('next', add(cast(number(counter), 'i32'), binary('div', after, count))),
    define('nextMicro', binary('mod', after, count)),
    { kind: 'barrier' },
    ...layOut(spec, slots, usualThreads),
    onlyFirst(usualThreads, [store(micro, i32(0), cast(variable('nextMicro', 'i32'), 'u32'))]),
  ]);
}
