import { expect, test } from 'vitest';
import { templates, themes } from '../../engine/index.ts';
import { cardsOf, matching } from './template-cards.ts';

const ids = (query: string): string[] => matching(templates, query).map(({ id }) => id);

test('every template is on exactly one card, in a theme that is shown', () => {
  const shown = themes.flatMap(({ id }) => cardsOf(templates.filter(({ theme }) => theme === id))).flat();
  expect(shown.toSorted()).toEqual(templates.toSorted());
});

test('templates of one family share a card, all others have their own', () => {
  for (const [first, ...others] of cardsOf(templates))
    for (const other of others) expect(other.family?.title).toBe(first.family?.title);
});

test('a search finds what a template is about, what it is made of, and how it is trained', () => {
  expect(ids('vanishing')).toContain('deep-sigmoid');
  expect(ids('batchnorm sigmoids')).toEqual(['deep-sigmoid-batchnorm']);
  expect(ids('residual block')).toContain('resnet');
  expect(ids('rmsprop')).toContain('race-rmsprop');
  expect(ids('spirals deep')).toContain('deep-relu');
  expect(ids('')).toHaveLength(templates.length);
  expect(ids('quantum')).toEqual([]);
});
