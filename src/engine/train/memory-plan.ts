/**
 * Every byte that a run takes on the GPU, known before any is taken: the buffers of its programs, what is written to them and
 * what comes back. Values between kernels share an arena by their lifetimes.
 */
import { bufferBytes, type Program } from '../compile/program.ts';
import { argumentBytes, uniformBytes } from '../runtime/machine.ts';
import { readbackBytes } from '../runtime/readback.ts';

/** What a part of the memory is for. */
export type MemoryUse =
  | 'data'
  | 'weights'
  | 'gradients'
  | 'optimizer'
  | 'activations'
  | 'looking'
  | 'best weights'
  | 'read-back'
  | 'other';

export interface PlannedBuffer {
  readonly name: string;
  readonly use: MemoryUse;
  readonly bytes: number;
}

export interface MemoryPlan {
  /** The most bytes that are allocated at once. */
  readonly bytes: number;
  /** Largest first; together they take `bytes`. */
  readonly buffers: readonly PlannedBuffer[];
  /**
   * Bytes of the values between kernels, which a step shares with an evaluation; and the least that this order of kernels
   * needs: the most that is alive at once, each value at a boundary where WebGPU can bind it.
   */
  readonly activations: { readonly bytes: number; readonly lowerBound: number };
}

const wordBytes = 4;

/** By the start of a buffer's name. */
const uses: ReadonlyArray<readonly [start: string, use: MemoryUse]> = [
  ['data:', 'data'],
  ['params', 'weights'],
  ['memory', 'weights'],
  ['nextMemory', 'weights'],
  ['lastMemory', 'weights'],
  ['mask', 'weights'],
  ['grads', 'gradients'],
  ['sums', 'gradients'],
  ['state:', 'optimizer'],
  ['arena', 'activations'],
  ['probe:', 'looking'],
  ['best:', 'best weights'],
  ['readback', 'read-back'],
];

export function memoryPlanOf({
  sizes,
  programs,
  uniforms,
  readback,
  largestRead,
  activations,
}: {
  /** Elements of the named buffers. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly programs: readonly Program[];
  /** Words of the uniform buffer. */
  readonly uniforms: number;
  readonly readback: { readonly words: number; readonly slots: number };
  /** Elements of the largest buffer that is read apart from the steps, for checkpoints. */
  readonly largestRead: number;
  /** Elements of the values between kernels that are alive at once, of a step or of an evaluation. */
  readonly activations: number;
}): MemoryPlan {
  const useOf = (name: string): MemoryUse => uses.find(([start]) => name.startsWith(start))?.[1] ?? 'other';
  const args = programs.reduce((n, p) => n + argumentBytes(p), 0);
  const buffers = [
    ...Object.entries(sizes).map(([name, elements]) => ({ name, bytes: bufferBytes(elements) })),
    { name: 'hyper-parameters', bytes: uniformBytes(uniforms) },
    { name: 'arguments', bytes: args },
    { name: 'readback', bytes: readback.slots * readbackBytes(readback.words) },
    { name: 'readback of a checkpoint', bytes: readbackBytes(largestRead) },
  ]
    .filter(({ bytes }) => bytes > 0)
    .map((b): PlannedBuffer => ({ ...b, use: useOf(b.name) }))
    .sort((a, b) => b.bytes - a.bytes);
  const total = (list: readonly PlannedBuffer[]): number => list.reduce((n, b) => n + b.bytes, 0);
  return {
    bytes: total(buffers),
    buffers,
    activations: {
      bytes: total(buffers.filter(({ use }) => use === 'activations')),
      lowerBound: activations * wordBytes,
    },
  };
}
