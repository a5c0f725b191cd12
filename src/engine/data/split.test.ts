import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitNotes, splitSamples, splitSpec } from './split.ts';

const spec = fc
  .tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 20 }),
    fc.nat(),
    fc.boolean(),
  )
  .map(([a, b, c, seed, stratify]) => {
    const sum = a + b + c;
    return splitSpec.parse({ train: a / sum, validation: b / sum, test: c / sum, seed, stratify });
  });

test('the parts are disjoint and together are all samples, in the shares asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 400 }), spec, (classes, spec) => {
      const count = classes.length;
      const { train, validation, test } = splitSamples(count, spec, Uint32Array.from(classes));
      expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual(classes.map((_, i) => i));
      expect(Math.abs(train.length - count * spec.train)).toBeLessThanOrEqual(0.5 + 1e-6);
      expect(Math.abs(validation.length - count * spec.validation)).toBeLessThanOrEqual(1 + 1e-6);
      expect(train).toEqual(train.toSorted());
    }),
  );
});

test('three samples of three classes, where rounding class by class would lose one', () => {
  const spec = splitSpec.parse({ train: 0.25, validation: 0.25, test: 0.5 });
  const { train, validation, test } = splitSamples(3, spec, Uint32Array.of(1, 0, 2));
  expect([train.length, validation.length, test.length]).toEqual([1, 1, 1]);
});

test('a stratified split gives each class its share of the training part to within one sample', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 400 }), spec, (classes, spec) => {
      const { train } = splitSamples(classes.length, { ...spec, stratify: true }, Uint32Array.from(classes));
      for (const c of new Set(classes)) {
        const all = classes.filter((k) => k === c).length;
        const got = [...train].filter((i) => classes[i] === c).length;
        expect(Math.abs(got - all * spec.train)).toBeLessThanOrEqual(1 + 1e-6);
      }
    }),
  );
});

test('the same seed gives the same parts and another seed others', () => {
  const of = (seed: number) => splitSamples(200, splitSpec.parse({ seed }));
  expect(of(1)).toEqual(of(1));
  expect(of(2).train).not.toEqual(of(1).train);
  expect([...of(1).test].slice(0, 8)).toMatchInlineSnapshot(`
    [
      1,
      3,
      13,
      14,
      17,
      44,
      45,
      50,
    ]
  `);
});

test('fractions that do not add up to 1 are refused in words', () => {
  const refused = splitSpec.safeParse({ train: 0.7, validation: 0.1, test: 0.1 });
  expect(refused.error?.issues[0]?.message).toBe('Training, validation and test must add up to 1 (100 %)');
  expect(splitSpec.safeParse({ train: 0, validation: 0.5, test: 0.5 }).success).toBe(false);
});

test('a part that was asked for and got nothing is said', () => {
  const spec = splitSpec.parse({});
  expect(splitNotes(splitSamples(4, spec), spec)).toEqual([
    'The test part is empty: there are too few samples for its share of 15 %.',
  ]);
});

test('splits a million samples without running out of stack', () => {
  const { train } = splitSamples(1_000_000, splitSpec.parse({}), new Uint32Array(1_000_000));
  expect(train.length).toBe(700_000);
});
