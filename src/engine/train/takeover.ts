/**
 * Going on where another run stands: at its step, with the batches that come next, and with all tensors that fit, together with
 * what the optimiser and the layers remember of them. A tensor of another shape, or one that is to begin in another way, begins
 * anew: a fix that changes how weights start would otherwise change nothing.
 */
import { sameShape } from '../ir/shape.ts';
import type { ModelParameter, ModelState } from '../model/build.ts';
import { noBest } from '../optim/stopping.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Layout, Layouts } from './layout.ts';

/** What became of the tensors of a run that went on from another one, by name. */
export interface Takeover {
  /** Steps that the other run had made. */
  readonly step: number;
  readonly kept: readonly string[];
  readonly fresh: readonly string[];
}

/** A run's tensors, and what training has come to on them. */
export interface Standing {
  readonly layout: Layouts;
  readonly checkpoint: Checkpoint;
}

/**
 * @param origin where the other run stands
 * @param fork the new run at its start
 * @returns what to restore in the new run, and what was taken over
 */
export function takeOver(origin: Standing, fork: Standing): { checkpoint: Checkpoint; takeover: Takeover } {
  const { step, seed, plateau } = origin.checkpoint;
  const arenas = new Map([...fork.checkpoint.arenas].map(([name, data]) => [name, data.slice()]));
  const kept: string[] = [];
  const fresh: string[] = [];

  const take = <T extends ModelParameter | ModelState>(
    from: Layout<T>,
    to: Layout<T>,
    names: readonly string[],
  ): void => {
    for (const item of to.items) {
      const before = from.items.find(({ name }) => name === item.name);
      if (!before || !sameShape(before.shape, item.shape) || !beginsAlike(before, item)) {
        fresh.push(item.name);
        continue;
      }
      kept.push(item.name);
      for (const arena of names) {
        const source = origin.checkpoint.arenas.get(arena);
        if (!source) continue; // another optimiser remembers other things
        const { offset, length } = from.place(item.name, arena);
        arenas.get(arena)?.set(source.subarray(offset, offset + length), to.place(item.name, arena).offset);
      }
    }
  };
  const ofParameters = [...arenas.keys()].filter((name) => name === 'params' || name.startsWith('state:'));
  take(origin.layout.parameters, fork.layout.parameters, ofParameters);
  take(origin.layout.memory, fork.layout.memory, ['memory']);
  return {
    checkpoint: { step, seed, arenas, plateau, stopping: noBest },
    takeover: { step, kept, fresh },
  };
}

function beginsAlike(a: ModelParameter | ModelState, b: ModelParameter | ModelState): boolean {
  return JSON.stringify(a.init) === JSON.stringify(b.init);
}
