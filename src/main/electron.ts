/** The Electron shell: the order of starting, one instance, documents from the system, and the end. */
import { join, resolve } from 'node:path';
import { app, ipcMain, session, shell } from 'electron';
import { askToOpen, askToSave } from './dialogs.ts';
import { gpuSwitches, lacksGraphicsDevice, SOFTWARE_GPU } from './gpu-switches.ts';
import { createHost, type Host, type ShellParts } from './host.ts';
import type { Input } from './ipc/contract.ts';
import { firstMenu, showMenu } from './menu.ts';
import { defaultDataFolder } from './places.ts';
import { hardenBeforeReady, hardenSession, isOurFrame } from './security.ts';
import type { Client } from './services/client.ts';
import { createWindows } from './windows.ts';

const built = resolve(import.meta.dirname, '..'); // out/
const dataFolder = defaultDataFolder();
const forcedSoftware = app.commandLine.hasSwitch(SOFTWARE_GPU);
const software = forcedSoftware || lacksGraphicsDevice(process.platform);

app.setPath('userData', dataFolder);
app.setPath('sessionData', join(dataFolder, 'chromium'));
for (const { name, value } of gpuSwitches({ platform: process.platform, software })) {
  app.commandLine.appendSwitch(name, value);
}
hardenBeforeReady();

let host: Host | null = null;
let gpuReported = false;
const early: string[] = documentsIn(process.argv);
const windows = createWindows({
  preload: join(built, 'preload/preload.cjs'),
  icon: join(built, 'renderer/icon.png'),
  host: () => {
    if (!host) throw new Error('a window was opened before the host was there');
    return host;
  },
});

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_, argv, folder) => {
    windows.focus();
    openAll(documentsIn(argv).map((path) => resolve(folder, path)));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openAll([path]);
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => host?.dispose());
  // Not a top-level await: in a packaged ES module, `ready` waits for the module and the module would wait for `ready`.
  app.whenReady().then(start).catch(giveUp);
} else {
  app.quit(); // the first instance has been told our documents
}

async function start(): Promise<void> {
  hardenSession(session.defaultSession, join(built, 'renderer'));
  host = await createHost({
    dataFolder,
    assetsFolder: join(app.getAppPath(), 'assets'),
    parts: electronParts(),
  });
  for (const path of early.splice(0)) await host.openDocument(path);
  listen(host);
  showMenu(firstMenu, windows.choose);
  windows.open();
}

function listen({ dispatch, grant }: Host): void {
  ipcMain.handle('gradloom:call', (event, channel: unknown, input: unknown) => {
    const client = windows.clientOf(event.sender);
    if (!client || !isOurFrame(event.senderFrame)) throw new Error('refused an unknown sender');
    return dispatch({ channel, input, client });
  });
  ipcMain.handle('gradloom:grant-dropped', (event, path: unknown) => {
    if (!isOurFrame(event.senderFrame) || typeof path !== 'string')
      throw new Error('refused an unknown sender');
    return grant(path, path.endsWith('.gradloom') ? 'document' : 'data');
  });
}

function electronParts(): ShellParts {
  const windowOf = (client: Client) => {
    const window = windows.windowOf(client);
    if (!window) throw new Error('the window has closed');
    return window;
  };
  return {
    info: {
      shell: 'electron',
      nativeDialogs: true,
      nativeMenu: true,
      version: app.getVersion(),
      platform: process.platform,
      arch: process.arch,
      versions: {
        node: process.versions.node,
        electron: process.versions.electron,
        chrome: process.versions.chrome ?? null,
      },
    },
    dialogs: {
      open: ({ purpose }, client) => askToOpen(purpose, windowOf(client)),
      save: (request, client) => askToSave(request, windowOf(client)),
    },
    listing: null,
    setMenu: (menu) => showMenu(menu, windows.choose),
    setWindowState: windows.setState,
    closeWindow: windows.close,
    revealInFolder: (path) => shell.showItemInFolder(path),
    reportGpu,
  };
}

/** Says in the terminal what the page got; where that is nothing, starts once more on the software adapter. */
function reportGpu({ adapter, software: isSoftware, reason }: Input<'app:gpu'>): void {
  console.log(`GPU: ${adapter ?? 'none'}${isSoftware ? ' (software)' : ''}: ${reason}`);
  const first = !gpuReported;
  gpuReported = true;
  if (adapter !== null || software || !first) return;
  console.log('Starting again with the software GPU.');
  app.relaunch({ args: [...process.argv.slice(1), `--${SOFTWARE_GPU}`] });
  app.exit(0);
}

function openAll(paths: readonly string[]): void {
  if (!host) {
    early.push(...paths);
    return;
  }
  for (const path of paths) host.openDocument(path).catch(console.error);
}

function documentsIn(argv: readonly string[]): string[] {
  return argv.slice(1).filter((argument) => !argument.startsWith('-') && argument.endsWith('.gradloom'));
}

function giveUp(error: unknown): void {
  console.error(error);
  app.exit(1);
}
