/** What an action is: the one thing that menus, shortcuts, the command palette and buttons share. */
import type { Workbench } from './workbench.ts';

export type ActionGroup = 'File' | 'Edit' | 'View' | 'Graph' | 'Train' | 'Help';

export interface Action {
  /** `edit.undo`; the native menu sends it back. */
  readonly id: string;
  readonly title: string | ((workbench: Workbench) => string);
  readonly group: ActionGroup;
  /** In Electron's notation: `CmdOrCtrl+Shift+Z`. The first is shown, all work. */
  readonly keys?: readonly string[];
  /** Works while typing in a field, too. */
  readonly whileTyping?: boolean;
  /** Shortcut only: not in menus or the palette. */
  readonly hidden?: boolean;
  enabled?(workbench: Workbench): boolean;
  checked?(workbench: Workbench): boolean;
  run(workbench: Workbench): void | Promise<void>;
}

export function actionTitle(action: Action, workbench: Workbench): string {
  return typeof action.title === 'string' ? action.title : action.title(workbench);
}

export function isEnabled(action: Action, workbench: Workbench): boolean {
  return action.enabled?.(workbench) ?? true;
}
