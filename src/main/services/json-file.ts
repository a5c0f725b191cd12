/**
 * A small JSON file of the app's own (settings, recent files): read with a schema, changed under a lock, written
 * atomically. A file that cannot be understood is moved aside, never overwritten and never a reason not to start.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { isMissing } from '../errors.ts';
import { writeAtomically } from './atomic-write.ts';

export interface JsonFile<T> {
  read(): Promise<T>;
  /** Applies one change to what is on the disk now, so that changes of two windows add up. */
  update(change: (current: T) => T): Promise<T>;
}

export function jsonFile<T>(options: { path: string; schema: z.ZodType<T>; initial: T }): JsonFile<T> {
  const { path, schema, initial } = options;
  const inTurn = oneAtATime();

  async function read(): Promise<T> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return initial;
      throw error;
    }
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    await rename(path, `${path}.not-understood-${Date.now()}`);
    return initial;
  }

  return {
    read: () => inTurn(read),
    update: (change) =>
      inTurn(async () => {
        const next = change(await read());
        await mkdir(dirname(path), { recursive: true });
        await writeAtomically(path, `${JSON.stringify(next, null, 2)}\n`);
        return next;
      }),
  };
}

/** Runs what it is given strictly one after the other; a failure goes to its own caller only. */
export function oneAtATime(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run);
    last = result.catch(() => {}); // the caller of `result` hears of it
    return result;
  };
}

/** Undefined, which no schema of ours accepts, where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
