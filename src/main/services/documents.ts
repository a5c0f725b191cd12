/**
 * Documents on disk, as opaque text. A save names the content that the window last saw, and is refused when the file holds
 * something else: no window ever overwrites another's work unasked. Open documents are watched for changes from outside.
 */

import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError, ShellError } from '../errors.ts';
import type { Input, Output } from '../ipc/contract.ts';
import { writeAtomically } from './atomic-write.ts';
import type { Client } from './client.ts';
import { fingerprintAt, fingerprintOf } from './fingerprint.ts';
import type { Journals } from './journals.ts';
import { oneAtATime } from './json-file.ts';
import type { Recent } from './recent.ts';

/** Asking costs one `stat`; native watchers miss changes on network disks, and this does not. */
const WATCH_INTERVAL_MS = 1000;

interface Watched {
  /** What each window believes that the file holds. */
  readonly known: Map<Client, string | null>;
  readonly stop: () => void;
}

export interface Documents {
  open(path: string, client: Client): Promise<Output<'document:open'>>;
  save(input: Input<'document:save'>, client: Client): Promise<Output<'document:save'>>;
  close(path: string, client: Client): void;
  /** Forgets a window that has gone. */
  release(client: Client): void;
  dispose(): void;
}

export function createDocuments(options: {
  recent: Recent;
  journals: Journals;
  watchIntervalMs?: number;
}): Documents {
  const { recent, journals, watchIntervalMs = WATCH_INTERVAL_MS } = options;
  const watched = new Map<string, Watched>();
  const turns = new Map<string, ReturnType<typeof oneAtATime>>();

  /** Comparing and replacing must not interleave with another window's. */
  function inTurn<T>(path: string, run: () => Promise<T>): Promise<T> {
    const turn = turns.get(path) ?? oneAtATime();
    turns.set(path, turn);
    return turn(run);
  }

  function watch(path: string, client: Client, known: string | null): void {
    const entry = watched.get(path) ?? startWatching(path);
    entry.known.set(client, known);
  }

  function startWatching(path: string): Watched {
    const look = (): void => {
      // A file that cannot be read at this moment is looked at again at its next change.
      inTurn(path, () => compare(path)).catch((error: unknown) => console.error(`watching ${path}:`, error));
    };
    watchFile(path, { interval: watchIntervalMs, persistent: false }, look);
    const entry: Watched = { known: new Map(), stop: () => unwatchFile(path, look) };
    watched.set(path, entry);
    return entry;
  }

  async function compare(path: string): Promise<void> {
    const now = await fingerprintAt(path);
    for (const [client, known] of watched.get(path)?.known ?? []) {
      if (known === now) continue;
      watched.get(path)?.known.set(client, now);
      client.send('document:changed', { path, fingerprint: now });
    }
  }

  function forget(path: string, client: Client): void {
    const entry = watched.get(path);
    if (!entry?.known.delete(client) || entry.known.size > 0) return;
    entry.stop();
    watched.delete(path);
  }

  return {
    async open(path, client) {
      const bytes = await readFile(path).catch((error: unknown) => {
        throw fileError(error, path);
      });
      const text = decodeText(bytes, path);
      const fingerprint = fingerprintOf(bytes);
      watch(path, client, fingerprint);
      await recent.add(path);
      const left = (await journals.list()).find((journal) => journal.path === path) ?? null;
      return { path, name: basename(path), text, fingerprint, recovery: left };
    },
    save: ({ path, text, base, onConflict }, client) =>
      inTurn(path, async () => {
        const onDisk = await fingerprintAt(path).catch((error: unknown) => {
          throw fileError(error, path);
        });
        const fingerprint = fingerprintOf(text);
        // A file that was deleted meanwhile is no one's work: saving brings it back.
        const foreign = onDisk !== null && onDisk !== base && onDisk !== fingerprint;
        if (foreign && onConflict === 'refuse') throw new ShellError('document/changed-on-disk', { path });
        await writeAtomically(path, text);
        watch(path, client, fingerprint);
        await compare(path);
        await recent.add(path);
        return { path, name: basename(path), fingerprint };
      }),
    close: forget,
    release(client) {
      for (const path of [...watched.keys()]) forget(path, client);
    },
    dispose() {
      for (const { stop } of watched.values()) stop();
      watched.clear();
    },
  };
}

function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ShellError('document/not-text', { path }, { cause: error });
  }
}
