/**
 * Holds programs on one device: buffers by name, pipelines by text, bind groups by place. Everything is created when a
 * program is loaded; running a step creates nothing but the encoder of its submission.
 */

import { bufferBytes, type Dispatch, type Place, type Program, takingArguments } from '../compile/program.ts';
import { EngineError, invariant } from '../errors.ts';
import { type LoadedProgram, type Ready, Starts } from './starts.ts';

/** What programs are encoded into. */
export type Pass = GPUComputePassEncoder;

/** A submission that is being put together. */
export type Submission = GPUCommandEncoder;

export type { LoadedProgram };

/** A program as it is where nobody looks, at this time. */
export const withoutLooks = ({ program, dispatches }: LoadedProgram): LoadedProgram => ({
  program: { ...program, dispatches: program.dispatches.filter((d) => !d.onlyLooks) },
  dispatches: dispatches.filter((d) => !d.onlyLooks),
});

const wordBytes = 4;
const bindingBytes = 256;
/** The buffer of the hyper-parameters. */
const uniformBuffer = 'hyper';
/** Of the letters of a layout's key. */
const bindingTypes = { r: 'read-only-storage', w: 'storage', u: 'uniform' } as const;

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 2 ** (10 * power)).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** Bytes of the buffer of so many hyper-parameters. */
export function uniformBytes(words: number): number {
  return Math.max(1, Math.ceil(words / 4)) * 4 * wordBytes;
}

/** Bytes of the buffer of a program's arguments, and of those that it may yet have. */
export function argumentBytes({ dispatches, spare = 0 }: Program): number {
  return (takingArguments(dispatches).length + spare) * bindingBytes;
}

export class Machine {
  readonly device: GPUDevice;
  /** How many GPU objects were ever created here; tests hold it still while steps run. */
  created = 0;
  private readonly buffers = new Map<string, GPUBuffer>();
  /** Names that are parts of other buffers. */
  private readonly homes = new Map<string, Place>();
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  /** Of each loaded program that has some, the numbers in which its dispatches differ. */
  private readonly arguments = new Map<LoadedProgram, GPUBuffer>();
  private readonly starts = new Starts();
  private uniformGroup: GPUBindGroup | null = null;
  private uniformNames: readonly string[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /**
   * Makes room: each named buffer, in elements, zeroed. Buffers that exist and are large enough stay as they are. Those that
   * have a home are no buffers of their own, but that part of another one.
   */
  async reserve(
    sizes: Readonly<Record<string, number>>,
    homes: Readonly<Record<string, Place>> = {},
  ): Promise<void> {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    for (const [name, home] of Object.entries(homes)) this.homes.set(name, home);
    for (const [name, elements] of Object.entries(sizes)) {
      if (this.homes.has(name)) continue;
      const size = bufferBytes(elements);
      const known = this.buffers.get(name);
      if (known && known.size >= size) continue;
      const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
      if (size > limit)
        throw new EngineError('gpu/out-of-memory', { needed: formatBytes(size), limit: formatBytes(limit) });
      known?.destroy();
      this.device.pushErrorScope('out-of-memory');
      const usage = usageStorage | usageCopySrc | usageCopyDst;
      this.created++;
      this.buffers.set(name, this.device.createBuffer({ label: name, size, usage }));
      const error = await this.device.popErrorScope();
      if (error)
        throw new EngineError(
          'gpu/out-of-memory',
          { needed: formatBytes(size), limit: 'less' },
          { cause: error },
        );
    }
  }

  /** Sets up the uniform buffer; all programs of a machine share its words. */
  reserveUniforms(names: readonly string[]): void {
    this.uniformNames = names;
    this.buffers.get(uniformBuffer)?.destroy();
    const size = uniformBytes(names.length);
    this.created += 2;
    const buffer = this.device.createBuffer({
      label: uniformBuffer,
      size,
      usage: usageUniform | usageCopyDst,
    });
    this.buffers.set(uniformBuffer, buffer);
    this.uniformGroup = this.device.createBindGroup({
      layout: this.uniformLayout(),
      entries: [{ binding: 0, resource: { buffer } }],
    });
  }

  /** Where the hyper-parameters lie, in the order of the reserved names. */
  get uniforms(): Place {
    return { buffer: uniformBuffer, offset: 0, length: this.uniformNames.length };
  }

  /** Where one of them lies. */
  uniform(name: string): Place {
    const offset = this.uniformNames.indexOf(name);
    invariant(offset >= 0, `${name} is a hyper-parameter`);
    return { buffer: uniformBuffer, offset, length: 1 };
  }

  /** Values of all hyper-parameters, as they lie there. */
  uniformWords(
    values: Readonly<Record<string, number>>,
    integers: ReadonlySet<string> = new Set(),
  ): Uint32Array<ArrayBuffer> {
    const words = new DataView(new ArrayBuffer(this.uniformNames.length * wordBytes));
    this.uniformNames.forEach((name, i) => {
      const value = values[name];
      invariant(value !== undefined, `the hyper-parameter ${name} has a value`);
      if (integers.has(name)) words.setUint32(i * wordBytes, value >>> 0, true);
      else words.setFloat32(i * wordBytes, value, true);
    });
    return new Uint32Array(words.buffer);
  }

  /** Writes all hyper-parameters at once. */
  writeUniforms(values: Readonly<Record<string, number>>, integers?: ReadonlySet<string>): void {
    const words = this.uniformWords(values, integers);
    if (words.length > 0) this.write(this.uniforms, words);
  }

  private buffer(name: string): GPUBuffer {
    const found = this.buffers.get(name);
    invariant(found, `the buffer ${name} was reserved`);
    return found;
  }

  /** Where a place really lies, in bytes. */
  private region({ buffer, offset, length }: Place): { buffer: GPUBuffer; offset: number; size: number } {
    const home = this.homes.get(buffer);
    invariant(!home || offset + length <= home.length, `${buffer}+${offset} lies in its home`);
    return {
      buffer: this.buffer(home?.buffer ?? buffer),
      offset: (offset + (home?.offset ?? 0)) * wordBytes,
      size: length * wordBytes,
    };
  }

  /** All of a named buffer, in bytes. */
  private whole(name: string): { buffer: GPUBuffer; offset: number; size: number } {
    const home = this.homes.get(name);
    return home
      ? this.region({ ...home, buffer: name, offset: 0 })
      : { buffer: this.buffer(name), offset: 0, size: this.buffer(name).size };
  }

  write(place: Place, data: Float32Array | Int32Array | Uint32Array): void {
    invariant(data.length <= place.length, `${data.length} elements fit ${place.buffer}[${place.length}]`);
    const { buffer, offset } = this.region(place);
    this.device.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Encodes that a named buffer becomes zero. */
  clear(encoder: Submission, name: string): void {
    const { buffer, offset, size } = this.whole(name);
    encoder.clearBuffer(buffer, offset, size);
  }

  /** Encodes a copy of a place to one of the same length, perhaps of another machine on the same device. */
  copy(encoder: Submission, from: Place, to: Place, into: Machine = this): void {
    const [source, target] = [this.region(from), into.region(to)];
    encoder.copyBufferToBuffer(source.buffer, source.offset, target.buffer, target.offset, source.size);
  }

  /** Encodes a copy of a place into a buffer for reading back, from a byte on. */
  copyOut(encoder: Submission, from: Place, into: GPUBuffer, at: number): void {
    const { buffer, offset, size } = this.region(from);
    encoder.copyBufferToBuffer(buffer, offset, into, at, size);
  }

  /**
   * Compiles what is not compiled yet, all pipelines side by side, and binds the program's places. `made` hears of each
   * dispatch. What has a quick text starts with it, until `finish` is called.
   */
  async load(program: Program, made: () => void = () => undefined): Promise<LoadedProgram> {
    return this.loadWith(program, made, undefined);
  }

  /** Loads what a program was cut into, in the place of it: its arguments lie where those of the whole lay. */
  async reload(whole: LoadedProgram, program: Program): Promise<LoadedProgram> {
    invariant(
      argumentBytes(program) === argumentBytes(whole.program),
      'a cut program has room for its arguments',
    );
    const loaded = await this.loadWith(program, () => undefined, this.arguments.get(whole));
    this.arguments.delete(whole);
    this.starts.drop(whole);
    return loaded;
  }

  private async loadWith(
    program: Program,
    made: () => void,
    kept: GPUBuffer | undefined,
  ): Promise<LoadedProgram> {
    await this.reserve(program.buffers);
    const starts = program.dispatches.map((d) => d.quick ?? [d]);
    const pipelines = await Promise.all(
      starts.map(async (all) => {
        const pipeline = await Promise.all(all.map((d) => this.pipeline(d)));
        made();
        return pipeline;
      }),
    );
    const buffer = kept ?? this.argumentBuffer(argumentBytes(program));
    const args = this.writeArguments(buffer, program);
    const bind = (d: Dispatch, pipeline: GPUComputePipeline): Ready => {
      this.created++;
      const places = d.bindings.map((place, binding) => ({ binding, resource: this.resource(place) }));
      const given = args.get(d);
      const bindGroup = this.device.createBindGroup({
        label: d.label,
        layout: this.layout(d),
        entries: given ? [...places, { binding: places.length, resource: given }] : places,
      });
      return { pipeline, bindGroup, x: d.grid[0], y: d.grid[1], onlyLooks: d.onlyLooks };
    };
    const ready = starts.map((all, i) => all.map((d, part) => bind(d, pipelines[i]![part]!)));
    const loaded = { program, dispatches: ready.flat() };
    if (buffer) this.arguments.set(loaded, buffer);
    this.starts.add({ loaded, ready, bind, compile: (d) => this.pipeline(d) });
    return loaded;
  }

  /**
   * Has the long texts compiled of what was loaded with quick ones, and puts each in its place. Returns at once. Meant for
   * after the first steps, so that these come soon.
   */
  finish(): void {
    this.starts.finish();
  }

  /** Waits until everything is as fast as it gets. */
  settled(): Promise<void> {
    return this.starts.settled();
  }

  /** What compiling long texts beside the steps took so far, in ms. */
  get finishMillis(): number {
    return this.starts.millis;
  }

  private argumentBuffer(size: number): GPUBuffer | null {
    if (size === 0) return null;
    this.created++;
    const usage = usageUniform | usageCopyDst;
    return this.device.createBuffer({ label: 'arguments', size, usage });
  }

  /** Writes the arguments of all dispatches that have some, each where a uniform may be bound. */
  private writeArguments(buffer: GPUBuffer | null, program: Program): Map<Dispatch, GPUBufferBinding> {
    const taking = takingArguments(program.dispatches);
    if (!buffer || taking.length === 0) return new Map();
    const words = new Int32Array((taking.length * bindingBytes) / wordBytes);
    taking.forEach((d, i) => {
      words.set(d.args, (i * bindingBytes) / wordBytes);
    });
    this.device.queue.writeBuffer(buffer, 0, words);
    return new Map(taking.map((d, i) => [d, { buffer, offset: i * bindingBytes, size: bindingBytes }]));
  }

  private resource(place: Place): GPUBufferBinding {
    const { buffer, offset, size } = this.region(place);
    invariant(
      offset % bindingBytes === 0,
      `${place.buffer}+${place.offset} starts at a multiple of ${bindingBytes} bytes`,
    );
    const quad = 4 * wordBytes;
    // Whole quads, since a kernel may read four elements at a time.
    return {
      buffer,
      offset,
      size: Math.min(buffer.size - offset, Math.ceil(Math.max(1, size) / quad) * quad),
    };
  }

  private pipeline(d: Dispatch): Promise<GPUComputePipeline> {
    const key = `${this.layoutKey(d)}${d.usesUniforms}\n${d.wgsl}`;
    const known = this.pipelines.get(key);
    if (known) return known;
    this.created += 2;
    const module = this.device.createShaderModule({ label: d.label, code: d.wgsl });
    const groups = d.usesUniforms ? [this.layout(d), this.uniformLayout()] : [this.layout(d)];
    const made = this.device.createComputePipelineAsync({
      label: d.label,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: groups }),
      compute: { module, entryPoint: 'main' },
    });
    this.pipelines.set(key, made);
    return made;
  }

  private layoutKey(d: Dispatch): string {
    return d.written.map((w) => (w ? 'w' : 'r')).join('') + (d.args.length > 0 ? 'u' : '');
  }

  private layout(d: Dispatch): GPUBindGroupLayout {
    const key = this.layoutKey(d);
    const known = this.layouts.get(key);
    if (known) return known;
    const made = this.device.createBindGroupLayout({
      entries: [...key].map((kind, binding) => ({
        binding,
        visibility: stageCompute,
        buffer: { type: bindingTypes[kind as keyof typeof bindingTypes] },
      })),
    });
    this.layouts.set(key, made);
    return made;
  }

  private uniformLayout(): GPUBindGroupLayout {
    const known = this.layouts.get('uniform');
    if (known) return known;
    const made = this.device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: stageCompute, buffer: { type: 'uniform' } }],
    });
    this.layouts.set('uniform', made);
    return made;
  }

  /** Encodes a program into a pass; without what is for looks alone, where nobody looks. */
  encode(pass: Pass, loaded: LoadedProgram, looks = true): void {
    if (this.uniformGroup) pass.setBindGroup(1, this.uniformGroup);
    for (const d of loaded.dispatches) if (looks || !d.onlyLooks) this.dispatch(pass, d);
  }

  /**
   * Encodes `count` turns of a program whose dispatches each are several: `turns` says how many, ascending from 1.
   */
  encodeTurns(pass: Pass, loaded: LoadedProgram, turns: readonly number[], count: number): void {
    if (this.uniformGroup) pass.setBindGroup(1, this.uniformGroup);
    let left = count;
    for (let i = turns.length - 1; i >= 0; i--) {
      for (; left >= turns[i]!; left -= turns[i]!) this.dispatch(pass, loaded.dispatches[i]!);
    }
  }

  private dispatch(pass: Pass, { pipeline, bindGroup, x, y }: Ready): void {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y);
  }

  /** Reads a place back; waits for everything submitted so far. For results and tests, not for the step loop. */
  async read(place: Place): Promise<ArrayBuffer> {
    const bytes = place.length * wordBytes;
    const staging = this.device.createBuffer({
      size: Math.max(4, bytes),
      usage: usageMapRead | usageCopyDst,
    });
    const encoder = this.device.createCommandEncoder();
    this.copyOut(encoder, place, staging, 0);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapModeRead);
    const copy = staging.getMappedRange().slice(0, bytes);
    staging.destroy();
    return copy;
  }

  /** Frees every buffer. */
  dispose(): void {
    for (const b of [...this.buffers.values(), ...this.arguments.values()]) b.destroy();
    this.buffers.clear();
    this.starts.clear();
  }
}

// The flags of the WebGPU specification. In Node they are not globals, and the engine sets no globals.
const usageMapRead = 0x0001;
const usageCopySrc = 0x0004;
const usageCopyDst = 0x0008;
const usageUniform = 0x0040;
const usageStorage = 0x0080;
const stageCompute = 0x4;
const mapModeRead = 0x0001;
