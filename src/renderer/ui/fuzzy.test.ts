import { expect, test } from 'vitest';
import { layerList } from '../../engine/index.ts';
import { fuzzySearch } from './fuzzy.ts';

const search = (query: string): (string | undefined)[] =>
  fuzzySearch(query, layerList, (l) => [l.title, l.kind, ...l.aliases]).map((l) => l.kind);

test.each([
  ['fc', 'linear'],
  ['dense', 'linear'],
  ['relu', 'relu'],
  ['cat', 'concat'],
  ['bce', 'bceWithLogits'],
  ['lrelu', 'leakyRelu'],
])('%s finds %s first', (query, kind) => {
  expect(search(query)[0]).toBe(kind);
});

test('nothing is found for what is nowhere, and everything for nothing', () => {
  expect(search('zzzz')).toEqual([]);
  expect(search('')).toHaveLength(layerList.length);
});
