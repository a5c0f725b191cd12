/**
 * Documents and their files: new, open, save, autosave, recovery, changes from outside. Text goes through the host; what is
 * read goes through the engine's `parseDocument`; whoever would lose unsaved work is asked first.
 */
import { toast } from 'sonner';
import { type GraphDocument, parseDocument, stringifyDocument } from '../../engine/index.ts';
import type { Failure, Reply } from '../../main/ipc/contract.ts';
import { ask } from './questions.ts';
import { newDocumentId, nothingSelected, type OpenFile } from './session.ts';
import { emptyDocument, type Workbench } from './workbench.ts';

/** Says what went wrong, in the words that came with it. */
export function sayFailure(failure: Pick<Failure, 'title' | 'fix'>): void {
  toast.error(failure.title, { description: failure.fix });
}

/** The value of a reply; null after saying what went wrong. */
export function valueOrSay<T>(reply: Reply<T>): T | null {
  if (reply.ok) return reply.value;
  sayFailure(reply);
  return null;
}

export function isUnsaved({ document }: Workbench): boolean {
  const { doc, saved, past } = document.getState();
  return doc !== saved && (saved !== null || past.length > 0);
}

/** A document from its text; null after saying why it is none. */
export function readDocument(text: string, where: string): GraphDocument | null {
  const parsed = parseDocument(text);
  if (parsed.ok) return parsed.document;
  sayFailure({ title: `${where} cannot be opened. ${parsed.problem.title}`, fix: parsed.problem.advice });
  return null;
}

/** Puts a document on the workbench, in place of the one that is there. */
export function show(
  workbench: Workbench,
  doc: GraphDocument,
  options: { readonly file: OpenFile | null; readonly saved: boolean; readonly documentId?: string },
): void {
  const { session, document, host } = workbench;
  const before = session.getState();
  if (before.file && before.file.path !== options.file?.path) {
    host.invoke('document:close', { path: before.file.path }).then(valueOrSay);
  }
  session.setState({
    screen: 'workbench',
    file: options.file,
    documentId: options.documentId ?? newDocumentId(),
    selection: nothingSelected,
    dialog: 'none',
    quickAdd: null,
    renaming: null,
    rightTab: doc.description === '' ? 'inspector' : 'guide',
  });
  document.getState().load(doc, { saved: options.saved });
}

/** Asks what to do with unsaved work. True: go on. */
export async function mayLeave(workbench: Workbench): Promise<boolean> {
  if (!isUnsaved(workbench)) return true;
  const { doc } = workbench.document.getState();
  const answer = await ask(workbench.questions, {
    title: `Save the changes to ${doc.name}?`,
    text: 'They are lost if you do not save them.',
    choices: [
      { value: 'discard', label: 'Do not save', tone: 'danger' },
      { value: 'cancel', label: 'Cancel' },
      { value: 'save', label: 'Save', tone: 'primary' },
    ],
  });
  if (answer === 'save') return save(workbench);
  if (answer !== 'discard') return false;
  await discardJournal(workbench);
  return true;
}

export async function newDocument(workbench: Workbench): Promise<void> {
  if (!(await mayLeave(workbench))) return;
  show(workbench, emptyDocument(), { file: null, saved: false });
}

/** Opens a copy of a document that has no file: a template, a dropped text. */
export async function openCopy(workbench: Workbench, doc: GraphDocument): Promise<void> {
  if (!(await mayLeave(workbench))) return;
  show(workbench, doc, { file: null, saved: false });
}

export async function goToStart(workbench: Workbench): Promise<void> {
  if (!(await mayLeave(workbench))) return;
  show(workbench, emptyDocument(), { file: null, saved: false });
  workbench.session.setState({ screen: 'start' });
}

export async function openWithDialog(workbench: Workbench): Promise<void> {
  if (!(await mayLeave(workbench))) return;
  const path = valueOrSay(await workbench.host.chooseOpen({ purpose: 'document' }));
  if (path !== null) await openPath(workbench, path);
}

/** Opens a file, and offers what a crash left of it. Unsaved work must have been asked for already. */
export async function openPath(workbench: Workbench, path: string): Promise<void> {
  const opened = valueOrSay(await workbench.host.invoke('document:open', { path }));
  if (!opened) return;
  const doc = readDocument(opened.text, opened.name);
  if (!doc) return;
  const file = { path: opened.path, name: opened.name, fingerprint: opened.fingerprint };
  show(workbench, doc, { file, saved: true });
  if (!opened.recovery) return;
  const answer = await ask(workbench.questions, {
    title: `There is newer, unsaved work on ${opened.name}`,
    text: `It was kept on ${new Date(opened.recovery.savedAt).toLocaleString()}, when Gradloom ended without saving.`,
    choices: [
      { value: 'file', label: 'Keep the file as it is' },
      { value: 'recover', label: 'Bring it back', tone: 'primary' },
    ],
  });
  if (answer === 'recover') await recover(workbench, opened.recovery.id);
  if (answer === 'file') {
    valueOrSay(await workbench.host.invoke('document:discard-autosave', { id: opened.recovery.id }));
  }
}

/** Opens what an autosave journal holds, as unsaved work. */
export async function recover(workbench: Workbench, id: string): Promise<void> {
  const journal = valueOrSay(await workbench.host.invoke('recovery:open', { id }));
  const doc = journal && readDocument(journal.text, journal.name);
  if (!journal || !doc) return;
  const file =
    journal.path !== null && journal.base !== null
      ? { path: journal.path, name: journal.name, fingerprint: journal.base }
      : null;
  show(workbench, doc, { file, saved: false, documentId: journal.id });
  // What was recovered is in no file yet, so it must count as changed from the first moment.
  workbench.document.getState().markSaved(emptyDocument());
}

/** Saves to the document's file, or asks for one. False: not saved. */
export async function save(workbench: Workbench): Promise<boolean> {
  const { file } = workbench.session.getState();
  return file ? write(workbench, file.path, file.fingerprint) : saveAs(workbench);
}

export async function saveAs(workbench: Workbench): Promise<boolean> {
  const { doc } = workbench.document.getState();
  const suggestedName = `${doc.name.replace(/[\\/:*?"<>|]+/g, ' ').trim() || 'Untitled'}.gradloom`;
  const path = valueOrSay(await workbench.host.chooseSave({ purpose: 'document', suggestedName }));
  return path === null ? false : write(workbench, path, null, 'overwrite');
}

async function write(
  workbench: Workbench,
  path: string,
  base: string | null,
  onConflict: 'refuse' | 'overwrite' = 'refuse',
): Promise<boolean> {
  const { host, session, document, questions } = workbench;
  const { doc } = document.getState();
  const reply = await host.invoke('document:save', { path, text: stringifyDocument(doc), base, onConflict });
  if (!reply.ok && reply.code === 'document/changed-on-disk') {
    const answer = await ask(questions, {
      title: reply.title,
      text: reply.fix,
      choices: [
        { value: 'overwrite', label: 'Overwrite it', tone: 'danger' },
        { value: 'cancel', label: 'Cancel' },
        { value: 'elsewhere', label: 'Save elsewhere', tone: 'primary' },
      ],
    });
    if (answer === 'elsewhere') return saveAs(workbench);
    return answer === 'overwrite' ? write(workbench, path, base, 'overwrite') : false;
  }
  const saved = valueOrSay(reply);
  if (!saved) return false;
  session.setState({ file: { path: saved.path, name: saved.name, fingerprint: saved.fingerprint } });
  document.getState().markSaved(doc);
  await discardJournal(workbench);
  toast.success(`Saved ${saved.name}`);
  return true;
}

async function discardJournal({ host, session }: Workbench): Promise<void> {
  valueOrSay(await host.invoke('document:discard-autosave', { id: session.getState().documentId }));
}
