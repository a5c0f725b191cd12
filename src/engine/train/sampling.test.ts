import { describe, expect, test } from 'vitest';
import { randomStream } from '../data/random.ts';
import { tokenAt, tokenProbabilities } from './sampling.ts';

const logits = Float32Array.of(1, 3, 2, -1, 2.5);
const all = { temperature: 1, topK: 0 };

/** softmax(z / T) by its definition. */
const softmax = (z: readonly number[], temperature: number): number[] => {
  const e = z.map((v) => Math.exp(v / temperature));
  return e.map((v) => v / e.reduce((a, b) => a + b, 0));
};
const close = (expected: readonly number[]) => expected.map((p) => expect.closeTo(p, 12));

describe('the probability of a token', () => {
  test.each([0.5, 1, 2])('is the softmax of the logits over the temperature %d', (temperature) => {
    const expected = softmax([...logits], temperature);
    expect([...tokenProbabilities(logits, { temperature, topK: 0 })]).toEqual(close(expected));
  });

  test('is shared among the k likeliest alone', () => {
    const [a = 0, b = 0, c = 0] = softmax([3, 2, 2.5], 0.7);
    expect([...tokenProbabilities(logits, { temperature: 0.7, topK: 3 })]).toEqual(close([0, a, b, 0, c]));
  });

  test('is all with one token at temperature 0 or k = 1, the first of equals', () => {
    expect([...tokenProbabilities(logits, { temperature: 0, topK: 0 })]).toEqual([0, 1, 0, 0, 0]);
    expect([...tokenProbabilities(Float32Array.of(2, 5, 5), { temperature: 1, topK: 1 })]).toEqual([0, 1, 0]);
  });

  test('stays finite however large the logits, and gives nothing to −∞', () => {
    const wide = Float32Array.of(3e38, -3e38, Number.NEGATIVE_INFINITY);
    expect([...tokenProbabilities(wide, { temperature: 0.01, topK: 0 })]).toEqual([1, 0, 0]);
  });

  test('is refused in words where the net says no number', () => {
    expect(() => tokenProbabilities(Float32Array.of(1, Number.NaN), all)).toThrow(/not finite/);
  });
});

describe('drawing tokens', () => {
  test.each([all, { temperature: 0.6, topK: 0 }, { temperature: 1.5, topK: 3 }])(
    'draws each as often as its probability says: %o',
    (sampling) => {
      const probabilities = tokenProbabilities(logits, sampling);
      const random = randomStream(7, 'text');
      const draws = 20_000;
      const counts = new Float64Array(logits.length);
      for (let i = 0; i < draws; i++) counts[tokenAt(probabilities, random.uniform())]! += 1;
      // χ² over the tokens that can be drawn; 99.9 % of right samplers stay below 18.5 with four degrees of freedom.
      const possible = [...probabilities.entries()].filter(([, p]) => p > 0);
      const chiSquare = possible.reduce((s, [i, p]) => s + (counts[i]! - draws * p) ** 2 / (draws * p), 0);
      expect(chiSquare).toBeLessThan(18.5);
      expect(possible.reduce((n, [i]) => n + counts[i]!, 0)).toBe(draws);
    },
  );

  test('gives the last possible token where rounding leaves the sum short', () => {
    expect(tokenAt(Float64Array.of(0.5, 0.4999999999, 0), 0.99999999999)).toBe(1);
  });
});
