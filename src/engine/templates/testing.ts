// For tests: the data of a template, from the folder where the sets that ship are packed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataSpecOf } from '../data/document.ts';
import { type LoadedData, loadDataset } from '../data/load.ts';
import { invariant } from '../errors.ts';
import type { Template } from './define.ts';

const folder = join(import.meta.dirname, '../../../assets/data');

export function dataOf({ document }: Template): Promise<LoadedData> {
  const spec = dataSpecOf(document);
  invariant(spec, 'a template has data');
  return loadDataset(spec, {
    readShipped: async (id) => Uint8Array.from(await readFile(join(folder, `${id}.bin`))).buffer,
    readFile: async (path) => {
      throw new Error(`no template reads a file such as ${path}`);
    },
  });
}
