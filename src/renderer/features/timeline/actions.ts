/** Going back in time, for keys, menus, the command palette and the bar alike. Steps are those of which there is a capture. */
import { shownRun } from '../../engine-client/store.ts';
import { trainingOf } from '../../engine-client/training.ts';
import type { Action } from '../../session/actions.ts';
import type { Workbench } from '../../session/workbench.ts';

/** The captures of the shown run, and the place among them that is looked at. */
function placeOf(workbench: Workbench) {
  const state = trainingOf(workbench).store.getState();
  const history = shownRun(state)?.log?.history;
  if (!history || history.length === 0) return null;
  return { history, position: state.at === null ? history.length - 1 : history.positionOf(state.at) };
}

/** Looks at the capture so many places on, or back. */
export function moveBy(workbench: Workbench, places: number): void {
  const place = placeOf(workbench);
  if (!place) return;
  const { history, position } = place;
  const next = Math.min(history.length - 1, Math.max(0, position + places));
  trainingOf(workbench).client.seek(history.stepAt(next));
}

const hasCaptures = (workbench: Workbench): boolean => placeOf(workbench) !== null;
const isBack = (workbench: Workbench): boolean => trainingOf(workbench).store.getState().at !== null;

export const timeActions: readonly Action[] = [
  {
    id: 'time.back',
    title: 'Look at the step before',
    group: 'View',
    keys: ['['],
    enabled: hasCaptures,
    run: (workbench) => moveBy(workbench, -1),
  },
  {
    id: 'time.forward',
    title: 'Look at the step after',
    group: 'View',
    keys: [']'],
    enabled: isBack,
    run: (workbench) => moveBy(workbench, 1),
  },
  {
    id: 'time.first',
    title: 'Look at the first step',
    group: 'View',
    keys: ['Home'],
    enabled: hasCaptures,
    run: (workbench) => trainingOf(workbench).client.seek(0),
  },
  {
    id: 'time.newest',
    title: 'Look at the newest step',
    group: 'View',
    keys: ['End'],
    enabled: isBack,
    run: (workbench) => trainingOf(workbench).client.seek(null),
  },
];
