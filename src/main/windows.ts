/** The app's windows: how each is made, which client it is to the services, and how it closes without losing work. */
import { app, BrowserWindow, dialog, type WebContents } from 'electron';
import type { Host } from './host.ts';
import type { Input } from './ipc/contract.ts';
import { PAGE } from './security.ts';
import type { Client } from './services/client.ts';

interface OpenWindow {
  readonly window: BrowserWindow;
  client: Client;
  unsaved: boolean;
  mayClose: boolean;
}

export interface Windows {
  open(): BrowserWindow;
  clientOf(contents: WebContents): Client | null;
  windowOf(client: Client): BrowserWindow | null;
  setState(state: Input<'window:state'>, client: Client): void;
  close(client: Client): void;
  /** Brings the app to the front, for a second start. */
  focus(): void;
  choose(menuAction: string): void;
}

export function createWindows(options: { preload: string; icon: string; host: () => Host }): Windows {
  const { preload, icon, host } = options;
  const windows = new Map<number, OpenWindow>();
  let loads = 0;

  /** Each load of the page is a client of its own: after a reload the old one's unsaved work can be recovered. */
  function newClient(contents: WebContents): Client {
    return {
      id: `window-${contents.id}-${++loads}`,
      send(event, payload) {
        if (!contents.isDestroyed()) contents.send('gradloom:event', event, payload);
      },
    };
  }

  const entryOf = (client: Client): OpenWindow | null =>
    [...windows.values()].find((entry) => entry.client === client) ?? null;

  function open(): BrowserWindow {
    const window = new BrowserWindow({
      width: 1440,
      height: 900,
      minWidth: 800,
      minHeight: 560,
      show: false,
      title: 'Gradloom',
      icon,
      backgroundColor: '#14161a',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        spellcheck: false,
        backgroundThrottling: false, // training goes on when the window is hidden
      },
    });
    const { webContents } = window;
    const entry: OpenWindow = { window, client: newClient(webContents), unsaved: false, mayClose: false };
    windows.set(webContents.id, entry);
    host().connect(entry.client);

    const forget = (): void => {
      host().disconnect(entry.client);
      entry.unsaved = false;
    };
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (!isMainFrame || isSameDocument) return;
      forget();
      entry.client = newClient(webContents);
      host().connect(entry.client);
    });
    webContents.on('render-process-gone', (_, { reason }) => {
      forget();
      if (reason !== 'clean-exit') void offerReload(window);
    });
    window.once('ready-to-show', () => window.show());
    window.on('close', (event) => {
      if (!entry.unsaved || entry.mayClose) return;
      event.preventDefault();
      entry.client.send('window:closing', null);
    });
    const id = webContents.id; // gone when the window is
    window.on('closed', () => {
      windows.delete(id);
      host().disconnect(entry.client);
    });
    window.loadURL(PAGE).catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
    return window;
  }

  return {
    open,
    clientOf: (contents) => windows.get(contents.id)?.client ?? null,
    windowOf: (client) => entryOf(client)?.window ?? null,
    setState({ title, path, unsaved }, client) {
      const entry = entryOf(client);
      if (!entry) return;
      entry.unsaved = unsaved;
      entry.window.setTitle(title);
      entry.window.setRepresentedFilename(path ?? '');
      entry.window.setDocumentEdited(unsaved);
    },
    close(client) {
      const entry = entryOf(client);
      if (!entry) return;
      entry.mayClose = true;
      entry.window.close();
    },
    focus() {
      const window = [...windows.values()].at(-1)?.window;
      if (window?.isMinimized()) window.restore();
      window?.focus();
    },
    choose(menuAction) {
      const focused = BrowserWindow.getFocusedWindow();
      const entry =
        [...windows.values()].find(({ window }) => window === focused) ?? [...windows.values()].at(-1);
      entry?.client.send('menu:action', { id: menuAction });
    },
  };
}

async function offerReload(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'This window stopped unexpectedly.',
    detail: 'Reload it: work up to the last autosave is offered for recovery.',
    buttons: ['Reload', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 0) window.webContents.reload();
  else app.quit();
}
