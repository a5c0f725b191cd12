// The numbers of `npm test` are only as honest as this reporter, so real vitest runs are put before it: good, bad,
// skipped, unreadable, empty and crashing files.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root, tool } from './command.ts';
import { judgeRunner, type Outcome } from './outcome.ts';

/** Runs the files as `npm test` would, and judges as it would. */
function run(files: Readonly<Record<string, string>>): Outcome {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gradloom-vitest-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { describe, expect, test } from 'vitest';\n${body}\n`);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'));
  const report = join(folder, 'report.json');
  const reporter = join(root, 'scripts/checks/vitest-reporter.ts');
  const { status } = spawnSync(tool('vitest'), ['run', '--pool=forks', `--reporter=${reporter}`], {
    cwd: folder,
    env: { ...process.env, GRADLOOM_REPORT: report, VITEST: undefined, VITEST_WORKER_ID: undefined },
  });
  const json = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Outcome) : null;
  return judgeRunner('vitest', json, status);
}

test('passes, failures and skips are told apart, each with its name', () => {
  const outcome = run({
    'a.test.ts': `
      test('good', () => {});
      test('bad', () => expect(1).toBe(2));
      describe('group', () => test('not here', (context) => context.skip('needs a GPU')));
      test.skipIf(true)('quiet', () => {});`,
  });
  expect(outcome).toEqual({
    passed: 1,
    failures: ['a.test.ts › bad', 'a.test.ts › quiet: skipped without a reason'],
    skips: [{ test: 'a.test.ts › group > not here', reason: 'needs a GPU' }],
  });
});

test('a file that cannot be loaded, or holds no test, has failed', () => {
  const { passed, failures } = run({
    'broken.test.ts': "import './nowhere.ts';",
    'empty.test.ts': '',
    'good.test.ts': "test('good', () => {});",
  });
  expect(passed).toBe(1);
  expect(failures.filter((line) => line.startsWith('broken.test.ts: '))).toHaveLength(1);
  expect(failures.filter((line) => line.startsWith('empty.test.ts: '))).toHaveLength(1);
});

test('a worker that dies, and an error outside any test, are failures', () => {
  const crash = run({ 'crash.test.ts': "test('dies', () => { process.kill(process.pid, 'SIGSEGV'); });" });
  expect(crash.passed).toBe(0);
  expect(crash.failures).not.toEqual([]);
  const stray = run({
    'stray.test.ts':
      "test('good', () => { setTimeout(() => { throw new Error('late'); }); return new Promise((r) => setTimeout(r, 50)); });",
  });
  expect(stray.failures).toEqual(['outside any test: late']);
});

test('a run without test files has failed', () => {
  expect(run({}).failures).not.toEqual([]);
});
