/** The folder that a file dialog shows: asked of the host, one answer at a time, the last question winning. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure, FilePurpose, Output } from '../../../main/ipc/contract.ts';
import type { Host } from '../../host.ts';

export type Folder = Output<'files:list'>;

export interface FolderView {
  /** Null until the first answer. */
  readonly folder: Folder | null;
  readonly failure: Failure | null;
  /** Null: where the user was last. */
  go(path: string | null): void;
  setFailure(failure: Failure | null): void;
}

export function useFolder(host: Host, purpose: FilePurpose): FolderView {
  const [folder, setFolder] = useState<Folder | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const question = useRef(0);
  const go = useCallback(
    (path: string | null) => {
      const mine = ++question.current;
      host.invoke('files:list', { path, purpose }).then((reply) => {
        if (mine !== question.current) return;
        setFailure(reply.ok ? null : reply);
        if (reply.ok) setFolder(reply.value);
      }, console.error);
    },
    [host, purpose],
  );
  useEffect(() => go(null), [go]);
  return { folder, failure, go, setFailure };
}
