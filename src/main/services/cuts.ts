/**
 * How products are cut on this machine's adapters, as it was measured: a small file beside the settings. The engine reads and
 * writes it as if it were a map; what is new goes to the disk when the work is done.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile } from './json-file.ts';

/** What was measured, by adapter and product. */
export interface KeptCuts {
  get(key: string): string | undefined;
  set(key: string, cut: string): void;
  /** Writes what is new. */
  save(): Promise<void>;
}

const schema = z.record(z.string(), z.string());

/** Opens the file in the app's folder; a file that is not there, or is not understood, holds nothing. */
export async function openCuts(folder: string): Promise<KeptCuts> {
  const file = jsonFile({ path: join(folder, 'cuts.json'), schema, initial: {} });
  const known = new Map(Object.entries(await file.read()));
  const added = new Map<string, string>();
  return {
    get: (key) => known.get(key),
    set: (key, cut) => {
      known.set(key, cut);
      added.set(key, cut);
    },
    async save() {
      if (added.size === 0) return;
      // Whoever measured first is right: other processes compile with it by now.
      const kept = await file.update((current) => ({ ...Object.fromEntries(added), ...current }));
      added.clear();
      for (const [key, cut] of Object.entries(kept)) known.set(key, cut);
    },
  };
}
