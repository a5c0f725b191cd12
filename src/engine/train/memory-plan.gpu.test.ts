// The memory plan against the bytes that are really allocated, counted at the device. Dawn's null backend allocates like every other.
import { describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import { openDevice } from '../runtime/device.ts';
import { BufferTally, watched } from '../runtime/testing.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

const gpu = create(['backend=null']);

/** What values between kernels may take, against the most that is alive at once. */
const mostSlack = 1.15;

describe.each([
  ['software adapter', false],
  ['GPU', true],
] as const)('on a %s, looking: %s', (kind, probes) => {
  test.each(Object.entries(workloads))('%s takes what its plan says', async (name, make) => {
    const { document, data } = make();
    const tally = new BufferTally();
    const open = await openDevice(gpu);
    const trainer = await Trainer.create(
      {
        ...open,
        device: watched(open.device, (method, made) => tally.hear(method, made)),
        software: kind === 'software adapter',
      },
      document,
      data,
      { probes },
    );
    await trainer.run(1, () => probes);
    await trainer.evaluate('train');
    await trainer.checkpoint();
    const { bytes, activations, buffers } = trainer.facts.memory;
    expect(tally.peak, name).toBe(bytes);
    expect(buffers.reduce((n, b) => n + b.bytes, 0)).toBe(bytes);
    expect(activations.bytes).toBeLessThanOrEqual(mostSlack * activations.lowerBound);
    trainer.dispose();
    expect(tally.alive).toBe(0);
  });
});
