/** All runs of this window and which of them are looked at. Written by the client only; derived from the worker's messages. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunView } from './run.ts';

export interface TrainingState {
  readonly runs: ReadonlyMap<number, RunView>;
  /** The run that the canvas, the charts and the verdicts show; null before the first. */
  readonly shown: number | null;
  /** The run that is laid beside it; null when nothing is compared. */
  readonly beside: number | null;
  /** Runs that train side by side with settings that differ, in the order in which they were named; none: empty. */
  readonly race: readonly number[];
  /** What the net is like before it is trained, as its graph was edited last; null while that is not known. */
  readonly start: RunView | null;
  /** The step that a person went back to, in all pictures of the runs that are seen; null: the newest. */
  readonly at: number | null;
  /** The graph was edited since the shown run was made from it: another run is needed to train what is on the canvas. */
  readonly stale: boolean;
}

export type TrainingStore = StoreApi<TrainingState>;

export function createTrainingStore(): TrainingStore {
  return createStore<TrainingState>(() => ({
    runs: new Map(),
    shown: null,
    beside: null,
    race: [],
    start: null,
    at: null,
    stale: false,
  }));
}

export function shownRun({ runs, shown }: Pick<TrainingState, 'runs' | 'shown'>): RunView | null {
  return shown === null ? null : (runs.get(shown) ?? null);
}

export function besideRun({ runs, beside }: TrainingState): RunView | null {
  return beside === null ? null : (runs.get(beside) ?? null);
}

/** What pictures of the canvas show: the shown run; before the first, and once the graph is another one, what it starts from. */
export function seenRun(state: TrainingState): RunView | null {
  const run = shownRun(state);
  return run === null || state.stale ? (state.start ?? run) : run;
}

/** The runs that are trained and looked at together: those of a race that the shown run is in, or else the shown run alone. */
export function runsTogether(state: Pick<TrainingState, 'runs' | 'shown' | 'race'>): readonly RunView[] {
  const { runs, race } = state;
  const shown = shownRun(state);
  if (!shown) return [];
  return race.includes(shown.id) ? race.flatMap((id) => runs.get(id) ?? []) : [shown];
}
