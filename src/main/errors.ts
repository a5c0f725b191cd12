/**
 * Every failure of the shell that a person can meet, in one table: what and where, then what to do. The code is stable,
 * the words may change. What is not in the table is a bug, and `toFailure` says that too.
 */
import type { Failure } from './ipc/contract.ts';

interface UserMessage {
  readonly title: string;
  readonly fix: string;
}

const messages = {
  'ipc/unknown-channel': (d: { channel: string }) => ({
    title: `The window asked for “${d.channel}”, which this version of Gradloom does not know.`,
    fix: 'Reload the window. If it happens again, the window and the program are of different versions: rebuild.',
  }),
  'ipc/bad-input': (d: { channel: string; detail: string }) => ({
    title: `The window sent “${d.channel}” something it does not accept: ${d.detail}.`,
    fix: 'This is a mistake in Gradloom. Save your work, reload the window and report it.',
  }),
  'ipc/bad-output': (d: { channel: string; detail: string }) => ({
    title: `“${d.channel}” gave an answer that does not fit its own description: ${d.detail}.`,
    fix: 'This is a mistake in Gradloom. Save your work, reload the window and report it.',
  }),
  'shell/bug': (d: { detail: string }) => ({
    title: `Something went wrong inside Gradloom: ${d.detail}.`,
    fix: 'Your work in the window is still there. Save it, then report what you did.',
  }),
  'shell/not-here': (d: { what: string; shell: string }) => ({
    title: `${d.what} is not available in the ${d.shell} shell.`,
    fix: 'Use the way that this window offers instead.',
  }),
  'file/not-granted': (d: { path: string }) => ({
    title: `Gradloom has not been given access to ${d.path}.`,
    fix: 'Choose the file in a dialog or drop it on the window: Gradloom touches only what you point at.',
  }),
  'file/outside-root': (d: { path: string; root: string }) => ({
    title: `${d.path} lies outside ${d.root}.`,
    fix: 'Choose a place inside that folder, or start Gradloom with another --root.',
  }),
  'file/missing': (d: { path: string }) => ({
    title: `There is no file at ${d.path}.`,
    fix: 'It may have been moved, renamed or deleted. Choose it again.',
  }),
  'file/denied': (d: { path: string }) => ({
    title: `The system does not let Gradloom use ${d.path}.`,
    fix: 'Check who owns the file or folder, or choose another place.',
  }),
  'file/exists': (d: { path: string }) => ({
    title: `${d.path} already exists.`,
    fix: 'Choose another name.',
  }),
  'file/no-space': (d: { path: string }) => ({
    title: `There is no space left to write ${d.path}.`,
    fix: 'Free some space or choose another disk. What was there before is untouched.',
  }),
  'file/is-folder': (d: { path: string }) => ({
    title: `${d.path} is a folder, not a file.`,
    fix: 'Choose a file.',
  }),
  'file/not-folder': (d: { path: string }) => ({
    title: `${d.path} is not a folder.`,
    fix: 'Choose a folder.',
  }),
  'file/too-big': (d: { path: string; size: string; limit: string }) => ({
    title: `${d.path} is ${d.size}; Gradloom reads up to ${d.limit}.`,
    fix: 'Use a smaller file, for example a sample of its rows.',
  }),
  'file/other': (d: { path: string; detail: string }) => ({
    title: `The system could not use ${d.path}: ${d.detail}.`,
    fix: 'Try again, or choose another place.',
  }),
  'document/not-text': (d: { path: string }) => ({
    title: `${d.path} is not a Gradloom document: it is not UTF-8 text.`,
    fix: 'Choose a file that ends in .gradloom.',
  }),
  'document/changed-on-disk': (d: { path: string }) => ({
    title: `${d.path} was changed by another window or program since you opened it.`,
    fix: 'Save under another name to keep both, or overwrite it if you are sure.',
  }),
  'recovery/missing': (d: { id: string }) => ({
    title: `The unsaved work ${d.id} is no longer there.`,
    fix: 'It was saved, discarded or opened in another window.',
  }),
  'data/not-built': (d: { name: string }) => ({
    title: `The data set “${d.name}” is not packed yet.`,
    fix: 'Run npm run build once; it packs the data sets that ship.',
  }),
  'runs/missing': (d: { id: string }) => ({
    title: `There is no record of the run ${d.id}.`,
    fix: 'It was deleted. Choose another run.',
  }),
  'runs/exists': (d: { id: string }) => ({
    title: `A run with the id ${d.id} is already recorded.`,
    fix: 'Start the run again; it gets a new id.',
  }),
  'runs/busy': (d: { path: string }) => ({
    title: `Another program holds the run records ${d.path}.`,
    fix: 'Close other Gradloom windows and try again. Training goes on meanwhile.',
  }),
  'runs/from-the-future': (d: { path: string; version: string }) => ({
    title: `The run records ${d.path} were written by a newer Gradloom (format ${d.version}).`,
    fix: 'Update Gradloom, or move that file away to start new records.',
  }),
  'export/folder-in-use': (d: { path: string }) => ({
    title: `${d.path} is not empty, and it holds more than an earlier export of yours.`,
    fix: 'Choose an empty or new folder, or confirm: what is there now is then kept aside under another name.',
  }),
  'export/unsafe-folder': (d: { path: string }) => ({
    title: `Gradloom does not replace ${d.path}: it is a home, system or application folder.`,
    fix: 'Choose a new folder for the export.',
  }),
  'export/bad-name': (d: { name: string; why: string }) => ({
    title: `The export has a file named “${d.name}”, ${d.why}.`,
    fix: 'Rename the layer or model that the file is named after.',
  }),
} satisfies Record<string, (detail: never) => UserMessage>;

export type ErrorCode = keyof typeof messages;
type Detail<C extends ErrorCode> = Parameters<(typeof messages)[C]>[0];

/** A failure with a cause that the user can act on. */
export class ShellError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'ShellError';
  readonly code: C;
  readonly user: UserMessage;
  constructor(code: C, detail: Detail<C>, options?: ErrorOptions) {
    // The table's own type ties the code to its detail; TypeScript cannot follow that through an index.
    const user = (messages[code] as (d: Detail<C>) => UserMessage)(detail);
    super(`${code}: ${user.title}`, options);
    this.code = code;
    this.user = user;
  }
}

/** Any error as data for the window: the table's words, or an honest “this is a bug”. */
export function toFailure(error: unknown): Failure {
  const known =
    error instanceof ShellError
      ? error
      : new ShellError('shell/bug', { detail: error instanceof Error ? error.message : String(error) });
  return { ok: false, code: known.code, title: known.user.title, fix: known.user.fix };
}

/** Says a system error about a path in words; what is not one comes back as it is. */
export function fileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof ShellError) return error;
  const options = { cause: error };
  switch (error.code) {
    case 'ENOENT':
      return new ShellError('file/missing', { path }, options);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ShellError('file/denied', { path }, options);
    case 'EEXIST':
      return new ShellError('file/exists', { path }, options);
    case 'ENOSPC':
    case 'EDQUOT':
      return new ShellError('file/no-space', { path }, options);
    case 'EISDIR':
      return new ShellError('file/is-folder', { path }, options);
    case 'ENOTDIR':
      return new ShellError('file/not-folder', { path }, options);
    default:
      return new ShellError('file/other', { path, detail: String(error.code) }, options);
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
