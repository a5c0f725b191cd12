/**
 * What the engine says about the document without running it: shapes, parameters, memory, problems. Asked again only when the
 * graph or its training settings change; moving a node asks nothing.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GraphDocument, MemoryLimits, ModelSummary } from '../../engine/index.ts';
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
  /** Operations of one forward pass over one batch. */
  readonly flops: number;
  /** Bytes that training it needs, as forecast. */
  readonly memory: number;
  readonly problems: readonly Problem[];
}

export interface AnalysisState {
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  /** Text of the shape on each wire; absent where it is not known. */
  readonly wires: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
  /** What the net costs, before anything runs. */
  readonly summary: ModelSummary;
  /** There is a loss, something to train, no error, and it fits. */
  readonly trainable: boolean;
  /** What a run may take: a guess until the adapter has answered. */
  readonly limits: MemoryLimits;
}

export type AnalysisStore = StoreApi<AnalysisState>;

/** A laptop's GPU: assumed while no adapter has answered. */
const assumedLimits: MemoryLimits = { total: 4 * 2 ** 30, buffer: 4 * 2 ** 30 };

/** Follows a document store. */
export function createAnalysisStore(document: DocumentStore): AnalysisStore {
  const state = (limits: MemoryLimits): AnalysisState => ({
    ...analyse(document.getState().doc, limits),
    limits,
  });
  const store = createStore<AnalysisState>(() => state(assumedLimits));
  document.subscribe(({ doc }, before) => {
    if (!meansTheSame(doc, before.doc)) store.setState(state(store.getState().limits), true);
  });
  store.subscribe(({ limits }, before) => {
    if (limits !== before.limits) store.setState(state(limits), true);
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
