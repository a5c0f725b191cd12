// On software adapters a run starts with kernels that are compiled sooner; what takes their place moves no number.
import { expect, test } from 'vitest';
import { losses, mlp, trainerOf } from './testing.ts';

/** Too large for one workgroup. */
const document = mlp([160, 160, 2], 'relu');
const accumulating = mlp([160, 160, 2], 'relu', { batchSize: 64, accumulation: 3 });

test.each([
  ['a step', document],
  ['a step of several micro-batches', accumulating],
])('%s gives the same to the bit before, while and after long texts are compiled', async (_, net) => {
  const steady = await trainerOf(net, false, { without: ['quickStart'] });
  const expected = await losses(steady, [2, 1, 1, 1, 8]);
  steady.dispose();

  const quick = await trainerOf(net, false);
  const { created } = quick.machine;
  const found = await losses(quick, [2, 1, 1, 1]);
  await quick.settled();
  expect(quick.machine.created).toBeGreaterThan(created); // something took the place of something
  expect([...found, ...(await losses(quick, [8]))]).toEqual(expected);
  quick.dispose();
});

test('a run that has settled makes nothing any more', async () => {
  const trainer = await trainerOf(document);
  await losses(trainer, [1]);
  await trainer.settled();
  const { created } = trainer.machine;
  await losses(trainer, [1, 4, 1], () => true);
  await trainer.settled();
  expect(trainer.machine.created).toBe(created);
  trainer.dispose();
});

test('a run can be let go while long texts are compiled, and waits for none where it never trained', async () => {
  const early = await trainerOf(document);
  await losses(early, [1]);
  early.dispose();
  await early.settled();
  const idle = await trainerOf(document);
  await idle.settled();
  idle.dispose();
});
