// Where dispatches may take but a moment, a step has more of them, and so has an evaluation; what is trained and measured is the
// same to the bit, and the memory is what was planned.
import { expect, test } from 'vitest';
import type { OpenDevice } from '../runtime/device.ts';
import { BufferTally, testDevice, watched } from '../runtime/testing.ts';
import { losses } from './testing.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

/** What was asked of a device. */
class Tally extends BufferTally {
  dispatches = 0;

  override hear(method: string, made: unknown): void {
    if (method === 'dispatchWorkgroups') this.dispatches++;
    super.hear(method, made);
  }
}

async function counted(options: Partial<OpenDevice>): Promise<{ open: OpenDevice; tally: Tally }> {
  const tally = new Tally();
  const device = watched(await testDevice(), (method, made) => tally.hear(method, made));
  return { open: { device, name: 'test', software: true, ...options }, tally };
}

/** A clock that says that every moment is a second. */
function hurried(): () => number {
  let seconds = 0;
  return () => 1000 * seconds++;
}

/** Trains and evaluates; what came of it, and the dispatches of an evaluation that is not the first. */
async function train(open: OpenDevice, tally: Tally) {
  const { document, data } = workloads.mlp!();
  const trainer = await Trainer.create(open, document, data, { probes: false });
  const trained = await losses(trainer, [3]);
  const first = await trainer.evaluate('train');
  const before = tally.dispatches;
  const again = await trainer.evaluate('train');
  const dispatches = { step: trainer.facts.dispatches.plain, evaluation: tally.dispatches - before };
  await trainer.checkpoint();
  const { peak } = tally;
  const planned = trainer.facts.memory.bytes;
  trainer.dispose();
  return { numbers: { trained, first, again }, dispatches, peak, planned };
}

test('long dispatches of steps and evaluations are cut on the adapter in use; numbers stay the same to the bit, memory as planned', async () => {
  const whole = await counted({});
  const expected = await train(whole.open, whole.tally);
  expect(expected.peak).toBe(expected.planned);

  const cut = await counted({ longWork: { limit: 20, now: hurried() } });
  const parts = await train(cut.open, cut.tally);
  expect(parts.dispatches.step).toBeGreaterThan(expected.dispatches.step);
  expect(parts.dispatches.evaluation).toBeGreaterThan(expected.dispatches.evaluation);
  expect(parts.numbers).toEqual(expected.numbers);
  expect(parts.peak).toBe(parts.planned);
  expect(cut.tally.alive).toBe(0);

  const patient = await counted({ longWork: { limit: 20, now: () => 0 } });
  const short = await train(patient.open, patient.tally);
  expect(short.dispatches).toEqual(expected.dispatches);
  expect(short.peak).toBe(short.planned);
});
