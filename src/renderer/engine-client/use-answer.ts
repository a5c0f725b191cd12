/**
 * Asks the worker about the inside of the shown run's net, for the step that is looked at; while it trains and the newest step
 * is looked at, asks again now and then, so rarely that training hardly feels it. One question at a time: while the scrubber is
 * drawn along, the steps that it has left by the time of an answer are never asked for.
 */
import { useEffect, useRef, useState } from 'react';
import type { InspectRequest } from '../../engine/index.ts';
import type { Inspected } from './client.ts';
import type { RunView } from './run.ts';
import { useTraining, useTrainingClient } from './training.ts';

/** Between an answer and the next question, at least. */
const PAUSE_MS = 500;
/** The pause is so many times what the last answer took: looking takes at most a fifth of the time. */
const PATIENCE = 4;

/** What does not depend on weights is asked once. */
const fixedKinds: ReadonlySet<InspectRequest['kind']> = new Set(['describe', 'samples']);

export interface Answer<T> {
  /** Of the step that was last answered for; null before the first. */
  readonly value: T | null;
  readonly problem: string | null;
}

const nothing = { value: null, problem: null };

const stopped = {
  value: null,
  problem: 'This run was stopped and its GPU memory freed. Play again to look inside.',
};

/** An answer and what it answers: one to another question is none. */
interface Kept<T> extends Answer<T> {
  readonly to: object | null;
}

/** @param request keep it the same object while it asks the same; null asks nothing */
export function useAnswer<K extends InspectRequest['kind']>(
  run: RunView,
  request: Extract<InspectRequest, { kind: K }> | null,
): Answer<Inspected<K>> {
  const { client, store } = useTrainingClient();
  const isFixed = request !== null && fixedKinds.has(request.kind);
  const at = useTraining((s) => (isFixed ? null : s.at));
  const [answer, setAnswer] = useState<Kept<Inspected<K>>>({ ...nothing, to: null });
  const answering = useRef<Promise<unknown>>(Promise.resolve());
  const { id, generation } = run;
  const isReady = run.facts !== null;
  const isStopped = run.status === 'stopped';

  useEffect(() => {
    if (!isReady || request === null) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = -1;
    let pause = PAUSE_MS;
    const stepNow = (): number => store.getState().runs.get(id)?.step ?? 0;
    const ask = async (): Promise<void> => {
      await answering.current;
      if (isOver) return;
      asked = stepNow();
      const began = performance.now();
      try {
        const inspected = client.inspect<K>(id, at, request);
        answering.current = inspected.catch(() => undefined);
        const value = await inspected;
        if (!isOver) setAnswer({ value, problem: null, to: request });
      } catch (error) {
        if (!isOver)
          setAnswer({
            value: null,
            problem: error instanceof Error ? error.message : String(error),
            to: request,
          });
        return;
      }
      pause = Math.max(PAUSE_MS, PATIENCE * (performance.now() - began));
      if (at === null && !isFixed) wait();
    };
    const wait = (): void => {
      if (isOver) return;
      timer = setTimeout(() => (stepNow() === asked ? wait() : void ask()), pause);
    };
    if (!isStopped) void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
    // A reset (`generation`) makes the same question a new one.
  }, [client, store, id, generation, isReady, isStopped, isFixed, at, request]);
  if (answer.to === request) return answer;
  return isStopped ? stopped : nothing;
}

/** The first samples of the training part, to be laid over pictures. */
export const firstSamples = {
  kind: 'samples',
  part: 'train',
  places: Array.from({ length: 400 }, (_, i) => i),
} as const;

export const allWeights = { kind: 'weights' } as const;
