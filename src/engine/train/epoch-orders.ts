/**
 * The order of the samples, on the GPU epochs ahead: a ring of epochs that is filled half a ring at a time, with one letter, in
 * slots that steps already submitted no longer read.
 */

import type { Place } from '../compile/program.ts';
import { epochOrder } from '../data/shuffle.ts';
import type { Machine } from '../runtime/machine.ts';
import type { Outbox } from '../runtime/outbox.ts';
import type { StepProgram } from './step-program.ts';

type Send = (place: Place, indices: Int32Array) => void;

export class EpochOrders {
  private readonly machine: Machine;
  private readonly outbox: Outbox;
  private readonly ring: Pick<StepProgram, 'epochs' | 'stepsPerEpoch' | 'order'>;
  private readonly samples: Uint32Array;
  private seed = 0;
  /** Epochs whose order is on the GPU: all below this number that still matter. */
  private laid = 0;
  /** The same, once all submissions that were asked for are made. */
  private planned = 0;

  constructor(
    machine: Machine,
    outbox: Outbox,
    ring: Pick<StepProgram, 'epochs' | 'stepsPerEpoch' | 'order'>,
    samples: Uint32Array,
  ) {
    this.machine = machine;
    this.outbox = outbox;
    this.ring = ring;
    this.samples = samples;
  }

  /** The most elements that wait in the outbox. */
  static words({ order }: Pick<StepProgram, 'order'>): number {
    return order.length / 2;
  }

  /** Lays out the epoch of a step and those that follow, at once. */
  restart(step: number, seed: number): void {
    const { epochs, stepsPerEpoch } = this.ring;
    const half = epochs / 2;
    const epoch = Math.floor(step / stepsPerEpoch);
    this.seed = seed;
    this.laid = epoch;
    // Later writes begin at a half of the ring, so that none of them runs over its end.
    this.lay(epoch - (epoch % half) + epochs, (place, indices) => this.machine.write(place, indices));
    this.planned = this.laid;
  }

  /** How many steps a submission may have that begins with this one. */
  cover(step: number): number {
    const { epochs, stepsPerEpoch } = this.ring;
    if (Math.floor(step / stepsPerEpoch) + 1 >= this.planned) this.planned += epochs / 2;
    return (this.planned - 1) * stepsPerEpoch - step;
  }

  /** Has the next submission, which ends before the step `until`, bring along the half of the ring that it lacks, if any. */
  post(until: number): void {
    const { epochs, stepsPerEpoch } = this.ring;
    // The last dispatch of a step lays out the next batch, so one more epoch than is trained is needed.
    if (Math.floor(until / stepsPerEpoch) < this.laid) return;
    this.lay(this.laid + epochs / 2, (place, indices) => this.outbox.post(place, indices));
  }

  private lay(until: number, send: Send): void {
    const { epochs, order } = this.ring;
    const perEpoch = order.length / epochs;
    while (this.laid < until) {
      const slot = this.laid % epochs;
      const count = Math.min(until - this.laid, epochs - slot);
      const indices = new Int32Array(count * perEpoch);
      for (let i = 0; i < count; i++)
        indices.set(epochOrder(this.samples, { seed: this.seed, epoch: this.laid + i }), i * perEpoch);
      send({ buffer: order.buffer, offset: slot * perEpoch, length: indices.length }, indices);
      this.laid += count;
    }
  }
}
