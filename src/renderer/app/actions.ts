/** All actions, in the order of the menus. A feature that has actions names them here. */
import { canvasActions } from '../features/canvas/actions.ts';
import { exportActions } from '../features/export/actions.ts';
import { timeActions } from '../features/timeline/actions.ts';
import { trainingActions } from '../features/training/actions.ts';
import { type Action, actionTitle, isEnabled } from '../session/actions.ts';
import type { Workbench } from '../session/workbench.ts';
import { fileActions, helpActions, viewActions } from './file-actions.ts';

export const actions: readonly Action[] = [
  ...fileActions,
  ...exportActions,
  ...canvasActions,
  ...trainingActions,
  ...viewActions,
  ...timeActions,
  ...helpActions,
];

export const groups = ['File', 'Edit', 'Graph', 'Train', 'View', 'Help'] as const;

export function actionOf(id: string): Action | undefined {
  return actions.find((action) => action.id === id);
}

/** Runs an action by its id, where it may run now. */
export function runAction(workbench: Workbench, id: string): void {
  const action = actionOf(id);
  if (action && isEnabled(action, workbench)) void action.run(workbench);
}

/** What the shell's native menu shows. */
export function menuOf(workbench: Workbench) {
  return groups
    .map((label) => ({
      label,
      items: actions
        .filter((action) => action.group === label && !action.hidden)
        .map((action) => {
          const key = action.keys?.[0];
          // Keys without a modifier belong to the canvas: a menu would take them from text fields.
          const accelerator =
            key?.includes('CmdOrCtrl') && action.group !== 'Edit' ? { accelerator: key } : {};
          return {
            kind: 'action' as const,
            id: action.id,
            label: actionTitle(action, workbench),
            enabled: isEnabled(action, workbench),
            ...accelerator,
            ...(action.checked ? { checked: action.checked(workbench) } : {}),
          };
        }),
    }))
    .filter(({ items }) => items.length > 0);
}
