// Small steps that one workgroup runs: the same numbers as on the whole device, in far fewer dispatches.
import { describe, expect, test } from 'vitest';
import type { GraphDocument } from '../model/schema.ts';
import { documentOf } from '../model/testing.ts';
import { losses, mlp, trainerOf } from './testing.ts';

const steps = 24;

function closeTo(now: readonly number[], expected: readonly number[]): void {
  expect(now).toHaveLength(expected.length);
  now.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!) / Math.abs(expected[i]!)).toBeLessThan(1e-3);
  });
}

/** Layers that remember, draw random numbers or add up over the batch. */
const mixed: GraphDocument = {
  ...mlp([8, 2], 'relu'),
  ...documentOf(
    {
      data: 'data',
      first: ['linear', { units: 12 }],
      norm: 'batchNorm1d',
      act: 'gelu',
      drop: ['dropout', { p: 0.2 }],
      second: ['linear', { units: 12 }],
      layerNorm: 'layerNorm',
      last: ['linear', { units: 2 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> first.x',
      'first.y -> norm.x',
      'norm.y -> act.x',
      'act.y -> drop.x',
      'drop.y -> second.x',
      'second.y -> layerNorm.x',
      'layerNorm.y -> last.x',
      'last.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  ),
};

const nets: ReadonlyArray<readonly [string, GraphDocument]> = [
  ['tanh and Adam', mlp([6, 6, 2], 'tanh')],
  [
    'ReLU, momentum and clipping',
    mlp([16, 2], 'relu', {
      optimizer: { kind: 'sgd', params: { learningRate: 0.1, momentum: 0.9 } },
      clipping: { kind: 'norm', limit: 0.5 },
    }),
  ],
  ['norms and dropout', mixed],
  ['many layers that are alike', mlp([8, 8, 8, 8, 8, 8, 8, 2], 'tanh')],
];

describe.each([true, false])('one workgroup (software: %s)', (software) => {
  test.each(nets)('%s: gives what the whole device gives', async (_, document) => {
    const whole = await trainerOf(document, true, { software, without: ['team'] });
    const expected = await losses(whole, [steps], (step) => step % 8 === 0);
    whole.dispose();
    const team = await trainerOf(document, true, { software });
    expect(team.facts.dispatches.plain).toBe(1);
    closeTo(await losses(team, [3, steps - 3], (step) => step % 8 === 0), expected);
    team.dispose();
  });
});

test('many steps are a few dispatches, and looks see what they see on the whole device', async () => {
  const document = mlp([6, 6, 2], 'tanh');
  const [whole, team] = [await trainerOf(document, true, { without: ['team'] }), await trainerOf(document)];
  const looks = async (t: typeof team) => (await t.run(20, (step) => step === 9)).captures[0]!;
  const [expected, seen] = [await looks(whole), await looks(team)];
  expect(seen.step).toBe(expected.step);
  seen.moments.forEach((m, i) => {
    const other = expected.moments[i]!;
    expect(Math.abs(m - other)).toBeLessThanOrEqual(1e-3 * Math.max(1e-3, Math.abs(other)));
  });
  whole.dispose();
  team.dispose();
});
