/**
 * The one way that anything is written: to a temporary file in the same folder, flushed to the disk, renamed over the
 * old one, and the folder flushed. A crash at any moment leaves the old version or the new, whole.
 */
import { randomBytes } from 'node:crypto';
import { chmod, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, isMissing } from '../errors.ts';
import { isProcessAlive } from './liveness.ts';

/** Windows refuses a rename while a virus scanner or indexer looks at the file; it lets go within a second. */
const RENAME_RETRIES = 10;
const RENAME_WAIT_MS = 100;

/** @throws ShellError `file/…` that names the path; the old version is then untouched. */
export async function writeAtomically(path: string, data: string | Uint8Array): Promise<void> {
  try {
    const target = await followLink(path);
    const folder = dirname(target);
    await sweepTemporaries(target);
    const temporary = join(folder, temporaryName(target));
    try {
      await writeAndFlush(temporary, data);
      await keepMode({ from: target, to: temporary });
      await renameFirmly(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await flushFolder(folder);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Writes a file that nobody sees yet, and does not return before the disk has it. */
export async function writeAndFlush(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename or removal in a folder lasting. Windows has no such call and needs none. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename that waits out Windows' short-lived locks. */
export async function renameFirmly(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      const passing =
        process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
      if (!passing || attempt >= RENAME_RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, RENAME_WAIT_MS));
    }
  }
}

/** Cut so that a name as long as the system allows (255 bytes, up to four a character) still has a temporary one. */
const temporaryPrefix = (target: string): string => `.${basename(target).slice(0, 50)}.`;

const temporaryName = (target: string): string =>
  `${temporaryPrefix(target)}${process.pid}-${randomBytes(4).toString('hex')}.tmp`;

/** Removes what crashed writers of this file left; a living writer's file is left alone. */
async function sweepTemporaries(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = temporaryPrefix(target);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)-[0-9a-f]{8}\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (pid && !isProcessAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

/** A document behind a symbolic link is replaced where it lies; the link stays a link. */
async function followLink(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

async function keepMode({ from, to }: { from: string; to: string }): Promise<void> {
  try {
    await chmod(to, (await stat(from)).mode & 0o777);
  } catch (error) {
    if (!isMissing(error)) throw error; // a new file keeps what the umask gave it
  }
}
