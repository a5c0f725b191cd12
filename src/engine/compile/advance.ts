/**
 * The last dispatch of a step: writes the step's numbers into a ring, and lays out the next batch and its learning rate. The
 * step number lives on the GPU, so many steps go into one submission. A step whose numbers are not finite is not left: the next one in the
 * submission meets the same weights and the same batch, so that the culprit can be looked at.
 */
import { cast, type Expr, f32, i32, load, variable } from '../ir/expr.ts';
import { add, binary, lessThan, mul } from '../ir/index-math.ts';
import { type Kernel, laneVariable, type Stmt } from '../ir/kernel.ts';
import type { Value } from '../ir/value.ts';
import { input } from '../ops/leaf.ts';
import { type CompileOptions, dispatchOf } from './compile.ts';
import type { Dispatch, Place } from './program.ts';

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
  /** f32: the learning rate of step s, at s modulo the table's length, and where that of the next step goes. */
  readonly rate?: { readonly table: Place; readonly at: Place };
}

const threads = 64;

/** The dispatch that ends a step. */
export function advanceDispatch(spec: AdvanceSpec, options: CompileOptions): Dispatch {
  const leaf = (name: string, place: Place, dtype: Value['dtype']): Value =>
    input(name, [place.length], 'state', dtype);
  const counter = leaf('counter', spec.counter, 'u32');
  const order = leaf('order', spec.order, 'i32');
  const batch = leaf('batch', spec.batch, 'i32');
  const ring = leaf('ring', spec.ring, 'f32');
  const columns = spec.columns.map((place, i) => leaf(`column${i}`, place, 'f32'));
  const sound = spec.sound && leaf('sound', spec.sound, 'f32');
  const rates = spec.rate && leaf('rates', spec.rate.table, 'f32');
  const rate = spec.rate && leaf('rate', spec.rate.at, 'f32');
  const places = new Map<Value, Place>([
    [counter, spec.counter],
    [order, spec.order],
    [batch, spec.batch],
    [ring, spec.ring],
    ...columns.map((v, i) => [v, spec.columns[i]!] as const),
    ...(sound ? [[sound, spec.sound!] as const] : []),
    ...(spec.rate && rates && rate
      ? ([
          [rates, spec.rate.table],
          [rate, spec.rate.at],
        ] as const)
      : []),
  ]);
  const values = new Map([...places.keys()].map((v) => [v.id, v]));

  const lane = variable(laneVariable, 'i32', threads);
  const step = variable('step', 'i32');
  const next = variable('next', 'i32');
  const size = spec.batch.length;
  const at = variable('at', 'i32', size);
  const epoch = binary('mod', binary('div', next, i32(spec.stepsPerEpoch)), i32(spec.epochs));
  const first = add(
    mul(epoch, i32(spec.perEpoch)),
    mul(binary('mod', next, i32(spec.stepsPerEpoch)), i32(size)),
  );
  const row = mul(binary('mod', step, i32(spec.ringRows)), i32(spec.columns.length));
  const number = (v: Value): Expr => load(v.id, i32(0), v.dtype);
  const forward: Expr = sound ? cast(binary('ne', number(sound), f32(0)), 'i32') : i32(1);
  const body: Stmt[] = [
    { kind: 'let', name: 'step', value: cast(number(counter), 'i32') },
    { kind: 'let', name: 'next', value: add(step, forward) },
    { kind: 'barrier' },
    {
      kind: 'for',
      name: 'at',
      from: lane,
      to: i32(size),
      by: threads,
      body: [
        {
          kind: 'store',
          slot: batch.id,
          index: at,
          value: load(order.id, add(variable('start', 'i32'), at), 'i32'),
        },
      ],
    },
    {
      kind: 'if',
      cond: lessThan(lane, i32(1)),
      body: [
        ...columns.map(
          (c, i): Stmt => ({ kind: 'store', slot: ring.id, index: add(row, i32(i)), value: number(c) }),
        ),
        ...(rates && rate
          ? [
              {
                kind: 'store' as const,
                slot: rate.id,
                index: i32(0),
                value: load(rates.id, binary('mod', next, i32(spec.rate!.table.length)), 'f32'),
              },
            ]
          : []),
        { kind: 'store', slot: counter.id, index: i32(0), value: cast(next, 'u32') },
      ],
    },
  ];
  body.splice(2, 0, { kind: 'let', name: 'start', value: first });
  const kernel: Kernel = { name: 'next batch', threads, groups: 1, shared: [], body, flops: 0 };
  return dispatchOf(
    kernel,
    (slot) => values.get(slot)!,
    (v) => places.get(v)!,
    options,
  );
}
