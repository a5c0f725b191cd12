// Writes what vitest saw as an Outcome: skips with the note given to `context.skip(note)`, files that could not be
// loaded and errors outside any test as failures of their own. The path comes in GRADLOOM_REPORT.
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { Outcome } from './outcome.ts';

function outcomeOf(modules: readonly TestModule[], strays: readonly SerializedError[]): Outcome {
  const cases: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
  const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} › ${test.fullName}`;
  const unsettled = cases.filter((test) => ['failed', 'pending'].includes(test.result().state));
  const broken = modules.flatMap((module) => {
    const suites = [module, ...module.children.allSuites()];
    return suites.flatMap((suite) =>
      suite.errors().map((error) => `${module.relativeModuleId}: ${error.message}`),
    );
  });
  const empty = modules.filter(
    (module) => module.errors().length === 0 && [...module.children.allTests()].length === 0,
  );
  return {
    passed: cases.filter((test) => test.result().state === 'passed').length,
    failures: [
      ...unsettled.map(nameOf),
      ...broken,
      ...empty.map((module) => `${module.relativeModuleId}: has no test`),
      ...strays.map((error) => `outside any test: ${error.message}`),
    ],
    skips: cases.flatMap((test) => {
      const result = test.result();
      return result.state === 'skipped' ? [{ test: nameOf(test), reason: result.note ?? '' }] : [];
    }),
  };
}

export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strays: readonly SerializedError[]): void {
    const file = process.env.GRADLOOM_REPORT;
    if (file) writeFileSync(file, JSON.stringify(outcomeOf(modules, strays)));
  }
}
