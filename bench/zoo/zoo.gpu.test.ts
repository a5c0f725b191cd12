// The zoo in short: `npm run zoo` watches all of it, at several seeds.
import { expect, test } from 'vitest';
import { testDevice } from '../../src/engine/runtime/testing.ts';
import { zoo } from './cases.ts';
import { judgeCase, lineOf, scoreOf } from './run.ts';

test('every verdict has ill nets in both halves, and twins that differ from them', () => {
  for (const half of [zoo.tuning, zoo.held]) {
    expect(half.length).toBeGreaterThanOrEqual(24);
    expect(new Set(half.map(({ verdict }) => verdict)).size).toBe(12);
    for (const { ill, healthy } of half) expect(healthy).not.toEqual(ill);
  }
  const names = [...zoo.tuning, ...zoo.held].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(['ReLU with biases of −10', 'learning rate 10⁻⁶', 'all weights and biases 0'])(
  '%s is told from its healthy twin',
  async (name) => {
    const zooCase = zoo.tuning.find((candidate) => candidate.name === name)!;
    const gpu = { device: await testDevice(), name: 'test', software: true };
    const results = await judgeCase(gpu, zooCase, [1], false);
    for (const result of results) console.log(lineOf(result));
    const score = scoreOf(results);
    expect([score.precision, score.recall]).toEqual([1, 1]);
    expect(score.mostSteps).toBeLessThanOrEqual(60);
  },
);
