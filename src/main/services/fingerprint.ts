/** The state of a file's content as 64 hexadecimal digits: equal exactly when the bytes are. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isMissing } from '../errors.ts';

export function fingerprintOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Null where there is no file. */
export async function fingerprintAt(path: string): Promise<string | null> {
  try {
    return fingerprintOf(await readFile(path));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
