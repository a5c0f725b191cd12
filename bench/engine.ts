// What the bench asks of each engine, and what it gives to all of them alike.
import type { LoadedData } from '../src/engine/data/load.ts';
import type { Alone } from './alone.ts';
import type { Batch } from './samples.ts';
import type { Workload } from './workloads.ts';

/** A tensor of the initial weights, laid out as Gradloom (and PyTorch) does: linear [out, in], convolution [out, in, y, x]. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** The same for every engine. */
export interface Given {
  readonly workload: Workload;
  readonly data: LoadedData;
  readonly weights: readonly Weight[];
  /** The first epoch of the data, in Gradloom's order. */
  readonly batches: readonly Batch[];
}

/** One net in one engine, ready to train. */
export interface Contender {
  /** Makes so many steps and waits until the GPU has done them. Gives the losses that it read anyway, the last one at least. */
  train(steps: number): Promise<readonly number[]>;
  /** Waits until steps are as fast as they get, where an engine compiles while it trains. */
  settle?(): Promise<void>;
  /** What a single kernel gave last. */
  read?(): Promise<Float32Array>;
  dispose(): void;
}

export interface Engine {
  readonly name: string;
  open(given: Given): Promise<Contender>;
  /** Repeats a single kernel: forward alone. */
  openAlone(alone: Alone): Promise<Contender>;
}

/** Adam's numbers, in all engines. */
export const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** [rows, columns] the other way round. */
export function transposed(data: Float32Array, [rows = 1, columns = 1]: readonly number[]): Float32Array {
  return Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}

/** Whether a tensor is the weight of a linear layer, which the other engines keep as [in, out]. */
export const isLinear = ({ name, shape }: Weight): boolean =>
  shape.length === 2 && !/^(embedding|learnedEncoding)/.test(name);
