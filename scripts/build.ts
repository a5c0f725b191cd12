// Builds the app into out/ and packs the data that ships, unless the last build was made from the same sources:
// `npm run build` (--force builds anyway). `npm start` calls it too, so both agree about what is stale.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** Beside the build and not in it, so that no package carries it. */
const stamp = join(root, 'node_modules/.built-from');

const inputs = [
  'src/**/*',
  'electron.config.ts',
  'scripts/pack-data.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
];

/** A hash of the names and contents of everything that a build reads, but of no tests. */
function fingerprint(): string {
  const hash = createHash('sha256').update(root);
  const entries = globSync(inputs, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\.test\.tsx?$/.test(file));
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** @throws Error when a step fails; what the step said stands above on the terminal. */
function step(what: string, args: readonly string[]): void {
  // Everything goes to stderr: stdout belongs to whoever called.
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${what} failed; its reasons stand above.`);
}

export function build({ force = false }: { force?: boolean } = {}): void {
  const wanted = fingerprint();
  const isFresh =
    existsSync(join(root, 'out/renderer/index.html')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted;
  if (isFresh && !force) return;
  console.error('Building (the first time, and when the sources have changed) …');
  step('Packing the data sets', ['scripts/pack-data.ts']);
  const builder = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  step('Building the app', [builder, 'build', '-c', 'electron.config.ts', '--logLevel', 'warn']);
  // After the app, whose build empties the folders that it writes.
  step('Bundling the engine', ['scripts/bundle-engine.ts']);
  writeFileSync(stamp, wanted);
}

if (import.meta.main) {
  try {
    build({ force: process.argv.includes('--force') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
