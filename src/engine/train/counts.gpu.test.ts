// What a step asks of the GPU, counted at the device: docs/performance.md has the table. The counts are budgets of the
// design; times depend on the machine and are measured by `npm run bench`.
import { expect, test } from 'vitest';
import { testDevice, watched } from '../runtime/testing.ts';
import { mlpMnist } from '../templates/nets.ts';
import { dataOf } from '../templates/testing.ts';
import { mlp, spirals } from './testing.ts';
import { Trainer } from './trainer.ts';

type Counts = Map<string, number>;

/** What a step may do often, and what it may not do at all: each method by its own name. */
const counted = /^(submit|write|dispatch|create|begin|copy|clear|destroy)/;
const counting =
  (counts: Counts) =>
  (method: string): void => {
    if (counted.test(method)) counts.set(method, (counts.get(method) ?? 0) + 1);
  };

/** Calls per step, by method, of submissions of so many steps each. */
async function callsPerStep(
  trainer: Trainer,
  counts: Counts,
  { submissions, steps, looking }: { submissions: number; steps: number; looking: boolean },
): Promise<Record<string, number>> {
  counts.clear();
  for (let i = 0; i < submissions; i++) await trainer.run(steps, () => looking);
  return Object.fromEntries([...counts].sort().map(([name, n]) => [name, n / (submissions * steps)]));
}

/** What WebGPU has no submission without, and what a submission may do. */
const isOfSubmitting = /^(createCommandEncoder|beginComputePass|copyBufferToBuffer|clearBuffer)$/;

test('a step of an MLP on MNIST keeps to its budgets, looked at or not', async () => {
  const { document } = mlpMnist;
  expect(document.training).toMatchObject({ batchSize: 64, optimizer: { kind: 'adam' } });
  const device = await testDevice();
  const counts: Counts = new Map();
  const open = { device: watched(device, counting(counts)), name: 'counted', software: true };
  const trainer = await Trainer.create(open, document, await dataOf(mlpMnist), { probes: true });
  try {
    expect([...counts.keys()]).toContain('createComputePipelineAsync'); // the counter hears
    await trainer.run(1, () => true);
    await trainer.settled();
    const before = trainer.machine.created;
    const cases = {
      'looking, 1 step a submission': { submissions: 8, steps: 1, looking: true },
      'looking, 8 steps a submission': { submissions: 2, steps: 8, looking: true },
      'plain, 1 step a submission': { submissions: 8, steps: 1, looking: false },
      'plain, 32 steps a submission': { submissions: 2, steps: 32, looking: false },
    };
    const { description, device: model } = device.adapterInfo;
    const lines = [`Calls per step on ${description || model}:`];
    for (const [name, how] of Object.entries(cases)) {
      const calls = await callsPerStep(trainer, counts, how);
      lines.push(`${name}: ${JSON.stringify(calls)}`);
      const { dispatchWorkgroups = 0, submit = 0, ...others } = calls;
      expect(dispatchWorkgroups).toBeGreaterThan(0);
      expect(dispatchWorkgroups).toBeLessThanOrEqual(20);
      expect(submit).toBe(1 / how.steps);
      expect(Object.keys(others).filter((method) => !isOfSubmitting.test(method))).toEqual([]);
    }
    expect(trainer.machine.created).toBe(before);
    console.log(lines.join('\n'));
  } finally {
    trainer.dispose();
  }
});

test('whatever changes, a submission has one write at most', async () => {
  const counts: Counts = new Map();
  const open = { device: watched(await testDevice(), counting(counts)), name: 'counted', software: true };
  const document = mlp([2], 'relu', { batchSize: 500 });
  const trainer = await Trainer.create(open, document, await spirals, { probes: false });
  const writesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = counts.get('writeBuffer') ?? 0;
    await work();
    return (counts.get('writeBuffer') ?? 0) - before;
  };
  try {
    const writes: number[] = [];
    // Two steps an epoch: over these, the orders of the coming epochs run out, and so do the coming learning rates.
    for (let submission = 0; submission < 60; submission++) {
      writes.push(await writesOf(() => trainer.run(Math.min(16, trainer.mostSteps()))));
      if (submission % 10 !== 0) continue;
      const params = { learningRate: 0.001 * submission, weightDecay: 0.1 };
      const optimizer = { kind: 'adam', params };
      expect(trainer.applySettings({ ...document.training, optimizer })).toBe(true);
      writes.push(await writesOf(() => trainer.run(1)));
      writes.push(await writesOf(() => trainer.evaluate('train')));
    }
    expect(Math.max(...writes)).toBe(1);
    expect(writes).toContain(0); // what does not change is not written again
  } finally {
    trainer.dispose();
  }
});
