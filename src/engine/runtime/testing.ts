// Runs graphs on a real adapter for tests: compile, upload, run once, read everything back.
import { create } from 'webgpu';
import { type Compiled, type CompileOptions, compileGraph, type PassName } from '../compile/compile.ts';
import { cutLongWork } from '../compile/long-work.ts';
import { lookingUniform } from '../compile/looks.ts';
import type { Place } from '../compile/program.ts';
import { teamProgram } from '../compile/team.ts';
import { type Choices, isTeam, type ProcessorKind } from '../compile/tiling.ts';
import type { DType } from '../ir/dtype.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { inputAttrs } from '../ops/leaf.ts';
import { openDevice, targetOf } from './device.ts';
import { Machine } from './machine.ts';

let opened: Promise<GPUDevice> | null = null;
// A GPU that is collected takes its devices along.
const kept: GPU[] = [];

/** One device for all tests of a process. Validation errors fail the test that caused them. */
export function testDevice(): Promise<GPUDevice> {
  opened ??= (async () => {
    const gpu = create([]);
    kept.push(gpu);
    return (await openDevice(gpu)).device;
  })();
  return opened;
}

/** Objects of WebGPU whose methods are heard of as well: what a device hands out, and what encoders begin. */
const watchedToo = /^(createCommandEncoder|beginComputePass)$/;

/** The device (or an encoder of it), whose methods are called with a word to `hear` about each and what it made. */
export function watched<T extends object>(object: T, hear: (method: string, made: unknown) => void): T {
  return new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (key === 'queue') return watched(value as object, hear);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        const made: unknown = Reflect.apply(value, target, args);
        hear(String(key), made);
        return watchedToo.test(String(key)) ? watched(made as object, hear) : made;
      };
    },
  });
}

/** Bytes of the buffers that a watched device makes, now and at most. */
export class BufferTally {
  alive = 0;
  peak = 0;

  hear(method: string, made: unknown): void {
    if (method !== 'createBuffer') return;
    const buffer = made as GPUBuffer;
    this.alive += buffer.size;
    this.peak = Math.max(this.peak, this.alive);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      this.alive -= buffer.size;
      return destroy();
    };
  }
}

function typed(data: ArrayLike<number>, dtype: DType): Float32Array | Int32Array | Uint32Array {
  const kinds = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };
  return kinds[dtype].from(data);
}

function untyped(bytes: ArrayBuffer, dtype: DType): Float64Array {
  const kinds = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };
  return Float64Array.from(new kinds[dtype](bytes));
}

export interface GpuRun {
  readonly results: readonly Float64Array[];
  readonly compiled: Compiled;
}

export interface RunOptions {
  readonly hypers?: Readonly<Record<string, number>>;
  /** Which cut of the kernels: the one for software adapters, or the one for GPUs. */
  readonly processor?: ProcessorKind;
  /** Passes of the compiler that are left out. */
  readonly without?: readonly PassName[];
  /** Into how many parts every dispatch is cut. */
  readonly parts?: number;
  /** How products are cut. */
  readonly choices?: Choices;
  /** Whether products run from the texts that they start with. */
  readonly startsQuickly?: boolean;
  /** Whether tiles may have 16 bits, and what is made of each text: the test's device may not have them. */
  readonly halves?: boolean;
  readonly text?: (wgsl: string) => string;
  readonly gradientScale?: number;
  /** How many of the roots, the first ones, are differentiated. */
  readonly forward?: number;
  /** How many of the roots, the last ones, are for looks; the uniform `looking` says whether one looks. */
  readonly looks?: number;
}

/** The elements of each root, computed by the compiled program. Feeds are keyed by their input values. */
export async function runOnGpu(
  roots: readonly Value[],
  feeds: ReadonlyMap<Value, ArrayLike<number>>,
  {
    hypers = {},
    processor = 'cpu',
    without = [],
    choices = new Map(),
    startsQuickly = false,
    parts = 1,
    halves = false,
    text = (wgsl) => wgsl,
    gradientScale = 1,
    forward = 0,
    looks = 0,
  }: RunOptions = {},
): Promise<GpuRun> {
  const machine = new Machine(await testDevice());
  const { device } = machine;
  device.pushErrorScope('validation');
  const placeOf = (leaf: Value): Place => {
    const name = inputAttrs(leaf)!.name;
    return { buffer: `feed:${name}`, offset: 0, length: sizeOf(leaf.shape) };
  };
  const uniforms = Object.keys(hypers);
  const target = targetOf({ device, name: 'test', software: true });
  const options: CompileOptions = {
    ...target,
    arena: 'arena',
    uniforms,
    without,
    processor,
    choices,
    startsQuickly,
    halves,
    gradientScale,
  };
  const compiled = compileGraph(
    roots.map((value, i) => ({
      value,
      ...(i < forward && { isForward: true }),
      ...(i >= roots.length - looks && { isForLooks: true }),
    })),
    placeOf,
    options,
  );
  const fed = [...feeds.keys()].map((v) => [placeOf(v).buffer, sizeOf(v.shape)] as const);
  const buffers = { ...compiled.program.buffers, ...Object.fromEntries(fed) };
  const { program, homes } = isTeam(processor)
    ? teamProgram(compiled.kernels, buffers, options)
    : { program: { ...compiled.program, buffers }, homes: {} };
  await machine.reserve(program.buffers, homes);
  for (const [v, data] of feeds) machine.write(placeOf(v), typed(data, v.dtype));
  if (uniforms.length > 0) {
    machine.reserveUniforms(uniforms);
    machine.writeUniforms(hypers);
  }
  const dispatches = program.dispatches.map((d) => ({ ...d, wgsl: text(d.wgsl) }));
  const loaded = await machine.load(cutLongWork({ ...program, dispatches }, () => parts));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  machine.encode(pass, loaded, looks === 0 || hypers[lookingUniform] !== 0);
  pass.end();
  device.queue.submit([encoder.finish()]);
  const results: Float64Array[] = [];
  for (const [i, place] of compiled.places.entries())
    results.push(untyped(await machine.read(place), roots[i]!.dtype));
  const error = await device.popErrorScope();
  machine.dispose();
  if (error) throw new Error(error.message);
  return { results, compiled };
}
