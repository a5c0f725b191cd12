// `npm run dist`: builds the app and makes this platform's installers in dist/. Arguments go on to electron-builder.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findElectron } from './browsers.ts';
import { build } from './build.ts';

build();
const runtime = findElectron();
const { status } = spawnSync(
  process.execPath,
  [
    join(import.meta.dirname, '../node_modules/electron-builder/cli.js'),
    '--config',
    'electron-builder.config.ts',
    // Without one, electron-builder downloads Electron itself.
    ...(runtime ? [`--config.electronDist=${runtime}`] : []),
    ...process.argv.slice(2),
  ],
  { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' },
);
process.exitCode = status ?? 1;
