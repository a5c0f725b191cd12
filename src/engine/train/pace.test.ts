import { describe, expect, test } from 'vitest';
import { earlySteps, Pace } from './pace.ts';

/** Trains through submissions as the session does: steps take 2 ms, a look 1 ms. */
function trained(steps: number): { pace: Pace; looks: number[] } {
  const pace = new Pace(1);
  const looks: number[] = [];
  for (let step = 0; step < steps; ) {
    const count = Math.min(pace.stepsNow(step, 8), steps - step);
    const seen = Array.from({ length: count }, (_, i) => step + i).filter((s) => pace.looksAt(s));
    looks.push(...seen);
    pace.took(count, seen.length, count * 2 + seen.length);
    step += count;
  }
  return { pace, looks };
}

describe('the pace of training', () => {
  test('looks at every early step, then only as often as the budget allows', () => {
    const { pace, looks } = trained(4000);
    expect(looks.slice(0, earlySteps)).toEqual(Array.from({ length: earlySteps }, (_, i) => i));
    // 1 ms for a look in 3 % of 2 ms a step: every 17th step.
    expect(pace.interval).toBe(17);
    expect(looks.filter((s) => s >= earlySteps).every((s) => s % 17 === 0)).toBe(true);
    expect(pace.lookingCost).toBeLessThan(0.031);
  });

  test('submits no more looks than fit, and no more steps than its time', () => {
    const pace = new Pace(1);
    expect(pace.stepsNow(0, 8)).toBe(1);
    pace.took(1, 1, 3);
    expect(pace.stepsNow(1, 8)).toBe(8);
    expect(pace.stepsNow(earlySteps + 1, 8)).toBe(15);
  });

  test('never looks when told not to', () => {
    const pace = new Pace(1);
    pace.setLook(0);
    expect([0, 1, 100, 1000].some((s) => pace.looksAt(s))).toBe(false);
  });
});
