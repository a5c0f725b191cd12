/** A list to choose from by typing: the frame of the command palette, of finding a node, of wiring by keyboard. */
import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import styles from './Chooser.module.css';
import { fuzzySearch } from './fuzzy.ts';

export interface ChooserItem {
  readonly id: string;
  readonly title: string;
  /** Other words it is found by. */
  readonly words?: readonly string[];
  readonly icon?: ReactNode;
  /** Small, on the right: a shortcut, a shape. */
  readonly note?: string;
  readonly disabled?: boolean;
}

export interface ChooserProps {
  readonly label: string;
  readonly placeholder: string;
  readonly items: readonly ChooserItem[];
  readonly none: string;
  onChoose(id: string): void;
  onClose(): void;
}

export function Chooser({ label, placeholder, items, none, onChoose, onClose }: ChooserProps) {
  const [query, setQuery] = useState('');
  const found = fuzzySearch(query, items, (item) => [item.title, ...(item.words ?? [])]);
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.overlay} />
        <Dialog.Content className={styles.dialog} aria-describedby={undefined}>
          <Dialog.Title className={styles.label}>{label}</Dialog.Title>
          <Command label={label} shouldFilter={false} loop>
            <Command.Input
              className={styles.input}
              placeholder={placeholder}
              value={query}
              onValueChange={setQuery}
            />
            <Command.List className={styles.list}>
              <Command.Empty className={styles.none}>{none}</Command.Empty>
              {found.map(({ id, title, icon, note, disabled }) => (
                <Command.Item
                  key={id}
                  value={id}
                  className={styles.row}
                  onSelect={() => onChoose(id)}
                  disabled={disabled ?? false}
                >
                  {icon}
                  <span className={styles.title}>{title}</span>
                  {note === undefined ? null : <span className={styles.note}>{note}</span>}
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
