import { describe, expect, test } from 'vitest';
import { earlySteps, Pace } from './pace.ts';

/** Trains through submissions as the session does: steps take 2 ms, a look as many as `lookTime` says, whatever was expected. */
function trained(steps: number, lookTime = 1, first = 0): { pace: Pace; looks: number[] } {
  const pace = new Pace(1, first);
  const looks: number[] = [];
  for (let step = first; step < first + steps; ) {
    const count = Math.min(pace.stepsNow(step, 8), first + steps - step);
    const seen = Array.from({ length: count }, (_, i) => step + i).filter((s) => pace.looksAt(s));
    looks.push(...seen);
    pace.took(count, seen.length, count * 2 + seen.length * lookTime);
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

  test('learns from pairs of submissions what a look takes, and widens the interval', () => {
    const { pace } = trained(20_000, 5);
    expect(pace.lookTime).toBeCloseTo(5, 6);
    expect(pace.interval).toBe(84);
    expect(pace.lookingCost).toBeLessThan(0.031);
    expect(trained(20_000, 0.1).pace.lookTime).toBeCloseTo(0.1, 6);
  });

  test('leaves out looks now and then where every submission would have one, to compare with', () => {
    const { looks } = trained(4000, 0.1);
    const late = looks.filter((s) => s >= 3000);
    const gaps = late.slice(1).map((s, i) => s - late[i]!);
    expect(new Set(gaps)).toContain(2); // 0.1 ms in 3 % of 2 ms: every second step
    expect(Math.max(...gaps)).toBeGreaterThan(10);
  });

  test('a run that goes on from another one has its own early steps', () => {
    const { looks } = trained(1000, 1, 5000);
    expect(looks.slice(0, earlySteps)).toEqual(Array.from({ length: earlySteps }, (_, i) => 5000 + i));
  });

  test('submits no more looks than fit, and no more steps than its time', () => {
    const pace = new Pace(1);
    expect(pace.stepsNow(0, 8)).toBe(1);
    pace.took(1, 1, 3);
    expect(pace.stepsNow(1, 8)).toBe(8);
    expect(pace.stepsNow(earlySteps + 1, 8)).toBe(15);
  });

  test('says no cost that its own submissions contradict', () => {
    const pace = new Pace(50); // measured while the machine was busy
    pace.took(1, 1, 3);
    expect(pace.lookingCost).toBeNull();
    for (let i = 0; i < 4; i++) {
      pace.took(1, 0, 2);
      pace.took(1, 1, 3);
    }
    expect(pace.lookingCost).toBeGreaterThan(0);
    expect(pace.lookTime).toBe(1);
  });

  test('never looks when told not to', () => {
    const pace = new Pace(1);
    pace.setLook(0);
    expect([0, 1, 100, 1000].some((s) => pace.looksAt(s))).toBe(false);
  });
});
