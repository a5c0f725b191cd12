// Timing kernels is looking, too: it must not move what is trained.
import { expect, test } from 'vitest';
import { losses, mlp, trainerOf } from './testing.ts';

test('kernels are timed one by one, and training goes on as if they had not been', async () => {
  const document = mlp([8, 2], 'tanh');
  const plain = await trainerOf(document, false);
  const expected = await losses(plain, [4, 4]);
  plain.dispose();

  const timed = await trainerOf(document, false);
  const before = await losses(timed, [4]);
  const times = await timed.kernelTimes(1);
  expect(times?.length).toBe(timed.facts.dispatches.plain);
  for (const t of times ?? []) {
    expect(t.millis).toBeGreaterThanOrEqual(0);
    expect(t.bytes).toBeGreaterThan(0);
  }
  expect([...before, ...(await losses(timed, [4]))]).toEqual(expected);
  timed.dispose();
});
