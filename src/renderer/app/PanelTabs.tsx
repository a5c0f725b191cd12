/** A panel of tabs, keyboard and all. Tabs that are open are the session's to remember. */
import { Tabs } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './WorkbenchScreen.module.css';

export interface PanelTab<T extends string> {
  readonly id: T;
  readonly title: string;
  /** A number to notice; 0 shows none. */
  readonly count?: number;
  readonly content: ReactNode;
}

export interface PanelTabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly PanelTab<T>[];
  readonly open: T;
  onOpen(id: T): void;
}

export function PanelTabs<T extends string>({ label, tabs, open, onOpen }: PanelTabsProps<T>) {
  const shown = tabs.some(({ id }) => id === open) ? open : (tabs[0]?.id ?? open);
  return (
    <Tabs.Root
      className={styles.pane}
      value={shown}
      onValueChange={(value) => {
        const tab = tabs.find(({ id }) => id === value);
        if (tab) onOpen(tab.id);
      }}
    >
      <Tabs.List className={styles.tabs} aria-label={label}>
        {tabs.map(({ id, title, count = 0 }) => (
          <Tabs.Trigger key={id} value={id} className={styles.tab}>
            {title}
            {count > 0 ? <span className={styles.badge}>{count}</span> : null}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map(({ id, content }) => (
        <Tabs.Content key={id} value={id} className={styles.content} tabIndex={-1}>
          {content}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
