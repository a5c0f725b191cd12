/** The native menu, built from the actions that the page names; choosing one sends its id back. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Input } from './ipc/contract.ts';

type MenuItem = Input<'menu:set'>[number]['items'][number];

/** What stands there until the page has loaded: enough to edit text and to leave. */
export const firstMenu: Input<'menu:set'> = [
  {
    label: 'Edit',
    items: (['cut', 'copy', 'paste', 'selectAll'] as const).map((role) => ({ kind: 'role', role })),
  },
  { label: 'Window', items: [{ kind: 'role', role: 'minimize' }] },
];

export function showMenu(menu: Input<'menu:set'>, choose: (id: string) => void): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(menu, choose, process.platform)));
}

export function menuTemplate(
  menu: Input<'menu:set'>,
  choose: (id: string) => void,
  platform: string,
): MenuItemConstructorOptions[] {
  const menus = menu.map(({ label, items }) => ({
    label,
    submenu: items.map((item) => toNative(item, choose)),
  }));
  return platform === 'darwin' ? [{ role: 'appMenu' }, ...menus] : menus;
}

function toNative(item: MenuItem, choose: (id: string) => void): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'role':
      return { role: item.role };
    case 'action':
      return {
        id: item.id,
        label: item.label,
        enabled: item.enabled ?? true,
        ...(item.accelerator === undefined
          ? {}
          : // The page handles its own keys, so that they work alike in both shells and can be bound anew.
            { accelerator: item.accelerator, registerAccelerator: false }),
        ...(item.checked === undefined ? {} : { type: 'checkbox', checked: item.checked }),
        click: () => choose(item.id),
      };
    default:
      return item satisfies never;
  }
}
