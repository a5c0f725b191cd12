/**
 * What the engine says about the document without running it: shapes, parameters, memory, problems. Asked again only when the
 * graph or its training settings change; moving a node asks nothing.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GraphDocument } from '../../engine/index.ts';
import type { Command, DocumentStore } from '../document/store.ts';
import { analyse } from './analyse.ts';

/** Something that keeps the net from being trained, or that deserves a look. */
export interface Problem {
  /** Stable while the problem lasts. */
  readonly id: string;
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly fix: string;
  readonly node: string | null;
  readonly wire: string | null;
  readonly quickFix: { readonly label: string; readonly command: Command } | null;
}

export interface NodeFacts {
  /** Text of the shape of each output port, batch axis first: `32 × 128`. */
  readonly shapes: Readonly<Record<string, string>>;
  readonly parameters: number;
  readonly problems: readonly Problem[];
}

export interface AnalysisState {
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  /** Text of the shape on each wire; absent where it is not known. */
  readonly wires: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
  readonly parameters: number;
  /** There is a loss, something to train, and no error. */
  readonly trainable: boolean;
}

export type AnalysisStore = StoreApi<AnalysisState>;

/** Follows a document store. */
export function createAnalysisStore(document: DocumentStore): AnalysisStore {
  const store = createStore<AnalysisState>(() => analyse(document.getState().doc));
  document.subscribe(({ doc }, before) => {
    if (!meansTheSame(doc, before.doc)) store.setState(analyse(doc), true);
  });
  return store;
}

/** Whether two documents differ at most in what the engine does not read: positions, notes, texts. */
export function meansTheSame(a: GraphDocument, b: GraphDocument): boolean {
  if (a === b) return true;
  if (a.wires !== b.wires || a.training !== b.training) return false;
  if (a.nodes === b.nodes) return true;
  const ids = Object.keys(a.nodes);
  if (ids.length !== Object.keys(b.nodes).length) return false;
  return ids.every((id) => {
    const [x, y] = [a.nodes[id], b.nodes[id]];
    return x === y || (x && y && x.kind === y.kind && x.name === y.name && x.params === y.params);
  });
}
