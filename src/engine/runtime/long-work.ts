/**
 * Finds the dispatches that would take too long, before training starts: an operating system resets a GPU that is busy for
 * seconds with one, and a window stands still meanwhile. A few workgroups are run and timed, then more, until it is clear
 * how long all of them take; so nothing here takes long itself.
 */
import { cutLongWork, groupsOf, type LongWork, mostParts } from '../compile/long-work.ts';
import type { Dispatch } from '../compile/program.ts';
import { groupsPerDimension } from '../wgsl/module.ts';
import type { LoadedProgram, Machine } from './machine.ts';

export interface LongWorkOptions extends LongWork {
  /** Milliseconds from any start. */
  now(): number;
}

/** Workgroups that are timed first. */
const fewGroups = 8;
/** Parts are this much shorter than they may be, since not all workgroups take the same. */
const margin = 1.25;

/**
 * Into how many parts the dispatches of a program must be cut, by their texts; those that are short enough are not in it.
 * Leaves numbers that mean nothing in the buffers that the program writes: says to `written` which.
 */
async function partsOfLongWork(
  machine: Machine,
  { program, dispatches }: LoadedProgram,
  options: LongWorkOptions,
  written: Set<string>,
): Promise<ReadonlyMap<string, number>> {
  const parts = new Map<string, number>();
  for (const [i, d] of program.dispatches.entries()) {
    if (parts.has(d.wgsl) || mostParts(d, options) === 1) continue;
    d.bindings.forEach((b, at) => {
      if (d.written[at]) written.add(b.buffer);
    });
    const ready = dispatches[i]!;
    // Before it is cut, one dispatch stands in for it at the most.
    const groups = groupsOf(d.quick?.[0] ?? d);
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
  return parts;
}

/** How what takes too long is found out, and what becomes of the numbers that this leaves. */
export interface PartsOptions extends LongWorkOptions {
  /** Whether buffers that are written meanwhile become zero again; false where they are written before they are read. */
  readonly clears: boolean;
}

/** What is loaded, with those dispatches in parts that would take too long on this device. */
export async function inParts(
  machine: Machine,
  loaded: LoadedProgram,
  options: PartsOptions,
): Promise<LoadedProgram> {
  const written = new Set<string>();
  const parts = await partsOfLongWork(machine, loaded, options, written);
  if (options.clears && written.size > 0) {
    const encoder = machine.device.createCommandEncoder();
    for (const name of written) machine.clear(encoder, name);
    machine.device.queue.submit([encoder.finish()]);
  }
  if (parts.size === 0) return loaded;
  const partsOf = (d: Dispatch): number => Math.min(parts.get(d.wgsl) ?? 1, mostParts(d, options));
  return machine.reload(loaded, cutLongWork(loaded.program, partsOf));
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
