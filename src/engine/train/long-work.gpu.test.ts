// Where dispatches may take but a moment, a step has more of them, and so has an evaluation; what is trained and measured is the
// same to the bit, and the memory is what was planned.
import { expect, test } from 'vitest';
import type { OpenDevice } from '../runtime/device.ts';
import { testDevice } from '../runtime/testing.ts';
import { losses } from './testing.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

/** What was asked of a device. */
interface Tally {
  dispatches: number;
  /** Of buffers, now and at most. */
  alive: number;
  peak: number;
}

/** An object whose methods are called with a word to `hear` about each; what they make is watched too. */
function watched<T extends object>(object: T, hear: (method: string, made: unknown) => void): T {
  return new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        const made: unknown = Reflect.apply(value, target, args);
        hear(String(key), made);
        return /^(createCommandEncoder|beginComputePass)$/.test(String(key))
          ? watched(made as object, hear)
          : made;
      };
    },
  });
}

async function counted(options: Partial<OpenDevice>): Promise<{ open: OpenDevice; tally: Tally }> {
  const tally: Tally = { dispatches: 0, alive: 0, peak: 0 };
  const hear = (method: string, made: unknown): void => {
    if (method === 'dispatchWorkgroups') tally.dispatches++;
    if (method !== 'createBuffer') return;
    const buffer = made as GPUBuffer;
    tally.alive += buffer.size;
    tally.peak = Math.max(tally.peak, tally.alive);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      tally.alive -= buffer.size;
      return destroy();
    };
  };
  const device = watched(await testDevice(), hear);
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
