/**
 * Programs that start with quick texts (see compile/quick-cut.ts): their long ones are compiled beside the steps, and each takes its
 * place between two submissions.
 */
import type { Dispatch, Program } from '../compile/program.ts';

/** One dispatch, ready to be encoded. */
export interface Ready {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly x: number;
  readonly y: number;
  readonly onlyLooks: boolean;
}

export interface LoadedProgram {
  readonly program: Program;
  /** What is encoded: at the start what stands in for dispatches that take long to compile. Changes between submissions alone. */
  readonly dispatches: readonly Ready[];
}

/** A loaded program whose long texts are not compiled yet. */
interface Starting {
  readonly loaded: { -readonly [K in keyof LoadedProgram]: LoadedProgram[K] };
  /** For each dispatch of the program, what is encoded for it. */
  readonly ready: (readonly Ready[])[];
  compile(d: Dispatch): Promise<GPUComputePipeline>;
  bind(d: Dispatch, pipeline: GPUComputePipeline): Ready;
}

export class Starts {
  /** What compiling beside the steps took so far, in ms. */
  millis = 0;
  private readonly starting = new Map<LoadedProgram, Starting>();
  private finishing: Promise<void> | null = null;
  private failure: { readonly error: unknown } | null = null;

  /** Remembers a program, where it has quick texts. */
  add(start: Starting): void {
    if (start.loaded.program.dispatches.some((d) => d.quick)) this.starting.set(start.loaded, start);
  }

  /** Leaves a program as it is. */
  drop(loaded: LoadedProgram): void {
    this.starting.delete(loaded);
  }

  clear(): void {
    this.starting.clear();
  }

  /** @throws what made the last attempt fail */
  finish(): void {
    if (this.failure) throw this.failure.error;
    if (this.starting.size === 0 || this.finishing) return;
    this.finishing = this.finishAll()
      .catch((error: unknown) => {
        this.failure = { error };
      })
      .finally(() => {
        this.finishing = null;
      });
  }

  async settled(): Promise<void> {
    while (this.starting.size > 0 || this.failure) {
      this.finish();
      await this.finishing;
    }
  }

  /** One text after the other: whoever needs another pipeline meanwhile waits for one of them at the most. */
  private async finishAll(): Promise<void> {
    const since = performance.now();
    for (const { loaded, ready, compile, bind } of this.starting.values()) {
      const { dispatches } = loaded.program;
      const texts = new Set(dispatches.flatMap((d) => (d.quick ? [d.wgsl] : [])));
      for (const text of texts) {
        // Parts of a dispatch share a text, so that they change places together.
        const same = dispatches.flatMap((d, i) => (d.quick && d.wgsl === text ? [[d, i] as const] : []));
        const pipelines = await Promise.all(same.map(([d]) => compile(d)));
        if (!this.starting.has(loaded)) break;
        for (const [n, [d, i]] of same.entries()) ready[i] = [bind(d, pipelines[n]!)];
        loaded.dispatches = ready.flat();
      }
      this.starting.delete(loaded);
    }
    this.millis += performance.now() - since;
  }
}
