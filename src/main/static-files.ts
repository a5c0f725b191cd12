/** The built renderer's files for either shell: from one folder only, with the right type, under one policy. */
import { readFile } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';
import { isMissing } from './errors.ts';

export interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.md': 'text/markdown; charset=utf-8',
};

/**
 * @param pathname of the URL, still percent-encoded, starting with `/`
 * @returns null for anything that is not a file of a known type inside the folder
 */
export async function readStaticFile(folder: string, pathname: string): Promise<StaticFile | null> {
  const name = decodePath(pathname === '/' ? '/index.html' : pathname);
  const type = name === null ? undefined : types[extname(name)];
  if (name === null || type === undefined || /[\0\\]/.test(name)) return null;
  const path = resolve(join(folder, name));
  const way = relative(resolve(folder), path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(folder, way) !== path) return null;
  try {
    return { body: new Uint8Array(await readFile(path)), type };
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'EISDIR'))
      return null;
    throw error;
  }
}

/**
 * What every answer carries. Scripts, workers and sockets come from here alone, and nothing is compiled from text.
 * Styles may be inline: Monaco, React Flow and the toasts set them on elements, and a style cannot call anyone.
 */
export function securityHeaders(options: { connect: readonly string[] }): Record<string, string> {
  const policy = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'worker-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'", ...options.connect],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'object-src': ["'none'"],
  };
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map(([name, sources]) => `${name} ${sources.join(' ')}`)
      .join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

function decodePath(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null; // a broken escape names no file
  }
}
