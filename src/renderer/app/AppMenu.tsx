/** The menu of all actions, for the shell without a native menu bar and for everyone's mouse. */
import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { type Action, actionTitle, isEnabled } from '../session/actions.ts';
import { useWorkbench } from '../session/workbench.ts';
import styles from '../ui/Menu.module.css';
import { actions, groups, runAction } from './actions.ts';
import { readable } from './keys.ts';

export function AppMenu({ children }: { readonly children: ReactNode }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align="start" sideOffset={6} collisionPadding={8}>
          {groups.map((group) => {
            const own = actions.filter((action) => action.group === group);
            if (own.length === 0) return null;
            return (
              <DropdownMenu.Sub key={group}>
                <DropdownMenu.SubTrigger className={styles.item}>
                  {group}
                  <ChevronRight aria-hidden />
                </DropdownMenu.SubTrigger>
                <DropdownMenu.Portal>
                  <DropdownMenu.SubContent className={styles.menu} sideOffset={4} collisionPadding={8}>
                    {own.map((action) => (
                      <MenuRow key={action.id} action={action} />
                    ))}
                  </DropdownMenu.SubContent>
                </DropdownMenu.Portal>
              </DropdownMenu.Sub>
            );
          })}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function MenuRow({ action }: { readonly action: Action }) {
  const workbench = useWorkbench();
  const key = action.keys?.[0];
  return (
    <DropdownMenu.Item
      className={styles.item}
      disabled={!isEnabled(action, workbench)}
      onSelect={() => runAction(workbench, action.id)}
    >
      <span className={styles.check}>{action.checked?.(workbench) ? <Check aria-label="on" /> : null}</span>
      {actionTitle(action, workbench)}
      {key ? <kbd>{readable(key, workbench.host.info.platform === 'darwin')}</kbd> : null}
    </DropdownMenu.Item>
  );
}
