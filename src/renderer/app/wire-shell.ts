/** What goes on between the app and its shell without anybody clicking: keys, menus, autosave, files that change, leaving. */
import { toast } from 'sonner';
import { stringifyDocument } from '../../engine/index.ts';
import { pasteText, sayNothingToPaste } from '../features/canvas/actions.ts';
import { isEnabled } from '../session/actions.ts';
import { isUnsaved, mayLeave, openPath, sayFailure, valueOrSay } from '../session/files.ts';
import { gpuLimits } from '../session/gpu-limits.ts';
import { ask } from '../session/questions.ts';
import type { Workbench } from '../session/workbench.ts';
import { actions, menuOf, runAction } from './actions.ts';
import { openDropped } from './drops.ts';
import { matches } from './keys.ts';
import { followTheme } from './theme.ts';

/** Starts it all; returns how to stop. */
export function wireShell(workbench: Workbench): () => void {
  const stops = [
    followTheme(workbench),
    followKeys(workbench),
    followGestures(workbench),
    followPaste(workbench),
    followDrops(workbench),
    autosave(workbench),
    followWindow(workbench),
    followMenu(workbench),
    ...followEvents(workbench),
  ];
  void takeSettings(workbench);
  void openPending(workbench);
  void gpuLimits().then((limits) => limits && workbench.analysis.setState({ limits }));
  return () => {
    for (const stop of stops) stop();
  };
}

async function takeSettings({ host, session }: Workbench): Promise<void> {
  const settings = valueOrSay(await host.invoke('settings:get', null));
  if (!settings) return;
  session.setState({ theme: settings.theme, halfPrecision: settings.halfPrecision ?? false });
  if (settings.motion !== 'system') document.documentElement.dataset.motion = settings.motion;
}

async function openPending(workbench: Workbench): Promise<void> {
  const paths = valueOrSay(await workbench.host.invoke('app:pending-documents', null));
  const path = paths?.at(-1);
  if (path !== undefined) await openPath(workbench, path);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, .monaco-editor') !== null)
  );
}

function followKeys(workbench: Workbench): () => void {
  const isMac = workbench.host.info.platform === 'darwin';
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    // A list of choices takes letters, and leaves Ctrl+Z to the document.
    const isList = event.target instanceof HTMLSelectElement && (event.ctrlKey || event.metaKey);
    const typing = isTyping(event.target) && !isList;
    // Space and Enter on a control press it.
    const onControl =
      event.target instanceof Element && event.target.closest('button, a, [role="option"]') !== null;
    const isModal = document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
    for (const action of actions) {
      if (!action.keys?.some((key) => matches(key, event, isMac))) continue;
      if ((typing || isModal) && !action.whileTyping) continue;
      if (onControl && (event.key === ' ' || event.key === 'Enter')) continue;
      if (!isEnabled(action, workbench)) continue;
      event.preventDefault();
      void action.run(workbench);
      return;
    }
  };
  window.addEventListener('keydown', listen);
  return () => window.removeEventListener('keydown', listen);
}

/** Escape takes back what the pointer is doing; a button that was clicked gives the keyboard back to the canvas. */
function followGestures({ document: store, session }: Workbench): () => void {
  let before: number | null = null;
  const down = (): void => {
    before = store.getState().past.length;
  };
  const up = (): void => {
    before = null;
  };
  const giveUp = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || before === null) return;
    const { past, cancel } = store.getState();
    const step = past.at(-1);
    const isWiring = session.getState().wiring !== null;
    if (past.length > before && step?.mergeKey !== undefined) cancel(step.mergeKey);
    else if (!isWiring) return;
    session.setState({ wiring: null });
    event.preventDefault();
    event.stopPropagation();
  };
  // Space adds a layer: it must not press the button that was clicked last once more.
  const click = ({ detail }: MouseEvent): void => {
    const { activeElement } = document;
    const isPlain = activeElement?.matches('button:not([role], [aria-haspopup])') === true;
    const isModal = activeElement?.closest('[role="dialog"], [role="alertdialog"]') !== null;
    if (detail > 0 && isPlain && !isModal && activeElement instanceof HTMLElement) activeElement.blur();
  };
  window.addEventListener('pointerdown', down, true);
  window.addEventListener('pointerup', up, true);
  window.addEventListener('pointercancel', up, true);
  window.addEventListener('keydown', giveUp, true);
  window.addEventListener('click', click);
  return () => {
    window.removeEventListener('pointerdown', down, true);
    window.removeEventListener('pointerup', up, true);
    window.removeEventListener('pointercancel', up, true);
    window.removeEventListener('keydown', giveUp, true);
    window.removeEventListener('click', click);
  };
}

/** Pasting reads the event's own text: reading the clipboard without one would need a permission. */
function followPaste(workbench: Workbench): () => void {
  const listen = (event: ClipboardEvent): void => {
    if (isTyping(event.target) || workbench.session.getState().screen !== 'workbench') return;
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (pasteText(workbench, text)) event.preventDefault();
    else if (text !== '') sayNothingToPaste();
  };
  window.addEventListener('paste', listen);
  return () => window.removeEventListener('paste', listen);
}

/** What is dropped anywhere on the page is opened: a document, or a table as data. See `openDropped`. */
function followDrops(workbench: Workbench): () => void {
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = (event: DragEvent): void => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    void openDropped(workbench, file, [event.clientX, event.clientY]);
  };
  window.addEventListener('dragover', over);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('drop', drop);
  };
}

const AUTOSAVE_DELAY_MS = 1500;

/** Writes a journal a moment after the last change, so that a crash loses seconds. */
function autosave({ host, document, session }: Workbench): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = false;
  const write = async (): Promise<void> => {
    const { doc, saved, past } = document.getState();
    if (doc === saved || past.length === 0) return;
    const { documentId, file } = session.getState();
    const reply = await host.invoke('document:autosave', {
      id: documentId,
      path: file?.path ?? null,
      name: (file?.name ?? doc.name).slice(0, 255) || 'Untitled',
      base: file?.fingerprint ?? null,
      text: stringifyDocument(doc),
    });
    if (!reply.ok && !failed) sayFailure(reply); // once, not every two seconds
    failed = !reply.ok;
  };
  const stop = document.subscribe((state, before) => {
    if (state.doc === before.doc) return;
    clearTimeout(timer);
    timer = setTimeout(() => void write(), AUTOSAVE_DELAY_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Keeps the window's title and its unsaved dot in step; asks before the page is left. */
function followWindow(workbench: Workbench): () => void {
  const { host, document: store, session } = workbench;
  let last = '';
  const tell = (): void => {
    const { doc } = store.getState();
    const { file, screen } = session.getState();
    const unsaved = isUnsaved(workbench);
    const title = screen === 'start' ? 'Gradloom' : `${doc.name} – Gradloom`;
    const key = JSON.stringify([title, file?.path, unsaved]);
    if (key === last) return;
    last = key;
    document.title = unsaved ? `• ${title}` : title;
    void host.invoke('window:state', { title, path: file?.path ?? null, unsaved });
  };
  tell();
  const stops = [store.subscribe(tell), session.subscribe(tell)];
  const leave = (event: BeforeUnloadEvent): void => {
    if (host.info.shell === 'browser' && isUnsaved(workbench)) event.preventDefault();
  };
  window.addEventListener('beforeunload', leave);
  return () => {
    for (const stop of stops) stop();
    window.removeEventListener('beforeunload', leave);
  };
}

function followMenu(workbench: Workbench): () => void {
  const { host, document, session, analysis } = workbench;
  if (!host.info.nativeMenu) return () => {};
  let last = '';
  let asked = false;
  const send = (): void => {
    asked = false;
    const menu = menuOf(workbench);
    const key = JSON.stringify(menu);
    if (key === last) return;
    last = key;
    void host.invoke('menu:set', menu).then(valueOrSay);
  };
  const soon = (): void => {
    if (asked) return;
    asked = true;
    setTimeout(send, 100);
  };
  send();
  const stops = [document.subscribe(soon), session.subscribe(soon), analysis.subscribe(soon)];
  return () => {
    for (const stop of stops) stop();
  };
}

function followEvents(workbench: Workbench): (() => void)[] {
  const { host, session, document } = workbench;
  return [
    host.on('menu:action', ({ id }) => runAction(workbench, id)),
    host.on('document:open-requested', async ({ path }) => {
      if (await mayLeave(workbench)) await openPath(workbench, path);
    }),
    host.on('settings:changed', ({ theme, halfPrecision = false }) =>
      session.setState({ theme, halfPrecision }),
    ),
    host.on('window:closing', async () => {
      if (await mayLeave(workbench)) valueOrSay(await host.invoke('window:close', null));
    }),
    host.onConnection((connected) => {
      session.setState({ connected });
      if (connected) toast.success('Gradloom’s server is back');
      else
        toast.error('Gradloom’s server has stopped', {
          description: 'Start it again with npm start. Your work is still on this page.',
        });
    }),
    host.on('document:changed', async ({ path, fingerprint }) => {
      const { file } = session.getState();
      if (file?.path !== path || fingerprint === file.fingerprint) return;
      if (fingerprint === null) {
        toast.warning(`${file.name} was moved or deleted`, { description: 'Save to write it again.' });
        return;
      }
      const isClean = document.getState().doc === document.getState().saved;
      const answer = isClean
        ? 'load'
        : await ask(workbench.questions, {
            title: `${file.name} was changed by another program`,
            text: 'You have unsaved changes of your own. Loading the file discards them.',
            choices: [
              { value: 'load', label: 'Load the file', tone: 'danger' },
              { value: 'keep', label: 'Keep mine', tone: 'primary' },
            ],
          });
      if (answer === 'load') await openPath(workbench, path);
    }),
  ];
}
