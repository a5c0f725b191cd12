/**
 * Where parameters lie: one after the other in one arena, each at a boundary that can be bound by itself. Gradients and
 * optimiser states have arenas of the same layout, so an update of all parameters is one dispatch.
 */
import { aligned } from '../compile/memory.ts';
import type { Place } from '../compile/program.ts';
import { sizeOf } from '../ir/shape.ts';
import type { ModelParameter } from '../model/build.ts';

/** The norm of all gradients is folded row by row; arenas are whole rows, padded with zeros. */
export const arenaRow = 1024;

export interface ParameterLayout {
  readonly parameters: readonly ModelParameter[];
  /** Elements of the arena, padding included; a whole number of rows. */
  readonly size: number;
  /** Where a parameter lies in an arena: `params`, `grads`, or a state's. */
  place(name: string, arena: string): Place;
}

export function layOutParameters(parameters: readonly ModelParameter[]): ParameterLayout {
  const offsets = new Map<string, { offset: number; length: number }>();
  let size = 0;
  for (const p of parameters) {
    const length = sizeOf(p.shape);
    offsets.set(p.name, { offset: size, length });
    size += aligned(length);
  }
  return {
    parameters,
    size: Math.max(1, Math.ceil(size / arenaRow)) * arenaRow,
    place(name, arena) {
      const at = offsets.get(name);
      if (!at) throw new Error(`Gradloom assumed that ${name} has a place in the arena. Please report this.`);
      return { buffer: arena, ...at };
    },
  };
}
