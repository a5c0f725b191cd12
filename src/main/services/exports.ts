/**
 * Writing exports. A folder is made whole beside its place and then renamed into it, so that nobody ever sees half an
 * export. A list with the fingerprint of every file lies in it: what still equals its list is our own earlier export
 * and is replaced; anything else is refused, or on the user's word kept aside under another name. Nothing is deleted
 * that Gradloom did not write.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { fileError, isMissing, ShellError } from '../errors.ts';
import type { Input, Output } from '../ipc/contract.ts';
import { flushFolder, renameFirmly, writeAndFlush } from './atomic-write.ts';
import { fingerprintOf } from './fingerprint.ts';
import { parseJson } from './json-file.ts';

const LIST_NAME = '.gradloom-export.json';
const listSchema = z.object({ format: z.literal(1), files: z.record(z.string(), z.string()) });

/** Windows opens a device, not a file, under these names, whatever their ending. */
const RESERVED_ON_WINDOWS = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** @throws ShellError `export/…` or `file/…`; what was at `path` is then still there. */
export async function writeExport(input: Input<'export:folder'>): Promise<Output<'export:folder'>> {
  const { files, onConflict } = input;
  const path = resolve(input.path);
  checkNames(files.map((file) => file.path));
  checkPlace(path);
  try {
    const found = await inspect(path);
    if (found === 'foreign' && onConflict === 'refuse')
      throw new ShellError('export/folder-in-use', { path });
    await mkdir(dirname(path), { recursive: true });
    const mark = randomBytes(4).toString('hex');
    const made = join(dirname(path), `.${basename(path)}.${mark}.tmp`);
    try {
      await writeTree(made, files);
      return { path, files: files.length, keptAside: await swapIn({ made, path, found, mark }) };
    } catch (error) {
      await rm(made, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

type Found = 'nothing' | 'empty' | 'ours' | 'foreign';

/** What is at the place where an export shall go. @throws ShellError `file/not-folder` */
async function inspect(path: string): Promise<Found> {
  try {
    if (!(await lstat(path)).isDirectory()) throw new ShellError('file/not-folder', { path });
  } catch (error) {
    if (isMissing(error)) return 'nothing';
    throw error;
  }
  const top = await readdir(path);
  if (top.length === 0) return 'empty';
  // Without a list there is nothing to compare, however much lies below.
  if (!top.includes(LIST_NAME)) return 'foreign';
  const list = listSchema.safeParse(parseJson(await readFile(join(path, LIST_NAME), 'utf8')));
  if (!list.success) return 'foreign';
  for (const name of await filesBelow(path)) {
    if (name === LIST_NAME) continue;
    if (list.data.files[name] !== fingerprintOf(await readFile(join(path, ...name.split('/')))))
      return 'foreign';
  }
  return 'ours';
}

async function writeTree(folder: string, files: Input<'export:folder'>['files']): Promise<void> {
  await mkdir(folder);
  const folders = new Set([folder]);
  for (const file of files) {
    const target = join(folder, ...file.path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    folders.add(dirname(target));
    await writeAndFlush(target, file.bytes);
  }
  const list = Object.fromEntries(files.map((file) => [file.path, fingerprintOf(file.bytes)]));
  await writeAndFlush(
    join(folder, LIST_NAME),
    `${JSON.stringify({ format: 1, files: list } satisfies z.infer<typeof listSchema>, null, 2)}\n`,
  );
  for (const each of folders) await flushFolder(each);
}

/** Puts the finished folder in its place. @returns where the user's own folder was kept, if there was one. */
async function swapIn(step: {
  made: string;
  path: string;
  found: Found;
  mark: string;
}): Promise<string | null> {
  const { made, path, found, mark } = step;
  if (found === 'empty') await rmdir(path); // fails, and so protects, if something has appeared in it
  const occupied = found === 'ours' || found === 'foreign';
  const aside = occupied ? await freeName(`${path} (before export)`) : null;
  if (aside !== null) await renameFirmly(path, aside);
  try {
    await renameFirmly(made, path);
  } catch (error) {
    if (aside !== null) await rename(aside, path);
    throw error;
  }
  await flushFolder(dirname(path));
  if (aside === null || found === 'foreign') return aside;
  // Renamed once more so that a crash while deleting leaves no half export under a good name.
  const leaving = join(dirname(path), `.${basename(path)}.${mark}.old`);
  await renameFirmly(aside, leaving);
  await rm(leaving, { recursive: true, force: true });
  return null;
}

async function freeName(wanted: string): Promise<string> {
  const taken = new Set(await readdir(dirname(wanted)));
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(basename(candidate))) return candidate;
  }
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const refuse = (why: string): never => {
      throw new ShellError('export/bad-name', { name, why });
    };
    if (name === LIST_NAME) refuse('a name that Gradloom keeps for its own list');
    // macOS and Windows do not tell A from a.
    if (seen.has(name.toLowerCase())) refuse('and another that differs at most in capitals');
    seen.add(name.toLowerCase());
    for (const part of name.split('/')) {
      if (RESERVED_ON_WINDOWS.test(part)) refuse('a name that Windows reserves');
      if (/[. ]$/.test(part)) refuse('which ends in a dot or a space, so Windows cannot have it');
    }
  }
}

/** A home folder, a disk's root, or anything that contains the user's home is never moved aside. */
function checkPlace(path: string): void {
  const way = relative(path, homedir());
  const holdsHome = way === '' || !(way === '..' || way.startsWith(`..${sep}`));
  if (holdsHome || dirname(path) === path) throw new ShellError('export/unsafe-folder', { path });
}

/** Every file below a folder, by its relative path with forward slashes; links count as files and are not followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
