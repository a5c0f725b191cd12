// Dispatches per step of the nets that peers are measured on. Dawn's null backend compiles nothing, so this is quick; the
// programs are those of a software adapter and of a GPU.
import { describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import { openDevice } from '../runtime/device.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

/** What a step may take at most, nothing looked at; a look is two more. */
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
    const bare = await Trainer.create(open, document, data, { probes: false });
    expect(bare.facts.dispatches.plain).toBeLessThanOrEqual(most);
    const probed = await Trainer.create(open, document, data, { probes: true });
    const { plain } = bare.facts.dispatches;
    expect(probed.facts.dispatches).toEqual({ plain, looking: plain + 2 });
    bare.dispose();
    probed.dispose();
  });
});
