/**
 * Which paths a window may name. Only a dialog, a drop or the operating system puts a path here; a path out of a document
 * or out of a script is refused. Data files stay granted on this machine, so that a document finds its table again.
 */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ShellError } from '../errors.ts';
import type { FilePurpose } from '../ipc/contract.ts';
import { jsonFile } from './json-file.ts';

/** Enough for years of use; the oldest fall out. */
const REMEMBERED_DATA_FILES = 500;

const rememberedSchema = z.object({ version: z.literal(1), data: z.array(z.string()) });

export interface Grants {
  /** Gives the session a path that the user has pointed at. Returns it in its normal form. */
  grant(path: string, purpose: FilePurpose): Promise<string>;
  /** Gives back what the app itself remembers (recent documents). */
  restore(paths: readonly string[]): void;
  /** @returns the path in its normal form. @throws ShellError `file/not-granted` */
  require(path: string): string;
}

export async function createGrants({ dataFolder }: { dataFolder: string }): Promise<Grants> {
  const file = jsonFile({
    path: join(dataFolder, 'granted.json'),
    schema: rememberedSchema,
    initial: { version: 1, data: [] },
  });
  const granted = new Set<string>((await file.read()).data);
  return {
    async grant(path, purpose) {
      const normal = resolve(path);
      granted.add(normal);
      if (purpose === 'data') {
        await file.update(({ data }) => ({
          version: 1,
          data: [normal, ...data.filter((known) => known !== normal)].slice(0, REMEMBERED_DATA_FILES),
        }));
      }
      return normal;
    },
    restore(paths) {
      for (const path of paths) granted.add(resolve(path));
    },
    require(path) {
      const normal = resolve(path);
      if (!granted.has(normal)) throw new ShellError('file/not-granted', { path: normal });
      return normal;
    },
  };
}
