/** What must live as long as the workbench: edits flow to the worker, and what the net tells flows to the canvas. Draws nothing. */
import { useEffect } from 'react';
import { shownRun, type TrainingState } from '../../engine-client/store.ts';
import { useTrainingClient } from '../../engine-client/training.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { currentTheme, onThemeChange } from '../../ui/theme.ts';
import { liveStateOf } from './live-state.ts';

/** Wires and health dots are React's: four times a second is enough to see them move. */
const CANVAS_PAUSE_MS = 250;

export function TrainingBackground() {
  const workbench = useWorkbench();
  const { client, store } = useTrainingClient();

  useEffect(
    () => workbench.document.subscribe(({ doc }, before) => doc !== before.doc && client.follow(doc)),
    [workbench, client],
  );

  useEffect(
    () =>
      workbench.session.subscribe(({ documentId }, before) => {
        if (documentId !== before.documentId) client.forgetAll();
      }),
    [workbench, client],
  );

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let told = '';
    const tell = (): void => {
      timer = undefined;
      const state = store.getState();
      const run = shownRun(state);
      told = keyOf(state);
      workbench.live.setState(liveStateOf(run, state.at, currentTheme()));
    };
    const soon = (): void => {
      // Pressing Play is answered at once, and so is going back in time.
      if (keyOf(store.getState()) !== told) {
        clearTimeout(timer);
        tell();
      } else timer ??= setTimeout(tell, CANVAS_PAUSE_MS);
    };
    const stops = [store.subscribe(soon), onThemeChange(soon)];
    tell();
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [workbench, store]);

  // The worker goes with the page; the next workbench gets its own.
  useEffect(() => () => client.dispose(), [client]);
  return null;
}

/** What is shown at once when it changes. */
function keyOf(state: TrainingState): string {
  return `${shownRun(state)?.status} ${state.at}`;
}
