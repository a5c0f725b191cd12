/**
 * Gradients over several micro-batches: their mean goes into an arena of its own, and so do the means of loss and metrics,
 * so that the update sees one batch as large as all of them. What layers remember goes from one micro-batch to the next.
 */
import { type CompileOptions, compileGraph, type Wanted } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import type { Value } from '../ir/value.ts';
import type { ModelState } from '../model/build.ts';
import { reshape } from '../ops/core.ts';
import { add, cast, equal, mul, where } from '../ops/elementwise.ts';
import { input, inputAttrs, scalar, zeros } from '../ops/leaf.ts';
import type { Layouts } from './layout.ts';
import { columnPlace, microColumnPlace, microPlace } from './places.ts';
import { arenaPlace } from './update-program.ts';

/** The arena of the means of gradients. */
export const sumsArena = 'sums';
/** What layers remember after the micro-batch before. */
const lastMemory = 'lastMemory';

const counterLeaf = (name: string): Value => cast(reshape(input(name, [1], 'state', 'u32'), []), 'u32');

/** 1 in the first micro-batch of a step, else 0. */
const isFirst = (): Value => equal(counterLeaf('micro'), scalar(0, 'u32'));

/** The number of the micro-batch since the start of training: what random draws go by. */
export const microNumber = (count: number): Value =>
  count === 1
    ? counterLeaf('counter')
    : add(mul(counterLeaf('counter'), scalar(count, 'u32')), counterLeaf('micro'));

/** What a layer remembers at the start of a micro-batch. */
export const memoryOfMicro = (state: ModelState): Value =>
  where(isFirst(), state.value, input(`${lastMemory}.${state.name}`, state.shape, 'state'));

/** Where the leaves of `microNumber` and `memoryOfMicro` lie; null for others. */
export function placeOfMicro(layout: Layouts, name: string): Place | null {
  if (name === 'micro') return microPlace;
  const state = name.startsWith(`${lastMemory}.`) ? name.slice(lastMemory.length + 1) : null;
  return state === null ? null : layout.memory.place(state, lastMemory);
}

/** Adds what a micro-batch gave to what the step has so far. `columns` are those of the ring that the batch gives. */
export function compileAccumulate(
  layout: Layouts,
  columns: readonly number[],
  count: number,
  options: CompileOptions,
): Program {
  const mean = (sofar: Value, now: Value): Value =>
    add(where(isFirst(), zeros(now.shape), sofar), mul(now, scalar(1 / count)));
  const arena = (name: string): Value => input(name, [layout.parameters.size], 'state');
  const places: Record<string, Place> = { micro: microPlace };
  const wanted: Wanted[] = [
    { value: mean(arena(sumsArena), arena('grads')), at: arenaPlace(layout, sumsArena) },
  ];
  for (const c of columns) {
    places[`so far ${c}`] = columnPlace(c);
    places[`now ${c}`] = microColumnPlace(c);
    const value = mean(input(`so far ${c}`, [1], 'state'), input(`now ${c}`, [1], 'state'));
    wanted.push({ value, at: columnPlace(c) });
  }
  if (layout.memory.items.length > 0)
    wanted.push({
      value: input('nextMemory', [layout.memory.size], 'state'),
      at: arenaPlace(layout, lastMemory),
    });
  const { program } = compileGraph(
    wanted,
    (leaf) => {
      const { name } = inputAttrs(leaf)!;
      return places[name] ?? arenaPlace(layout, name);
    },
    { ...options, arena: 'accumulate' },
  );
  const { buffers, dispatches, uniforms } = program;
  const { parameters, memory } = layout;
  return {
    dispatches,
    buffers: { ...buffers, [sumsArena]: parameters.size, [lastMemory]: memory.size },
    uniforms,
  };
}
