// Layers that draw, on a real adapter: the same from the same seed, other at each step, and nothing of them in evaluation.
import { expect, test } from 'vitest';
import { documentOf } from '../model/testing.ts';
import { losses, mlp, trainerOf } from './testing.ts';

/** Points of the plane as images of 1 × 1 × 2, augmented on their way to a linear layer that does not learn. */
const augmented = (layers: readonly string[]) => {
  const names = layers.map((kind) => `${kind}_1`);
  const chain = ['data', 'image', ...names, 'flat', 'dropout', 'out'];
  const document = documentOf(
    {
      data: 'data',
      image: ['reshape', { sizes: [1, 1, 2] }],
      ...Object.fromEntries(layers.map((kind) => [`${kind}_1`, kind])),
      flat: 'flatten',
      dropout: ['dropout', { p: 0.3 }],
      out: ['linear', { units: 2 }],
      loss: 'crossEntropy',
    },
    [
      ...chain.slice(1).map((name, i) => `${chain[i]}.${i === 0 ? 'x' : 'y'} -> ${name}.x`),
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  const optimizer = { kind: 'sgd', params: { learningRate: 0 } };
  return { ...document, training: { ...mlp([2], 'tanh').training, optimizer } };
};

test('augmentation and dropout draw from the seed while training, and evaluation knows nothing of them', async () => {
  const kinds = ['randomCrop', 'randomFlip', 'randomAffine', 'colourJitter'];
  const t = await trainerOf(augmented(kinds), false);
  const first = await losses(t, [6]);
  await t.reset();
  expect(await losses(t, [2, 4])).toEqual(first);
  const evaluated = await t.evaluate('validation');
  expect(await t.evaluate('validation')).toEqual(evaluated);
  await t.reset(5);
  expect(await losses(t, [6])).not.toEqual(first);
  await t.reset(augmented([]).training.seed);
  const plain = await trainerOf(augmented([]), false);
  expect(await plain.weights()).toEqual(await t.weights());
  expect((await plain.evaluate('validation')).loss).toBe(evaluated.loss);
  plain.dispose();
  t.dispose();
});
