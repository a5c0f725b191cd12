/**
 * What the engine says about the document without running it: shapes, parameters, memory, problems. Asked again only when the
 * graph or its training settings change; moving a node asks nothing.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GraphDocument, MemoryLimits, ModelSummary, Net, Scope } from '../../engine/index.ts';
import type { Command, DocumentStore } from '../document/store.ts';
import { analyse } from './analyse.ts';

/** Something that keeps the net from being trained, or that deserves a look. */
export interface Problem {
  /** Stable while the problem lasts. */
  readonly id: string;
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly fix: string;
  /** Paths: of the layer or instance, and of the wire. */
  readonly node: string | null;
  readonly wire: string | null;
  /** The canvas on which the two stand. */
  readonly scope: Scope;
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
  /** By path: layers, instances of blocks, and ports inside of blocks. */
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  /** The document without blocks: which layer stands behind an output, and where a path leads. */
  readonly net: Net;
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
  if (a.wires !== b.wires || a.training !== b.training || a.params !== b.params) return false;
  if (!sameBlocks(a.blocks, b.blocks)) return false;
  return sameNodes(a.nodes, b.nodes);
}

function sameBlocks(a: GraphDocument['blocks'], b: GraphDocument['blocks']): boolean {
  if (a === b) return true;
  const ids = Object.keys(a);
  if (ids.length !== Object.keys(b).length) return false;
  return ids.every((id) => {
    const [x, y] = [a[id], b[id]];
    if (x === y) return true;
    return x && y && x.wires === y.wires && x.params === y.params && sameNodes(x.nodes, y.nodes);
  });
}

function sameNodes(a: GraphDocument['nodes'], b: GraphDocument['nodes']): boolean {
  if (a === b) return true;
  const ids = Object.keys(a);
  if (ids.length !== Object.keys(b).length) return false;
  return ids.every((id) => {
    const [x, y] = [a[id], b[id]];
    if (x === y) return true;
    const isSame = x && y && x.kind === y.kind && x.name === y.name && x.params === y.params;
    return isSame && x.block === y.block && x.bypassed === y.bypassed;
  });
}

/** The shape behind an output, as text: of a layer, or of what stands behind an instance or a port. */
export function shapeBehind(
  { nodes, net }: Pick<AnalysisState, 'nodes' | 'net'>,
  node: string,
  port: string,
): string | undefined {
  const source = net.source(node, port);
  return source ? nodes[source[0]]?.shapes[source[1]] : undefined;
}
