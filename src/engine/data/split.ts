// Dividing samples into training, validation and test parts: by seed, exactly reproducible, and by class where asked, so
// that each part has each class in its share.
import { z } from 'zod';
import { permutationArray } from './shuffle.ts';

const fraction = z.number().min(0).max(1);

/** How the samples are divided; the three fractions add up to 1. Saved in documents. */
export const splitSpec = z
  .strictObject({
    train: fraction
      .default(0.7)
      .meta({ title: 'Training', description: 'Share of the samples that the model learns from.' }),
    validation: fraction.default(0.15).meta({
      title: 'Validation',
      description: 'Share that is measured while training, and never learnt from.',
    }),
    test: fraction.default(0.15).meta({ title: 'Test', description: 'Share that is kept until the end.' }),
    seed: z
      .int()
      .min(0)
      .default(0)
      .meta({ title: 'Split seed', description: 'Another seed puts other samples in each part.' }),
    stratify: z
      .boolean()
      .default(true)
      .meta({ title: 'Keep class shares', description: 'Each part gets each class in the same proportion.' }),
  })
  .refine((s) => Math.abs(s.train + s.validation + s.test - 1) < 1e-6, {
    message: 'Training, validation and test must add up to 1 (100 %)',
  })
  .refine((s) => s.train > 0, { message: 'The training part must not be empty', path: ['train'] });

export type SplitSpec = z.infer<typeof splitSpec>;

/** Sample indices of each part: disjoint, ascending, together all samples. */
export interface Split {
  readonly train: Uint32Array<ArrayBuffer>;
  readonly validation: Uint32Array<ArrayBuffer>;
  readonly test: Uint32Array<ArrayBuffer>;
}

/**
 * Divides samples 0 … count − 1.
 *
 * The training part's size is its share of the count, rounded; the rest is divided between the other two likewise. With
 * `classes`, each class's part in training is within one sample of its share, in validation and test within two.
 *
 * @param classes the class of each sample, where the split is to keep the classes' shares
 */
export function splitSamples(count: number, spec: SplitSpec, classes: Uint32Array | null = null): Split {
  const order = permutationArray(count, { seed: spec.seed, epoch: 0 });
  // Class after class, each in random order: dealing evenly along this line gives every class its share.
  if (spec.stratify && classes) order.sort((a, b) => (classes[a] ?? 0) - (classes[b] ?? 0));
  const [train, rest] = deal(order, spec.train);
  const [validation, test] = deal(rest, spec.validation / (spec.validation + spec.test || 1));
  return { train: train.sort(), validation: validation.sort(), test: test.sort() };
}

/** A sentence for each part that was asked for but got no sample. */
export function splitNotes(split: Split, spec: SplitSpec): string[] {
  const titles = { train: 'training', validation: 'validation', test: 'test' } as const;
  return (['train', 'validation', 'test'] as const)
    .filter((part) => spec[part] > 0 && split[part].length === 0)
    .map(
      (part) =>
        `The ${titles[part]} part is empty: there are too few samples for its share of ${percent(spec[part])}.`,
    );
}

/** Gives the first part its share of the samples, evenly along the line, and the second the others. */
function deal(samples: Uint32Array, share: number): [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>] {
  const goesFirst = (_: number, i: number) => Math.round((i + 1) * share) > Math.round(i * share);
  return [samples.filter(goesFirst), samples.filter((sample, i) => !goesFirst(sample, i))];
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
