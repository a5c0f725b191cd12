/**
 * Results come back through a ring of staging buffers made once. A slot is copied to in the submission that makes the
 * results and mapped afterwards; nobody waits for it in the step loop.
 */

import type { Place } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import type { Machine } from './machine.ts';

interface Slot {
  readonly buffer: GPUBuffer;
  busy: boolean;
}

const usageMapRead = 0x0001;
const usageCopyDst = 0x0008;
const mapModeRead = 0x0001;
const wordBytes = 4;

/** Bytes of a staging buffer for so many words. */
export function readbackBytes(words: number): number {
  return Math.max(1, words) * wordBytes;
}

export class ReadbackRing {
  private readonly machine: Machine;
  private readonly slots: Slot[];
  private readonly waiting: Array<(slot: Slot) => void> = [];

  /** `words` is the most that one read brings back. */
  constructor(machine: Machine, words: number, count: number) {
    this.machine = machine;
    this.slots = Array.from({ length: count }, () => {
      machine.created++;
      const size = readbackBytes(words);
      return {
        busy: false,
        buffer: machine.device.createBuffer({ label: 'readback', size, usage: usageMapRead | usageCopyDst }),
      };
    });
  }

  /** A free slot, at once or as soon as one is. */
  acquire(): Promise<Slot> {
    const free = this.slots.find((s) => !s.busy);
    if (free) {
      free.busy = true;
      return Promise.resolve(free);
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Encodes copies of places, one after the other, into the slot; `at` is the first word. Returns the word after the last. */
  copy(encoder: GPUCommandEncoder, slot: Slot, at: number, places: readonly Place[]): number {
    let word = at;
    for (const p of places) {
      this.machine.copyOut(encoder, p, slot.buffer, word * wordBytes);
      word += p.length;
    }
    invariant(word * wordBytes <= slot.buffer.size, 'a staging buffer holds what a submission brings back');
    return word;
  }

  /** The first words of a slot, once the GPU is done; the slot is free again. */
  async take(slot: Slot, words: number): Promise<ArrayBuffer> {
    try {
      await slot.buffer.mapAsync(mapModeRead, 0, Math.max(4, words * wordBytes));
      const bytes = slot.buffer.getMappedRange(0, Math.max(4, words * wordBytes)).slice(0);
      slot.buffer.unmap();
      return bytes;
    } finally {
      const next = this.waiting.shift();
      if (next) next(slot);
      else slot.busy = false;
    }
  }

  dispose(): void {
    for (const s of this.slots) s.buffer.destroy();
  }
}
