/**
 * The edited document with its history. A command is pure, documents share structure, so undo is the earlier document by
 * reference and a step costs what it changed. What was selected comes back with it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type GraphDocument, holdsBlock } from '../../engine/index.ts';
import { nothingSelected, type Selection } from '../session/session.ts';
import { levelOf, type Path, soundPath, withLevel } from './level.ts';

/**
 * One user intent. `apply` is pure: same document in, same out, and the document itself for "nothing to do". It sees the canvas
 * that is open (level.ts) and says what becomes of it.
 */
export interface Command {
  /** Continues "Undo …": `move 3 layers`. */
  readonly label: string;
  /** Consecutive commands with one key are one undo step: a drag, a slider. */
  readonly mergeKey?: string;
  apply(doc: GraphDocument): GraphDocument;
  /** It is about the whole document, whatever canvas is open. */
  readonly whole?: boolean;
  /** What is selected afterwards; left as it is where this is absent. */
  readonly select?: Selection;
}

/** A step of the history: the state that undoing (or redoing) it brings back. */
export interface HistoryStep {
  readonly label: string;
  readonly mergeKey: string | undefined;
  readonly doc: GraphDocument;
  readonly path: Path;
  readonly selection: Selection;
}

export interface DocumentState {
  /** The whole document: what is saved, trained and exported. */
  readonly doc: GraphDocument;
  /** The canvas that is open. */
  readonly path: Path;
  /** The document with the open canvas's nodes, wires and notes: what is seen and edited. */
  readonly level: GraphDocument;
  readonly past: readonly HistoryStep[];
  readonly future: readonly HistoryStep[];
  /** The document as the file holds it; null: no file holds it. Unsaved work is `doc !== saved`. */
  readonly saved: GraphDocument | null;
  run(command: Command): void;
  /** Opens a canvas: a look, not a step of the history. Where there is none, the nearest around it. */
  open(path: Path): void;
  undo(): void;
  redo(): void;
  /** Takes back a gesture that has not ended, leaving no trace; what else it still sends is not taken. */
  cancel(mergeKey: string): void;
  /** Starts over with a document of its own history. `saved`: a file holds exactly this. */
  load(doc: GraphDocument, options: { readonly saved: boolean }): void;
  markSaved(doc: GraphDocument): void;
}

export type DocumentStore = StoreApi<DocumentState>;

/** Where the selection lives; the history remembers it and puts it back. */
export interface SelectionHolder {
  get(): Selection;
  set(selection: Selection): void;
}

/** Steps kept: more than anybody undoes, and a bound for a session of days. */
const HISTORY_LIMIT = 1000;

export function createDocumentStore(doc: GraphDocument, selection: SelectionHolder): DocumentStore {
  let cancelled: string | undefined;
  return createStore<DocumentState>((set, get) => {
    const remember = (step: Pick<HistoryStep, 'label' | 'mergeKey'>): HistoryStep => ({
      label: step.label,
      mergeKey: step.mergeKey,
      doc: get().doc,
      path: get().path,
      selection: selection.get(),
    });
    const at = (doc: GraphDocument, wanted: Path): Pick<DocumentState, 'doc' | 'path' | 'level'> => {
      const path = soundPath(doc, wanted);
      return { doc, path, level: levelOf(doc, path) };
    };
    return {
      ...at(doc, ''),
      past: [],
      future: [],
      saved: null,
      run({ label, mergeKey, apply, whole = false, select }) {
        if (mergeKey !== undefined && mergeKey === cancelled) return;
        cancelled = undefined;
        const { doc, path, level, past, future } = get();
        const changed = apply(whole ? doc : level);
        if (changed === (whole ? doc : level)) return;
        const next = withLevel(doc, whole ? '' : path, changed);
        if (hasCircle(next)) return;
        const joins = mergeKey !== undefined && future.length === 0 && past.at(-1)?.mergeKey === mergeKey;
        const steps = joins ? past : [...past, remember({ label, mergeKey })].slice(-HISTORY_LIMIT);
        set({ ...at(next, path), future: [], past: steps });
        if (select) selection.set(select);
      },
      open(path) {
        const opened = at(get().doc, path);
        if (opened.path === get().path) return;
        set(opened);
        selection.set(nothingSelected);
      },
      undo() {
        const { past, future } = get();
        const step = past.at(-1);
        if (!step) return;
        set({ ...at(step.doc, step.path), past: past.slice(0, -1), future: [remember(step), ...future] });
        selection.set(step.selection);
      },
      redo() {
        const { past, future } = get();
        const [step, ...rest] = future;
        if (!step) return;
        set({ ...at(step.doc, step.path), past: [...past, remember(step)], future: rest });
        selection.set(step.selection);
      },
      cancel(mergeKey) {
        const { past } = get();
        const step = past.at(-1);
        if (step?.mergeKey !== mergeKey) return;
        cancelled = mergeKey;
        set({ ...at(step.doc, step.path), past: past.slice(0, -1) });
        selection.set(step.selection);
      },
      load(doc, { saved }) {
        set({ ...at(doc, ''), past: [], future: [], saved: saved ? doc : null });
      },
      markSaved(saved) {
        set({ saved });
      },
    };
  });
}

/** Whether a block holds itself: no command may come to that, however it was asked for. */
function hasCircle(doc: GraphDocument): boolean {
  return Object.entries(doc.blocks).some(([id, { nodes }]) =>
    Object.values(nodes).some(({ block }) => block && holdsBlock(doc, block.of, id)),
  );
}
