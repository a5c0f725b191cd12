/**
 * Autosave and crash recovery. Every open document with unsaved work has one journal, named by the document's id, beside its
 * file (or in the app's folder while it has none, or where its folder cannot be written). The app's folder also holds a
 * pointer to each journal elsewhere, so that they are found at the next start. A journal belongs to the window that
 * writes it; when that window or its process is gone, it is offered for recovery.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { isMissing, ShellError } from '../errors.ts';
import { contract, type Input, type Output } from '../ipc/contract.ts';
import { writeAtomically } from './atomic-write.ts';
import type { Client } from './client.ts';
import { oneAtATime, parseJson } from './json-file.ts';
import { isOwnerAlive, ownerSchema, thisProcess } from './liveness.ts';

const journalSchema = contract['document:autosave'].input.extend({
  format: z.literal(1),
  savedAt: z.int().nonnegative(),
  owner: ownerSchema.extend({ client: z.string() }),
});
type Journal = z.infer<typeof journalSchema>;

const pointerSchema = z.object({ format: z.literal(1), at: z.string().min(1) });

export interface Journals {
  write(input: Input<'document:autosave'>, client: Client): Promise<Output<'document:autosave'>>;
  discard(id: string): Promise<void>;
  /** What no living window owns, newest first. */
  list(): Promise<Output<'recovery:list'>>;
  /** Hands a journal to a window, which owns it from now on. */
  take(id: string, client: Client): Promise<Output<'recovery:open'>>;
}

/** @param isClientAlive whether a window of this very process is still open. */
export function createJournals(options: {
  dataFolder: string;
  isClientAlive: (id: string) => boolean;
  now?: () => number;
}): Journals {
  const { isClientAlive, now = Date.now } = options;
  const folder = join(options.dataFolder, 'journals');
  const inTurn = oneAtATime();
  const entryPath = (id: string): string => join(folder, `${id}.json`);

  const isOwned = ({ owner }: Journal): boolean =>
    owner.pid === process.pid ? isClientAlive(owner.client) : isOwnerAlive(owner);

  /** Where a journal lies and what it says; null when there is none or it cannot be understood. */
  async function find(id: string): Promise<{ at: string; journal: Journal; bytes: number } | null> {
    const entry = await readJson(entryPath(id));
    const pointer = pointerSchema.safeParse(entry);
    const at = pointer.success ? pointer.data.at : entryPath(id);
    const journal = journalSchema.safeParse(pointer.success ? await readJson(at) : entry);
    if (!journal.success || journal.data.id !== id) return null;
    return { at, journal: journal.data, bytes: (await stat(at)).size };
  }

  async function put(journal: Journal): Promise<{ beside: boolean }> {
    await mkdir(folder, { recursive: true });
    const text = JSON.stringify(journal);
    const previous = await find(journal.id);
    const beside = journal.path === null ? null : besidePath(journal.path, journal.id);
    const at = beside !== null && (await tryWrite(beside, text)) ? beside : entryPath(journal.id);
    const entry =
      at === beside ? JSON.stringify({ format: 1, at } satisfies z.infer<typeof pointerSchema>) : text;
    // The pointer of an autosave that merely follows another says the same already.
    if (previous?.at !== at || at !== beside) await writeAtomically(entryPath(journal.id), entry);
    if (previous && previous.at !== at && previous.at !== entryPath(journal.id))
      await rm(previous.at, { force: true });
    return { beside: at === beside };
  }

  return {
    write: (input, client) =>
      inTurn(async () => {
        const savedAt = now();
        const owner = { ...thisProcess(), client: client.id };
        return { savedAt, ...(await put({ ...input, format: 1, savedAt, owner })) };
      }),
    discard: (id) =>
      inTurn(async () => {
        const found = await find(id);
        if (found) await rm(found.at, { force: true });
        await rm(entryPath(id), { force: true });
      }),
    list: () =>
      inTurn(async () => {
        const ids = (await readFolder(folder))
          .filter((name) => name.endsWith('.json'))
          .map((n) => n.slice(0, -5));
        const found = await Promise.all(ids.map(find));
        return found
          .flatMap((entry) => (entry === null || isOwned(entry.journal) ? [] : [entry]))
          .map(({ journal: { id, name, path, savedAt }, bytes }) => ({ id, name, path, savedAt, bytes }))
          .sort((a, b) => b.savedAt - a.savedAt);
      }),
    take: (id, client) =>
      inTurn(async () => {
        const found = await find(id);
        if (found === null || isOwned(found.journal)) throw new ShellError('recovery/missing', { id });
        const { name, path, base, text, savedAt } = found.journal;
        await put({ ...found.journal, owner: { ...thisProcess(), client: client.id } });
        return { id, name, path, base, text, savedAt };
      }),
  };
}

/** Hidden on Unix, and named by the window's document, so that two windows on one file do not meet. */
const besidePath = (path: string, id: string): string =>
  join(dirname(path), `.${basename(path)}.${id}.autosave`);

/** False where the folder cannot be written: the app's own folder takes the journal then. */
async function tryWrite(path: string, text: string): Promise<boolean> {
  try {
    await writeAtomically(path, text);
    return true;
  } catch (error) {
    if (error instanceof ShellError) return false;
    throw error;
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return parseJson(await readFile(path, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
