// Samples out of thin air, the same in every run: learnable enough that losses fall, and of any shape.
import { type Dataset, sampleSize } from '../src/engine/data/dataset.ts';
import type { LoadedData } from '../src/engine/data/load.ts';
import { epochOrder } from '../src/engine/data/shuffle.ts';
import type { Workload } from './workloads.ts';

/** Batches before the data begins again. */
export const batchesPerEpoch = 16;

const provenance = { source: 'Made up by the bench', licence: 'none needed' };

/** Numbers in [0, 1): a linear congruential generator, since nothing here needs more. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Sixteen batches for a workload; a class brightens its own part of the sample, so that there is something to learn. */
export function samplesFor({ name, batch, samples }: Workload): LoadedData {
  const random = chance(20_261_121);
  const count = batch * batchesPerEpoch;
  const width = sampleSize(samples.input);
  const places = sampleSize(samples.target);
  const y = Uint32Array.from({ length: count * places }, () => Math.floor(random() * samples.classes));
  const { vocabulary } = samples;
  const names = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i));
  const about = { name: 'x', shape: samples.input } as const;
  const brightened = (i: number): number =>
    i % samples.classes === y[Math.floor(i / width) * places] ? 0.5 : 0;
  const dataset: Dataset = {
    name,
    count,
    inputs: [
      vocabulary === undefined
        ? {
            ...about,
            dtype: 'f32',
            data: Float32Array.from({ length: count * width }, (_, i) => random() - 0.5 + brightened(i)),
          }
        : {
            ...about,
            dtype: 'u32',
            data: Uint32Array.from({ length: count * width }, () => Math.floor(random() * vocabulary)),
            names: names(vocabulary),
          },
    ],
    targets: [
      {
        kind: 'class',
        name: 'y',
        dtype: 'u32',
        shape: samples.target,
        data: y,
        names: names(samples.classes),
      },
    ],
    provenance,
    notes: [],
  };
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const none = new Uint32Array(0);
  return { dataset, split: { train: all, validation: none, test: none }, preprocessing: { kind: 'none' } };
}

/** One batch as it goes into the other engines. */
export interface Batch {
  readonly x: Float32Array | Int32Array;
  readonly y: Int32Array;
}

/** The batches of the first epoch, in the order in which Gradloom takes them. */
export function batchesOf({ batch, samples, document }: Workload, { dataset, split }: LoadedData): Batch[] {
  const order = epochOrder(split.train, { seed: document.training.seed, epoch: 0 });
  const [input] = dataset.inputs;
  const [target] = dataset.targets;
  if (!input || !target) throw new TypeError('made-up data has an input and a target');
  const rows = (field: { data: ArrayLike<number> }, size: number, from: number): number[] =>
    Array.from({ length: batch * size }, (_, i) => {
      const sample = order[from + Math.floor(i / size)] ?? 0;
      return field.data[sample * size + (i % size)] ?? 0;
    });
  return Array.from({ length: batchesPerEpoch }, (_, b) => {
    const x = rows(input, sampleSize(samples.input), b * batch);
    return {
      x: samples.vocabulary === undefined ? Float32Array.from(x) : Int32Array.from(x),
      y: Int32Array.from(rows(target, sampleSize(samples.target), b * batch)),
    };
  });
}
