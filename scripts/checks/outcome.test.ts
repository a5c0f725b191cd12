import { describe, expect, test } from 'vitest';
import { closingLine, failed, judgeRunner, passed, skipped, sum } from './outcome.ts';

describe('sum', () => {
  test('adds passes, failures and skips over all runners', () => {
    const total = sum([passed(3), failed('a', 'b'), skipped('c', 'no display'), passed()]);
    expect(total).toEqual({ passed: 4, failures: ['a', 'b'], skips: [{ test: 'c', reason: 'no display' }] });
    expect(closingLine(total)).toBe('4 passed, 2 failed, 1 skipped');
  });

  test('of nothing is nothing', () => {
    expect(closingLine(sum([]))).toBe('0 passed, 0 failed, 0 skipped');
  });

  test('counts a skip without a reason as a failure', () => {
    expect(sum([skipped('quiet', ' ')])).toEqual(failed('quiet: skipped without a reason'));
  });
});

describe('judgeRunner', () => {
  test('passes on a report that agrees with the exit code', () => {
    expect(judgeRunner('vitest', passed(5), 0)).toEqual(passed(5));
    expect(judgeRunner('vitest', sum([passed(5), failed('x')]), 1)).toEqual(sum([passed(5), failed('x')]));
  });

  test('fails a runner that crashed before it wrote a report', () => {
    expect(judgeRunner('vitest', null, 139)).toEqual(failed('vitest ended with code 139 and left no report'));
    expect(judgeRunner('vitest', null, 0)).toEqual(failed('vitest ended with code 0 and left no report'));
  });

  test('fails a runner that was killed', () => {
    expect(judgeRunner('vitest', passed(2), null).failures).toEqual([
      'vitest was stopped although no test failed',
    ]);
  });

  test('fails a runner that ran no test, even when it is content with that', () => {
    expect(judgeRunner('playwright', passed(0), 0)).toEqual(failed('playwright ran no test'));
  });

  test('fails a runner that ends badly after its tests passed', () => {
    const outcome = judgeRunner('vitest', passed(7), 134);
    expect(closingLine(outcome)).toBe('7 passed, 1 failed, 0 skipped');
  });
});
