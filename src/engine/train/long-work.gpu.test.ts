// Where dispatches may take but a moment, a step has more of them; what is trained is the same to the bit.
import { expect, test } from 'vitest';
import { testDevice } from '../runtime/testing.ts';
import { losses } from './testing.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

test('long dispatches are cut on the adapter in use, and train the same to the bit', async () => {
  const { document, data } = workloads.mlp!();
  const open = { device: await testDevice(), name: 'test', software: true };
  const whole = await Trainer.create(open, document, data, { probes: false });
  const expected = await losses(whole, [3]);
  whole.dispose();

  // A clock that says that every moment is a second.
  let seconds = 0;
  const longWork = { limit: 40, now: () => 1000 * seconds++ };
  const cut = await Trainer.create({ ...open, longWork }, document, data, { probes: false });
  expect(cut.facts.dispatches.plain).toBeGreaterThan(whole.facts.dispatches.plain);
  expect(await losses(cut, [3])).toEqual(expected);
  cut.dispose();

  const patient = await Trainer.create({ ...open, longWork: { limit: 1e6, now: () => 0 } }, document, data, {
    probes: false,
  });
  expect(patient.facts.dispatches.plain).toBe(whole.facts.dispatches.plain);
  patient.dispose();
});
