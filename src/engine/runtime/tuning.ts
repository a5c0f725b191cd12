/**
 * Chooses how products are cut by measuring, once per device and shape. What was measured stays, in a store that the shell keeps: the
 * same device cuts the same product the same way ever after. What there was no time for is cut by price, and measured in
 * another session: within one, a run that starts anew gives the same numbers.
 */
import type { CutQuestion } from '../compile/compile.ts';
import type { Program } from '../compile/program.ts';
import type { Choices } from '../compile/tiling.ts';
import type { OpenDevice } from './device.ts';
import { run } from './long-work.ts';
import { Machine } from './machine.ts';
import { agreeing } from './tuning-agreement.ts';

/** What the shell keeps between sessions: short texts by short keys. A `Map` is one. */
export interface CutStore {
  get(key: string): string | undefined;
  set(key: string, cut: string): unknown;
}

/** What measuring may take. */
export interface Measuring {
  /** Milliseconds from any start. */
  now(): number;
  /** No product is begun to be measured after so many ms. */
  readonly budget: number;
}

/** The cuts of one device. */
export class Tuning implements Choices {
  private readonly device: GPUDevice;
  private readonly store: CutStore;
  private readonly measuring: Measuring | null;
  /** What programs of this session were compiled with. */
  private readonly settled = new Set<string>();

  /** @param measuring null where only what is known is used */
  constructor(device: GPUDevice, store: CutStore, measuring: Measuring | null) {
    this.device = device;
    this.store = store;
    this.measuring = measuring;
  }

  get(key: string): string | undefined {
    return this.store.get(this.nameOf(key));
  }

  /** Whose cuts these are, and of which product. */
  private nameOf(key: string): string {
    const { vendor, architecture, device, description } = this.device.adapterInfo;
    // Among others, others are the fastest.
    const allowed = this.device.features.has('shader-f16') ? ['f16'] : [];
    return [vendor, architecture, device, description, key, ...allowed].join('|');
  }

  /**
   * Measures what is not known, the most work first, as far as time allows; after that what is needed `later`. Whether
   * anything was learned.
   */
  async answer(
    first: readonly CutQuestion[],
    uniforms: readonly string[],
    later: readonly CutQuestion[] = [],
  ): Promise<boolean> {
    const open = new Map<string, CutQuestion>();
    const questions = [first, later].flatMap((list) => list.toSorted((a, b) => b.flops - a.flops));
    for (const q of questions)
      if (!this.settled.has(q.key) && this.get(q.key) === undefined && !open.has(q.key)) open.set(q.key, q);
    for (const { key } of questions) this.settled.add(key);
    if (!this.measuring || open.size === 0) return false;
    const end = this.measuring.now() + this.measuring.budget;
    let learned = false;
    for (const [key, question] of open) {
      if (this.measuring.now() >= end) break;
      const cut = await this.fastest(question, uniforms, this.measuring);
      if (cut === null) continue;
      this.store.set(this.nameOf(key), cut);
      learned = true;
    }
    return learned;
  }

  /** The fastest cut of a product among those that agree; null where there is but one, or no room to try. */
  private async fastest(
    question: CutQuestion,
    uniforms: readonly string[],
    { now }: Measuring,
  ): Promise<string | null> {
    const cuts = question.cuts(candidates);
    if (cuts.length < 2) return null;
    const programs = cuts.map((cut) => programOf(question, cut, uniforms));
    const elements = Object.values(programs[0]!.buffers).reduce((n, size) => n + size, 0);
    if (elements > mostElements) return null;
    const machine = new Machine(this.device);
    try {
      machine.reserveUniforms(uniforms);
      // What a driver refuses, or there is no room for, is no candidate.
      const tried = await Promise.allSettled(programs.map((p) => machine.load(p)));
      const loaded = tried.flatMap((t, i) =>
        t.status === 'fulfilled' ? [{ cut: cuts[i]!, program: t.value }] : [],
      );
      if (loaded.length < 2) return null;
      const sound = await agreeing(machine, question, loaded);
      const best = sound.map(() => Number.POSITIVE_INFINITY);
      // The first round warms up, and says how often a fast kernel must run to be longer than the clock is coarse.
      let repeats = 1;
      for (let round = 0; round <= rounds; round++) {
        for (const [i, { program }] of sound.entries()) {
          const start = now();
          await run(machine, program, repeats);
          if (round > 0) best[i] = Math.min(best[i]!, (now() - start) / repeats);
          else if (i === 0)
            repeats = Math.min(32, Math.max(1, Math.ceil(enoughMillis / (now() - start + 0.01))));
        }
      }
      return sound[best.indexOf(Math.min(...best))]!.cut;
    } finally {
      machine.dispose();
    }
  }
}

/** What a first step may wait for measuring, in ms. */
const patience = 150;
/** What a single dispatch may take, in ms: Windows resets a GPU after two seconds, and a window that waits stutters. */
export const longestDispatch = 250;

/**
 * A device whose kernels are chosen by measuring, and whose long dispatches are cut. On a software adapter nothing is
 * measured: compiling what is to be compared takes longer there than it can spare.
 *
 * @param store what was measured on this and other devices
 * @param now milliseconds from any start
 */
export function measuredDevice(open: OpenDevice, store: CutStore, now: () => number): OpenDevice {
  const measuring = open.software ? null : { now, budget: patience };
  return {
    ...open,
    tuning: new Tuning(open.device, store, measuring),
    longWork: { limit: longestDispatch, now },
  };
}

/** Cuts that are tried. */
const candidates = 6;
const rounds = 3;
/** What a measurement takes at least, more or less. */
const enoughMillis = 2;
/** Elements of buffers that may be made to measure: 256 MiB. */
const mostElements = 2 ** 26;

function programOf(question: CutQuestion, cut: string, uniforms: readonly string[]): Program {
  const dispatch = question.dispatch(cut);
  const buffers: Record<string, number> = {};
  for (const { buffer, offset, length } of dispatch.bindings)
    buffers[buffer] = Math.max(buffers[buffer] ?? 0, offset + length);
  return { dispatches: [dispatch], buffers, uniforms };
}
