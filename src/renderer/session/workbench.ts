/** Everything that a feature may ask for, in one value: the shell, the stores, and the canvas's controls. */
import { createContext, useContext } from 'react';
import { type StoreApi, useStore } from 'zustand';
import { documentSchema, documentVersion, type GraphDocument } from '../../engine/index.ts';
import { createDocumentStore, type DocumentState, type DocumentStore } from '../document/store.ts';
import type { Host } from '../host.ts';
import {
  type AnalysisState,
  type AnalysisStore,
  createAnalysisStore,
  type NodeFacts,
  shapeBehind,
} from './analysis.ts';
import { createLiveStore, type LiveState, type LiveStore, type WireTint } from './live.ts';
import { createQuestionStore, type QuestionStore } from './questions.ts';
import { createSessionStore, type SessionState, type SessionStore } from './session.ts';

/** How nodes are brought into view: the keyboard goes along with them, unless whoever shows them keeps it. */
export interface Revealing {
  readonly keepFocus: boolean;
}

/** What the canvas can be told from outside while it is mounted. */
export interface CanvasControls {
  fitAll(): void;
  fitSelection(): void;
  zoomBy(factor: number): void;
  /** Shows nodes in the middle, and gives one of them the keyboard. */
  reveal(nodes: readonly string[], how?: Revealing): void;
  /** The middle of what is seen, in canvas units: where a new node goes. */
  centre(): [number, number];
  /** The pointer in canvas units if it is over the canvas, else the middle: where a paste goes. */
  pointer(): [number, number];
  /** A point of the screen in canvas units. */
  at(point: readonly [number, number]): [number, number];
  /** Where `pointer` is on the screen. */
  pointerOnScreen(): [number, number];
}

export interface Workbench {
  readonly host: Host;
  readonly document: DocumentStore;
  readonly session: SessionStore;
  readonly live: LiveStore;
  readonly analysis: AnalysisStore;
  readonly questions: QuestionStore;
  /** Null while no canvas is mounted. */
  readonly canvas: { current: CanvasControls | null };
}

/** A document with nothing in it. */
export function emptyDocument(name = 'Untitled'): GraphDocument {
  return documentSchema.parse({ format: 'gradloom', version: documentVersion, name, nodes: {}, wires: {} });
}

export function createWorkbench(host: Host): Workbench {
  const session = createSessionStore();
  const document = createDocumentStore(emptyDocument(), {
    get: () => session.getState().selection,
    set: (selection) => session.setState({ selection }),
  });
  return {
    host,
    session,
    document,
    live: createLiveStore(),
    analysis: createAnalysisStore(document),
    questions: createQuestionStore(),
    canvas: { current: null },
  };
}

const WorkbenchContext = createContext<Workbench | null>(null);
export const WorkbenchProvider = WorkbenchContext.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (!workbench) throw new Error('useWorkbench is used outside of the workbench.');
  return workbench;
}

/** Selectors must return what is in the store, or primitives: a fresh object at each call would never settle. */
export function useDocument<T>(select: (state: DocumentState) => T): T {
  return useStore(useWorkbench().document, select);
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useWorkbench().session, select);
}

export function useLive<T>(select: (state: LiveState) => T): T {
  return useStore(useWorkbench().live, select);
}

export function useAnalysis<T>(select: (state: AnalysisState) => T): T {
  return useStore(useWorkbench().analysis as StoreApi<AnalysisState>, select);
}

/** What the engine says of a node of the open canvas. */
export function useFacts(id: string): NodeFacts | undefined {
  const path = useDocument((s) => s.path);
  return useAnalysis((s) => s.nodes[path + id]);
}

/** The shape that a wire of the open canvas carries, and how it is tinted. */
export function useWireFacts(id: string): {
  readonly shape: string | undefined;
  readonly tint: WireTint | undefined;
} {
  const path = useDocument((s) => s.path);
  const from = useDocument((s) => s.level.wires[id]?.from);
  const [node = '', port = ''] = from ?? [];
  const shape = useAnalysis((s) => shapeBehind(s, path + node, port));
  const net = useAnalysis((s) => s.net);
  const source = net.source(path + node, port);
  const tint = useLive((s) => (source ? s.wireTints.get(source.join(' ')) : undefined));
  return { shape, tint };
}
