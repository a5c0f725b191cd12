/** Training, for the features: one store and one client per workbench, made when they are first asked for. */
import { useStore } from 'zustand';
import type { AllowedMessage, CutsMessage, FromWorker } from '../../engine/index.ts';
import { useWorkbench, type Workbench } from '../session/workbench.ts';
import { type PortListener, TrainingClient, type TrainingPort } from './client.ts';
import { keepCuts, knownCuts } from './cuts.ts';
import { readDataFiles } from './data-files.ts';
import { scheduleFrame } from './schedule.ts';
import { createTrainingStore, type TrainingState, type TrainingStore } from './store.ts';

export interface Training {
  readonly store: TrainingStore;
  readonly client: TrainingClient;
}

const trainings = new WeakMap<Workbench, Training>();

export function trainingOf(workbench: Workbench): Training {
  const known = trainings.get(workbench);
  if (known) return known;
  const store = createTrainingStore();
  const client = new TrainingClient({
    store,
    spawn: (listener) => spawnWorker(listener, workbench),
    readFiles: (document) => readDataFiles(document, workbench.host),
    schedule: scheduleFrame,
  });
  const training = { store, client };
  trainings.set(workbench, training);
  return training;
}

function spawnWorker(listener: PortListener, { session }: Workbench): TrainingPort {
  const worker = new Worker(new URL('../../engine/train/worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker | CutsMessage>) => {
    if (data.type === 'cuts') keepCuts(localStorage, data.cuts);
    else listener.message(data);
  });
  worker.postMessage({ type: 'cuts', cuts: knownCuts(localStorage) } satisfies CutsMessage);
  // The GPU is opened when something is first trained: what is said until then counts.
  const allow = ({ halfPrecision: f16 }: { readonly halfPrecision: boolean }): void =>
    worker.postMessage({ type: 'allowed', allowed: { f16 } } satisfies AllowedMessage);
  allow(session.getState());
  const stop = session.subscribe((now, before) => {
    if (now.halfPrecision !== before.halfPrecision) allow(now);
  });
  worker.addEventListener('error', ({ message }) => {
    stop();
    listener.broke(message);
  });
  return worker;
}

/** The training of the workbench that the component is in. */
export function useTrainingClient(): Training {
  return trainingOf(useWorkbench());
}

/** Selectors must return what is in the store, or primitives. */
export function useTraining<T>(select: (state: TrainingState) => T): T {
  return useStore(useTrainingClient().store, select);
}
