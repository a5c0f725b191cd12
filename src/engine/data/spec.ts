// What a document's data node stores, and what a model can know of the data from that alone, before anything is loaded.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { issueWords } from '../model/problems.ts';
import { shippedDatasets } from './catalogue.ts';
import { csvFormat } from './csv.ts';
import type { DataDescription } from './dataset.ts';
import { generatedSpec, generators } from './generators/index.ts';
import { describeTable, type TableRecipe, tableRecipe } from './recipe.ts';
import { describeSeries, type SeriesWindows, seriesWindows } from './series.ts';
import { splitSpec } from './split.ts';
import { describeText, textWindows } from './text.ts';

const shippedTableSpec = <I extends 'penguins' | 'cars'>(id: I) =>
  z.strictObject({
    source: z.literal('shipped'),
    id: z.literal(id),
    recipe: tableRecipe.default(shippedDatasets[id].recipe),
    windows: seriesWindows.optional(),
  });

const shippedSpec = z.discriminatedUnion('id', [
  shippedTableSpec('penguins'),
  shippedTableSpec('cars'),
  z.strictObject({
    source: z.literal('shipped'),
    id: z.literal('mnist'),
    pixels: z.enum(['unit', 'standard', 'bytes']).default('unit').meta({
      title: 'Pixels',
      description: 'How grey levels become numbers: 0 … 1, standardised, or 0 … 255.',
    }),
    samples: z
      .int()
      .min(10)
      .max(10_000)
      .default(10_000)
      .meta({ title: 'Images', description: 'How many images to use.' }),
  }),
  z.strictObject({
    source: z.literal('shipped'),
    id: z.literal('sonnets'),
    windows: textWindows.prefault({}),
  }),
]);

/** SHA-256 of a file when it was chosen, in hexadecimal; null where it is not known. */
const fileHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable()
  .default(null);

const csvSpec = z.strictObject({
  source: z.literal('csv'),
  /** The file: relative to the document, or absolute. */
  path: z.string().min(1).meta({ title: 'File', description: 'The CSV file, with a header line.' }),
  format: csvFormat.prefault({}),
  recipe: tableRecipe,
  /** Present where the rows follow one another in time. */
  windows: seriesWindows.optional(),
  hash: fileHash,
});

const textSpec = z.strictObject({
  source: z.literal('text'),
  /** The file: relative to the document, or absolute. */
  path: z.string().min(1).meta({ title: 'File', description: 'A text file in UTF-8.' }),
  /** The different characters of the file: they are the net's tokens, so shapes are known without reading it. */
  alphabet: z.string().min(1),
  windows: textWindows.prefault({}),
  hash: fileHash,
});

/** Where the data is from, and how it is made ready. */
export const dataOrigin = z.discriminatedUnion('source', [generatedSpec, shippedSpec, csvSpec, textSpec]);

/** What a document's data node stores. */
export const dataSpec = z.strictObject({
  /** A new data node starts with two spirals. */
  origin: dataOrigin.prefault({ source: 'generated', kind: 'spirals', params: {} }),
  split: splitSpec.prefault({}),
});

export type DataOrigin = z.infer<typeof dataOrigin>;
export type DataSpec = z.infer<typeof dataSpec>;

/**
 * Reads what a document stores.
 *
 * @throws EngineError `data/spec` that names the first setting that does not fit
 */
export function parseDataSpec(raw: unknown): DataSpec {
  const parsed = dataSpec.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the data node';
  const words = issue ? issueWords(issue) : 'unknown reason';
  // What only the schema's library has words for is no end of a sentence.
  const why = words.startsWith('must ') ? words : `is not valid (${words})`;
  throw new EngineError('data/spec', { where, why }, { cause: parsed.error });
}

/**
 * Input and target fields, without loading anything.
 *
 * @throws EngineError `data/recipe`, `data/alphabet` when it cannot be trained on
 */
export function describeData({ origin }: DataSpec): DataDescription {
  switch (origin.source) {
    case 'generated':
      return generators[origin.kind].describe(origin.params);
    case 'csv':
      return describeRows(origin);
    case 'text':
      return describeText(origin.alphabet, origin.windows);
    case 'shipped': {
      if (origin.id === 'sonnets') return describeText(shippedDatasets.sonnets.alphabet, origin.windows);
      if (origin.id !== 'mnist') return describeRows(origin);
      const { shape, classes } = shippedDatasets.mnist;
      return {
        inputs: [{ name: 'image', dtype: 'f32', shape }],
        targets: [{ kind: 'class', name: 'digit', dtype: 'u32', shape: [], names: classes }],
      };
    }
    default:
      origin satisfies never;
      throw new TypeError('a data origin of no known source');
  }
}

function describeRows({
  recipe,
  windows,
}: {
  readonly recipe: TableRecipe;
  readonly windows?: SeriesWindows | undefined;
}): DataDescription {
  return windows ? describeSeries(recipe, windows) : describeTable(recipe);
}
