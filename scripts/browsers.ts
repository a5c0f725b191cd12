// Which Chromium-like browser and which Electron this machine has. WebGPU needs one of these; other browsers come later.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'msedge',
];

const usualPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
};

/** The executable of an installed Chromium, Chrome or Edge, or null. `GRADLOOM_BROWSER` chooses one. */
export function findBrowser(): string | null {
  if (process.env.GRADLOOM_BROWSER) return process.env.GRADLOOM_BROWSER;
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...(usualPlaces[process.platform] ?? [])].find((file) => existsSync(file)) ?? null;
}

const electronFile =
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[String(process.platform)] ??
  'electron';

/** The folder of an unpacked Electron (one that is named by ELECTRON_OVERRIDE_DIST_PATH first), or null. */
export function findElectron(): string | null {
  const installed = join(import.meta.dirname, '../node_modules/electron/dist');
  const folders = [process.env.ELECTRON_OVERRIDE_DIST_PATH, installed].filter(
    (folder) => folder !== undefined,
  );
  return folders.find((folder) => existsSync(join(folder, electronFile))) ?? null;
}

export function electronExecutable(folder: string): string {
  return join(folder, electronFile);
}
