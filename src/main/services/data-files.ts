/** Data as bytes: a file that the user chose, or a set that ships packed in assets/data. Decoding is the engine's work. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError, isMissing, ShellError } from '../errors.ts';
import type { Input, Output } from '../ipc/contract.ts';
import { fingerprintOf } from './fingerprint.ts';

/** A table beyond this does not fit the page's memory several times over, as decoding needs. */
const MAX_BYTES = 512 * 1024 * 1024;

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

/** @throws ShellError `file/…` */
export async function readDataFile(path: string): Promise<Output<'data:read'>> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new ShellError('file/too-big', { path, size: inMegabytes(size), limit: inMegabytes(MAX_BYTES) });
    }
    const bytes = await readBytes(path);
    return { name: basename(path), bytes, fingerprint: fingerprintOf(bytes) };
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Every packed file named `<set>.<ending>`. @throws ShellError `data/not-built` */
export async function readBuiltinData(options: {
  assetsFolder: string;
  name: Input<'data:builtin'>['name'];
}): Promise<Output<'data:builtin'>> {
  const { name } = options;
  const folder = join(options.assetsFolder, 'data');
  const names = (await listFolder(folder)).filter((file) => file.startsWith(`${name}.`)).sort();
  if (names.length === 0) throw new ShellError('data/not-built', { name });
  const files = names.map(async (file) => ({ name: file, bytes: await readBytes(join(folder, file)) }));
  return { files: await Promise.all(files) };
}

/** A plain array of its own memory: a pooled Buffer would drag its whole pool through structured clone. */
async function readBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path));
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
