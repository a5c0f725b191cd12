/**
 * The file dialog in the page, for the shell without native ones: mount it once, and `host.chooseOpen` and
 * `host.chooseSave` show it. One request at a time; a second one waits its turn.
 */
import { Dialog } from 'radix-ui';
import { useEffect, useState } from 'react';
import type { FilePurpose } from '../../../main/ipc/contract.ts';
import type { Host } from '../../host.ts';
import { FileChooser } from './FileChooser.tsx';
import './files.css';

export interface FileRequest {
  readonly to: 'open' | 'save';
  readonly purpose: FilePurpose;
  readonly suggestedName: string;
  /** Null: cancelled. */
  readonly answer: (path: string | null) => void;
}

const things: Record<FilePurpose, string> = {
  document: 'a Gradloom document',
  data: 'a table',
  weights: 'weights',
  image: 'a picture',
  table: 'a table',
  'export-folder': 'the exported folder',
};

export function FileDialogs({ host }: { host: Host }) {
  const [requests, setRequests] = useState<readonly FileRequest[]>([]);
  useEffect(() => {
    const ask = (request: Omit<FileRequest, 'answer'>): Promise<string | null> =>
      new Promise((answer) => setRequests((waiting) => [...waiting, { ...request, answer }]));
    host.setFileDialog({
      open: ({ purpose }) => ask({ to: 'open', purpose, suggestedName: '' }),
      save: ({ purpose, suggestedName }) => ask({ to: 'save', purpose, suggestedName }),
    });
  }, [host]);

  const request = requests[0];
  if (!request) return null;
  const answer = (path: string | null): void => {
    setRequests((waiting) => waiting.slice(1));
    request.answer(path);
  };
  const verb = request.to === 'open' ? 'Open' : 'Save';
  return (
    <Dialog.Root open onOpenChange={(open) => open || answer(null)}>
      <Dialog.Portal>
        <Dialog.Overlay className="files-overlay" />
        <Dialog.Content className="files-dialog" aria-describedby={undefined}>
          <Dialog.Title>
            {verb} {things[request.purpose]}
          </Dialog.Title>
          <FileChooser key={requests.length} host={host} request={request} answer={answer} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
