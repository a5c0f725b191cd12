import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explanations } from './explanations.ts';

const renderer = join(import.meta.dirname, '..');
const components = globSync('**/*.tsx', { cwd: renderer })
  .map((path) => readFileSync(join(renderer, path), 'utf8'))
  .join('\n');

describe.each(Object.entries(explanations))('%s', (topic, { title, text, source }) => {
  test('is said in two sentences, with a source', () => {
    // A sentence ends where a full stop (or its like) stands before a capital that begins the next one.
    const sentences = text.split(/(?<=[.?!])\s+(?=[A-Z“‘])/);
    expect(sentences).toHaveLength(2);
    expect(text).toMatch(/[.?!]$/);
    expect([title, source]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
  });

  test('is shown somewhere', () => {
    expect(components).toMatch(new RegExp(`topic.{0,60}['"]${topic}['"]`));
  });
});
