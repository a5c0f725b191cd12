/** What is inside a file dialog: the way to the folder, its entries, the name, and the question before overwriting. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Host } from '../../host.ts';
import type { FileRequest } from './FileDialogs.tsx';
import { FolderEntries } from './FolderEntries.tsx';
import { useFolder } from './use-folder.ts';

interface Props {
  readonly host: Host;
  readonly request: FileRequest;
  readonly answer: (path: string | null) => void;
}

export function FileChooser({ host, request, answer }: Props) {
  const { to, purpose, suggestedName } = request;
  const { folder, failure, go, setFailure } = useFolder(host, purpose);
  const [name, setName] = useState(suggestedName);
  const [overwriting, setOverwriting] = useState<string | null>(null);
  const [newFolder, setNewFolder] = useState<string | null>(null);
  // The keyboard starts where the work is: in the name to save under, else in the list, and there once the user browses.
  const [browsing, setBrowsing] = useState(to === 'open');
  const nameField = useRef<HTMLInputElement>(null);
  const isShown = folder !== null && overwriting === null;
  useEffect(() => {
    if (isShown && to === 'save') nameField.current?.select();
  }, [isShown, to]);
  if (!folder)
    return <p role="status">{failure ? `${failure.title} ${failure.fix}` : 'Reading the folder…'}</p>;

  const choose = async (path: string): Promise<void> => {
    const reply = await host.invoke('files:choose', { path, purpose, to });
    if (!reply.ok) return setFailure(reply);
    // A folder's export asks for itself, and keeps what was there.
    const asks = to === 'save' && reply.value.exists && purpose !== 'export-folder';
    if (asks) setOverwriting(reply.value.path);
    else answer(reply.value.path);
  };
  const browse = (path: string | null): void => {
    setBrowsing(true);
    go(path);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim()) void choose(`${folder.path}${folder.separator}${name.trim()}`);
  };
  const makeFolder = async (): Promise<void> => {
    const reply = await host.invoke('files:make-folder', {
      parent: folder.path,
      name: newFolder?.trim() ?? '',
    });
    if (!reply.ok) return setFailure(reply);
    setNewFolder(null);
    go(reply.value);
  };

  if (overwriting !== null) {
    return (
      <div role="alertdialog" aria-label="Replace the file?">
        <p>{overwriting} already exists. Replace it with what you are saving?</p>
        <div className="files-buttons">
          {/* biome-ignore lint/a11y/noAutofocus: a question is asked here; the safe answer is at hand */}
          <button type="button" autoFocus onClick={() => setOverwriting(null)}>
            Choose another name
          </button>
          <button type="button" onClick={() => answer(overwriting)}>
            Replace
          </button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={submit}>
      <div className="files-way">
        <button type="button" disabled={folder.parent === null} onClick={() => go(folder.parent)}>
          Up
        </button>
        <output aria-label="Folder">{folder.path}</output>
        {to === 'save' && (
          <button type="button" onClick={() => setNewFolder('')}>
            New folder
          </button>
        )}
      </div>
      {newFolder !== null && (
        <div className="files-way">
          <label>
            Folder name
            <input value={newFolder} onChange={(event) => setNewFolder(event.target.value)} />
          </label>
          <button type="button" disabled={!newFolder.trim()} onClick={() => void makeFolder()}>
            Make
          </button>
        </div>
      )}
      <FolderEntries
        key={folder.path}
        entries={folder.entries}
        focused={browsing}
        goUp={folder.parent === null ? null : () => browse(folder.parent)}
        select={(entry) => entry.kind === 'file' && setName(entry.name)}
        open={(entry) => (entry.kind === 'folder' ? browse(entry.path) : void choose(entry.path))}
      />
      {failure && (
        <p role="alert">
          {failure.title} {failure.fix}
        </p>
      )}
      <div className="files-buttons">
        <label>
          Name
          <input ref={nameField} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <button type="button" onClick={() => answer(null)}>
          Cancel
        </button>
        <button type="submit" disabled={!name.trim()}>
          {to === 'open' ? 'Open' : 'Save'}
        </button>
      </div>
    </form>
  );
}
