// From what a document stores to data that can be trained on. Files come through the host, which the engine knows nothing of.
import { EngineError, invariant } from '../errors.ts';
import { type ShippedId, shippedDatasets } from './catalogue.ts';
import { type CsvFormat, csvFormat, parseCsv } from './csv.ts';
import type { Dataset, Provenance, TargetField } from './dataset.ts';
import { generators } from './generators/index.ts';
import { type PixelFit, prepareImages } from './images.ts';
import { type PackedData, packedTable, unpackData } from './packed.ts';
import { type FittedColumn, prepareTable } from './prepare.ts';
import { type ColumnProfile, guessRecipe, profileTable } from './profile.ts';
import type { TableRecipe } from './recipe.ts';
import { prepareSeries, type SeriesWindows } from './series.ts';
import type { DataSpec } from './spec.ts';
import { type Split, type SplitSpec, splitNotes, splitSamples } from './split.ts';
import type { Table } from './table.ts';
import {
  alphabetOf,
  encodeText,
  prepareText,
  readText,
  type TextSeries,
  type TextWindows,
  tokensOf,
} from './text.ts';

/** What the host does for the loader. Both reject with an error that names the file. */
export interface DataIo {
  /** The packed file of a data set that ships, `<id>.bin`. */
  readShipped(id: ShippedId): Promise<ArrayBuffer>;
  /** A file of the user's, by the path in the document. */
  readFile(path: string): Promise<ArrayBuffer>;
}

/** The one file that a spec is read from. `name` is what it is called among files that are handed over together. */
export type DataFile =
  | { readonly place: 'shipped'; readonly id: ShippedId; readonly name: string }
  | { readonly place: 'user'; readonly path: string; readonly name: string };

/** What was learnt from the training part and must be done to new inputs too. Plain data. */
export type Preprocessing =
  | { readonly kind: 'none' }
  | { readonly kind: 'table'; readonly recipe: TableRecipe; readonly columns: readonly FittedColumn[] }
  | { readonly kind: 'pixels'; readonly fit: PixelFit };

/** Data that can be trained on. */
export interface LoadedData {
  readonly dataset: Dataset;
  /** Sample indices of the training, validation and test parts. */
  readonly split: Split;
  readonly preprocessing: Preprocessing;
}

/** A CSV file as the import dialog shows it. */
export interface CsvPreview {
  readonly table: Table;
  readonly profiles: readonly ColumnProfile[];
  /** The likely recipe, for the user to correct. */
  readonly recipe: TableRecipe;
  /** SHA-256 of the file. */
  readonly hash: string;
}

/**
 * Loads what a data node stores: generates, unpacks or reads the data, makes it ready, and splits it. The same spec and
 * the same files always give the same numbers.
 *
 * @throws EngineError with a `data/…` code that names file, line and column where that applies; or whatever `io` throws
 */
export async function loadDataset({ origin, split: spec }: DataSpec, io: DataIo): Promise<LoadedData> {
  switch (origin.source) {
    case 'generated': {
      const dataset = generators[origin.kind].load(origin.params, origin.seed);
      return splitDataset(dataset, spec);
    }
    case 'shipped': {
      const packed = await unpackData(await io.readShipped(origin.id), packedName(origin.id));
      if (origin.id === 'mnist') {
        const { pixels, samples } = origin;
        const { pixelFit, ...loaded } = prepareImages(packed, shippedDatasets.mnist, {
          pixels,
          samples,
          split: spec,
        });
        return { ...loaded, preprocessing: { kind: 'pixels', fit: pixelFit } };
      }
      if (origin.id === 'sonnets') {
        const series = packedText(packed, origin.windows);
        return { ...prepareText(series, origin.windows, spec), preprocessing: { kind: 'none' } };
      }
      return loadTable(packedTable(packed), origin, spec, packed);
    }
    case 'csv': {
      const bytes = await io.readFile(origin.path);
      const name = fileName(origin.path);
      const loaded = loadTable(parseCsv(bytes, name, origin.format), origin, spec, yours(name));
      return withChangeNote(loaded, bytes, origin.hash, `${name} has changed since its columns were chosen.`);
    }
    case 'text': {
      const bytes = await io.readFile(origin.path);
      const name = fileName(origin.path);
      const names = tokensOf(origin.alphabet, origin.windows);
      const data = encodeText(readText(bytes, name), names, name);
      const prepared = prepareText({ name, data, names, provenance: yours(name) }, origin.windows, spec);
      const loaded: LoadedData = { ...prepared, preprocessing: { kind: 'none' } };
      return withChangeNote(loaded, bytes, origin.hash, `${name} has changed since it was chosen.`);
    }
    default:
      origin satisfies never;
      throw new TypeError('a data origin of no known source');
  }
}

/** The file that must be read for a spec; null where the data is generated. */
export function dataFileOf({ origin }: DataSpec): DataFile | null {
  switch (origin.source) {
    case 'generated':
      return null;
    case 'shipped':
      return { place: 'shipped', id: origin.id, name: packedName(origin.id) };
    case 'csv':
    case 'text':
      return { place: 'user', path: origin.path, name: origin.path };
    default:
      origin satisfies never;
      throw new TypeError('a data origin of no known source');
  }
}

/** Reads from files that were read before, by `DataFile.name`: what a worker without access to files has. */
export function ioOfFiles(files: Readonly<Record<string, ArrayBuffer>>): DataIo {
  const read = async (name: string): Promise<ArrayBuffer> => {
    const bytes = files[name];
    invariant(bytes, `the file ${name} was handed over with the document`);
    return bytes;
  };
  return { readShipped: (id) => read(packedName(id)), readFile: read };
}

/** Splits a data set that is ready, by its class target where it has one. */
export function splitDataset(dataset: Dataset, spec: SplitSpec): LoadedData {
  const [target] = dataset.targets;
  const split = splitSamples(dataset.count, spec, target ? classPerSample(target) : null);
  const notes = [...dataset.notes, ...splitNotes(split, spec)];
  return { dataset: { ...dataset, notes }, split, preprocessing: { kind: 'none' } };
}

/** The class of each sample; null where the target is numbers, or a class for each place of a sequence. */
function classPerSample(target: TargetField): Uint32Array<ArrayBuffer> | null {
  return target.kind === 'class' && target.shape.length === 0 ? target.data : null;
}

/** A text file as the import dialog shows it. */
export interface TextPreview {
  readonly text: string;
  /** Its different characters, as the data node stores them. */
  readonly alphabet: string;
  /** SHA-256 of the file. */
  readonly hash: string;
}

/** Reads a text file for the first time. @throws EngineError `data/not-text`, `data/no-text` */
export async function previewText(bytes: ArrayBuffer, name: string): Promise<TextPreview> {
  const text = readText(bytes, name);
  return { text, alphabet: alphabetOf(text).join(''), hash: await sha256(bytes) };
}

/**
 * Reads a CSV file for the first time.
 *
 * @param name the file's name, for error messages
 * @throws EngineError as `parseCsv`
 */
export async function previewCsv(
  bytes: ArrayBuffer,
  name: string,
  format: CsvFormat = csvFormat.parse({}),
): Promise<CsvPreview> {
  const table = parseCsv(bytes, name, format);
  const profiles = profileTable(table);
  return { table, profiles, recipe: guessRecipe(table, profiles), hash: await sha256(bytes) };
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function loadTable(
  table: Table,
  { recipe, windows }: { readonly recipe: TableRecipe; readonly windows?: SeriesWindows | undefined },
  split: SplitSpec,
  { source, licence }: { source: string; licence: string },
): LoadedData {
  if (windows) {
    const { fitted, ...loaded } = prepareSeries(table, recipe, windows, split, { source, licence });
    return { ...loaded, preprocessing: { kind: 'table', recipe, columns: fitted } };
  }
  const { fitted, ...loaded } = prepareTable(table, recipe, split, { source, licence });
  return { ...loaded, preprocessing: { kind: 'table', recipe, columns: fitted } };
}

/** A packed text's characters as tokens. @throws EngineError `data/packed` */
function packedText({ title, source, licence, fields }: PackedData, windows: TextWindows): TextSeries {
  const field = fields.find((f) => f.kind === 'names');
  if (!field) throw new EngineError('data/packed', { file: title, why: 'it holds no text' });
  const names = tokensOf(field.names.join(''), windows);
  const tokens = encodeText(field.names.join(''), names, title);
  const data = Uint32Array.from(field.data, (code) => tokens[code] ?? 0);
  return { name: title, data, names, provenance: { source, licence } };
}

const yours = (name: string): Provenance => ({ source: `File ${name}.`, licence: 'Yours.' });

/** Says first of all where a file is not the one that was chosen. */
async function withChangeNote(
  loaded: LoadedData,
  bytes: ArrayBuffer,
  hash: string | null,
  note: string,
): Promise<LoadedData> {
  if (hash === null || hash === (await sha256(bytes))) return loaded;
  return { ...loaded, dataset: { ...loaded.dataset, notes: [note, ...loaded.dataset.notes] } };
}

function packedName(id: ShippedId): string {
  return `${id}.bin`;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
