// Training for real on a WebGPU adapter: determinism, budgets, evaluation, prediction, recovery.
import { describe, expect, test } from 'vitest';
import { documentOf } from '../model/testing.ts';
import { momentOf } from '../probe/statistics.ts';
import { losses, mlp, spirals, trainerOf } from './testing.ts';

describe('a trainer', () => {
  const document = mlp([16, 16, 2], 'tanh');

  test('gives the same numbers to the bit, however steps are submitted, looked at or evaluated', async () => {
    const plain = await trainerOf(document, false);
    const one = await losses(plain, [40]);
    plain.dispose();

    const watched = await trainerOf(document);
    const two = [
      ...(await losses(watched, [1, 7, 12], () => true)),
      ...((await watched.evaluate('validation')) && []),
      ...(await losses(watched, [20])),
    ];
    expect(two).toEqual(one);

    await watched.reset();
    expect(await losses(watched, [40], (step) => step % 3 === 0)).toEqual(one);
    await watched.reset(7);
    expect(await losses(watched, [40])).not.toEqual(one);
    watched.dispose();
  });

  test('creates no GPU object while it trains', async () => {
    const t = await trainerOf(document);
    await t.run(4, () => true);
    const before = t.machine.created;
    for (let i = 0; i < 5; i++) await t.run(8, (step) => step % 4 === 0);
    expect(t.machine.created).toBe(before);
    t.dispose();
  });

  test('goes on from a checkpoint as if nothing had happened', async () => {
    const t = await trainerOf(document);
    await t.run(30);
    const checkpoint = await t.checkpoint();
    const expected = await losses(t, [30]);
    t.restore(checkpoint);
    expect(await losses(t, [30])).toEqual(expected);
    t.dispose();
    const other = await trainerOf(document);
    other.restore(checkpoint);
    expect(await losses(other, [30])).toEqual(expected);
    other.dispose();
  });

  test('learns, and predicts what it evaluates', async () => {
    const t = await trainerOf(mlp([32, 32, 2], 'relu'));
    const start = await t.evaluate('train');
    for (let i = 0; i < 10; i++) await t.run(Math.min(40, t.mostSteps()));
    const end = await t.evaluate('train');
    expect(end.loss).toBeLessThan(start.loss / 2);

    const { dataset, split } = await spirals;
    const [input] = dataset.inputs;
    const [target] = dataset.targets;
    const rows = new Float32Array(
      [...split.train].flatMap((s) => [...input!.data.subarray(s * 2, s * 2 + 2)] as number[]),
    );
    const logits = await t.predict(rows);
    const right = [...split.train].filter(
      (s, i) => Number(logits[2 * i + 1]! > logits[2 * i]!) === target!.data[s],
    ).length;
    expect(right / split.train.length).toBeCloseTo(end.metrics[0]!, 6);
    t.dispose();
  });

  test('looks at every tensor: counts add up, and moments agree with the weights', async () => {
    const t = await trainerOf(document);
    const { captures } = await t.run(1, () => true);
    const [capture] = captures;
    t.facts.segments.forEach((s, i) => {
      const bins = capture!.bins.subarray(i * 512, (i + 1) * 512);
      expect(bins.reduce((a, b) => a + b, 0)).toBe(s.elements);
    });
    const at = t.facts.segments.findIndex(
      (s) => s.what === 'weight' && s.name === 'linear_2' && s.tensor === 'weight',
    );
    const { data: weights } = (await t.weights()).get('linear_2.weight')!;
    const squares = weights.reduce((a, w) => a + w * w, 0);
    expect(momentOf(capture!, at, 'sumOfSquares')).toBeCloseTo(squares, 4);
    t.dispose();
  });

  test('stops before a step whose numbers are not finite, with the weights as they were', async () => {
    const t = await trainerOf(
      mlp([16, 16, 2], 'identity', { optimizer: { kind: 'sgd', params: { learningRate: 1000 } } }),
    );
    const chunk = await t.run(60);
    expect(chunk.unsound).not.toBeNull();
    expect(t.step).toBe(chunk.unsound);
    for (const { data: weights } of (await t.weights()).values())
      expect(weights.every(Number.isFinite)).toBe(true);
    expect(await t.firstUnsound()).not.toBeNull();
    t.dispose();
  });

  test('changes its learning rate without compiling anything', async () => {
    const t = await trainerOf(document);
    await t.run(5);
    const before = t.machine.created;
    const weights = await t.weights();
    const frozen = { ...document.training, optimizer: { kind: 'adam', params: { learningRate: 0 } } };
    expect(t.applySettings(frozen)).toBe(true);
    await t.run(5);
    expect(await t.weights()).toEqual(weights);
    expect(t.machine.created).toBe(before);
    t.dispose();
  });

  test('keeps to its budget of dispatches', async () => {
    const t = await trainerOf(mlp([256, 128, 2], 'relu'));
    expect(t.facts.dispatches).toEqual({ plain: 12, looking: 14 });
    t.dispose();
  });
});

describe('what layers remember', () => {
  const document = documentOf(
    {
      data: 'data',
      linear_1: ['linear', { units: 8 }],
      norm: 'batchNorm1d',
      relu: 'relu',
      out: ['linear', { units: 2 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> linear_1.x',
      'linear_1.y -> norm.x',
      'norm.y -> relu.x',
      'relu.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );

  test('moves while training, stays while evaluating, and starts anew', async () => {
    const t = await trainerOf(document);
    const mean = async (): Promise<number[]> => [...(await t.weights()).get('norm.running_mean')!.data];
    expect(await mean()).toEqual(new Array(8).fill(0));
    await t.run(10);
    const trained = await mean();
    expect(trained.every((v) => v !== 0)).toBe(true);
    await t.evaluate('validation');
    expect(await mean()).toEqual(trained);
    const checkpoint = await t.checkpoint();
    await t.reset();
    expect(await mean()).toEqual(new Array(8).fill(0));
    t.restore(checkpoint);
    expect(await mean()).toEqual(trained);
    t.dispose();
  });
});
