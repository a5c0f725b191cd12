// Kernels that differ in places and whole numbers become a loop; anything else stays as it was.
import { describe, expect, test } from 'vitest';
import { type Expr, f32, i32, load, variable } from '../ir/expr.ts';
import { add, mul } from '../ir/index-math.ts';
import { interpret } from '../ir/interpret.ts';
import { laneVariable } from '../ir/kernel.ts';
import type { Operand, PlacedKernel } from './bindings.ts';
import { type Roll, rollUp } from './roll.ts';

const lane = variable(laneVariable, 'i32', 64);

interface Made {
  readonly from: number;
  readonly to: number;
  readonly buffer?: string;
  readonly value?: (x: Expr) => Expr;
}

/** Kernels that copy 64 numbers from one place of a buffer to another, each on slots of its own. */
const kernelsOf = (made: readonly Made[]): PlacedKernel[] =>
  made.map(({ from, to, buffer = 'a', value = (x) => x }, i) => ({
    kernel: {
      name: `copy ${i}`,
      threads: 64,
      groups: 1,
      shared: [],
      flops: 0,
      variant: null,
      body: [{ kind: 'store', slot: 2 * i + 1, index: lane, value: value(load(2 * i, lane, 'f32')) }],
    },
    operandOf: (slot): Operand => ({
      type: 'f32',
      place: { buffer, offset: slot === 2 * i ? from : to, length: 64 },
    }),
  }));

/** The places that a roll's one kernel reads and writes in each turn, for the first lane. */
function placesOf({ kernels, turns, counter }: Roll): Array<readonly [from: number, to: number]> {
  const [{ kernel, operandOf }] = kernels as [PlacedKernel];
  const [store] = kernel.body;
  if (store?.kind !== 'store') throw new Error('a copy is a store');
  return Array.from({ length: turns }, (_, turn) => {
    const at = (slot: number, index: Expr): number =>
      operandOf(slot).place.offset +
      interpret(index, {
        variable: (name) => (name === counter ? turn : 0),
        load: () => 0,
      });
    const read = store.value;
    if (read.kind !== 'load') throw new Error('what is stored is read');
    return [at(read.slot, read.index), at(store.slot, store.index)] as const;
  });
}

const shapes = (rolls: readonly Roll[]): Array<readonly [kernels: number, turns: number]> =>
  rolls.map((r) => [r.kernels.length, r.turns]);

describe('kernels one behind the other', () => {
  test('that read and write in even steps are counted', () => {
    const places = [0, 1, 2, 3].map((i) => ({ from: i * 64, to: (i + 1) * 64 }));
    const rolls = rollUp(kernelsOf(places));
    expect(shapes(rolls)).toEqual([[1, 4]]);
    expect(placesOf(rolls[0]!)).toEqual(places.map(({ from, to }) => [from, to]));
  });

  test('are counted as far as their steps are even', () => {
    const places = [0, 64, 128, 192, 640, 704].map((from) => ({ from, to: 0 }));
    const rolls = rollUp(kernelsOf(places));
    expect(shapes(rolls)).toEqual([
      [1, 4],
      [1, 1],
      [1, 1],
    ]);
  });

  test('are rolled up by twos where every second is alike', () => {
    const twice = (x: Expr): Expr => mul(x, f32(2));
    const kernels = kernelsOf(
      [0, 1, 2, 3, 4, 5, 6].map((i) => ({
        from: i * 64,
        to: 512 + i * 64,
        ...(i % 2 === 1 && { value: twice }),
      })),
    );
    expect(shapes(rollUp(kernels))).toEqual([
      [2, 3],
      [1, 1],
    ]);
  });

  test('stay apart where they compute something else, or lie in other buffers', () => {
    const by = [1, 2, 3].map((k) => (x: Expr) => mul(x, f32(k + 0.5)));
    expect(shapes(rollUp(kernelsOf(by.map((value, i) => ({ from: 0, to: i * 64, value })))))).toHaveLength(3);
    const buffers = ['a', 'b', 'c'];
    expect(shapes(rollUp(kernelsOf(buffers.map((buffer) => ({ from: 0, to: 64, buffer })))))).toHaveLength(3);
  });

  test('count whole numbers that they differ in', () => {
    const kernels = kernelsOf(
      [3, 5, 7].map((n) => ({ from: 0, to: 64, value: () => load(99, add(lane, i32(n)), 'f32') })),
    );
    const rolls = rollUp(kernels);
    expect(shapes(rolls)).toEqual([[1, 3]]);
  });

  test('stay as they are where there are two of them only', () => {
    expect(
      shapes(
        rollUp(
          kernelsOf([
            { from: 0, to: 64 },
            { from: 64, to: 128 },
          ]),
        ),
      ),
    ).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});
