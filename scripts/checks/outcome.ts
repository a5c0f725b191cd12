// What a check reports, and how reports become the closing line. Counts are lengths of lists of names, so a number can
// never disagree with what was printed, and a runner that crashed, or ran nothing, is a failure with a name.

export interface Skip {
  readonly test: string;
  readonly reason: string;
}

export interface Outcome {
  readonly passed: number;
  /** One sentence per failed test, for the list at the end. */
  readonly failures: readonly string[];
  readonly skips: readonly Skip[];
}

export function passed(count = 1): Outcome {
  return { passed: count, failures: [], skips: [] };
}

export function failed(...failures: string[]): Outcome {
  return { passed: 0, failures, skips: [] };
}

export function skipped(test: string, reason: string): Outcome {
  return { passed: 0, failures: [], skips: [{ test, reason }] };
}

/** Adds outcomes up. A skip that gives no reason counts as a failure: nobody could tell whether it is meant. */
export function sum(outcomes: readonly Outcome[]): Outcome {
  const skips = outcomes.flatMap((outcome) => outcome.skips);
  const unexplained = skips.filter(({ reason }) => reason.trim() === '');
  return {
    passed: outcomes.reduce((total, outcome) => total + outcome.passed, 0),
    failures: [
      ...outcomes.flatMap((outcome) => outcome.failures),
      ...unexplained.map(({ test }) => `${test}: skipped without a reason`),
    ],
    skips: skips.filter((skip) => !unexplained.includes(skip)),
  };
}

/** The last line of `npm test`, alone. */
export function closingLine(outcome: Outcome): string {
  return `${outcome.passed} passed, ${outcome.failures.length} failed, ${outcome.skips.length} skipped`;
}

/**
 * Believes a test runner only as far as its exit code and its report agree.
 *
 * @param report what the runner wrote, or null when it wrote nothing that can be read
 * @param exitCode null when the runner was killed
 */
export function judgeRunner(runner: string, report: Outcome | null, exitCode: number | null): Outcome {
  const ending = exitCode === null ? 'was stopped' : `ended with code ${exitCode}`;
  if (report === null) return failed(`${runner} ${ending} and left no report`);
  const judged = sum([report]);
  if (judged.passed + judged.failures.length + judged.skips.length === 0)
    return failed(`${runner} ran no test`);
  if (exitCode !== 0 && judged.failures.length === 0) {
    return sum([judged, failed(`${runner} ${ending} although no test failed`)]);
  }
  return judged;
}
