/**
 * Where tensors of one kind lie: one after the other in an arena, each at a boundary that can be bound by itself. Gradients and
 * optimiser states have arenas of the parameters' layout, so an update of all parameters is one dispatch.
 */
import { aligned } from '../compile/memory.ts';
import type { Place } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import { type Shape, sizeOf } from '../ir/shape.ts';
import type { ModelParameter, ModelState } from '../model/build.ts';

/** The norm of all gradients is folded row by row; arenas are whole rows, padded with zeros. */
export const arenaRow = 1024;

interface Named {
  readonly name: string;
  readonly shape: Shape;
}

export interface Layout<T extends Named> {
  readonly items: readonly T[];
  /** Elements of the arena, padding included; a whole number of rows. */
  readonly size: number;
  /** Where a tensor lies in an arena of this layout. */
  place(name: string, arena: string): Place;
  has(name: string): boolean;
}

export function layOut<T extends Named>(items: readonly T[]): Layout<T> {
  const offsets = new Map<string, { offset: number; length: number }>();
  let size = 0;
  for (const p of items) {
    const length = sizeOf(p.shape);
    offsets.set(p.name, { offset: size, length });
    size += aligned(length);
  }
  return {
    items,
    size: Math.max(1, Math.ceil(size / arenaRow)) * arenaRow,
    place(name, arena) {
      const at = offsets.get(name);
      invariant(at, `${name} has a place in the arena ${arena}`);
      return { buffer: arena, ...at };
    },
    has: (name) => offsets.has(name),
  };
}

/** Where the model's tensors lie. */
export interface Layouts {
  /** In the arenas `params`, `grads` and those of the optimiser's states. */
  readonly parameters: Layout<ModelParameter>;
  /** In the arenas `memory` and `nextMemory`: what layers remember between steps. */
  readonly memory: Layout<ModelState>;
}

/** Where a leaf of the model lies: a parameter, or what a layer remembers; null for anything else. */
export function placeOfWeight(layout: Layouts, name: string): Place | null {
  if (layout.parameters.has(name)) return layout.parameters.place(name, 'params');
  return layout.memory.has(name) ? layout.memory.place(name, 'memory') : null;
}
