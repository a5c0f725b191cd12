/** A copy on the GPU of the best weights so far, and of what layers remembered with them, for early stopping. */
import type { Place } from '../compile/program.ts';
import { addLossOf, noBest, type Stopping } from '../optim/stopping.ts';
import type { Machine } from '../runtime/machine.ts';
import type { Layouts } from './layout.ts';

/** Why training stopped by itself. */
export interface EarlyStop {
  /** The loss of the weights that were restored, and the step after which it was measured. */
  readonly loss: number;
  readonly step: number;
}

const copies = [
  ['params', 'best:params'],
  ['memory', 'best:memory'],
] as const;

export class BestWeights {
  /** What a checkpoint keeps, beside `places`. */
  state: Stopping = noBest;
  /** Where the copies lie. */
  readonly places: readonly Place[];
  private readonly machine: Machine;

  /** Elements of the buffers that it takes, which the machine reserves. */
  static buffers({ parameters, memory }: Layouts): Record<string, number> {
    const sizes = { params: parameters.size, memory: memory.size };
    return Object.fromEntries(copies.map(([of, buffer]) => [buffer, sizes[of]]));
  }

  constructor(machine: Machine, layout: Layouts) {
    this.machine = machine;
    this.places = Object.entries(BestWeights.buffers(layout)).map(([buffer, length]) => ({
      buffer,
      offset: 0,
      length,
    }));
  }

  /** An epoch ended: keeps the weights if they are the best. True where that is too many epochs ago. */
  endEpoch(
    measured: { readonly loss: number; readonly step: number },
    { patience, leastGain }: { readonly patience: number; readonly leastGain: number },
  ): boolean {
    this.state = addLossOf(this.state, measured, leastGain);
    if (this.state.bestStep === measured.step) this.copy('keep');
    return this.state.bad >= patience;
  }

  /** Puts the best weights back; null where no epoch has ended yet. Going on after that has all its patience again. */
  restore(): EarlyStop | null {
    const { best, bestStep } = this.state;
    if (bestStep === null) return null;
    this.copy('restore');
    this.state = { ...this.state, bad: 0 };
    return { loss: best, step: bestStep };
  }

  private copy(how: 'keep' | 'restore'): void {
    const { machine } = this;
    const encoder = machine.device.createCommandEncoder();
    copies.forEach(([weights, best], i) => {
      const [from, to] = how === 'keep' ? [weights, best] : [best, weights];
      const { length } = this.places[i]!;
      machine.copy(encoder, { buffer: from, offset: 0, length }, { buffer: to, offset: 0, length });
    });
    machine.device.queue.submit([encoder.finish()]);
  }
}
