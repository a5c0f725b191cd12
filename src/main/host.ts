/**
 * The host services put together, for either shell: what a window may ask, answered by plain Node modules. What only one
 * shell can do (dialogs, menus, windows) comes in as `ShellParts`.
 */
import { join } from 'node:path';
import { ShellError } from './errors.ts';
import type { AppInfo, FilePurpose, Input } from './ipc/contract.ts';
import { createDispatch, type Dispatch, type Handlers } from './ipc/dispatch.ts';
import { writeAtomically } from './services/atomic-write.ts';
import type { Client } from './services/client.ts';
import { readBuiltinData, readDataFile } from './services/data-files.ts';
import { createDocuments } from './services/documents.ts';
import { writeExport } from './services/exports.ts';
import type { FolderListing } from './services/folder-listing.ts';
import { createGrants } from './services/grants.ts';
import { createJournals } from './services/journals.ts';
import { createRecent } from './services/recent.ts';
import { createRuns } from './services/runs.ts';
import { createSettings } from './services/settings.ts';

/** What differs between Electron and the browser shell. */
export interface ShellParts {
  readonly info: Omit<AppInfo, 'dataFolder'>;
  /** Null where there are no native dialogs. They return null when the user cancels. */
  readonly dialogs: {
    open(request: { purpose: FilePurpose }, client: Client): Promise<string | null>;
    save(request: { purpose: FilePurpose; suggestedName: string }, client: Client): Promise<string | null>;
  } | null;
  /** Null where native dialogs make a listing needless. */
  readonly listing: FolderListing | null;
  setMenu(menu: Input<'menu:set'>): void;
  setWindowState(state: Input<'window:state'>, client: Client): void;
  closeWindow(client: Client): void;
  revealInFolder(path: string): void;
  reportGpu(gpu: Input<'app:gpu'>): void;
}

export interface Host {
  readonly dispatch: Dispatch;
  /** A window has opened, or gone: its journals are then offered to the others. */
  connect(client: Client): void;
  disconnect(client: Client): void;
  /** A path that the user pointed at outside any dialog: a drop, a double-click, the command line. */
  grant(path: string, purpose: FilePurpose): Promise<string>;
  /** Opens a document in a window that listens, or keeps it until one asks. */
  openDocument(path: string): Promise<void>;
  dispose(): void;
}

export async function createHost(options: {
  /** The app's own folder: settings, records, journals. */
  dataFolder: string;
  /** Where the packed data sets lie, in `data/`. */
  assetsFolder: string;
  parts: ShellParts;
  log?: (error: unknown) => void;
}): Promise<Host> {
  const { dataFolder, assetsFolder, parts, log = console.error } = options;
  const clients = new Map<string, Client>();
  const pending: string[] = [];
  let listening = false;

  const grants = await createGrants({ dataFolder });
  const recent = createRecent({ dataFolder });
  grants.restore((await recent.list()).map(({ path }) => path));
  const journals = createJournals({ dataFolder, isClientAlive: (id) => clients.has(id) });
  const documents = createDocuments({ recent, journals });
  const settings = createSettings({ dataFolder });
  const runs = createRuns({ path: join(dataFolder, 'runs.sqlite') });

  const needDialogs = () => parts.dialogs ?? notHere('A native file dialog');
  const needListing = () => parts.listing ?? notHere('The file dialog in the page');
  const notHere = (what: string): never => {
    throw new ShellError('shell/not-here', { what, shell: parts.info.shell });
  };
  const granted = async (path: string | null, purpose: FilePurpose): Promise<string | null> =>
    path === null ? null : grants.grant(path, purpose);

  const handlers: Handlers = {
    'app:info': () => ({ ...parts.info, dataFolder }),
    'app:gpu': (gpu) => done(parts.reportGpu(gpu)),
    'app:pending-documents': () => {
      listening = true;
      return pending.splice(0);
    },
    'window:state': (state, client) => done(parts.setWindowState(state, client)),
    'window:close': (_, client) => done(parts.closeWindow(client)),
    'menu:set': (menu) => done(parts.setMenu(menu)),

    'dialog:open': async (request, client) =>
      granted(await needDialogs().open(request, client), request.purpose),
    'dialog:save': async (request, client) =>
      granted(await needDialogs().save(request, client), request.purpose),
    'files:list': (request) => needListing().list(request),
    'files:make-folder': (request) => needListing().makeFolder(request),
    'files:choose': async (request) => {
      const chosen = await needListing().choose(request);
      return { ...chosen, path: await grants.grant(chosen.path, request.purpose) };
    },

    'document:open': ({ path }, client) => documents.open(grants.require(path), client),
    'document:save': (input, client) =>
      documents.save({ ...input, path: grants.require(input.path) }, client),
    'document:close': ({ path }, client) => done(documents.close(path, client)),
    'document:autosave': (input, client) =>
      journals.write({ ...input, path: input.path === null ? null : grants.require(input.path) }, client),
    'document:discard-autosave': async ({ id }) => done(await journals.discard(id)),
    'recovery:list': () => journals.list(),
    'recovery:open': async ({ id }, client) => {
      const taken = await journals.take(id, client);
      if (taken.path !== null) await grants.grant(taken.path, 'document');
      return taken;
    },
    'recent:list': async () => {
      const listed = await recent.list();
      grants.restore(listed.map(({ path }) => path)); // another process of ours may have added some
      return listed;
    },
    'recent:remove': async ({ path }) => done(await recent.remove(path)),
    'recent:clear': async () => done(await recent.clear()),

    'data:read': ({ path }) => readDataFile(grants.require(path)),
    'data:builtin': ({ name }) => readBuiltinData({ assetsFolder, name }),

    'settings:get': () => settings.get(),
    'settings:set': async (patch) => {
      const next = await settings.set(patch);
      for (const client of clients.values()) client.send('settings:changed', next);
      return next;
    },

    'runs:start': (input) => runs.start(input),
    'runs:append': async (input) => done(await runs.append(input)),
    'runs:list': (input) => runs.list(input),
    'runs:get': ({ id }) => runs.get(id),
    'runs:delete': async ({ id }) => done(await runs.delete(id)),

    'export:file': async ({ path, bytes }) => {
      await writeAtomically(grants.require(path), bytes);
      return { bytes: bytes.byteLength };
    },
    'export:folder': (input) => writeExport({ ...input, path: grants.require(input.path) }),
    'export:reveal': ({ path }) => done(parts.revealInFolder(grants.require(path))),
  };

  return {
    dispatch: createDispatch(handlers, log),
    connect: (client) => {
      clients.set(client.id, client);
    },
    disconnect(client) {
      clients.delete(client.id);
      documents.release(client);
      if (clients.size === 0) listening = false;
    },
    grant: (path, purpose) => grants.grant(path, purpose),
    async openDocument(path) {
      const normal = await grants.grant(path, 'document');
      const newest = [...clients.values()].at(-1);
      if (listening && newest) newest.send('document:open-requested', { path: normal });
      else pending.push(normal);
    },
    dispose() {
      documents.dispose();
      runs.dispose();
    },
  };
}

/** The contract answers `null` where there is nothing to say. */
const done = (_: unknown): null => null;
