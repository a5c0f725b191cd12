// Early stopping on a real adapter: when it stops, which weights are left, and that it goes on as if nothing had happened.
import { expect, test } from 'vitest';
import { addLossOf, noBest } from '../optim/stopping.ts';
import { mlp, trainerOf } from './testing.ts';

/** Steps so large that the loss goes up and down. */
const document = mlp([8, 2], 'tanh', {
  optimizer: { kind: 'sgd', params: { learningRate: 8 } },
  batchSize: 64,
  stopping: { patience: 3, leastGain: 0 },
});

test('training stops when the loss has not fallen for a while, with the best weights', async () => {
  const t = await trainerOf(document, false);
  let state = noBest;
  let best: unknown = null;
  for (;;) {
    const chunk = await t.run(Math.min(10, t.mostSteps()));
    if (!chunk.evaluation) continue;
    state = addLossOf(state, { loss: chunk.evaluation.loss, step: t.step }, 0);
    if (state.bad === 0) best = await t.weights();
    expect(chunk.stopped !== null).toBe(state.bad === 3);
    if (!chunk.stopped) continue;
    expect(chunk.stopped).toEqual({ loss: state.best, step: state.bestStep });
    break;
  }
  expect(await t.weights()).toEqual(best);
  expect((await t.evaluate('validation')).loss).toBe(state.best);
  t.dispose();
});

test('a checkpoint keeps the best weights too', async () => {
  const t = await trainerOf(document, false);
  for (let i = 0; i < 2; i++) await t.run(t.mostSteps());
  const checkpoint = await t.checkpoint();
  const stop = t.restoreBest();
  const weights = await t.weights();
  t.dispose();
  const other = await trainerOf(document, false);
  expect(other.restoreBest()).toBeNull();
  other.restore(checkpoint);
  expect(other.restoreBest()).toEqual(stop);
  expect(await other.weights()).toEqual(weights);
  await other.reset();
  expect(other.restoreBest()).toBeNull();
  other.dispose();
});
