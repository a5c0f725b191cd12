// Where Node finds a GPU on a machine that has none: SwiftShader, Google's software Vulkan, ships inside Chromium,
// Chrome, Edge and Electron with an ICD file beside it, and the Vulkan loader takes such a file from VK_DRIVER_FILES.
// The command line, the checks and `npm start` share this file, so they agree about what they run on.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { lacksGraphicsDevice } from './gpu-switches.ts';

const icdFile = 'vk_swiftshader_icd.json';

const browserFolders = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium',
  '/usr/lib64/chromium-browser',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
];

/** The folders that Playwright keeps its own Chromium in, newest revision first. */
function playwrightFolders(): string[] {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache/ms-playwright');
  if (!existsSync(cache)) return [];
  const revisions = readdirSync(cache).filter((name) => name.startsWith('chromium-'));
  return revisions
    .sort()
    .reverse()
    .flatMap((name) => [join(cache, name, 'chrome-linux'), join(cache, name, 'chrome-linux64')]);
}

/** Whether the kernel shows a GPU. Only Linux needs asking: macOS and Windows always come with a driver. */
export function hasHardwareGpu(): boolean {
  const nodes = ['/dev/nvidiactl', '/dev/dxg']; // NVIDIA without its display half, and Windows' GPU in WSL
  return !lacksGraphicsDevice(process.platform) || nodes.some((node) => existsSync(node));
}

/** The ICD file of an installed SwiftShader, or null when no browser or Electron here carries one. */
export function findSoftwareVulkan(): string | null {
  const electron = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const folders = [
    ...browserFolders,
    ...(electron ? [electron] : []),
    join(import.meta.dirname, '../../node_modules/electron/dist'),
    ...playwrightFolders(),
  ];
  return folders.map((folder) => join(folder, icdFile)).find((file) => existsSync(file)) ?? null;
}

/** True when the person has chosen a Vulkan driver themselves; then nobody else should. */
export function isVulkanDriverChosen(): boolean {
  return Boolean(process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES);
}
