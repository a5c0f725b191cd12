/** Packages the built app for this platform into a folder, around an unpacked Electron, as the installers do. */
import { existsSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build, Platform } from 'electron-builder';
import config from '../electron-builder.config.ts';

export const project = resolve(import.meta.dirname, '..');
const runtime = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(project, 'node_modules/electron/dist');

/** Null when it can be done. */
export const whyNotPackaged: string | null =
  [
    existsSync(runtime) ? null : `there is no unpacked Electron at ${runtime}`,
    existsSync(join(project, 'out/renderer/index.html')) ? null : 'the app is not built (npm run build)',
  ].find((reason) => reason !== null) ?? null;

export interface PackagedApp {
  /** Where app.asar lies. */
  readonly resources: string;
  /** What holds the fuses: the executable; on macOS the whole bundle. */
  readonly executable: string;
}

export async function packageApp(folder: string): Promise<PackagedApp> {
  // A copy without Electron's stand-in app, which a test runtime may carry as a folder; never the runtime itself,
  // since setting fuses writes into the executable.
  const electronDist = join(folder, 'electron');
  await cp(runtime, electronDist, {
    recursive: true,
    filter: (path) => basename(path) !== 'default_app.asar',
  });
  await build({
    projectDir: project,
    targets: Platform.current().createTarget('dir'),
    publish: 'never',
    config: {
      ...config,
      electronDist,
      directories: { ...config.directories, output: join(folder, 'dist') },
    },
  });
  await rm(electronDist, { recursive: true });
  const mac = process.platform === 'darwin';
  const folders = (await readdir(join(folder, 'dist'), { withFileTypes: true })).filter((e) =>
    e.isDirectory(),
  );
  const app = join(folder, 'dist', folders[0]?.name ?? '', mac ? 'Gradloom.app' : '');
  return {
    resources: join(app, mac ? 'Contents/Resources' : 'resources'),
    executable: mac ? app : join(app, process.platform === 'win32' ? 'gradloom.exe' : 'gradloom'),
  };
}
