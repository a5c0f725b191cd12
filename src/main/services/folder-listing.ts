/**
 * What a file dialog in the page needs to know: the folders and the fitting files at one place. Never outside the root (the
 * user's home unless told otherwise), links resolved before that is decided; hidden files are left out.
 */
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileError, isMissing, ShellError } from '../errors.ts';
import type { FilePurpose, Output } from '../ipc/contract.ts';

/** The endings that a dialog offers for each purpose; the first is added to a new name that has none. */
export const endings: Record<FilePurpose, readonly string[]> = {
  document: ['gradloom'],
  data: ['csv', 'tsv', 'txt'],
  weights: ['safetensors'],
  image: ['png', 'svg'],
  table: ['csv'],
  'export-folder': [],
};

/** Folders beyond this are cut: a page cannot show more, and the user can type a name. */
const MAX_ENTRIES = 5000;

export interface FolderListing {
  list(request: { path: string | null; purpose: FilePurpose }): Promise<Output<'files:list'>>;
  makeFolder(request: { parent: string; name: string }): Promise<string>;
  /** Resolves a choice to its real path inside the root; a new file's folder must exist. */
  choose(request: {
    path: string;
    purpose: FilePurpose;
    to: 'open' | 'save';
  }): Promise<{ path: string; exists: boolean }>;
}

export function createFolderListing({ root }: { root: string }): FolderListing {
  let last: string | null = null;

  /** @throws ShellError `file/outside-root` where the real place of an existing path is not inside the root. */
  async function inside(path: string): Promise<string> {
    const [real, realRoot] = await Promise.all([realpath(path), realpath(root)]);
    const way = relative(realRoot, real);
    if (way === '..' || way.startsWith(`..${sep}`) || resolve(realRoot, way) !== real) {
      throw new ShellError('file/outside-root', { path, root });
    }
    return real;
  }

  return {
    async list({ path, purpose }) {
      const wanted = path ?? last ?? root;
      try {
        const folder = await inside(resolve(root, wanted));
        const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).slice(0, MAX_ENTRIES);
        const entries = (
          await Promise.all(names.map((name) => describe(join(folder, name), purpose)))
        ).filter((entry) => entry !== null);
        last = folder;
        return {
          path: folder,
          parent: folder === (await realpath(root)) ? null : dirname(folder),
          separator: sep === '\\' ? '\\' : '/',
          entries: entries.sort(byKindThenName),
        };
      } catch (error) {
        throw fileError(error, wanted);
      }
    },
    async makeFolder({ parent, name }) {
      try {
        const path = join(await inside(parent), plainName(name));
        await mkdir(path);
        return path;
      } catch (error) {
        throw fileError(error, join(parent, name));
      }
    },
    async choose({ path, purpose, to }) {
      try {
        const named = to === 'save' ? withEnding(path, purpose) : path;
        const target = join(await inside(dirname(resolve(named))), plainName(basename(named)));
        const found = await statOrNull(target);
        if (found === null && to === 'open') throw new ShellError('file/missing', { path: target });
        if (found === null) return { path: target, exists: false };
        if (found.isDirectory() !== (purpose === 'export-folder')) {
          throw new ShellError(found.isDirectory() ? 'file/is-folder' : 'file/not-folder', { path: target });
        }
        return { path: await inside(target), exists: true };
      } catch (error) {
        throw fileError(error, path);
      }
    },
  };
}

/** Adds the purpose's ending to a new name that has none of its endings. */
export function withEnding(path: string, purpose: FilePurpose): string {
  const allowed = endings[purpose];
  const fits = allowed.length === 0 || allowed.some((ending) => path.toLowerCase().endsWith(`.${ending}`));
  return fits ? path : `${path}.${allowed[0]}`;
}

type Entry = Output<'files:list'>['entries'][number];

/** Null for what the dialog does not show: other endings, sockets, broken links, what may not be looked at. */
async function describe(path: string, purpose: FilePurpose): Promise<Entry | null> {
  const found = await statOrNull(path);
  if (!found) return null;
  const common = { name: basename(path), path, modified: Math.max(0, Math.round(found.mtimeMs)) };
  if (found.isDirectory()) return { ...common, kind: 'folder', bytes: 0 };
  const fits = endings[purpose].some((ending) => path.toLowerCase().endsWith(`.${ending}`));
  return found.isFile() && fits ? { ...common, kind: 'file', bytes: found.size } : null;
}

function byKindThenName(a: Entry, b: Entry): number {
  if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
  return a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: 'base' });
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return null;
    const denied =
      error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'ELOOP');
    if (denied) return null;
    throw error;
  }
}

function plainName(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[\\/\0]/.test(name)) {
    throw new ShellError('file/other', { path: name, detail: 'that is not a name of one file' });
  }
  return name;
}
