/**
 * What a running net tells the canvas, outside React and outside the document: the training side fills it at most once a
 * frame, nodes and wires read the entry of their own id. Nothing here is saved or undone.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

/** How a wire is drawn while there is something to tell. */
export interface WireTint {
  /** A CSS colour. */
  readonly color: string;
  /** Stroke width in canvas units; 2 is a wire at rest. */
  readonly width: number;
  /** The number behind the colour, in words: `|∂L/∂y| 2.9·10⁻⁵`. Never colour alone. */
  readonly label: string;
}

/** What is known of a node's health: the dot at far zoom, its words in the tooltip. */
export interface NodeHealth {
  readonly level: 'good' | 'warning' | 'bad';
  readonly words: string;
}

/** The ring around every node that takes part in a run. */
export type RunRing = 'none' | 'compiling' | 'running' | 'paused' | 'ended' | 'failed';

export interface LiveState {
  /** By what gives the wire's value: `<path of the layer> <port>`. */
  readonly wireTints: ReadonlyMap<string, WireTint>;
  readonly nodeHealth: ReadonlyMap<string, NodeHealth>;
  readonly ring: RunRing;
  /** The node that a failure names, where it names one. */
  readonly failedNode: string | null;
  /** The loss of the run so far, smoothed; null before the first step. */
  readonly loss: number | null;
  /** For the status bar; null where nothing is known yet. */
  readonly adapter: { readonly name: string; readonly software: boolean } | null;
  readonly stepsPerSecond: number | null;
  /** What looking costs and how often it is done, in words. */
  readonly looking: string | null;
  /** GPU memory that the run holds, in bytes. */
  readonly memoryBytes: number | null;
}

export type LiveStore = StoreApi<LiveState>;

/** While there is no run. */
export const nothingLive: LiveState = {
  wireTints: new Map(),
  nodeHealth: new Map(),
  ring: 'none',
  failedNode: null,
  loss: null,
  adapter: null,
  stepsPerSecond: null,
  looking: null,
  memoryBytes: null,
};

export function createLiveStore(): LiveStore {
  return createStore<LiveState>(() => nothingLive);
}
