// Settings of training that cannot be are said before anybody presses play.
import { describe, expect, test } from 'vitest';
import { trainingSchema } from './schema.ts';
import { trainingProblems } from './training-problems.ts';

const titlesOf = (settings: object): string[] =>
  trainingProblems(trainingSchema.parse(settings)).map((p) => p.title);

describe('the settings of training', () => {
  test('have nothing wrong with them by default, or with every rule at its defaults', () => {
    expect(titlesOf({})).toEqual([]);
    expect(titlesOf({ optimizer: { kind: 'sgd' }, schedule: { kind: 'plateau' } })).toEqual([]);
  });

  test('name rules that do not exist, and those that do', () => {
    const [problem] = trainingProblems(trainingSchema.parse({ schedule: { kind: 'cosin' } }));
    expect(problem?.title).toBe('training: there is no learning-rate schedule called cosin');
    expect(problem?.advice).toMatch(/constant, .*cosine.*plateau/);
    expect(titlesOf({ optimizer: { kind: 'adamm' } })).toEqual([
      'training: there is no optimiser called adamm',
    ]);
  });

  test('name parameters that are out of bounds, or that a rule does not take', () => {
    expect(titlesOf({ optimizer: { kind: 'adam', params: { learningRate: -1 } } })).toEqual([
      'training: Learning rate (learningRate) must be at least 0',
    ]);
    expect(titlesOf({ optimizer: { kind: 'adam', params: { momentum: 0.9 } } })).toEqual([
      'training: Adam has no parameter called momentum',
    ]);
  });
});
