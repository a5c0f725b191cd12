/** The entry of the page: connects to the shell, then mounts the app. No logic. */
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connectHost } from './host.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

connectHost().then(
  (host) => createRoot(root).render(<App host={host} />),
  (error: Error) => {
    root.textContent = error.message;
  },
);
