import { expect, test } from 'vitest';
import { readPlaywrightReport } from './playwright-report.ts';

const spec = (title: string, status: string, annotations: { type: string; description?: string }[] = []) => ({
  title,
  file: 'app.spec.ts',
  tests: [{ projectName: 'chromium', status, annotations }],
});

test('tests are counted through nested suites, and a flaky one has failed', () => {
  const report = {
    errors: [],
    suites: [
      {
        specs: [spec('opens', 'expected'), spec('wobbles', 'flaky')],
        suites: [
          {
            specs: [
              spec('breaks', 'unexpected'),
              spec('waits', 'skipped', [{ type: 'skip', description: 'no GPU' }]),
            ],
          },
        ],
      },
    ],
  };
  expect(readPlaywrightReport(report)).toEqual({
    passed: 1,
    failures: ['chromium: app.spec.ts › wobbles', 'chromium: app.spec.ts › breaks'],
    skips: [{ test: 'chromium: app.spec.ts › waits', reason: 'no GPU' }],
  });
});

test('an error outside any test is a failure', () => {
  const report = { errors: [{ message: 'the server did not start' }], suites: [] };
  expect(readPlaywrightReport(report).failures).toEqual(['outside any test: the server did not start']);
});

test('something that is no report is refused', () => {
  expect(() => readPlaywrightReport({ suites: 'none' })).toThrow();
});
