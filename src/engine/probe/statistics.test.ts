import { expect, test } from 'vitest';
import { log10Percentile, meanLog10 } from './bins.ts';
import { depthProfile } from './profile.ts';
import { statisticsOf } from './statistics.ts';
import { captureOf, normalNumbers, segmentOf } from './testing.ts';
import { readable, readablePower } from './words.ts';

const elements = 4096;

test('mean, deviation, RMS and norm agree with float64', () => {
  const values = normalNumbers(elements, { std: 0.02 }).map((x) => x + 0.5);
  const mean = values.reduce((sum, x) => sum + x, 0) / elements;
  const squares = values.reduce((sum, x) => sum + x * x, 0);
  const result = statisticsOf(captureOf(0, [values]), 0);
  expect(result.mean).toBeCloseTo(mean, 6);
  expect(result.std).toBeCloseTo(Math.sqrt(squares / elements - mean * mean), 5);
  expect(result.rms).toBeCloseTo(Math.sqrt(squares / elements), 6);
  expect(result.norm).toBeCloseTo(Math.sqrt(squares), 4);
});

test('zeros, NaN and infinities are counted apart and do not spoil the rest', () => {
  const values = [0, -0, Number.NaN, Infinity, -Infinity, 3, -4, 0];
  const result = statisticsOf(captureOf(0, [values]), 0);
  expect(result).toMatchObject({
    finite: 5,
    zeros: 3 / 8,
    nans: 1 / 8,
    infinities: 2 / 8,
    largestMagnitude: 4,
  });
  expect(result.rms).toBeCloseTo(Math.sqrt(25 / 5), 6);
});

test('shares are of what the capture holds, also when the batch size has changed since', () => {
  const result = statisticsOf(captureOf(0, [[0, 1, 1, Number.NaN]]), 0);
  expect(result).toMatchObject({ finite: 3, zeros: 0.25, nans: 0.25 });
});

test('a tensor whose squares underflow float32 still has its RMS', () => {
  const values = normalNumbers(elements, { std: 1e-24 });
  const rms = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / elements);
  expect(Math.log10(statisticsOf(captureOf(0, [values]), 0).rms)).toBeCloseTo(Math.log10(rms), 1);
});

test('percentiles and the mean logarithm come from the bins to a fraction of a bin', () => {
  const spread = Float32Array.from({ length: elements }, (_, i) => 10 ** (-6 + (6 * (i + 0.5)) / elements));
  const { bins } = captureOf(0, [spread]);
  expect(log10Percentile(bins, 0.1)).toBeCloseTo(-5.4, 1);
  expect(log10Percentile(bins, 0.5)).toBeCloseTo(-3, 1);
  expect(log10Percentile(bins, 0.9)).toBeCloseTo(-0.6, 1);
  expect(meanLog10(bins)).toBeCloseTo(-3, 1);
});

test('a tensor of zeros has no percentile', () => {
  expect(log10Percentile(captureOf(0, [[0, 0]]).bins, 0.5)).toBeNaN();
});

test('the depth profile goes from the loss to the input and leaves biases out', () => {
  const segments = [
    segmentOf({ node: 'far', name: 'far', depth: 3, what: 'gradient', elements: 2 }),
    segmentOf({
      node: 'far',
      name: 'far',
      depth: 3,
      what: 'weightGradient',
      tensor: 'weight',
      shape: [1, 2],
      elements: 2,
    }),
    segmentOf({
      node: 'far',
      name: 'far',
      depth: 3,
      what: 'weightGradient',
      tensor: 'bias',
      shape: [2],
      elements: 2,
    }),
    segmentOf({ node: 'near', name: 'near', depth: 1, what: 'gradient', elements: 2 }),
  ];
  const capture = captureOf(7, [
    [1e-6, 1e-6],
    [1e-4, -1e-4],
    [1, 1],
    [0.1, 0.1],
  ]);
  const profile = depthProfile(segments, capture);
  expect(profile.map(({ name }) => name)).toEqual(['near', 'far']);
  expect(profile[0]?.gradient?.rms).toBeCloseTo(-1, 4);
  expect(profile[0]?.weightGradient).toBeNull();
  expect(profile[1]?.gradient?.rms).toBeCloseTo(-6, 4);
  expect(profile[1]?.weightGradient?.rms).toBeCloseTo(-4, 4);
});

test('numbers read as people write them', () => {
  const texts = [0, 0.31, 1240, 2.94e-5, 1e-3, 123456, -0.05, Number.NaN, 1e-10].map(readable);
  expect(texts).toEqual([
    '0',
    '0.31',
    '1240',
    '2.9·10⁻⁵',
    '0.001',
    '1.2·10⁵',
    '−0.05',
    'not a number',
    '10⁻¹⁰',
  ]);
  expect(readablePower(-400)).toBe('10⁻⁴⁰⁰');
});
