// Half precision through a whole run: asked of the adapter only where the user allows it, and then every step is sound WGSL. On
// Dawn's null backend, which has 16-bit numbers and computes nothing; what the kernels compute is held where they are made.
import { expect, test } from 'vitest';
import { create } from 'webgpu';
import { type Allowed, openDevice, targetOf } from '../runtime/device.ts';
import { Tuning } from '../runtime/tuning.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

const gpu = create(['backend=null']);
const half = 'workgroup 4×4×8 on 8×8 f16';

/** The cuts of a run on a device for which 16 bits were measured to be the fastest everywhere. */
async function cutsOf(name: string, allowed: Allowed): Promise<readonly string[]> {
  const open = await openDevice(gpu, allowed);
  const { device } = open;
  expect(targetOf(open).halves).toBe(allowed.f16 ?? false);
  const tuning = new Tuning(device, { get: () => half, set: () => undefined }, null);
  const { document, data } = workloads[name]!();
  device.pushErrorScope('validation');
  const trainer = await Trainer.create({ ...open, software: false, tuning }, document, data, {
    probes: false,
  });
  await trainer.run(1);
  await trainer.evaluate('train');
  expect((await device.popErrorScope())?.message).toBeUndefined();
  const cuts = trainer.cuts.map(({ cut }) => cut);
  trainer.dispose();
  return cuts;
}

test.each(['mlp', 'resnet', 'gpt'])(
  '%s has 16-bit tiles where the user allows them, and nowhere else',
  async (name) => {
    const allowed = await cutsOf(name, { f16: true });
    expect(allowed.filter((cut) => cut === half).length).toBeGreaterThan(allowed.length / 3);
    expect((await cutsOf(name, {})).filter((cut) => cut.endsWith('f16'))).toEqual([]);
  },
);
