// Scores against numbers worked out by hand or in plain float64.
import { describe, expect, test } from 'vitest';
import { replaceValues } from '../ir/graph.ts';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { input } from '../ops/leaf.ts';
import { buildModel, type DataShapes } from './build.ts';
import { classReport, joinSpreads, judgingOf, type Spread } from './scores.ts';
import { documentOf, planar, regression } from './testing.ts';

/** A net whose prediction is one linear layer. */
function modelOf(shapes: DataShapes, units: number, loss: string, batch: number) {
  const document = documentOf({ data: 'data', out: ['linear', { units }], loss }, [
    'data.x -> out.x',
    'out.y -> loss.prediction',
    'data.y -> loss.target',
  ]);
  return buildModel(document, shapes, { batch, training: false });
}

/** Numbers of the scores where the prediction is given. */
function scored(
  model: ReturnType<typeof modelOf>,
  values: readonly Value[],
  prediction: readonly number[],
  target: readonly number[],
): number[][] {
  const said = model.judged!.prediction;
  const given = input('said', said.shape);
  const feeds = new Map<Value, ArrayLike<number>>([
    [given, prediction],
    [model.data!.y, target],
  ]);
  return evaluate(replaceValues(values, new Map([[said, given]])), feeds).map((v) => [...v]);
}

describe('a report on classes', () => {
  test('is what one counts by hand', () => {
    // 3 cats, 5 dogs, 2 birds; rows are what they are.
    const { classes, macro } = classReport([
      [2, 1, 0],
      [1, 3, 1],
      [0, 0, 2],
    ]);
    expect(classes.map((c) => c.count)).toEqual([3, 5, 2]);
    expect(classes.map((c) => c.precision)).toEqual([2 / 3, 3 / 4, 2 / 3]);
    expect(classes.map((c) => c.recall)).toEqual([2 / 3, 3 / 5, 1]);
    [2 / 3, 2 / 3, 4 / 5].forEach((f1, i) => {
      expect(classes[i]?.f1).toBeCloseTo(f1, 12);
    });
    expect(macro.precision).toBeCloseTo((2 / 3 + 3 / 4 + 2 / 3) / 3, 12);
    expect(macro.recall).toBeCloseTo((2 / 3 + 3 / 5 + 1) / 3, 12);
    expect(macro.f1).toBeCloseTo((2 / 3 + 2 / 3 + 4 / 5) / 3, 12);
  });

  test('counts a class that was never right as 0, and leaves out one that never occurs', () => {
    const { classes, macro } = classReport([
      [4, 0, 0],
      [2, 0, 0],
      [0, 0, 0],
    ]);
    expect(classes[1]).toEqual({ precision: 0, recall: 0, f1: 0, count: 2 });
    expect(macro.recall).toBe(0.5);
    expect(macro.precision).toBeCloseTo(4 / 6 / 2, 12);
  });
});

test('top-5 holds where fewer than five scores are above that of the truth', () => {
  const model = modelOf(planar(7), 7, 'crossEntropy', 3);
  const { means, tally } = judgingOf(model);
  const scores = [0, 1, 2, 3, 4, 5, 6];
  const [top5, answers, truths] = scored(
    model,
    [means[0]!.perSample, tally!.answer, tally!.truth],
    [...scores, ...scores, ...scores],
    [1, 2, 6],
  );
  expect(means.map((m) => m.name)).toEqual(['top5']);
  expect(top5).toEqual([0, 1, 1]);
  expect(answers).toEqual([6, 6, 6]);
  expect(truths).toEqual([1, 2, 6]);
});

test('perplexity is e to the mean surprise', () => {
  const shapes: DataShapes = {
    inputs: [{ name: 'x', dtype: 'u32', shape: [4], names: ['a', 'b', 'c'] }],
    targets: [{ kind: 'class', names: ['a', 'b', 'c'] }],
  };
  const document = documentOf(
    {
      data: 'data',
      at: ['embedding', { vocabulary: 3, features: 3 }],
      flat: 'flatten',
      out: ['linear', { units: 3 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> at.x',
      'at.y -> flat.x',
      'flat.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  const model = buildModel(document, shapes, { batch: 2, training: false });
  const score = judgingOf(model).means.find((m) => m.name === 'perplexity')!;
  const logits = [2, 0, -1, 0.5, 0.5, 3];
  const [surprise = []] = scored(model, [score.perSample], logits, [0, 1]);
  const expected = [0, 1].map((i) => {
    const row = logits.slice(3 * i, 3 * i + 3);
    return Math.log(row.reduce((s, v) => s + Math.exp(v), 0)) - row[[0, 1][i]!]!;
  });
  surprise.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, 12);
  });
  expect(score.finish((expected[0]! + expected[1]!) / 2)).toBeCloseTo(
    Math.exp((expected[0]! + expected[1]!) / 2),
    12,
  );
});

test('what a mask hides is in no score: top-5, perplexity, tally and R² go by what counts', () => {
  const shapes: DataShapes = {
    inputs: [{ name: 'x', dtype: 'u32', shape: [3], names: ['·', 'a', 'b'] }],
    targets: [{ kind: 'class', names: ['p', 'q', 'r', 's', 't', 'u', 'v'], shape: [3] }],
  };
  const document = documentOf(
    {
      data: 'data',
      at: ['embedding', { vocabulary: 3, features: 3 }],
      out: ['linear', { units: 7 }],
      mask: 'paddingMask',
      loss: 'crossEntropy',
    },
    [
      'data.x -> at.x',
      'at.y -> out.x',
      'data.x -> mask.x',
      'mask.y -> loss.mask',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  const model = buildModel(document, shapes, { batch: 1, training: false });
  const { means, tally } = judgingOf(model);
  const said = input('said', model.judged!.prediction.shape);
  const feeds = new Map<Value, ArrayLike<number>>([
    [model.data!.x, [1, 2, 0]],
    [said, [0, 1, 2].flatMap(() => [0, 1, 2, 3, 4, 5, 6])],
    [model.data!.y, [6, 0, 3]],
  ]);
  const asked = [...means.map((m) => m.perSample), tally!.mask!];
  const [top5, surprise, counted] = evaluate(
    replaceValues(asked, new Map([[model.judged!.prediction, said]])),
    feeds,
  );
  const logSum = Math.log([0, 1, 2, 3, 4, 5, 6].reduce((s, v) => s + Math.exp(v), 0));
  expect(means.map((m) => m.name)).toEqual(['top5', 'perplexity']);
  expect(top5).toEqual(Float64Array.of(0.5));
  expect(surprise?.[0]).toBeCloseTo((logSum - 6 + logSum - 0) / 2, 12);
  expect([...(counted ?? [])]).toEqual([1, 1, 0]);
});

test('one number per sample against two classes is tallied by its sign, and numbers are not tallied', () => {
  const model = modelOf(planar(2), 1, 'bceWithLogits', 4);
  const { tally } = judgingOf(model);
  expect(scored(model, [tally!.answer], [-1, 2, 0.1, -3], [0, 1, 0, 1])).toEqual([[0, 1, 1, 0]]);
  const numbers = judgingOf(modelOf(regression(2), 1, 'mse', 4));
  expect(numbers.tally).toBeNull();
  expect(numbers.numbers?.target.shape).toEqual([4]);
});

test('the spread of lots joined is the spread of all, however far from 0 they lie', () => {
  const spread = (values: readonly number[]): Spread => {
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    return { count: values.length, mean, squares: values.reduce((s, v) => s + (v - mean) ** 2, 0) };
  };
  const values = [1e6, 1e6 + 1, 1e6 + 5, 1e6 - 2, 1e6 + 3];
  const { count, squares } = [values.slice(0, 2), values.slice(2, 3), values.slice(3)]
    .map(spread)
    .reduce(joinSpreads, { count: 0, mean: 0, squares: 0 });
  expect(count).toBe(5);
  expect(squares).toBeCloseTo(spread(values).squares, 6);
});
