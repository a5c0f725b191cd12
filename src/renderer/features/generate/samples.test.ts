import { expect, test } from 'vitest';
import { foldSample, type Sample, type SampleEvent } from './samples.ts';

const fold = (...events: SampleEvent[]): readonly Sample[] =>
  events.reduce(foldSample, [] as readonly Sample[]);

test('a text grows as it is written, with the step of the weights that write it', () => {
  const samples = fold(
    { type: 'begun', id: 1, prompt: 'Shall ' },
    { type: 'written', id: 1, text: 'I', step: 40 },
    { type: 'written', id: 1, text: ' c', step: 40 },
    { type: 'done', id: 1, problem: null },
  );
  expect(samples).toEqual([{ id: 1, prompt: 'Shall ', text: 'I c', step: 40, isDone: true, problem: null }]);
});

test('the newest text comes first, and old ones are forgotten', () => {
  const begun = Array.from({ length: 30 }, (_, id): SampleEvent => ({ type: 'begun', id, prompt: '' }));
  const samples = fold(...begun);
  expect(samples[0]?.id).toBe(29);
  expect(samples).toHaveLength(20);
  expect(foldSample(samples, { type: 'forgotten' })).toEqual([]);
});

test('what a stopped text still says goes to no other', () => {
  const samples = fold({ type: 'begun', id: 2, prompt: '' }, { type: 'written', id: 1, text: 'x', step: 1 });
  expect(samples[0]?.text).toBe('');
});
