/**
 * `npm run bench`: Gradloom against jax-js and TensorFlow.js in one Chromium, and its host's own cost in Node; writes
 * docs/performance.md. What it measures against is installed here, in bench/, and nowhere else.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { stringifyDocument } from '../src/engine/model/migrate.ts';
import { type Alone, aloneNames, isAlone } from './alone.ts';
import { onPage } from './browser.ts';
import { hostCosts } from './host-cost.ts';
import { withReport } from './report.ts';
import {
  type Circumstances,
  type EngineResult,
  type Growth,
  type How,
  hasNumbers,
  joined,
  median,
  type Results,
  type WorkloadResult,
} from './results.ts';
import { gptText, workloads } from './workloads.ts';

const usage = `Usage: npm run bench -- [options]
  --only NAMES       of ${[...workloads.map(({ name }) => name), ...aloneNames, 'growth', 'host'].join(', ')}
  --engines NAMES    of Gradloom, jax-js, TensorFlow.js
  --rounds N         rounds per workload (default 7)
  --compared N       steps at the start whose losses are compared (default 5)
  --quick            2 short rounds, growth left out
  --documents DIR    only writes the workloads as documents, for the command line
Without --only, everything is measured anew; with it, the rest of the last report stays. So the page can be made of pieces:
a workload, or a workload in one engine, at a time. What is known lies in bench/results.json.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    engines: { type: 'string' },
    rounds: { type: 'string' },
    compared: { type: 'string' },
    quick: { type: 'boolean', default: false },
    documents: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const root = join(import.meta.dirname, '..');
const report = join(root, 'docs/performance.md');
/** What was measured last, so that parts can be measured again. */
const memory = join(root, 'bench/results.json');

const names = (list: string | undefined): string[] => list?.split(',').filter((name) => name !== '') ?? [];

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function install(): void {
  const folder = import.meta.dirname;
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed)) return;
  console.log('Installing what Gradloom is measured against …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail('npm could not install the packages of bench/.');
}

/** The page's sources name packages that other checkouts lack, so no other check sees their types. */
function checkTypes(): void {
  const compiler = join(root, 'node_modules/.bin/tsc');
  const { status } = spawnSync(compiler, ['-p', import.meta.dirname], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) fail('The sources of the bench do not fit together.');
}

function remembered(): Results {
  if (!values.only || !existsSync(memory)) return { workloads: {}, growth: [], host: [] };
  return JSON.parse(readFileSync(memory, 'utf8')) as Results;
}

const lossOf = ({ losses }: EngineResult): string =>
  losses.length > 0 ? `, loss ${losses.at(-1)?.toFixed(6)} after ${losses.length}` : '';

function say(result: WorkloadResult): void {
  console.log(result.name);
  for (const e of result.engines) {
    const text = hasNumbers(e)
      ? `${median(e.rounds).toFixed(2)} ms a step${lossOf(e)}`
      : `failed: ${e.error}`;
    console.log(`  ${e.engine}: ${text}`);
  }
}

/** Batches of mlp and depths of deep. */
const growthSizes = { batch: [16, 64, 256, 1024], depth: [2, 5, 20] } as const;

const ask = {
  workload: (page: Page, name: string, how: How): Promise<WorkloadResult> =>
    page.evaluate(async ([n, h]) => (await globalThis.bench).workload(n, h), [name, how] as const),
  alone: (page: Page, name: Alone['name'], how: How): Promise<WorkloadResult> =>
    page.evaluate(async ([n, h]) => (await globalThis.bench).alone(n, h), [name, how] as const),
  growth: (page: Page, along: Growth['along'], size: number, how: How): Promise<WorkloadResult> =>
    page.evaluate(async ([a, s, h]) => (await globalThis.bench).growth(a, s, h), [along, size, how] as const),
};

const day = new Date().toISOString().slice(0, 10);

async function measure(wanted: (name: string) => boolean, how: How): Promise<void> {
  let results = remembered();
  const keep = (changes: Partial<Results>): void => {
    results = { ...results, ...changes };
    writeFileSync(memory, `${JSON.stringify(results)}\n`);
    writeFileSync(report, withReport(readFileSync(report, 'utf8'), results));
  };
  const inBrowser = [...workloads.map(({ name }) => name), ...aloneNames, 'growth'].filter(wanted);
  if (inBrowser.length > 0)
    await onPage(async (page, browser) => {
      const { name: adapter } = await page.evaluate(async () => (await globalThis.bench).adapter);
      console.log(`${adapter}, ${browser}`);
      const under = (): Circumstances => ({
        adapter,
        browser,
        processors: availableParallelism(),
        day,
        load: loadavg()[0] ?? 0,
      });
      for (const name of inBrowser.filter((n) => n !== 'growth')) {
        const result = await (isAlone(name) ? ask.alone(page, name, how) : ask.workload(page, name, how));
        say(result);
        const now = { ...joined(results.workloads[name], result, day), under: under() };
        keep({ workloads: { ...results.workloads, [name]: now } });
      }
      if (!inBrowser.includes('growth')) return;
      const growth: Growth[] = [];
      for (const along of ['batch', 'depth'] as const)
        for (const size of growthSizes[along]) {
          const result = await ask.growth(page, along, size, how);
          say(result);
          growth.push({ along, size, result });
        }
      keep({ growth, days: { ...results.days, growth: day } });
    });
  if (wanted('host'))
    keep({
      host: await hostCosts(workloads.map(({ name }) => name)),
      days: { ...results.days, host: day },
    });
}

function writeDocuments(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, document } of workloads) {
    const file = join(folder, `${name}.gradloom`);
    writeFileSync(file, stringifyDocument(document));
    console.log(file);
  }
  // Every character follows every other one somewhere: 65 strides through the alphabet.
  const { path, alphabet } = gptText;
  const size = alphabet.length;
  const text = Array.from(
    { length: size * size },
    (_, i) => alphabet[(i * (1 + Math.floor(i / size))) % size],
  );
  writeFileSync(join(folder, path), text.join(''));
}

const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;
const only = names(values.only);
const rounds = Number(values.rounds ?? (values.quick ? 2 : 7));
const compared = Number(values.compared ?? (values.quick ? 3 : 5));
const known = new Set([...workloads.map(({ name }) => name), ...aloneNames, 'growth', 'host']);
const unknown = only.filter((name) => !known.has(name));
if (values.help) console.log(usage);
else if (unknown.length > 0 || !isCount(rounds) || !isCount(compared)) fail(usage);
else if (values.documents !== undefined) writeDocuments(values.documents);
else {
  install();
  checkTypes();
  const wanted = (name: string): boolean =>
    only.length > 0 ? only.includes(name) : !(values.quick && name === 'growth');
  const roundTime = values.quick ? 150 : 500;
  await measure(wanted, {
    rounds,
    roundTime,
    compared,
    engines: names(values.engines),
  });
}
process.exit(0); // Dawn in Node would keep the process alive
