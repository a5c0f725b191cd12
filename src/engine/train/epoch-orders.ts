/**
 * The order of the samples, on the GPU epochs ahead: a ring of epochs that is filled half a ring at a time, with one write, in
 * slots that steps already submitted no longer read.
 */
import { epochOrder } from '../data/shuffle.ts';
import type { Machine } from '../runtime/machine.ts';
import type { StepProgram } from './step-program.ts';

export class EpochOrders {
  private readonly machine: Machine;
  private readonly ring: Pick<StepProgram, 'epochs' | 'stepsPerEpoch' | 'order'>;
  private readonly samples: Uint32Array;
  private seed = 0;
  /** Epochs whose order is on the GPU: all below this number that still matter. */
  private laid = 0;

  constructor(
    machine: Machine,
    ring: Pick<StepProgram, 'epochs' | 'stepsPerEpoch' | 'order'>,
    samples: Uint32Array,
  ) {
    this.machine = machine;
    this.ring = ring;
    this.samples = samples;
  }

  /** Lays out the epoch of a step and those that follow. */
  restart(step: number, seed: number): void {
    const { epochs, stepsPerEpoch } = this.ring;
    const half = Math.floor(epochs / 2);
    const epoch = Math.floor(step / stepsPerEpoch);
    this.seed = seed;
    this.laid = epoch;
    // Later writes begin at a half of the ring, so that none of them runs over its end.
    this.lay(epoch - (epoch % half) + epochs);
  }

  /** Lays out the next half of the ring where a step needs it; says how many steps are covered from there. */
  cover(step: number): number {
    const { epochs, stepsPerEpoch } = this.ring;
    // The last dispatch of a step lays out the next batch, so one more epoch than is trained is needed.
    if (Math.floor(step / stepsPerEpoch) + 1 >= this.laid) this.lay(this.laid + Math.floor(epochs / 2));
    return (this.laid - 1) * stepsPerEpoch - step;
  }

  private lay(until: number): void {
    const { epochs, order } = this.ring;
    const perEpoch = order.length / epochs;
    while (this.laid < until) {
      const slot = this.laid % epochs;
      const count = Math.min(until - this.laid, epochs - slot);
      const indices = new Int32Array(count * perEpoch);
      for (let i = 0; i < count; i++)
        indices.set(epochOrder(this.samples, { seed: this.seed, epoch: this.laid + i }), i * perEpoch);
      this.machine.write({ buffer: order.buffer, offset: slot * perEpoch, length: indices.length }, indices);
      this.laid += count;
    }
  }
}
