// Cuts that were measured are there in the next session; what cannot be read counts as none.
import { expect, test } from 'vitest';
import { keepCuts, knownCuts } from './cuts.ts';

function memory() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

test('cuts are kept, and the first of a product stays', () => {
  const storage = memory();
  expect(knownCuts(storage)).toEqual({});
  keepCuts(storage, { a: 'direct 4×4×1' });
  keepCuts(storage, { a: 'direct 8×4×1', b: 'subgroup 8×4×4' });
  expect(knownCuts(storage)).toEqual({ a: 'direct 4×4×1', b: 'subgroup 8×4×4' });
});

test('what cannot be read counts as none, and is replaced', () => {
  const storage = memory();
  for (const broken of ['{', '[1]', '{"a":1}']) {
    storage.items.set('gradloom.cuts', broken);
    expect(knownCuts(storage)).toEqual({});
  }
  keepCuts(storage, { a: 'direct 4×4×1' });
  expect(knownCuts(storage)).toEqual({ a: 'direct 4×4×1' });
});
