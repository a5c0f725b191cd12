// `npm start`: builds what is stale and opens the app, in Electron where that can run, else in the browser shell.
// Says in one line which shell and which GPU it got, and why; Ctrl+C ends everything it started.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gpuSwitches } from '../src/main/gpu-switches.ts';
import { defaultDataFolder } from '../src/main/places.ts';
import { startServer } from '../src/main/server.ts';
import { hasHardwareGpu } from '../src/main/vulkan-driver.ts';
import { electronExecutable, findBrowser, findElectron } from './browsers.ts';
import { build } from './build.ts';

const root = join(import.meta.dirname, '..');
const installMinutes = 3;
/** An Electron that ends badly within this time has shown nobody a window. */
const soonMillis = 10_000;
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Shell {
  /** Its executable, or null for the browser shell. */
  readonly electron: string | null;
  readonly why: string;
}

interface StartOptions {
  readonly browser: boolean;
  readonly open: boolean;
  readonly port: number;
  readonly documents: readonly string[];
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Fetches Electron's runtime into its package. Its own installer does nothing when it is there already. */
function downloadElectron(): string | null {
  console.error(
    'Downloading the Electron runtime (once, about 120 MB; `npm start -- --browser` does without) …',
  );
  const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: undefined };
  const installer = join(root, 'node_modules/electron/install.js');
  spawnSync(process.execPath, [installer], {
    env,
    stdio: ['ignore', 2, 2],
    timeout: installMinutes * 60_000,
  });
  return findElectron();
}

function chooseShell({ browser }: StartOptions): Shell {
  const inBrowser = (why: string): Shell => ({ electron: null, why });
  if (browser) return inBrowser('as asked with --browser');
  if (!hasDisplay()) return inBrowser('because there is no display for Electron');
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return inBrowser('because Electron’s sandbox refuses to run as root');
  }
  const installed = findElectron();
  if (installed) return { electron: electronExecutable(installed), why: 'because its runtime is installed' };
  const downloaded = downloadElectron();
  if (downloaded)
    return { electron: electronExecutable(downloaded), why: 'whose runtime was just downloaded' };
  return inBrowser('because the Electron runtime could not be downloaded');
}

/** What Node finds; the app's status bar says what the page itself got. */
function describeGpu(): string {
  const probe = join(import.meta.dirname, 'probe-gpu.ts');
  const { stdout, signal, status } = spawnSync(process.execPath, [probe], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (stdout.trim()) return stdout.trim();
  return `GPU unknown: the probe ${signal ? `was ended by ${signal}` : `ended with code ${status}`}`;
}

/**
 * Runs Electron to its end. Resolves with the reason when it ended badly at once, as it does where Linux keeps its
 * sandbox from starting; with null when it ran.
 */
async function runElectron(executable: string, documents: readonly string[]): Promise<string | null> {
  const start = performance.now();
  const child = spawn(executable, [root, ...documents], { stdio: 'inherit' });
  let isStopped = false;
  const stop = (signal: NodeJS.Signals): void => {
    isStopped = true;
    child.kill(signal);
  };
  for (const signal of stopSignals) process.on(signal, stop);
  const ending = await new Promise<string | null>((ended) => {
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => {
      if (code !== 0) process.exitCode = code ?? 1;
      ended(code === 0 ? null : signal ? `it was ended by ${signal}` : `it ended with code ${code}`);
    });
  });
  for (const signal of stopSignals) process.off(signal, stop);
  const isAtOnce = performance.now() - start < soonMillis;
  return isAtOnce && !isStopped ? ending : null;
}

/** Opens the page in a window and a profile of its own: a browser that already runs would ignore the GPU switches. */
function openBrowser(url: string): void {
  const browser = findBrowser();
  if (!hasDisplay() || browser === null) {
    console.log(`Open this address in Chromium, Chrome or Edge${hasDisplay() ? '' : ' on this machine'}.`);
    return;
  }
  const switches = gpuSwitches({ platform: process.platform, software: !hasHardwareGpu() });
  const args = [
    `--app=${url}`,
    `--user-data-dir=${join(defaultDataFolder(), 'browser')}`,
    '--no-first-run',
    '--no-default-browser-check',
    ...switches.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`)),
  ];
  const child = spawn(browser, args, { stdio: 'ignore' });
  child.on('error', (error) => console.error(`${browser} could not be started: ${error.message}`));
  process.once('exit', () => child.kill());
}

async function startBrowserShell({ port, open, documents }: StartOptions): Promise<void> {
  const server = await startServer({
    port,
    documents,
    onGpu: ({ adapter, software, reason }) =>
      console.log(
        `The page computes on ${adapter ?? 'no GPU'}${software ? ' (software)' : ''}${reason ? `: ${reason}` : ''}.`,
      ),
  });
  console.log(`Address: ${server.url}`);
  if (open) openBrowser(server.url);
  console.log('Ctrl+C ends it.');
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1); // asked twice: at once
    stopping = true;
    server.close().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(`The server did not close cleanly: ${error.message}`);
        process.exit(1);
      },
    );
  };
  for (const signal of stopSignals) process.on(signal, stop);
}

function readArguments(): StartOptions {
  const { values, positionals } = parseArgs({
    options: {
      browser: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      'no-open': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${values.port} is no port. Give a number from 1 to 65535, or leave it out.`);
  }
  return { browser: values.browser, open: !values['no-open'], port, documents: positionals };
}

try {
  const options = readArguments();
  build();
  const { electron, why } = chooseShell(options);
  console.log(`Gradloom runs in ${electron ? 'Electron' : 'the browser shell'}, ${why}; ${describeGpu()}`);
  const failure = electron ? await runElectron(electron, options.documents) : null;
  if (failure) console.log(`Electron could not start (${failure}); the browser shell takes over.`);
  if (failure || !electron) {
    process.exitCode = 0;
    await startBrowserShell(options);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
