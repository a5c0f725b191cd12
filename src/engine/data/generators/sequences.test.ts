import { describe, expect, test } from 'vitest';
import { type ClassTarget, classCounts, type Dataset, sampleOf } from '../dataset.ts';
import { adding, recall, reversal, temporalOrder } from './sequences.ts';

/** Samples as texts, with the answer's name. */
function read({ count, inputs: [input], targets: [target] }: Dataset): { text: string; answer: string }[] {
  if (input?.dtype !== 'u32' || target?.kind !== 'class') throw new Error('not tokens and a class');
  const spell = (field: typeof input | ClassTarget, i: number) =>
    Array.from(sampleOf(field, i), (code) => field.names[code]).join('');
  return Array.from({ length: count }, (_, i) => ({ text: spell(input, i), answer: spell(target, i) }));
}

describe('sequences', () => {
  test('to remember answer with their first letter, which comes nowhere else', () => {
    const data = recall.generate({ samples: 50, symbols: 3, distractors: 7 }, 1);
    for (const { text, answer } of read(data)) {
      expect(text).toMatch(/^[abc][def]{7}$/);
      expect(answer).toBe(text[0]);
    }
    const [target] = data.targets;
    expect(
      classCounts(
        target as ClassTarget,
        Uint32Array.from({ length: 50 }, (_, i) => i),
      ).toSorted(),
    ).toEqual([16, 17, 17]);
  });

  test('of the adding problem sum the two marked numbers, one in each half', () => {
    const { count, inputs, targets } = adding.generate({ samples: 40, length: 9 }, 2);
    for (let i = 0; i < count; i++) {
      const x = sampleOf(inputs[0]!, i);
      const marked = Array.from({ length: 9 }, (_, t) => t).filter((t) => x[2 * t + 1] === 1);
      expect(marked).toHaveLength(2);
      expect([marked[0]! < 4, marked[1]! >= 4]).toEqual([true, true]);
      expect(targets[0]!.data[i]).toBeCloseTo(x[2 * marked[0]!]! + x[2 * marked[1]!]!, 6);
    }
  });

  test('of the temporal order say which mark comes first, and are padded on the right', () => {
    const samples = read(temporalOrder.generate({ samples: 60, shortest: 2, longest: 9 }, 3));
    for (const { text, answer } of samples) {
      expect(text).toMatch(/^[abcdXY]{2,9}·*$/);
      expect(text).toHaveLength(9);
      expect(answer).toBe(text.indexOf('X') < text.indexOf('Y') ? 'X before Y' : 'Y before X');
      expect([text.split('X').length, text.split('Y').length]).toEqual([2, 2]);
    }
    expect(new Set(samples.map(({ text }) => text.replaceAll('·', '').length)).size).toBeGreaterThan(5);
  });

  test('to be reversed answer with every letter, last first', () => {
    for (const { text, answer } of read(reversal.generate({ samples: 20, length: 5 }, 4)))
      expect(answer).toBe([...text].reverse().join(''));
  });

  test('to be reversed with the decoder’s input have the answer behind, one place late', () => {
    for (const { text, answer } of read(reversal.generate({ samples: 20, length: 5, decoderInput: true }, 4)))
      expect(text.slice(5)).toBe(`‹${answer.slice(0, -1)}`);
  });

  test('may not be shorter than the shortest', () => {
    expect(() => temporalOrder.generate({ shortest: 9, longest: 3 }, 0)).toThrow(/shortest/);
  });
});
