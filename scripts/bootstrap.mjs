// The way in for every command of package.json: `node scripts/bootstrap.mjs FILE ARGS`.
// Needs only Node 20.19 and npm. Installs the packages when they are missing or older than the lock file, then runs
// FILE under the Node that the project pins, so that nothing after this line depends on the host's version.
// Says what it does on stderr only: stdout belongs to FILE.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.installed-for');

/** The pinned Node's executable, or null when the package is missing or its install script has not run. */
function pinnedNode() {
  const manifest = join(modules, 'node/package.json');
  if (!existsSync(manifest)) return null;
  const executable = join(modules, 'node', JSON.parse(readFileSync(manifest, 'utf8')).bin.node);
  return existsSync(executable) ? executable : null;
}

function wantedPackages() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isUpToDate() {
  if (pinnedNode() === null) return false;
  // A linked node_modules belongs to another checkout: installing through the link would replace it.
  if (lstatSync(modules).isSymbolicLink()) return true;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedPackages();
}

/** Runs npm; what it prints goes to stderr. */
function npm(...args) {
  const [command, first] = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, [process.env.npm_execpath]]
    : ['npm', []];
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
    // Electron's runtime is fetched by `npm start`, where somebody will look at it, and never as a side effect.
    env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1' },
  });
  if (error) throw error;
  return status === 0;
}

function install() {
  console.error('Installing packages (once; again when package-lock.json changes) …');
  // Not `npm ci`: it refuses a lock file that was written on another platform. `--no-save` leaves that file as it is.
  const installed = npm('install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error');
  if (installed && pinnedNode() === null) npm('rebuild', 'node'); // install scripts are switched off on some hosts
  if (!installed || pinnedNode() === null) {
    console.error(
      'The packages could not be installed. What npm said stands above; try `npm install` by hand.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, wantedPackages());
}

function run(executable, [file, ...args]) {
  const child = spawn(executable, [file, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: join(modules, '.bin') + delimiter + process.env.PATH },
  });
  // A terminal sends Ctrl+C to the child itself, so passing it on would make it two; it decides how to end.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${executable} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Gradloom needs Node 20.19 or newer to start; this is ${process.versions.node}.`);
  process.exit(1);
}
if (!isUpToDate()) install();
run(pinnedNode(), process.argv.slice(2));
