/**
 * The whole surface between the renderer and the machine: every call, every event, and how a call is framed where the
 * shell is a web server. Nothing here imports Electron or Node: the renderer reads this file too, and it is the only
 * file of src/main that the renderer may import. Both sides derive their types from it; both shells validate with it.
 */

import { z } from 'zod';

export { decodeFrame, encodeFrame } from './frame.ts';

// Zod would compile its parsers with `new Function`; our content security policy forbids that, so it must not even try.
z.config({ jitless: true });

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });

const nothing = z.null();
const path = z.string().min(1).max(4096);
const id = z.string().regex(/^[\w-]{1,64}$/, 'letters, digits, - and _ only');
const instant = z.int().nonnegative(); // milliseconds since 1970
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');
const documentText = z.string().max(64 * 1024 * 1024);
/** Any double: NaN and the infinities are what a diverging run has to show. */
const anyNumber = z.custom<number>((value) => typeof value === 'number', 'expected a number');
/** The state of a file's content: two equal fingerprints mean equal bytes. */
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

/** What a chosen path is for: decides the filter of the dialog and the rights that the choice grants. */
export const filePurpose = z.enum(['document', 'data', 'weights', 'image', 'table', 'export-folder']);

const fileEntry = z.object({
  name: z.string(),
  path,
  kind: z.enum(['file', 'folder']),
  bytes: z.int().nonnegative(),
  modified: instant,
});

const journalInfo = z.object({
  id,
  name: z.string(),
  path: path.nullable(), // null: the document had never been saved
  savedAt: instant,
  bytes: z.int().nonnegative(),
});

const runState = z.enum(['running', 'paused', 'done', 'stopped', 'failed']);

const runSummary = z.object({
  id,
  documentId: z.string().max(200),
  documentName: z.string().max(500),
  label: z.string().max(200),
  seed: z.int(),
  forkOf: id.nullable(),
  state: runState,
  startedAt: instant,
  changedAt: instant,
  steps: z.int().nonnegative(), // the last step recorded
  summary: z.record(z.string(), anyNumber), // the last values of every metric
  verdicts: z.int().nonnegative(),
});

const metricRow = z.object({
  step: z.int().nonnegative(),
  values: z.record(z.string().max(100), anyNumber),
});

const verdict = z.object({
  step: z.int().nonnegative(),
  name: z.string().max(100),
  text: z.string().max(4000),
  evidence: z.json(),
});

const menuItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('action'),
    id: z.string().min(1).max(100),
    label: z.string().min(1).max(200),
    accelerator: z.string().max(60).optional(), // Electron's notation: CmdOrCtrl+Shift+Z
    enabled: z.boolean().default(true),
    checked: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal('role'),
    role: z.enum([
      'cut',
      'copy',
      'paste',
      'selectAll',
      'togglefullscreen',
      'minimize',
      'quit',
      'toggleDevTools',
    ]),
  }),
  z.object({ kind: z.literal('separator') }),
]);

const settings = z.object({
  version: z.literal(1),
  theme: z.enum(['system', 'light', 'dark']),
  motion: z.enum(['system', 'reduced', 'full']),
  autosaveSeconds: z.int().min(1).max(3600),
  /** Products may round their factors to 16 bits on GPUs that are faster with that; not, unless it is said. */
  halfPrecision: z.boolean().optional(),
  /** Action id → accelerator, only where it differs from the default. */
  keybindings: z.record(z.string().max(100), z.string().max(60)),
  /** Panel sizes, open tabs and other state of the window; each feature owns one key. */
  layout: z.record(z.string().max(100), z.json()),
});

const exportPath = z
  .string()
  .max(500)
  .regex(
    /^(?!.*(^|\/)\.\.?(\/|$))[^\\/:*?"<>|]+(\/[^\\/:*?"<>|]+)*$/,
    'a relative path with forward slashes',
  );

/** Every call. A channel's name is `family:verb`; its input is one value, `null` where there is nothing to say. */
export const contract = {
  // The shell itself
  'app:info': call(
    nothing,
    z.object({
      shell: z.enum(['electron', 'browser']),
      nativeDialogs: z.boolean(),
      nativeMenu: z.boolean(),
      version: z.string(),
      platform: z.string(),
      arch: z.string(),
      versions: z.object({
        node: z.string(),
        electron: z.string().nullable(),
        chrome: z.string().nullable(),
      }),
      dataFolder: z.string(),
    }),
  ),
  /** The renderer says which adapter it got, so that the terminal can say it too. */
  'app:gpu': call(
    z.object({
      adapter: z.string().max(300).nullable(),
      software: z.boolean(),
      reason: z.string().max(500),
    }),
    nothing,
  ),
  /** Documents that the operating system asked us to open before the renderer was listening. Emptied by the call. */
  'app:pending-documents': call(nothing, z.array(path)),
  'window:state': call(
    z.object({ title: z.string().max(500), path: path.nullable(), unsaved: z.boolean() }),
    nothing,
  ),
  /** The answer to the event `window:closing`. */
  'window:close': call(nothing, nothing),
  'menu:set': call(
    z.array(z.object({ label: z.string().min(1).max(100), items: z.array(menuItem).max(100) })).max(20),
    nothing,
  ),

  // Choosing files: native dialogs where the shell has them, else a listing for a dialog in the page
  'dialog:open': call(z.object({ purpose: filePurpose }), path.nullable()), // null: cancelled
  'dialog:save': call(
    z.object({ purpose: filePurpose, suggestedName: z.string().min(1).max(255) }),
    path.nullable(),
  ),
  'files:list': call(
    z.object({ path: path.nullable(), purpose: filePurpose }), // null: where the user was last
    z.object({
      path,
      parent: path.nullable(),
      separator: z.enum(['/', '\\']),
      entries: z.array(fileEntry),
    }),
  ),
  'files:make-folder': call(z.object({ parent: path, name: z.string().min(1).max(255) }), path),
  /** What the dialog in the page calls when the user has decided; `exists` asks for confirmation of overwriting. */
  'files:choose': call(
    z.object({ path, purpose: filePurpose, to: z.enum(['open', 'save']) }),
    z.object({ path, exists: z.boolean() }),
  ),

  // Documents: opaque text to main, named by path; `fingerprint` is what keeps one window from another's work
  'document:open': call(
    z.object({ path }),
    z.object({
      path,
      name: z.string(),
      text: documentText,
      fingerprint,
      /** A newer autosave of this document that no window owns: offer it. */
      recovery: journalInfo.nullable(),
    }),
  ),
  'document:save': call(
    z.object({
      path,
      text: documentText,
      /** What the file held when this window last read or wrote it; null: this window has never seen the file. */
      base: fingerprint.nullable(),
      onConflict: z.enum(['refuse', 'overwrite']),
    }),
    z.object({ path, name: z.string(), fingerprint }),
  ),
  /** Stops watching a file for changes from outside. */
  'document:close': call(z.object({ path }), nothing),
  'document:autosave': call(
    z.object({
      id, // of the open document, not of the file: two windows on one file keep two journals
      path: path.nullable(),
      name: z.string().min(1).max(255),
      base: fingerprint.nullable(),
      text: documentText,
    }),
    z.object({ savedAt: instant, beside: z.boolean() }),
  ),
  'document:discard-autosave': call(z.object({ id }), nothing),
  'recovery:list': call(nothing, z.array(journalInfo)),
  'recovery:open': call(
    z.object({ id }),
    z.object({
      id,
      name: z.string(),
      path: path.nullable(),
      base: fingerprint.nullable(),
      text: documentText,
      savedAt: instant,
    }),
  ),
  'recent:list': call(
    nothing,
    z.array(z.object({ path, name: z.string(), openedAt: instant, exists: z.boolean() })),
  ),
  'recent:remove': call(z.object({ path }), nothing),
  'recent:clear': call(nothing, nothing),

  // Data
  'data:read': call(z.object({ path }), z.object({ name: z.string(), bytes, fingerprint })),
  /** The sets that ship: every packed file of assets/data that belongs to the name. */
  'data:builtin': call(
    z.object({ name: z.enum(['mnist', 'penguins', 'cars', 'sonnets']) }),
    z.object({ files: z.array(z.object({ name: z.string(), bytes })) }),
  ),

  // Settings
  'settings:get': call(nothing, settings),
  'settings:set': call(settings.omit({ version: true }).partial(), settings),

  // Run records
  'runs:start': call(
    z.object({
      id,
      documentId: z.string().max(200),
      documentName: z.string().max(500),
      label: z.string().max(200),
      seed: z.int(),
      forkOf: id.nullable(),
      settings: z.json(),
    }),
    runSummary,
  ),
  'runs:append': call(
    z.object({
      id,
      metrics: z.array(metricRow).max(10_000),
      verdicts: z.array(verdict).max(100),
      state: runState,
    }),
    nothing,
  ),
  'runs:list': call(
    z.object({ documentId: z.string().max(200).nullable(), limit: z.int().min(1).max(1000) }),
    z.array(runSummary),
  ),
  'runs:get': call(
    z.object({ id }),
    z.object({
      run: runSummary,
      settings: z.json(),
      metrics: z.array(metricRow),
      verdicts: z.array(verdict),
    }),
  ),
  'runs:delete': call(z.object({ id }), nothing),

  // Taking things out
  /** One file (a picture, a table, weights), written atomically to a path the user chose. */
  'export:file': call(z.object({ path, bytes }), z.object({ bytes: z.int().nonnegative() })),
  /** A whole folder, atomically. A folder that holds anything but an untouched earlier export needs `keep-aside`. */
  'export:folder': call(
    z.object({
      path,
      files: z
        .array(z.object({ path: exportPath, bytes }))
        .min(1)
        .max(2000),
      onConflict: z.enum(['refuse', 'keep-aside']),
    }),
    z.object({ path, files: z.int(), keptAside: path.nullable() }),
  ),
  'export:reveal': call(z.object({ path }), nothing),
} as const;

/** Every event that the shell sends by itself. */
export const events = {
  /** A file that this window has open was changed by someone else; null: it is gone. */
  'document:changed': z.object({ path, fingerprint: fingerprint.nullable() }),
  /** The operating system asks to open a document (double-click, second start). */
  'document:open-requested': z.object({ path }),
  'settings:changed': settings,
  'menu:action': z.object({ id: z.string() }),
  /** The user closes a window with unsaved work: ask, then call `window:close`. */
  'window:closing': z.null(),
} as const;

export type Channel = keyof typeof contract;
export type Input<C extends Channel> = z.input<(typeof contract)[C]['input']>;
export type Output<C extends Channel> = z.infer<(typeof contract)[C]['output']>;
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;
export type FilePurpose = z.infer<typeof filePurpose>;
export type Settings = z.infer<typeof settings>;
export type AppInfo = Output<'app:info'>;

/** What went wrong, in words for a person: what and where, then what to do. `code` is stable, the words may change. */
export interface Failure {
  readonly ok: false;
  readonly code: string;
  readonly title: string;
  readonly fix: string;
}
/** Errors travel as data: neither shell keeps more than the message of a thrown error. */
export type Reply<T> = { readonly ok: true; readonly value: T } | Failure;

export type Invoke = <C extends Channel>(channel: C, input: Input<C>) => Promise<Reply<Output<C>>>;
export type Listen = <E extends EventName>(
  event: E,
  listener: (payload: EventPayload<E>) => void,
) => () => void;

/** What Electron's preload puts on `window.gradloom`. The browser shell has none; host.ts speaks to its socket. */
export interface Bridge {
  invoke(channel: string, input: unknown): Promise<unknown>;
  on(event: string, listener: (payload: unknown) => void): () => void;
  /** The path of a file that the user dropped, now granted to this session; null where the file has no path. */
  grantDropped(file: unknown): Promise<string | null>;
}

/** What the browser shell's socket carries, each in one frame (frame.ts). */
export type ClientMessage = { readonly id: number; readonly channel: string; readonly input: unknown };
export type ServerMessage =
  | { readonly id: number; readonly reply: Reply<unknown> }
  | { readonly event: string; readonly payload: unknown };
