/**
 * Packages the built app for this platform, as the installers do, and looks inside: what it holds, what it does not, and
 * what it forbids. It needs an unpacked Electron: the installed one, or the one ELECTRON_OVERRIDE_DIST_PATH names.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import type { Configuration } from 'electron-builder';
import config from '../electron-builder.config.ts';
import { packageApp, project, whyNotPackaged } from './package-app.ts';

/** How a fuse is written in the executable: the characters 0 and 1. */
const OFF = 0x30;
const ON = 0x31;

/** Nothing lets a stranger's code run under our name. */
const fuses: readonly (readonly [FuseV1Options, number])[] = [
  [FuseV1Options.RunAsNode, OFF],
  [FuseV1Options.EnableCookieEncryption, ON],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, OFF],
  [FuseV1Options.EnableNodeCliInspectArguments, OFF],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, ON],
  [FuseV1Options.OnlyLoadAppFromAsar, ON],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, OFF],
];

test.describe('the package', () => {
  test.describe.configure({ mode: 'serial' });
  test.skip(whyNotPackaged !== null, whyNotPackaged ?? '');

  let folder: string;
  let resources: string;
  let executable: string;
  let contents: string[];

  test.beforeAll(async () => {
    test.setTimeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'gradloom-package-'));
    ({ resources, executable } = await packageApp(folder));
    contents = listPackage(join(resources, 'app.asar'), { isPack: false }).map((name) =>
      name.replaceAll('\\', '/'),
    );
  });

  test.afterAll(() => rm(folder, { recursive: true, force: true }));

  test('main, preload, renderer and SQLite are in it', () => {
    expect(contents).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/LICENSE',
        '/out/main/electron.js',
        '/out/main/node-sqlite3-wasm.wasm',
        '/out/preload/preload.cjs',
        '/out/renderer/index.html',
        '/out/renderer/icon.png',
      ]),
    );
    const { main } = JSON.parse(extractFile(join(resources, 'app.asar'), 'package.json').toString());
    expect(main).toBe('out/main/electron.js');
  });

  test('nothing else is: no sources, tests, maps or node_modules', () => {
    expect(
      contents.filter((name) => /^\/(src|e2e|scripts|node_modules)\b|\.test\.|\.tsx?$|\.map$/.test(name)),
    ).toEqual([]);
    const roots = new Set(contents.map((name) => name.split('/')[1]));
    expect([...roots].sort()).toEqual(expect.arrayContaining(['LICENSE', 'out', 'package.json']));
    expect(
      [...roots].filter((root) => !['LICENSE', 'assets', 'out', 'package.json'].includes(root!)),
    ).toEqual([]);
  });

  test('the packed data sets are in it, as far as they are built', async () => {
    const data = join(project, 'assets/data');
    const built = existsSync(data) ? await readdir(data) : [];
    expect(contents).toEqual(expect.arrayContaining(built.map((name) => `/assets/data/${name}`)));
  });

  test('every fuse stands as it should', async () => {
    const wire = await getCurrentFuseWire(executable);
    expect(fuses.map(([fuse]) => [FuseV1Options[fuse], wire[fuse]])).toEqual(
      fuses.map(([fuse, state]) => [FuseV1Options[fuse], state]),
    );
  });

  test('it claims .gradloom files and carries an icon', async () => {
    expect(config).toMatchObject({ fileAssociations: [{ ext: 'gradloom' }] } satisfies Configuration);
    const icon = await readFile(join(project, String(config.icon)));
    expect(icon.readUInt32BE(16)).toBeGreaterThanOrEqual(512); // the width, in the PNG's header
  });

  test('what we add to Electron stays small', async () => {
    const { size } = await stat(join(resources, 'app.asar'));
    expect(size).toBeLessThan(40 * 1024 * 1024);
  });
});
