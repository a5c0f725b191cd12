/**
 * What the host has to tell the GPU before its next submission: numbers for any places, gathered here, written into one buffer
 * with one call, and put where they belong by the submission itself.
 */
import type { Place } from '../compile/program.ts';
import { invariant } from '../errors.ts';
import type { Machine, Submission } from './machine.ts';

const wordBytes = 4;
/** The buffer that is written; its elements are part of a run's memory. */
export const outboxBuffer = 'outbox';

interface Letter {
  readonly to: Place;
  readonly at: number;
  readonly length: number;
}

export class Outbox {
  private readonly machine: Machine;
  private readonly words: Uint8Array<ArrayBuffer>;
  private readonly letters: Letter[] = [];
  private used = 0;

  /** `capacity`: the most words that wait at once; the machine has reserved as many under `outboxBuffer`. */
  constructor(machine: Machine, capacity: number) {
    this.machine = machine;
    this.words = new Uint8Array(capacity * wordBytes);
  }

  /** Puts numbers by for the start of a place. Of several for the same place, the last one counts. */
  post(to: Place, data: Float32Array | Int32Array | Uint32Array): void {
    const { length } = data;
    invariant(length <= to.length, `${length} elements fit ${to.buffer}[${to.length}]`);
    const { used } = this;
    invariant(
      (used + length) * wordBytes <= this.words.length,
      'what waits for a submission fits the outbox',
    );
    this.words.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), used * wordBytes);
    this.letters.push({ to, at: used, length });
    this.used = used + length;
  }

  /** Forgets what waits: the run goes on from elsewhere. */
  drop(): void {
    this.letters.length = 0;
    this.used = 0;
  }

  /** Writes what waits and encodes where it goes; where nothing waits, nothing is done. */
  send(encoder: Submission): void {
    if (this.used === 0) return;
    const { machine } = this;
    const at = (offset: number, length: number): Place => ({ buffer: outboxBuffer, offset, length });
    machine.write(at(0, this.used), new Uint32Array(this.words.buffer, 0, this.used));
    for (const { to, at: first, length } of this.letters)
      machine.copy(encoder, at(first, length), { ...to, length });
    this.drop();
  }
}
