/**
 * The edited document with its history. A command is pure, documents share structure, so undo is the earlier document by
 * reference and a step costs what it changed. What was selected comes back with it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GraphDocument } from '../../engine/index.ts';
import type { Selection } from '../session/session.ts';

/** One user intent. `apply` is pure: same document in, same out, and the document itself for "nothing to do". */
export interface Command {
  /** Continues "Undo …": `move 3 layers`. */
  readonly label: string;
  /** Consecutive commands with one key are one undo step: a drag, a slider. */
  readonly mergeKey?: string;
  apply(doc: GraphDocument): GraphDocument;
  /** What is selected afterwards; left as it is where this is absent. */
  readonly select?: Selection;
}

/** A step of the history: the state that undoing (or redoing) it brings back. */
export interface HistoryStep {
  readonly label: string;
  readonly mergeKey: string | undefined;
  readonly doc: GraphDocument;
  readonly selection: Selection;
}

export interface DocumentState {
  readonly doc: GraphDocument;
  readonly past: readonly HistoryStep[];
  readonly future: readonly HistoryStep[];
  /** The document as the file holds it; null: no file holds it. Unsaved work is `doc !== saved`. */
  readonly saved: GraphDocument | null;
  run(command: Command): void;
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
      selection: selection.get(),
    });
    return {
      doc,
      past: [],
      future: [],
      saved: null,
      run({ label, mergeKey, apply, select }) {
        if (mergeKey !== undefined && mergeKey === cancelled) return;
        cancelled = undefined;
        const { doc, past, future } = get();
        const next = apply(doc);
        if (next === doc) return;
        const joins = mergeKey !== undefined && future.length === 0 && past.at(-1)?.mergeKey === mergeKey;
        const steps = joins ? past : [...past, remember({ label, mergeKey })].slice(-HISTORY_LIMIT);
        set({ doc: next, future: [], past: steps });
        if (select) selection.set(select);
      },
      undo() {
        const { past, future } = get();
        const step = past.at(-1);
        if (!step) return;
        set({ doc: step.doc, past: past.slice(0, -1), future: [remember(step), ...future] });
        selection.set(step.selection);
      },
      redo() {
        const { past, future } = get();
        const [step, ...rest] = future;
        if (!step) return;
        set({ doc: step.doc, past: [...past, remember(step)], future: rest });
        selection.set(step.selection);
      },
      cancel(mergeKey) {
        const { past } = get();
        const step = past.at(-1);
        if (step?.mergeKey !== mergeKey) return;
        cancelled = mergeKey;
        set({ doc: step.doc, past: past.slice(0, -1) });
        selection.set(step.selection);
      },
      load(doc, { saved }) {
        set({ doc, past: [], future: [], saved: saved ? doc : null });
      },
      markSaved(saved) {
        set({ saved });
      },
    };
  });
}
