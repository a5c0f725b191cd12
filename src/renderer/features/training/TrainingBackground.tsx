/** What must live as long as the workbench: edits flow to the worker, and what the net tells flows to the canvas; notices of runs are said. */
import { useEffect } from 'react';
import { toast } from 'sonner';
import { seenRun, shownRun, type TrainingState } from '../../engine-client/store.ts';
import { useTrainingClient } from '../../engine-client/training.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { currentTheme, onThemeChange } from '../../ui/theme.ts';
import { liveStateOf } from './live-state.ts';

/** Wires and health dots are React's: four times a second is enough to see them move. */
const CANVAS_PAUSE_MS = 250;
/** After an edit, before the net is looked at: typing and dragging are no reason to compile. */
const EXAMINE_PAUSE_MS = 800;

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
      const run = seenRun(state);
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

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const state = store.getState();
      const { trainable } = workbench.analysis.getState();
      const isOpen = workbench.session.getState().screen === 'workbench';
      const isShown = shownRun(state) !== null && !state.stale;
      if (trainable && isOpen && !isShown) client.examine(workbench.document.getState().doc);
    };
    const later = (): void => {
      clearTimeout(timer);
      client.forgetStart();
      timer = setTimeout(look, EXAMINE_PAUSE_MS);
    };
    later();
    const stops = [
      // Shapes and settings: what the engine reads of the document.
      workbench.analysis.subscribe(later),
      workbench.session.subscribe(({ documentId, screen }, before) => {
        if (documentId !== before.documentId || screen !== before.screen) later();
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [workbench, client, store]);

  useEffect(
    () =>
      store.subscribe(({ runs }, before) => {
        for (const [id, run] of runs) {
          const told = before.runs.get(id)?.notices ?? [];
          if (run.notices === told) continue;
          for (const notice of run.notices.filter((n) => !told.includes(n)))
            toast.message(`${run.title}: ${notice.title}`, { description: notice.fix });
        }
      }),
    [store],
  );

  // The worker goes with the page; the next workbench gets its own.
  useEffect(() => () => client.dispose(), [client]);
  return null;
}

/** What is shown at once when it changes. */
function keyOf(state: TrainingState): string {
  const run = seenRun(state);
  return `${run?.id} ${run?.generation} ${run?.status} ${state.at} ${currentTheme()}`;
}
