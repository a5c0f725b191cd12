/** Asks the shown run for texts, and keeps them: when told, and now and then while it trains. */
import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { GenerateOptions } from '../../../engine/index.ts';
import { shownRun } from '../../engine-client/store.ts';
import { useTraining, useTrainingClient } from '../../engine-client/training.ts';
import { foldSample, type Sample } from './samples.ts';

/** Rest between two live texts, in ms: training waits while the net writes. */
const liveRest = 5000;

export interface Generating {
  readonly samples: readonly Sample[];
  readonly isWriting: boolean;
  /** Whether there is a run that can be asked. */
  readonly isReady: boolean;
  start(options: GenerateOptions): void;
  stop(): void;
}

export function useGenerator(options: GenerateOptions, isLive: boolean): Generating {
  const { client } = useTrainingClient();
  const run = useTraining((s) => shownRun(s)?.id ?? null);
  const isTraining = useTraining((s) => shownRun(s)?.status === 'running');
  const isReady = useTraining((s) => {
    const shown = shownRun(s);
    return shown?.facts != null && ['paused', 'running', 'ended'].includes(shown.status);
  });
  const [samples, tell] = useReducer(foldSample, []);
  const ids = useRef(0);
  const cancel = useRef<(() => void) | null>(null);
  const isWriting = samples.some((sample) => !sample.isDone);

  const stop = useCallback(() => cancel.current?.(), []);
  const start = useCallback(
    (wanted: GenerateOptions): void => {
      if (run === null) return;
      const id = ++ids.current;
      tell({ type: 'begun', id, prompt: wanted.prompt });
      cancel.current = client.generate(run, wanted, {
        text: (text, step) => tell({ type: 'written', id, text, step }),
        done: (problem) => tell({ type: 'done', id, problem }),
      });
    },
    [client, run],
  );

  // Another run's texts are not this one's; and nobody reads on when the panel closes.
  useEffect(() => {
    tell({ type: 'forgotten' });
    return stop;
  }, [run, stop]);

  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    if (!isLive || !isTraining || !isReady || isWriting) return;
    const timer = setTimeout(() => start(latest.current), liveRest);
    return () => clearTimeout(timer);
  }, [isLive, isTraining, isReady, isWriting, start]);

  return { samples, isWriting, isReady, start, stop };
}
