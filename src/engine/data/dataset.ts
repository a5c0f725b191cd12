// What a data set is once it is ready to train on: named fields of typed arrays, sample after sample, row-major. A field has
// any shape per sample, so tables, images, token sequences and masks are the same thing to what comes after. Windows over a
// series share its rows, which are stored once.
import type { WindowView } from './windows.ts';

/** A field of real numbers: features, pixels, regression targets, masks. */
export interface NumberField {
  readonly name: string;
  readonly dtype: 'f32';
  /** Shape of one sample: [features], [channels, height, width], [time, features]; [] for a single number. */
  readonly shape: readonly number[];
  /** `count` × product of `shape` numbers, sample after sample, row-major; with `windows`, the rows of the series. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Where a sample's rows are, where samples are windows over `data`. */
  readonly windows?: WindowView;
  /** What each number along the last axis is, where that has a name: `Body Mass (g)`, `Island = Dream`. */
  readonly columns?: readonly string[];
}

/** A field of indices into a list of names: a class per sample (shape []), tokens of a text (shape [time]). */
export interface IndexField {
  readonly name: string;
  readonly dtype: 'u32';
  readonly shape: readonly number[];
  /** `count` × product of `shape` indices, each below `names.length`; with `windows`, the series. */
  readonly data: Uint32Array<ArrayBuffer>;
  /** Where a sample's indices are, where samples are windows over `data`. */
  readonly windows?: WindowView;
  /** What each index stands for: the classes, or the vocabulary. */
  readonly names: readonly string[];
}

/** What the model is given. */
export type InputField = NumberField | IndexField;

/** How standardised values become the originals again: original = value · std + mean, for each number of the last axis. */
export interface Standardisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A class to be told: one index per sample, shape []; or one for each place of a sequence, shape [time]. */
export interface ClassTarget extends IndexField {
  readonly kind: 'class';
}

/** Numbers to be predicted. */
export interface RegressionTarget extends NumberField {
  readonly kind: 'regression';
  /** Present where the target was standardised. */
  readonly standardised?: Standardisation;
}

/** What the model is to say. */
export type TargetField = ClassTarget | RegressionTarget;

/** Where data comes from and on what terms, in words for the user. */
export interface Provenance {
  readonly source: string;
  readonly licence: string;
}

/** A whole data set in memory. */
export interface Dataset {
  readonly name: string;
  /** Number of samples. */
  readonly count: number;
  readonly inputs: readonly InputField[];
  readonly targets: readonly TargetField[];
  readonly provenance: Provenance;
  /** What was done to the data, one sentence each: rows dropped, values filled in, columns scaled. */
  readonly notes: readonly string[];
}

/** The shape of a field without its data: what can be known before anything is loaded. */
export type Described<F extends InputField | TargetField> = F extends unknown
  ? Omit<F, 'data' | 'standardised' | 'windows'>
  : never;

/** What a model needs to know of a data set to be built. */
export interface DataDescription {
  readonly inputs: readonly Described<InputField>[];
  readonly targets: readonly Described<TargetField>[];
}

/** How many numbers one sample of this shape has. */
export function sampleSize(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** The numbers of one sample, row-major: a view, not a copy. */
export function sampleOf<F extends InputField | TargetField>(field: F, sample: number): F['data'];
export function sampleOf({ data, shape, windows }: InputField | TargetField, sample: number) {
  const size = sampleSize(shape);
  const start = windows
    ? (sample * windows.stride + windows.offset) * (size / windows.length)
    : sample * size;
  return data.subarray(start, start + size);
}

/** The fields of a data set without their data. */
export function describeDataset(dataset: Dataset): DataDescription {
  return { inputs: dataset.inputs.map(describeField), targets: dataset.targets.map(describeField) };
}

/**
 * The classes as numbers 0, 1, …, k − 1, shape [1]: what binary cross-entropy (for two classes) and the perceptron's rule
 * compare an output with.
 */
export function classesAsNumbers(target: ClassTarget): RegressionTarget {
  return {
    kind: 'regression',
    name: target.name,
    dtype: 'f32',
    shape: [...target.shape, 1],
    data: Float32Array.from(target.data),
  };
}

/** The classes as rows of zeros with a single one, shape [classes]. */
export function classesAsOneHot(target: ClassTarget): RegressionTarget {
  const width = target.names.length;
  const data = new Float32Array(target.data.length * width);
  target.data.forEach((index, i) => {
    data[i * width + index] = 1;
  });
  return {
    kind: 'regression',
    name: target.name,
    dtype: 'f32',
    shape: [...target.shape, width],
    data,
    columns: target.names,
  };
}

/** How many of the given samples belong to each class. */
export function classCounts(target: ClassTarget, samples: Uint32Array): number[] {
  const counts = target.names.map(() => 0);
  for (const i of samples) {
    const index = target.data[i] ?? 0;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** A regression target in its original unit. */
export function unstandardise(target: RegressionTarget, values: Float32Array): Float32Array<ArrayBuffer> {
  const { standardised } = target;
  if (!standardised) return Float32Array.from(values);
  const width = standardised.mean.length;
  return Float32Array.from(
    values,
    (v, i) => v * (standardised.std[i % width] ?? 1) + (standardised.mean[i % width] ?? 0),
  );
}

function describeField<F extends InputField | TargetField>(field: F): Described<F> {
  const {
    data: _data,
    standardised: _standardised,
    windows: _windows,
    ...described
  } = { standardised: undefined, ...field };
  return described as Described<F>;
}
