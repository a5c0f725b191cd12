import { describe, expect, test } from 'vitest';
import { explanations } from './explanations.ts';

describe.each(Object.entries(explanations))('%s', (_, { title, text, source }) => {
  test('is said in two sentences, with a source', () => {
    // A sentence ends where a full stop (or its like) stands before a capital that begins the next one.
    const sentences = text.split(/(?<=[.?!])\s+(?=[A-Z“‘])/);
    expect(sentences).toHaveLength(2);
    expect(text).toMatch(/[.?!]$/);
    expect([title, source]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
  });
});
