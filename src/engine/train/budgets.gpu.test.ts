// Dispatches per step of the nets that peers are measured on. Dawn's null backend compiles nothing, so this is quick; the
// programs are those of a software adapter and of a GPU.
import { describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import { openDevice } from '../runtime/device.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

/** What a step may take at most, nothing looked at. */
const budgets: Readonly<Record<string, number>> = {
  mlp: 12,
  deep: 38,
  lenet: 28,
  resnet: 45,
  resnet_bn: 80,
  gpt: 100,
};

const gpu = create(['backend=null']);

describe.each(['software adapter', 'GPU'])('on a %s', (kind) => {
  test.each(Object.entries(budgets))('a step of %s keeps to its dispatches', async (name, most) => {
    const { document, data } = workloads[name]!();
    const open = { ...(await openDevice(gpu)), software: kind === 'software adapter' };
    const trainer = await Trainer.create(open, document, data, { probes: false });
    expect(trainer.facts.dispatches.plain).toBeLessThanOrEqual(most);
    trainer.dispose();
  });
});
