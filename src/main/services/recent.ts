/** The documents that the user opened or saved last, newest first. */
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Output } from '../ipc/contract.ts';
import { jsonFile } from './json-file.ts';

const KEPT = 30;

const recentSchema = z.object({
  version: z.literal(1),
  documents: z.array(z.object({ path: z.string().min(1), openedAt: z.int().nonnegative() })),
});

export interface Recent {
  list(): Promise<Output<'recent:list'>>;
  add(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  clear(): Promise<void>;
}

export function createRecent(options: { dataFolder: string; now?: () => number }): Recent {
  const { dataFolder, now = Date.now } = options;
  const file = jsonFile({
    path: join(dataFolder, 'recent.json'),
    schema: recentSchema,
    initial: { version: 1, documents: [] },
  });
  return {
    async list() {
      const { documents } = await file.read();
      return Promise.all(
        documents.map(async ({ path, openedAt }) => ({
          path,
          name: basename(path),
          openedAt,
          exists: await access(path).then(
            () => true,
            () => false,
          ),
        })),
      );
    },
    async add(path) {
      await file.update(({ documents }) => ({
        version: 1,
        documents: [{ path, openedAt: now() }, ...documents.filter((d) => d.path !== path)].slice(0, KEPT),
      }));
    },
    async remove(path) {
      await file.update(({ documents }) => ({
        version: 1,
        documents: documents.filter((d) => d.path !== path),
      }));
    },
    async clear() {
      await file.update(() => ({ version: 1, documents: [] }));
    },
  };
}
