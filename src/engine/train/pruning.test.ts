import { expect, test } from 'vitest';
import { magnitudeMasks } from './pruning.ts';

const parameters = [
  { name: 'a.weight', shape: [2, 2] },
  { name: 'a.bias', shape: [2] },
  { name: 'b.weight', shape: [2, 3] },
];
const weights = new Map([
  ['a.weight', { data: Float32Array.of(4, -1, 3, -2) }],
  ['a.bias', { data: Float32Array.of(0, 0) }],
  ['b.weight', { data: Float32Array.of(0.1, -0.6, 0.2, 0.5, -0.3, 0.4) }],
]);
const masksOf = (
  pruning: { share: number; scope: 'layer' | 'net' },
  before: ReturnType<typeof magnitudeMasks> | null = null,
) =>
  Object.fromEntries(
    [...magnitudeMasks(parameters, weights, pruning, before)].map(([name, m]) => [name, [...m]]),
  );

test('each layer loses its smallest weights; biases stay', () => {
  expect(masksOf({ share: 0.5, scope: 'layer' })).toEqual({
    'a.weight': [1, 0, 1, 0],
    'b.weight': [0, 1, 0, 1, 0, 1],
  });
});

test('the net as a whole loses its smallest weights, wherever they are', () => {
  expect(masksOf({ share: 0.6, scope: 'net' })).toEqual({
    'a.weight': [1, 1, 1, 1],
    'b.weight': [0, 0, 0, 0, 0, 0],
  });
});

test('a second round takes its share of what the first left', () => {
  const first = magnitudeMasks(parameters, weights, { share: 0.5, scope: 'layer' }, null);
  expect(masksOf({ share: 0.5, scope: 'layer' }, first)).toEqual({
    'a.weight': [1, 0, 0, 0],
    'b.weight': [0, 1, 0, 1, 0, 0],
  });
  expect([...(first.get('a.weight') ?? [])]).toEqual([1, 0, 1, 0]);
});
