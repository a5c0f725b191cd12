/** The entries of a folder as one stop of the Tab key: arrows move, Enter opens, Backspace goes up. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Folder } from './use-folder.ts';

type Entry = Folder['entries'][number];

interface Props {
  readonly entries: readonly Entry[];
  /** Whether the first entry gets the keyboard when the folder appears. */
  readonly focused: boolean;
  /** Null at the top. */
  readonly goUp: (() => void) | null;
  readonly select: (entry: Entry) => void;
  readonly open: (entry: Entry) => void;
}

export function FolderEntries({ entries, focused, goUp, select, open }: Props) {
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focused) list.current?.querySelector<HTMLElement>('[role=option]')?.focus();
  }, [focused]);

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(entries.length - 1, to));
    const entry = entries[next];
    if (!entry) return;
    setAt(next);
    select(entry);
    list.current?.querySelectorAll<HTMLElement>('[role=option]')[next]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: entries.length - 1,
    };
    const step = steps[event.key];
    const entry = entries[at];
    if (step !== undefined) move(step);
    else if (event.key === 'Enter' && entry) open(entry);
    else if (event.key === 'Backspace' && goUp) goUp();
    else return;
    event.preventDefault();
  };

  return (
    <div
      className="files-list"
      role="listbox"
      aria-label="Files and folders"
      ref={list}
      onKeyDown={onKeyDown}
    >
      {entries.length === 0 && (
        // Empty folders keep the keyboard too: Backspace leads out of them.
        <div role="option" aria-selected="false" aria-disabled="true" tabIndex={0}>
          <span />
          Nothing here fits.
        </div>
      )}
      {entries.map((entry, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list around them handles the keys of all its options
        <div
          key={entry.path}
          role="option"
          aria-selected={index === at}
          tabIndex={index === at ? 0 : -1}
          onClick={() => move(index)}
          onDoubleClick={() => open(entry)}
        >
          <span aria-hidden="true">{entry.kind === 'folder' ? '▸' : ''}</span>
          <span>{entry.kind === 'folder' ? `${entry.name}/` : entry.name}</span>
          <span>{entry.kind === 'file' ? sizeInWords(entry.bytes) : ''}</span>
          <time dateTime={new Date(entry.modified).toISOString()}>
            {new Date(entry.modified).toLocaleDateString()}
          </time>
        </div>
      ))}
    </div>
  );
}

function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
