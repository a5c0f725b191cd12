// The GPU of the command line, and what is known of its memory. WebGPU tells limits of buffers, not how much memory there is.
import { totalmem } from 'node:os';
import {
  type Allowed,
  formatBytes,
  type MemoryLimits,
  measuredDevice,
  type OpenDevice,
  openDevice,
  targetOf,
} from '../../engine/index.ts';
import { createNodeGpu, NoGpuError } from '../node-gpu.ts';
import { defaultDataFolder } from '../places.ts';
import { openCuts } from '../services/cuts.ts';
import { say } from './output.ts';

/** A GPU, and what was measured on it. */
export interface OpenGpu extends OpenDevice {
  /** Keeps what was measured now for the next time. */
  save(): Promise<void>;
}

const halfWords = (open: OpenDevice): string =>
  targetOf(open).halves
    ? 'half precision: products may round the numbers that they multiply to three digits; sums, losses and weights keep seven'
    : 'half precision: this GPU has no 16-bit numbers, so nothing is rounded';

/** Opens the GPU and says on stderr which one it is. */
export async function openGpu(quiet: boolean, allowed: Allowed = {}): Promise<OpenGpu> {
  const { gpu, how } = await createNodeGpu();
  if (!quiet) say(how);
  const open = await openDevice(gpu, allowed);
  if (allowed.f16 && !quiet) say(halfWords(open));
  const cuts = await openCuts(defaultDataFolder());
  return { ...measuredDevice(open, cuts, () => performance.now()), save: () => cuts.save() };
}

/** What a model may take before training is refused. */
export interface KnownLimits extends MemoryLimits {
  /** Where the numbers are from. */
  readonly how: string;
}

/** WebGPU promises buffers of this size everywhere. */
const promisedBuffer = 128 * 2 ** 20;
/** What is assumed where no adapter answers: a laptop's GPU. */
const assumedMemory = 4 * 2 ** 30;

/** Asks for the limits that matter for a model of this size; a small one fits everywhere, so nobody is asked. */
export async function memoryLimits(bytes: number): Promise<KnownLimits> {
  if (bytes <= promisedBuffer) return { total: assumedMemory, buffer: promisedBuffer, how: 'fits any GPU' };
  try {
    const { gpu, how } = await createNodeGpu();
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new NoGpuError('No adapter answered the second time.');
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    return { total: totalmem(), buffer: Math.min(maxBufferSize, maxStorageBufferBindingSize), how };
  } catch (error) {
    if (!(error instanceof NoGpuError)) throw error;
    return {
      total: assumedMemory,
      buffer: assumedMemory,
      how: `no GPU found; ${formatBytes(assumedMemory)} assumed`,
    };
  }
}
