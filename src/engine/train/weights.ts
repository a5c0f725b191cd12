/** A net's weights on the GPU, and what its layers remember beside them: read and written, whole or by name. */
import type { ModelParameter, ModelState } from '../model/build.ts';
import type { Machine } from '../runtime/machine.ts';
import type { WeightsAt } from './kept-weights.ts';
import type { Layout, Layouts } from './layout.ts';

export interface NamedWeights {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

async function readArena(
  machine: Machine,
  buffer: string,
  length: number,
): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await machine.read({ buffer, offset: 0, length }));
}

/** Waits for the steps submitted so far, the last of which came before `step`. */
export async function readWeights(machine: Machine, layout: Layouts, step: number): Promise<WeightsAt> {
  const params = await readArena(machine, 'params', layout.parameters.size);
  return { step, params, memory: await readArena(machine, 'memory', layout.memory.size) };
}

export function writeWeights(machine: Machine, { params, memory }: WeightsAt): void {
  machine.write({ buffer: 'params', offset: 0, length: params.length }, params);
  machine.write({ buffer: 'memory', offset: 0, length: memory.length }, memory);
}

/** By PyTorch's names, in its layout: its state_dict. */
export async function weightsByName(machine: Machine, layout: Layouts): Promise<Map<string, NamedWeights>> {
  const found = new Map<string, NamedWeights>();
  const collect = async (part: Layout<ModelParameter | ModelState>, arena: string): Promise<void> => {
    if (part.items.length === 0) return;
    const all = await readArena(machine, arena, part.size);
    for (const { name, shape } of part.items) {
      const { offset, length } = part.place(name, arena);
      found.set(name, { shape, data: all.slice(offset, offset + length) });
    }
  };
  await collect(layout.parameters, 'params');
  await collect(layout.memory, 'memory');
  return found;
}
