/** Text files as data: read through the shell, looked at by the engine. Whatever goes wrong is said in words. */
import { type DataOrigin, dataSpec, EngineError, previewText, type TextPreview } from '../../engine/index.ts';
import type { Host } from '../host.ts';
import { sayFailure, valueOrSay } from './files.ts';

export type TextOrigin = Extract<DataOrigin, { source: 'text' }>;

/** Asks for a file and looks at it; null: cancelled, or it could not be used, which was said. */
export async function chooseText(host: Host): Promise<TextOrigin | null> {
  const path = valueOrSay(await host.chooseOpen({ purpose: 'data' }));
  return path === null ? null : openText(host, path);
}

/** Looks at a file for the first time: its alphabet, and a hash to notice changes by. */
export async function openText(host: Host, path: string): Promise<TextOrigin | null> {
  const preview = await readText(host, path);
  if (!preview) return null;
  const { alphabet, hash } = preview;
  const origin = dataSpec.shape.origin.parse({ source: 'text', path, alphabet, hash });
  return origin.source === 'text' ? origin : null;
}

/** How a text begins; null where it cannot be read, which the problem on the data node says. */
export async function startOfText(host: Host, path: string, characters: number): Promise<string | null> {
  const file = await host.readData(path);
  if (!file.ok) return null;
  const bytes = Uint8Array.from(file.value.bytes).buffer;
  const preview = await previewText(bytes, file.value.name).catch((error: unknown) => {
    if (error instanceof EngineError) return null;
    throw error;
  });
  return preview?.text.slice(0, characters) ?? null;
}

/** The text of a file, read once more. */
async function readText(host: Host, path: string): Promise<TextPreview | null> {
  const file = valueOrSay(await host.readData(path));
  if (!file) return null;
  try {
    return await previewText(Uint8Array.from(file.bytes).buffer, file.name);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    sayFailure(error.user);
    return null;
  }
}
