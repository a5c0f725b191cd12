/** CSV files as data: read through the shell, looked at by the engine. Whatever goes wrong is said in words. */
import { type CsvPreview, type DataOrigin, EngineError, previewCsv } from '../../engine/index.ts';
import type { Host } from '../host.ts';
import { sayFailure, valueOrSay } from './files.ts';

export type CsvOrigin = Extract<DataOrigin, { source: 'csv' }>;

/** Asks for a file and looks at it; null: cancelled, or it could not be used, which was said. */
export async function chooseCsv(host: Host): Promise<CsvOrigin | null> {
  const path = valueOrSay(await host.chooseOpen({ purpose: 'data' }));
  return path === null ? null : openCsv(host, path);
}

/** Looks at a file for the first time: its columns, what each seems to be, and a hash to notice changes by. */
export async function openCsv(host: Host, path: string): Promise<CsvOrigin | null> {
  const preview = await readCsv(host, path, { delimiter: 'auto', decimal: '.' });
  if (!preview) return null;
  const { recipe, hash, table } = preview;
  return { source: 'csv', path, format: { delimiter: 'auto', decimal: table.decimal }, recipe, hash };
}

/** The table of a file that is data already. */
export async function readCsv(
  host: Host,
  path: string,
  format: CsvOrigin['format'],
): Promise<CsvPreview | null> {
  const file = valueOrSay(await host.readData(path));
  if (!file) return null;
  try {
    return await previewCsv(Uint8Array.from(file.bytes).buffer, file.name, format);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    sayFailure(error.user);
    return null;
  }
}
