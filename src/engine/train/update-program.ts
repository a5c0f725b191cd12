/**
 * The second half of a step: what the norm of all gradients is made of, and, once it is known whether the step is sound, the
 * update of all parameters and of what the optimiser and the layers remember. Nothing is overwritten where it is not sound.
 */
import { type Compiled, type CompileOptions, compileGraph, type Wanted } from '../compile/compile.ts';
import type { Place, Program } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import { cast, mul, where } from '../ops/elementwise.ts';
import { hyper, input, inputAttrs, zeros } from '../ops/leaf.ts';
import { sum } from '../ops/reduce.ts';
import type { OptimizerSpec } from '../optim/define.ts';
import { clipped, type GradientHyper, penalised } from '../optim/gradients.ts';
import { arenaRow, type Layouts } from './layout.ts';
import { counterPlace, normPlace, ratePlace, soundPlace } from './places.ts';

/** The name of an optimiser's scalar among the uniforms; its learning rate is no uniform, since a schedule sets it. */
export const optimizerUniform = (name: string): string => `optimizer.${name}`;

/** The name of a scalar of clipping or penalties among the uniforms. */
export const gradientUniform = (name: string): string => `gradient.${name}`;

export interface UpdateSpec {
  readonly optimizer: OptimizerSpec;
  readonly optimizerParams: Record<string, unknown>;
  readonly layout: Layouts;
  /** The arena of gradients that the update takes. */
  readonly gradients: string;
  /** Whether weights are penalised; costs the norm another read of all of them. */
  readonly penalised: boolean;
  /** Whether weights are pruned: where their mask is 0, so are they. */
  readonly pruned: boolean;
}

/** The arena of masks, where weights are pruned. */
export const maskArena = 'mask';

const gradientHyper = (name: GradientHyper): Value => hyper({ name: gradientUniform(name), dtype: 'f32' });

/** The gradient of all that is minimised, as a flat arena. */
function wholeGradient({ layout, gradients, penalised: isPenalised }: UpdateSpec): Value {
  const { size } = layout.parameters;
  const g = input(gradients, [size], 'state');
  return isPenalised ? penalised(g, input('params', [size], 'state'), gradientHyper) : g;
}

/** A scalar that lies in memory. */
const scalarInput = (name: string): Value => reshape(input(name, [1], 'state'), []);

/** The squares of all gradients, summed row by row of their arena. */
export function compileSquares(spec: UpdateSpec, options: CompileOptions): Compiled {
  const { layout } = spec;
  const g = reshape(wholeGradient(spec), [layout.parameters.size / arenaRow, arenaRow]);
  return compileGraph([{ value: sum(mul(g, g), 1) }], placesIn(layout), { ...options, arena: 'squares' });
}

/** The optimiser's rule over the arenas, in place; nothing is written where the step is not sound. */
export function compileUpdate(spec: UpdateSpec, options: CompileOptions): Compiled {
  const { layout, optimizer } = spec;
  const flat = (name: string): Value => input(name, [layout.parameters.size], 'state');
  const states = Object.fromEntries(optimizer.states.map((s) => [s, flat(`state:${s}`)]));
  const parameters = flat('params');
  // A step is counted before its update; one that is not sound is not, and updates nothing.
  const step = cast(reshape(input('counter', [1], 'state', 'u32'), []), 'f32');
  const updated = optimizer.update(
    {
      parameters,
      gradients: clipped(wholeGradient(spec), scalarInput('norm'), gradientHyper),
      state: states,
      step,
      hyper: (name) =>
        name === 'learningRate' ? scalarInput('rate') : hyper({ name: optimizerUniform(name), dtype: 'f32' }),
    },
    spec.optimizerParams,
  );
  const sound = scalarInput('sound');
  const guarded = (now: Value, before: Value): Value => where(sound, now, before);
  const kept = spec.pruned
    ? where(flat(maskArena), updated.parameters, zeros(parameters.shape))
    : updated.parameters;
  const wanted: Wanted[] = [
    { value: guarded(kept, parameters), at: arenaPlace(layout, 'params') },
    ...optimizer.states.map((s) => ({
      value: guarded(updated.state[s]!, states[s]!),
      at: arenaPlace(layout, `state:${s}`),
    })),
  ];
  if (layout.memory.items.length > 0) {
    const [before, now] = ['memory', 'nextMemory'].map((name) =>
      input(name, [layout.memory.size], 'state'),
    ) as [Value, Value];
    wanted.push({ value: guarded(now, before), at: arenaPlace(layout, 'memory') });
  }
  const compiled = compileGraph(wanted, placesIn(layout), { ...options, arena: 'update' });
  checkOrder(compiled.program);
  return compiled;
}

/** What lies in place is overwritten by the last kernel that has to do with it: rules of several kernels depend on it. */
function checkOrder({ dispatches, buffers }: Program): void {
  const overwritten = new Set<string>();
  for (const { bindings, written, label } of dispatches) {
    for (const { buffer } of bindings)
      invariant(!overwritten.has(buffer), `${label} of the update comes before ${buffer} is overwritten`);
    bindings.forEach(({ buffer }, i) => {
      if (written[i] && !(buffer in buffers)) overwritten.add(buffer);
    });
  }
}

const scalarPlaces: Readonly<Record<string, Place>> = {
  counter: counterPlace,
  sound: soundPlace,
  rate: ratePlace,
  norm: normPlace,
};

/** Finds the scalars of a step by their names, and whole arenas. */
function placesIn(layout: Layouts): (leaf: Value) => Place {
  return (leaf) => {
    const { name } = inputAttrs(leaf)!;
    return scalarPlaces[name] ?? arenaPlace(layout, name);
  };
}

/** A whole arena. */
export function arenaPlace(layout: Layouts, buffer: string): Place {
  const { size } = buffer.endsWith('emory') ? layout.memory : layout.parameters;
  return { buffer, offset: 0, length: size };
}
