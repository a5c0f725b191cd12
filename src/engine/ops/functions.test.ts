// Functions of ops where the sweep and the PyTorch cases do not look: messages, masks without anything left, statistics.
import { describe, expect, test } from 'vitest';
import { EngineError } from '../errors.ts';
import type { Value } from '../ir/value.ts';
import { evaluateOne, expectAllClose } from '../testing.ts';
import { mergeHeads, scaledDotProductAttention, splitHeads } from './attention.ts';
import { chunk, concat, split, stack } from './concat.ts';
import { conv, convTranspose } from './convolution.ts';
import { gather, scatterAdd } from './indexing.ts';
import { input, scalar, zeros } from './leaf.ts';
import { flattenAxes, flip, squeeze, swapAxes, unsqueeze } from './movement.ts';
import { batchNorm, groupNorm, layerNorm } from './normalise.ts';
import { globalAveragePool, globalMaxPool, maxPool } from './pool.ts';
import { randomBernoulli, randomNormal } from './random.ts';
import { maskedSoftmax } from './softmax.ts';

const x = (...shape: number[]): Value => input('x', shape);
const w = (...shape: number[]): Value => input('w', shape);

describe('what does not fit is said in words', () => {
  const stats = { mean: w(2), variance: w(2) };
  test.each<[string, () => unknown, RegExp]>([
    [
      'a kernel beyond the padded input',
      () => conv(x(1, 1, 3, 3), w(1, 1, 5, 5)),
      /reaches over 5 × 5, more than its padded input of 3 × 3/,
    ],
    ['a dilated kernel', () => conv(x(1, 1, 4), w(1, 1, 3), { dilation: 2 }), /reaches over 5/],
    [
      'groups that do not divide the input',
      () => conv(x(1, 3, 4), w(2, 1, 1), { groups: 2 }),
      /2 groups do not divide the 3 input channels/,
    ],
    [
      'groups that do not divide the output',
      () => conv(x(1, 4, 4), w(3, 2, 1), { groups: 2 }),
      /2 groups do not divide the 3 output channels/,
    ],
    ['channels that differ', () => conv(x(1, 3, 4), w(2, 2, 1)), /expects 2 channels but receives 3/],
    ['an image without a batch axis', () => conv(x(3, 4, 4), w(2, 3, 1, 1)), /expects 4 axes/],
    ['a transpose of other channels', () => convTranspose(x(1, 3, 4), w(2, 2, 1)), /expects 2 channels/],
    ['a pool larger than its input', () => maxPool(x(1, 1, 2, 2), [3, 3]), /reaches over 3 × 3/],
    [
      'parts of different sizes',
      () => concat([x(2, 3), x(3, 3)], 1),
      /concat expects 2 × 3 apart from axis 1/,
    ],
    ['parts of different ranks', () => stack([x(2), x(2, 1)], 0), /concat expects/],
    ['a split that does not add up', () => split(x(5), [2, 2], 0), /4 elements \(2 \+ 2\)/],
    ['chunks that are uneven', () => chunk(x(5), 2, 0), /2 divides/],
    ['heads that do not divide', () => splitHeads(x(2, 5, 6), 4), /4 heads divide/],
    [
      'a mask of the wrong length',
      () => scaledDotProductAttention(x(2, 3, 4), w(2, 5, 4), w(2, 5, 1), { mask: x(3, 4) }),
      /cannot combine/,
    ],
    ['groups of channels that do not divide', () => groupNorm(x(2, 5, 3), 2), /2 groups do not divide the 5/],
    ['a norm over other features', () => layerNorm(x(2, 5), [4]), /expects 4 at the end but receives 2 × 5/],
    ['a batch of one', () => batchNorm(x(1, 2), stats), /more than one value per channel/],
    ['an axis that is not there', () => flip(x(2, 3), 2), /no axis 2 in a tensor of 2 axes/],
    ['squeezing an axis of size 2', () => squeeze(x(2, 3), 0), /expects size 1 on axis 0/],
  ])('%s', (_, make, words) => {
    expect(make).toThrow(EngineError);
    expect(make).toThrow(words);
  });
});

describe('axes', () => {
  test('may be counted from the end', () => {
    const v = x(2, 3, 4);
    expect([
      unsqueeze(v, -1).shape,
      swapAxes(v, 0, -1).shape,
      flattenAxes(v, 1).shape,
      stack([v, v], -1).shape,
      concat([v, v], -2).shape,
      gather(v, input('i', [5, 6], 'feed', 'i32'), -2).shape,
    ]).toEqual([
      [2, 3, 4, 1],
      [4, 3, 2],
      [2, 12],
      [2, 3, 4, 2],
      [2, 6, 4],
      [2, 5, 6, 4],
    ]);
  });
});

describe('pairs and wholes', () => {
  const v = x(2, 3, 4);
  const data = Array.from({ length: 24 }, (_, i) => (i * 7) % 24);
  const feeds = new Map([[v, data]]);

  test('heads that are split and merged are what they were', () => {
    expect(splitHeads(v, 2).shape).toEqual([2, 2, 3, 2]);
    expect([...evaluateOne(mergeHeads(splitHeads(v, 2)), feeds)]).toEqual(data);
  });

  test('global pools see all of space', () => {
    const halves = [data.slice(0, 12), data.slice(12)];
    expect([...evaluateOne(globalMaxPool(v, 2), feeds)]).toEqual(halves.map((h) => Math.max(...h)));
    const means = halves.map((h) => h.reduce((a, b) => a + b, 0) / 12);
    expectAllClose(evaluateOne(globalAveragePool(v, 2), feeds), means);
  });
});

describe('masks and indices at the edge', () => {
  test('a row with everything masked gets zeros, and no NaN', () => {
    const scores = x(2, 3);
    const mask = input('mask', [2, 3]);
    const feeds = new Map<Value, number[]>([
      [scores, [1, 2, 3, 1, 2, 3]],
      [mask, [0, 0, 0, 1, 0, 1]],
    ]);
    const e = Math.exp(-2);
    const expected = [0, 0, 0, e / (1 + e), 0, 1 / (1 + e)];
    expectAllClose(evaluateOne(maskedSoftmax(scores, mask), feeds), expected);
  });

  test('an index beyond the table reads and writes its last row', () => {
    const table = x(2, 1);
    const i = input('i', [3], 'feed', 'i32');
    const feeds = new Map<Value, number[]>([
      [table, [10, 20]],
      [i, [7, -1, 1]],
    ]);
    expect([...evaluateOne(gather(table, i), feeds)]).toEqual([20, 10, 20]);
    const rows = scatterAdd(input('dy', [3]), i, 2);
    const dy = rows.inputs[0]!;
    expect([...evaluateOne(rows, new Map([...feeds, [dy, [1, 2, 4]]]))]).toEqual([2, 5]);
  });

  test('tensors without elements pass through', () => {
    expect([...evaluateOne(concat([zeros([0, 2]), zeros([1, 2])], 0), new Map())]).toEqual([0, 0]);
  });
});

describe('random numbers', () => {
  const seed = scalar(11, 'u32');
  const step = scalar(3, 'u32');
  const draw = (v: Value): Float64Array => evaluateOne(v, new Map());
  const momentsOf = (data: Float64Array): [mean: number, variance: number] => {
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    return [mean, data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length];
  };

  test('normal draws have mean 0 and variance 1, and are the same again', () => {
    const one = draw(randomNormal(seed, step, { shape: [100, 200], stream: 4 }));
    const [mean, variance] = momentsOf(one);
    // Three standard errors of 20 000 draws.
    expect(Math.abs(mean)).toBeLessThan(0.0213);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(draw(randomNormal(seed, step, { shape: [100, 200], stream: 4 }))).toEqual(one);
    expect(draw(randomNormal(seed, step, { shape: [100, 200], stream: 5 }))).not.toEqual(one);
  });

  test('Bernoulli draws are 1 as often as told', () => {
    const draws = draw(randomBernoulli(seed, step, 0.3, { shape: [20_000], stream: 9 }));
    expect(Math.abs(momentsOf(draws)[0] - 0.3)).toBeLessThan(0.0098);
    expect(new Set(draws)).toEqual(new Set([0, 1]));
  });
});
