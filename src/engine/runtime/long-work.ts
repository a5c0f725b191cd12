/**
 * Finds the dispatches that would take too long, before training starts: an operating system resets a GPU that is busy for
 * seconds with one, and a window stands still meanwhile. A few workgroups are run and timed, then more, until it is clear
 * how long all of them take; so nothing here takes long itself.
 */
import { groupsOf } from '../compile/long-work.ts';
import { groupsPerDimension } from '../wgsl/module.ts';
import type { LoadedProgram, Machine } from './machine.ts';

export interface LongWorkOptions {
  /** What a dispatch may take, in ms. */
  readonly limit: number;
  /** Whether the adapter is the processor. */
  readonly software: boolean;
  /** Milliseconds from any start. */
  now(): number;
}

/** What the slowest adapters do in a millisecond, floating-point operations and bytes: what takes no longer there is not timed. */
const slowest: Readonly<Record<'cpu' | 'gpu', { readonly flops: number; readonly bytes: number }>> = {
  cpu: { flops: 5e5, bytes: 1e5 },
  gpu: { flops: 2e7, bytes: 5e6 },
};
/** Workgroups that are timed first. */
const fewGroups = 8;
/** Parts are this much shorter than they may be, since not all workgroups take the same. */
const margin = 1.25;

/**
 * Into how many parts the dispatches of a program must be cut, by their texts; those that are short enough are not in it.
 * Leaves numbers that mean nothing in the buffers that the program writes, and clears them.
 */
export async function partsOfLongWork(
  machine: Machine,
  { program, dispatches }: LoadedProgram,
  options: LongWorkOptions,
): Promise<ReadonlyMap<string, number>> {
  const parts = new Map<string, number>();
  const written = new Set<string>();
  for (const [i, d] of program.dispatches.entries()) {
    // What one workgroup does cannot be cut.
    if (parts.has(d.wgsl) || groupsOf(d) === 1) continue;
    const { flops, bytes } = slowest[options.software ? 'cpu' : 'gpu'];
    const moved = d.bindings.reduce((n, b) => n + 4 * b.length, 0);
    if (Math.max(d.flops / flops, moved / bytes) <= options.limit) continue;
    d.bindings.forEach((b, at) => {
      if (d.written[at]) written.add(b.buffer);
    });
    const ready = dispatches[i]!;
    const groups = groupsOf(d);
    const time = async (count: number): Promise<number> => {
      const start = options.now();
      await run(machine, { program, dispatches: [{ ...ready, x: count, y: 1 }] });
      return options.now() - start;
    };
    await time(1);
    let timed = Math.min(groups, fewGroups);
    let millis = await time(timed);
    while (timed < Math.min(groups, groupsPerDimension) && millis < options.limit / 8) {
      timed = Math.min(groups, groupsPerDimension, 4 * timed);
      millis = await time(timed);
    }
    const whole = (millis / timed) * groups;
    if (whole > options.limit) parts.set(d.wgsl, Math.ceil((margin * whole) / options.limit));
  }
  if (written.size > 0) {
    const encoder = machine.device.createCommandEncoder();
    for (const name of written) machine.clear(encoder, name);
    machine.device.queue.submit([encoder.finish()]);
  }
  return parts;
}

/** Runs dispatches and waits for them. */
export async function run(machine: Machine, program: LoadedProgram, repeats = 1): Promise<void> {
  const { device } = machine;
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let n = 0; n < repeats; n++) machine.encode(pass, program);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
}
