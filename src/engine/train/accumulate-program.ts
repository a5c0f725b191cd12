/**
 * Gradients over several micro-batches: their mean goes into an arena of its own, and so do the means of loss and metrics,
 * so that the update sees one batch as large as all of them. Where samples do not all count alike, neither do micro-batches:
 * each joins the mean so far by what counts in it. What layers remember goes from one micro-batch to the next.
 */
import { type CompileOptions, compileGraph, type Wanted } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import type { Value } from '../ir/value.ts';
import type { Model, ModelState } from '../model/build.ts';
import type { Metric } from '../model/metrics.ts';
import { reshape } from '../ops/core.ts';
import { add, cast, div, equal, maximum, mul, sub, where } from '../ops/elementwise.ts';
import { input, inputAttrs, scalar, zeros } from '../ops/leaf.ts';
import { mean, sum } from '../ops/reduce.ts';
import type { Layouts } from './layout.ts';
import { columnPlace, microColumnPlace, microPlace, microTotalPlace } from './places.ts';
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

/** A mean over the samples of a micro-batch. */
interface MicroMean {
  readonly value: Value;
  /** Which of the weights says how much the micro-batch counts; null where all count alike. */
  readonly weight: number | null;
}

/** The means that a micro-batch gives. */
export interface MicroMeans {
  /** One for all losses that weigh samples alike; together they are the loss. Each has gradients of its own. */
  readonly losses: readonly MicroMean[];
  readonly metrics: readonly MicroMean[];
  /** f32 scalars: how much the micro-batch counts. */
  readonly weights: readonly Value[];
}

/** What `microMeans` needs on the real batch. */
export const valuesOfMeans = (model: Model, metrics: readonly Metric[]): Value[] =>
  [...model.losses, ...metrics].flatMap(({ perSample, weights }) => [
    perSample,
    ...(weights ? [weights] : []),
  ]);

/** The means of a micro-batch. `real` gives a value of the model on the real batch. */
export function microMeans(model: Model, metrics: readonly Metric[], real: (v: Value) => Value): MicroMeans {
  const weights: Value[] = [];
  const indexOf = (w: Value | null): number | null => {
    if (!w) return null;
    const known = weights.indexOf(w);
    return known < 0 ? weights.push(w) - 1 : known;
  };
  const byWeight = new Map<number | null, Value>();
  for (const loss of model.losses) {
    const weight = indexOf(loss.weights);
    const [before, perSample] = [byWeight.get(weight), real(loss.perSample)];
    byWeight.set(weight, before ? add(before, perSample) : perSample);
  }
  return {
    losses: [...byWeight].map(([weight, perSample]) => ({ value: mean(perSample, 'all'), weight })),
    metrics: metrics.map((m) => ({ value: mean(real(m.perSample), 'all'), weight: indexOf(m.weights) })),
    weights: weights.map((w) => sum(real(w), 'all')),
  };
}

/** The arena of the gradients of the losses of one weight. */
export const microGradients = (loss: number): string => (loss === 0 ? 'grads' : `grads:${loss}`);

/** Everything that a micro-batch leaves behind beside gradients and memory, where it goes. */
export const microColumns = ({ losses, metrics, weights }: MicroMeans): Wanted[] =>
  [...losses.map((l) => l.value), ...metrics.map((m) => m.value), ...weights].map((value, i) => ({
    value,
    at: microColumnPlace(i),
  }));

/** Adds what a micro-batch gave to what the step has so far. */
export function compileAccumulate(
  layout: Layouts,
  means: MicroMeans,
  count: number,
  options: CompileOptions,
): Program {
  const { losses, metrics, weights } = means;
  const isOne = losses.length === 1;
  const partArena = (i: number): string => (isOne ? sumsArena : `${sumsArena}:${i}`);
  const partPlace = (i: number): Place => (isOne ? columnPlace(0) : microTotalPlace(weights.length + i));
  const places: Record<string, Place> = { micro: microPlace };
  /** A scalar that lies somewhere. */
  const at = (name: string, place: Place): Value => {
    places[name] = place;
    return input(name, [1], 'state');
  };
  const firstWeight = losses.length + metrics.length;
  const weightNow = (i: number): Value => at(`weight ${i}`, microColumnPlace(firstWeight + i));
  const total = (i: number): Value => at(`total ${i}`, microTotalPlace(i));
  const before = (sofar: Value): Value => where(isFirst(), zeros(sofar.shape), sofar);
  const joined = (sofar: Value, now: Value, weight: number | null): Value => {
    if (weight === null) return add(before(sofar), mul(now, scalar(1 / count)));
    const share = div(weightNow(weight), maximum(total(weight), scalar(1e-12)));
    return add(before(sofar), mul(sub(now, before(sofar)), share));
  };
  const arena = (name: string): Value => input(name, [layout.parameters.size], 'state');
  const program = (arenaName: string, wanted: readonly Wanted[]): Program =>
    compileGraph(
      wanted,
      (leaf) => {
        const { name } = inputAttrs(leaf)!;
        return places[name] ?? arenaPlace(layout, name);
      },
      { ...options, arena: arenaName },
    ).program;

  const all = [...losses, ...metrics].map(({ weight }, i): Wanted => {
    const place = i < losses.length ? partPlace(i) : columnPlace(2 + i - losses.length);
    const value = joined(at(`so far ${i}`, place), at(`now ${i}`, microColumnPlace(i)), weight);
    return { value, at: place };
  });
  const gradients = losses.map(({ weight }, i): Wanted => {
    const value = joined(arena(partArena(i)), arena(microGradients(i)), weight);
    return { value, at: arenaPlace(layout, partArena(i)) };
  });
  const memory: Wanted[] =
    layout.memory.items.length > 0
      ? [
          {
            value: input('nextMemory', [layout.memory.size], 'state'),
            at: arenaPlace(layout, lastMemory),
          },
        ]
      : [];
  const programs: Program[] = [];
  // Apart, so that each reads what the one before it wrote.
  if (weights.length > 0)
    programs.push(
      program(
        'totals',
        weights.map((_, i) => ({ value: add(before(total(i)), weightNow(i)), at: microTotalPlace(i) })),
      ),
    );
  programs.push(program('accumulate', [...gradients, ...all, ...memory]));
  if (!isOne) {
    const whole = (parts: readonly Value[]): Value => parts.reduce((a, b) => add(a, b));
    programs.push(
      program('parts', [
        { value: whole(losses.map((_, i) => arena(partArena(i)))), at: arenaPlace(layout, sumsArena) },
        { value: whole(losses.map((_, i) => at(`part ${i}`, partPlace(i)))), at: columnPlace(0) },
      ]),
    );
  }
  const arenas = [sumsArena, ...losses.flatMap((_, i) => [partArena(i), microGradients(i)])];
  return {
    dispatches: programs.flatMap((p) => p.dispatches),
    buffers: {
      ...Object.assign({}, ...programs.map((p) => p.buffers)),
      ...Object.fromEntries(arenas.map((name) => [name, layout.parameters.size])),
      [lastMemory]: layout.memory.size,
    },
    uniforms: options.uniforms,
  };
}
