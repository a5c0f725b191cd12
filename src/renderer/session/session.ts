/** What a person is looking at and pointing at: selection, open panels, the file behind the document. Not undone, not saved. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  readonly wires: ReadonlySet<string>;
  readonly notes: ReadonlySet<string>;
}

export const nothingSelected: Selection = { nodes: new Set(), wires: new Set(), notes: new Set() };

/** The type of what the palette puts into a drag: a layer's kind. */
export const DRAGGED_KIND = 'application/x-gradloom-kind';

/** Selects these nodes and nothing else. */
export function selectNodes(ids: Iterable<string>): Selection {
  return { ...nothingSelected, nodes: new Set(ids) };
}

/** The file that the document was read from or last written to. */
export interface OpenFile {
  readonly path: string;
  readonly name: string;
  readonly fingerprint: string;
}

/** What the quick-add palette was opened for: where the node goes, and what it is to be joined to, if anything. */
export interface QuickAdd {
  /** On the canvas. */
  readonly position: readonly [number, number];
  /** On the screen. */
  readonly at: readonly [number, number];
  readonly loose: LooseEnd | null;
  /** The wire that the node is put on. */
  readonly wire: string | null;
}

/** A wire that ends in nothing. `side` says which end is known. */
export interface LooseEnd {
  readonly node: string;
  readonly port: string;
  readonly side: 'from' | 'to';
}

export type DialogName = 'none' | 'commands' | 'shortcuts' | 'find' | 'keyboard-wiring';
export type LeftTab = 'layers' | 'outline';
export type RightTab = 'inspector' | 'docs' | 'guide' | 'code';
export type BottomTab =
  | 'charts'
  | 'scores'
  | 'gradients'
  | 'inside'
  | 'text'
  | 'compare'
  | 'problems'
  | 'developer';

export interface SessionState {
  readonly screen: 'start' | 'workbench';
  readonly selection: Selection;
  readonly file: OpenFile | null;
  /** Names this document's autosave journal and its runs; a new one for every document that is opened. */
  readonly documentId: string;
  readonly dialog: DialogName;
  readonly quickAdd: QuickAdd | null;
  /** The wire that is being drawn, and why each port that does not take it does not, by `portKey`. */
  readonly wiring: { readonly loose: LooseEnd; readonly refusals: ReadonlyMap<string, string> } | null;
  /** The wires on the ways through the node under the pointer; null where none is. */
  readonly lit: ReadonlySet<string> | null;
  /** The node whose name is being typed over. */
  readonly renaming: string | null;
  readonly leftTab: LeftTab;
  readonly rightTab: RightTab;
  /** The kind of layer that the palette last had the keyboard on, and what was selected then: until that changes, it is read about. */
  readonly lookedUp: { readonly kind: string; readonly selection: Selection } | null;
  readonly bottomTab: BottomTab;
  /** Whether the developer panel is among the tabs. */
  readonly developer: boolean;
  /** What is looked at inside the net: a tab (null: what fits the node best) and the node it was opened from. */
  readonly inside: { readonly tab: string | null; readonly node: string | null };
  readonly panels: { readonly left: boolean; readonly right: boolean; readonly bottom: boolean };
  readonly theme: 'system' | 'light' | 'dark';
  /** What the theme comes to, the system's wish included. */
  readonly isDark: boolean;
  /** Whether products may round their factors to 16 bits where the GPU is faster with that. */
  readonly halfPrecision: boolean;
  readonly connected: boolean;
}

export type SessionStore = StoreApi<SessionState>;

export function createSessionStore(): SessionStore {
  return createStore<SessionState>(() => ({
    screen: 'start',
    selection: nothingSelected,
    file: null,
    documentId: newDocumentId(),
    dialog: 'none',
    quickAdd: null,
    wiring: null,
    lit: null,
    renaming: null,
    leftTab: 'layers',
    rightTab: 'inspector',
    lookedUp: null,
    bottomTab: 'charts',
    developer: false,
    inside: { tab: null, node: null },
    panels: { left: true, right: true, bottom: true },
    theme: 'system',
    isDark: false,
    halfPrecision: false,
    connected: true,
  }));
}

export function newDocumentId(): string {
  return crypto.randomUUID();
}
