import { expect, test } from 'vitest';
import { chainDocument } from '../../engine-client/testing.ts';
import { raceEntries } from './race.ts';

const { training } = chainDocument(2, 'relu');
const names = (kind: string, params = {}): string[] =>
  raceEntries({ ...training, optimizer: { kind, params } }).map(({ name }) => name);

test('the document’s own optimiser races as it is set, the others with the rate that they declare', () => {
  expect(names('adam', { learningRate: 0.02 })).toEqual([
    'Adam, 0.02',
    'SGD, 0.1',
    'Momentum, 0.1',
    'Adagrad, 0.01',
    'RMSProp, 0.01',
  ]);
  expect(names('sgd', { momentum: 0.5 })[0]).toBe('Momentum, 0.1');
});

test('one that is not in the field takes the last place of it', () => {
  expect(names('lion')).toEqual([
    'Lion, 0.0001',
    'SGD, 0.1',
    'Momentum, 0.1',
    'Adagrad, 0.01',
    'RMSProp, 0.01',
  ]);
});

test('nothing but the optimiser differs', () => {
  for (const entry of raceEntries(training))
    expect({ ...entry.training, optimizer: null }).toEqual({ ...training, optimizer: null });
});
