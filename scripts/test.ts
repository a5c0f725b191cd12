// `npm test`: every check there is, in order of cost, each under a heading with its duration. A failing check does not
// stop those that can still run. Ends with the sum over all runners, alone on the last line: `N passed, N failed, N
// skipped`. `npm run check` (--static) stops before anything is run; `npm test -- unit e2e` runs the named ones, and
// `npm run test:slow` what takes too long for every time.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser, findElectron } from './browsers.ts';
import { command, reportFolder, root, tool } from './checks/command.ts';
import { closingLine, failed, judgeRunner, type Outcome, passed, skipped, sum } from './checks/outcome.ts';
import { readPlaywrightReport } from './checks/playwright-report.ts';
import { describeSizes } from './checks/sizes.ts';
import { provideSystemPackages } from './checks/system-packages.ts';

interface Check {
  /** What `npm test -- NAME` calls it; several may share one. */
  readonly name: string;
  readonly title: string;
  readonly isStatic?: true;
  /** Runs only when it is named. */
  readonly isExtra?: true;
  run(): Promise<Outcome>;
}

let isBuilt = false;

/** A check that is one program: it has passed when the program ends with 0. */
function program(name: string, title: string, line: readonly [string, ...string[]]): Check {
  const id = title.replaceAll(/[^a-z]+/g, '-');
  const run = async (): Promise<Outcome> => ((await command(id, line)) === 0 ? passed() : failed(title));
  return { name, title, isStatic: true, run };
}

function readReport(file: string, read: (json: unknown) => Outcome): Outcome | null {
  if (!existsSync(file)) return null;
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.log(`${file} cannot be read: ${String(error)}`);
    return null;
  }
}

function vitest(project: string, title: string, minutes = 25): Check {
  return {
    name: project,
    title,
    async run() {
      const report = join(reportFolder, `vitest-${project}.json`);
      rmSync(report, { force: true });
      const code = await command(
        `vitest-${project}`,
        [
          tool('vitest'),
          'run',
          `--project=${project}`,
          '--reporter=default',
          '--reporter=./scripts/checks/vitest-reporter.ts',
        ],
        { env: { GRADLOOM_REPORT: report }, minutes },
      );
      // The reporter wrote this file itself, in the shape that it is read in.
      return judgeRunner(
        title,
        readReport(report, (json) => json as Outcome),
        code,
      );
    },
  };
}

/** Runs one Playwright project; `launch` goes before the command line, to change how the whole of it is started. */
async function playwright(project: string, launch: readonly string[] = []): Promise<Outcome> {
  if (!isBuilt) return failed(`${project} tests: not run, because the app was not built`);
  // Whoever the tests run as must be able to write here.
  const folder = mkdtempSync(join(tmpdir(), 'gradloom-e2e-'));
  chmodSync(folder, 0o777);
  const report = join(folder, 'report.json');
  const variables = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ELECTRON_OVERRIDE_DIST_PATH: findElectron() ?? '',
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const line = [
    ...launch,
    ...(launch.length > 0 ? ['env', ...assignments, `PATH=${process.env.PATH}`] : []),
    process.execPath,
    join(root, 'node_modules/@playwright/test/cli.js'),
    'test',
    `--project=${project}`,
    '--reporter=list,json',
    `--output=${join(folder, 'results')}`,
  ] as const;
  const [first, ...rest] = line;
  const code = await command(`playwright-${project}`, [first ?? process.execPath, ...rest], {
    env: { ...variables, NO_COLOR: undefined }, // Playwright sets FORCE_COLOR, and Node warns of both
    minutes: 30,
  });
  const outcome = judgeRunner(`the ${project} tests`, readReport(report, readPlaywrightReport), code);
  if (outcome.failures.length === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`Traces and pictures of what failed: ${folder}`);
  return outcome;
}

const build: Check = {
  name: 'build',
  title: 'build of the app',
  async run() {
    const code = await command('build', [process.execPath, join(root, 'scripts/build.ts'), '--force']);
    isBuilt = code === 0;
    return isBuilt ? passed() : failed('build of the app');
  },
};

const browserTests: Check = {
  name: 'e2e',
  title: 'end to end in Chromium',
  async run() {
    if (!findBrowser()) return failed('end to end in Chromium: no Chromium, Chrome or Edge is installed');
    return playwright('chromium');
  },
};

const packagingTests: Check = {
  name: 'packaging',
  title: 'packaging',
  async run() {
    if (!findElectron())
      return skipped('packaging', 'no Electron runtime is installed to build a package around');
    return playwright('packaging');
  },
};

const electronTests: Check = {
  name: 'electron',
  title: 'end to end in Electron',
  async run() {
    if (!findElectron()) return skipped('end to end in Electron', 'no Electron runtime is installed');
    const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
    if (needsDisplay && !existsSync('/usr/bin/xvfb-run')) {
      return skipped('end to end in Electron', 'there is no display, and no Xvfb to make one');
    }
    // A command that starts another with fewer rights, for Electrons that are only half trusted.
    const launcher = process.env.GRADLOOM_ELECTRON_LAUNCHER;
    return playwright('electron', [
      ...(launcher ? [launcher] : []),
      ...(needsDisplay ? ['xvfb-run', '-a'] : []),
    ]);
  },
};

const checks: readonly Check[] = [
  program('types', 'types: engine', [tool('tsc'), '-p', 'src/engine']),
  program('types', 'types: main', [tool('tsc'), '-p', 'src/main']),
  program('types', 'types: renderer', [tool('tsc'), '-p', 'src/renderer']),
  program('types', 'types: tests and scripts', [tool('tsc'), '-p', '.']),
  program('lint', 'lint and format', [tool('biome'), 'check', '--error-on-warnings', '.']),
  program('architecture', 'architecture', [
    tool('depcruise'),
    '--output-type',
    'err',
    'src',
    'e2e',
    'scripts',
  ]),
  program('dead', 'dead code', [tool('knip')]),
  vitest('unit', 'unit tests'),
  vitest('gpu', 'GPU tests'),
  build,
  browserTests,
  packagingTests,
  electronTests,
  { ...vitest('slow', 'long training', 120), isExtra: true },
];

async function runAll(chosen: readonly Check[]): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const check of chosen) {
    console.log(`\n━━ ${check.title}`);
    const start = performance.now();
    let outcome: Outcome;
    try {
      outcome = sum([await check.run()]);
    } catch (error) {
      console.log(error);
      outcome = failed(`${check.title}: the check itself broke`);
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    for (const { test, reason } of outcome.skips) console.log(`skipped: ${test}: ${reason}`);
    console.log(`━━ ${check.title}: ${closingLine(outcome)} (${seconds} s)`);
    outcomes.push(outcome);
  }
  return sum(outcomes);
}

// Children run in groups of their own and are ended on exit, which a signal alone would skip.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const { values, positionals } = parseArgs({
  options: { static: { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `No check is called ${unknown.join(', ')}. There are: ${[...new Set(checks.map((c) => c.name))].join(', ')}.`,
  );
  process.exit(1);
}
mkdirSync(reportFolder, { recursive: true });
if (!values.static) provideSystemPackages();
isBuilt =
  !positionals.includes('build') &&
  positionals.length > 0 &&
  existsSync(join(root, 'out/renderer/index.html'));
const total = await runAll(
  checks.filter(
    (check) =>
      (!values.static || check.isStatic) &&
      (positionals.length === 0 ? !check.isExtra : positionals.includes(check.name)),
  ),
);
console.log(`\n${describeSizes()}`);
if (total.failures.length > 0)
  console.log(`\nFailed:\n${total.failures.map((line) => `  ${line}`).join('\n')}`);
console.log(`\n${closingLine(total)}`);
process.exitCode = total.failures.length > 0 ? 1 : 0;
