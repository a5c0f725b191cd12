/** Looks at a run's tensors: captures for the history, what a look costs, and who broke first when numbers went wrong. */
import type { ProbeProgram } from '../compile/probe-program.ts';
import type { Place } from '../compile/program.ts';
import { binCount, momentCount, momentNames } from '../ir/capture.ts';
import type { ProbeCapture, ProbeSegment } from '../probe/types.ts';
import type { LoadedProgram, Machine, Submission } from '../runtime/machine.ts';

export class Lookout {
  /** Where a look leaves its numbers. */
  readonly places: readonly Place[];
  private readonly machine: Machine;
  private readonly probe: ProbeProgram;
  private readonly loaded: LoadedProgram;
  private readonly segments: readonly ProbeSegment[];

  private constructor(
    machine: Machine,
    probe: ProbeProgram,
    loaded: LoadedProgram,
    segments: readonly ProbeSegment[],
  ) {
    this.machine = machine;
    this.probe = probe;
    this.loaded = loaded;
    this.segments = segments;
    this.places = [probe.bins, probe.moments];
  }

  /** Loads the program of a look; its buffers were reserved with the others. */
  static async open(
    machine: Machine,
    probe: ProbeProgram,
    segments: readonly ProbeSegment[],
  ): Promise<Lookout> {
    const loaded = await machine.load(probe.program);
    for (const t of probe.tables) machine.write(t.place, t.data);
    return new Lookout(machine, probe, loaded, segments);
  }

  /** Words of one capture. */
  get words(): number {
    return this.segments.length * (binCount + momentCount);
  }

  /** Encodes `times` looks into passes of their own. */
  encode(encoder: Submission, times = 1): void {
    encoder.clearBuffer(this.machine.buffer(this.probe.bins.buffer));
    const pass = encoder.beginComputePass();
    for (let n = 0; n < times; n++) this.machine.encode(pass, this.loaded);
    pass.end();
  }

  /** Captures out of what was read back, from a word on. */
  captures(bytes: ArrayBuffer, from: number, steps: readonly number[]): ProbeCapture[] {
    const segments = this.segments.length;
    const words = segments * (binCount + momentCount);
    return steps.map((step, i) => {
      const at = (from + i * words) * 4;
      return {
        step,
        bins: new Uint32Array(bytes.slice(at, at + segments * binCount * 4)),
        moments: new Float32Array(bytes.slice(at + segments * binCount * 4, at + words * 4)),
      };
    });
  }

  /** The first tensor, from the data on, that holds a number that is not finite. Meant for a step that was halted. */
  async firstUnsound(): Promise<{ node: string; name: string; what: string } | null> {
    const { machine, probe } = this;
    const encoder = machine.device.createCommandEncoder();
    encoder.clearBuffer(machine.buffer(probe.bins.buffer));
    const pass = encoder.beginComputePass();
    machine.encode(pass, this.loaded);
    pass.end();
    machine.device.queue.submit([encoder.finish()]);
    const moments = new Float32Array(await machine.read(probe.moments));
    const kinds = ['activation', 'gradient', 'weightGradient'] as const;
    for (const kind of kinds) {
      const order = this.segments.map((s, i) => ({ s, i })).filter(({ s }) => s.what === kind);
      // Forwards for activations, backwards for gradients: where the trouble began.
      order.sort((a, b) => (kind === 'activation' ? b.s.depth - a.s.depth : a.s.depth - b.s.depth));
      for (const { s, i } of order) {
        const nans = moments[i * momentCount + momentNames.indexOf('nans')]!;
        const infinities =
          moments[i * momentCount + momentNames.indexOf('positiveInfinities')]! +
          moments[i * momentCount + momentNames.indexOf('negativeInfinities')]!;
        if (nans + infinities === 0) continue;
        const number = nans > 0 ? 'NaN' : 'an infinite number';
        return {
          node: s.node,
          name: s.name,
          what: kind === 'activation' ? number : `${number} in its gradient`,
        };
      }
    }
    return null;
  }

  /** What one look takes, in ms: the median of a few that nobody reads. */
  async measure(): Promise<number> {
    const { machine, probe } = this;
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      await machine.device.queue.onSubmittedWorkDone();
      const start = performance.now();
      const encoder = machine.device.createCommandEncoder();
      encoder.clearBuffer(machine.buffer(probe.bins.buffer));
      const pass = encoder.beginComputePass();
      for (let n = 0; n < 4; n++) machine.encode(pass, this.loaded);
      pass.end();
      machine.device.queue.submit([encoder.finish()]);
      await machine.device.queue.onSubmittedWorkDone();
      times.push((performance.now() - start) / 4);
    }
    return times.sort((a, b) => a - b)[2]!;
  }
}
