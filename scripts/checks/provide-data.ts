// What vitest does before GPU tests: packs the data sets that ship, so that templates can be trained on a fresh clone too.
import { join } from 'node:path';
import { packAll } from '../pack-data.ts';
import { root } from './command.ts';

export async function setup(): Promise<void> {
  await packAll(join(root, 'assets/data'));
}
