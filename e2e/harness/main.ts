/** The renderer's host and its file dialog without the app around them: what e2e/host.spec.ts drives. */
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { FileDialogs } from '../../src/renderer/features/files/FileDialogs.tsx';
import { connectHost, type Host } from '../../src/renderer/host.ts';

declare global {
  interface Window {
    host: Host;
  }
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
window.host = await connectHost();
createRoot(root).render(createElement(FileDialogs, { host: window.host }));
