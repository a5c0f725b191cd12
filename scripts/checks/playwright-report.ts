// Reads Playwright's JSON report. Only what is used of it is described here; anything else in it may change.
import { z } from 'zod';
import type { Outcome } from './outcome.ts';

const annotation = z.object({ type: z.string(), description: z.string().optional() });
const spec = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.object({
      projectName: z.string(),
      status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
      annotations: z.array(annotation),
    }),
  ),
});
const suite = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(suite).optional();
  },
});
const reportSchema = z.object({
  suites: z.array(suite),
  errors: z.array(z.object({ message: z.string().optional() })),
});

type Suite = z.infer<typeof suite>;

const specsOf = (parent: Suite): Suite['specs'] => [
  ...parent.specs,
  ...(parent.suites ?? []).flatMap(specsOf),
];

/** A test that passed only on a second try counts as failed. @throws ZodError when it is no such report. */
export function readPlaywrightReport(json: unknown): Outcome {
  const report = reportSchema.parse(json);
  const tests = report.suites
    .flatMap(specsOf)
    .flatMap(({ title, file, tests }) =>
      tests.map((test) => ({ ...test, name: `${test.projectName}: ${file} › ${title}` })),
    );
  const failures = tests.filter(({ status }) => status === 'unexpected' || status === 'flaky');
  return {
    passed: tests.filter(({ status }) => status === 'expected').length,
    failures: [
      ...failures.map(({ name }) => name),
      ...report.errors.map(({ message }) => `outside any test: ${message ?? 'an error without words'}`),
    ],
    skips: tests
      .filter(({ status }) => status === 'skipped')
      .map(({ name, annotations }) => ({
        test: name,
        // A test skipped because an earlier one of its serial group failed has no annotation.
        reason: annotations
          .map(({ description }) => description ?? '')
          .join(' ')
          .trim(),
      })),
  };
}
