/** Looks at a run's tensors: captures for the history, what a look costs, and who broke first when numbers went wrong. */
import { lookingUniform } from '../compile/looks.ts';
import { beforeBuffer, type ProbeProgram } from '../compile/probe-program.ts';
import type { Place } from '../compile/program.ts';
import { binCount, momentCount } from '../ir/capture.ts';
import { CaptureFold } from '../probe/fold.ts';
import { momentAt, normAt } from '../probe/statistics.ts';
import type { ProbeCapture, ProbeTrack } from '../probe/types.ts';
import type { LoadedProgram, Machine, Pass, Submission } from '../runtime/machine.ts';
import type { Probed } from './probed.ts';

/** Sums of squares of larger numbers leave float32. */
const tooLargeToSquare = 1e15;

const measuredPairs = 5;

/** What a lookout must know of its run. */
export interface LookoutFacts {
  /** Elements of the arenas of parameters and gradients. */
  readonly arena: number;
  readonly trainingSamples: number;
  readonly batch: number;
}

export class Lookout {
  /** Where a look leaves its numbers. */
  readonly places: readonly Place[];
  private readonly machine: Machine;
  private readonly probe: ProbeProgram;
  private readonly loaded: LoadedProgram;
  private readonly probed: Probed;
  private readonly facts: LookoutFacts;
  private readonly fold: CaptureFold;

  private constructor(
    machine: Machine,
    probe: ProbeProgram,
    loaded: LoadedProgram,
    probed: Probed,
    facts: LookoutFacts,
  ) {
    this.machine = machine;
    this.probe = probe;
    this.loaded = loaded;
    this.probed = probed;
    this.facts = facts;
    this.fold = new CaptureFold(probed.segments, facts.trainingSamples, facts.batch);
    this.places = [probe.bins, probe.moments];
  }

  /** Loads the program of a look; its buffers were reserved with the others. */
  static async open(
    machine: Machine,
    probe: ProbeProgram,
    probed: Probed,
    facts: LookoutFacts,
    made: () => void,
  ): Promise<Lookout> {
    const loaded = await machine.load(probe.program, made);
    for (const t of probe.tables) machine.write(t.place, t.data);
    return new Lookout(machine, probe, loaded, probed, facts);
  }

  /** Words of one capture. */
  get words(): number {
    return this.probe.bins.length + this.probe.moments.length;
  }

  /** Forgets what was folded over captures: the run goes on from another step. The gradients there were are of no use. */
  restart(): void {
    this.fold.restart();
    const encoder = this.machine.device.createCommandEncoder();
    this.machine.clear(encoder, this.probed.gradients);
    this.machine.device.queue.submit([encoder.finish()]);
  }

  /**
   * Encodes what must come before a step that is looked at: keeps its parameters and the gradients of the step before, and
   * has the step keep what only a look reads.
   */
  before(encoder: Submission): void {
    const { machine } = this;
    const length = this.facts.arena;
    ['params', this.probed.gradients].forEach((buffer, i) => {
      const kept = { buffer: beforeBuffer, offset: i * length, length };
      machine.copy(encoder, { buffer, offset: 0, length }, kept);
    });
    machine.clear(encoder, this.probe.bins.buffer);
    this.tell(encoder, true);
  }

  /** Encodes what must come behind the look: the next steps keep no more than they need. */
  after(encoder: Submission): void {
    this.tell(encoder, false);
  }

  private tell(encoder: Submission, looks: boolean): void {
    const flag = { ...this.probe.flags, offset: looks ? 0 : 1, length: 1 };
    this.machine.copy(encoder, flag, this.machine.uniform(lookingUniform));
  }

  /** Encodes the look itself, behind its step. */
  encode(pass: Pass): void {
    this.machine.encode(pass, this.loaded);
  }

  /** Captures out of what was read back, from a word on; in the order of their steps. */
  captures(bytes: ArrayBuffer, from: number, steps: readonly number[]): ProbeCapture[] {
    const { bins, masks } = this.probe;
    const { segments, tracks } = this.probed;
    return steps.map((step, i) => {
      const at = (from + i * this.words) * 4;
      const counted = new Uint32Array(bytes, at, bins.length);
      const rows = new Float32Array(bytes, at + bins.length * 4, this.probe.moments.length);
      const mask = (segment: number): Uint32Array => {
        const first = masks[segment] ?? 0;
        return counted.subarray(first, first + Math.ceil(segments[segment]!.units / 32));
      };
      return {
        step,
        bins: counted.slice(0, segments.length * binCount),
        moments: rows.slice(0, segments.length * momentCount),
        folded: this.fold.add(rows, mask),
        tracks: Float32Array.from(tracks.flatMap((track) => numbersOf(track, rows, segments.length))),
      };
    });
  }

  /** The first tensor, from the data on, that holds a number that is not finite; `step` encodes the step that was halted. */
  async firstUnsound(
    step: (pass: Pass) => void,
  ): Promise<{ node: string; name: string; what: string } | null> {
    const { machine, probe } = this;
    const encoder = machine.device.createCommandEncoder();
    this.before(encoder);
    const pass = encoder.beginComputePass();
    step(pass);
    this.encode(pass);
    pass.end();
    this.after(encoder);
    machine.device.queue.submit([encoder.finish()]);
    const moments = new Float32Array(await machine.read(probe.moments));
    const kinds = ['activation', 'gradient', 'weightGradient'] as const;
    for (const kind of kinds) {
      const order = this.probed.segments.map((s, i) => ({ s, i })).filter(({ s }) => s.what === kind);
      // Forwards for activations, backwards for gradients: where the trouble began.
      order.sort((a, b) => (kind === 'activation' ? b.s.depth - a.s.depth : a.s.depth - b.s.depth));
      for (const { s, i } of order) {
        const nans = momentAt(moments, i, 'nans');
        const infinities =
          momentAt(moments, i, 'positiveInfinities') + momentAt(moments, i, 'negativeInfinities');
        if (nans + infinities === 0) continue;
        const number = nans > 0 ? 'NaN' : 'an infinite number';
        return {
          node: s.node,
          name: s.name,
          what: kind === 'activation' ? number : `${number} in its gradient`,
        };
      }
    }
    return this.largestGradient(moments);
  }

  /** Every number is finite, so what was not is the norm of them all: the parameter with the largest gradient. */
  private largestGradient(moments: Float32Array): { node: string; name: string; what: string } | null {
    const gradients = this.probed.segments
      .map(({ what, node, name }, i) => ({
        what,
        node,
        name,
        size: momentAt(moments, i, 'largestMagnitude'),
      }))
      .filter(({ what, size }) => what === 'weightGradient' && size > tooLargeToSquare)
      .sort((a, b) => b.size - a.size);
    const [largest] = gradients;
    return largest
      ? { node: largest.node, name: largest.name, what: 'a gradient too large to be squared' }
      : null;
  }

  /**
   * What a look adds, in ms, to a pass over a batch that changes nothing which training reads: the median of pairs with and
   * without one, in turn, what is kept for it included. The first pair is not counted.
   */
  async measure(overBatch: LoadedProgram): Promise<number> {
    const { device } = this.machine;
    const timed = async (looks: boolean): Promise<number> => {
      const start = performance.now();
      const encoder = device.createCommandEncoder();
      if (looks) this.before(encoder);
      const pass = encoder.beginComputePass();
      this.machine.encode(pass, overBatch, looks);
      if (looks) this.encode(pass);
      pass.end();
      if (looks) this.after(encoder);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    };
    const pairs: number[] = [];
    await device.queue.onSubmittedWorkDone();
    for (let i = 0; i <= measuredPairs; i++) {
      const without = await timed(false);
      pairs.push((await timed(true)) - without);
    }
    const sorted = pairs.slice(1).sort((a, b) => a - b);
    return Math.max(0, sorted[Math.floor(measuredPairs / 2)]!);
  }
}

/** The numbers of one track, out of the rows of moments that follow those of the segments. */
function numbersOf(track: ProbeTrack, rows: Float32Array, segments: number): number[] {
  return Array.from({ length: track.length }, (_, i) => {
    const row = segments + track.first + i;
    if (track.what !== 'headEntropy') return normAt(rows, row);
    return momentAt(rows, row, 'sum') / track.rows;
  });
}
