/** The entries of a folder as one stop of the Tab key: arrows move, Enter opens, Backspace goes up. */
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Folder } from './use-folder.ts';

type Entry = Folder['entries'][number];

interface Props {
  readonly entries: readonly Entry[];
  /** Null at the top. */
  readonly goUp: (() => void) | null;
  readonly select: (entry: Entry) => void;
  readonly open: (entry: Entry) => void;
}

export function FolderEntries({ entries, goUp, select, open }: Props) {
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);

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

  if (entries.length === 0) return <p className="files-list">Nothing here fits.</p>;
  return (
    <div
      className="files-list"
      role="listbox"
      aria-label="Files and folders"
      ref={list}
      onKeyDown={onKeyDown}
    >
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
