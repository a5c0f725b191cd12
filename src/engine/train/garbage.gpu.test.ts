// What a step leaves behind on the host: nothing that grows. Dawn's null backend makes steps cost the host alone.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { create } from 'webgpu';
import { openDevice } from '../runtime/device.ts';
import { Trainer } from './trainer.ts';
import { workloads } from './workloads/testing.ts';

// A GPU object that is collected takes its devices along.
const gpu = create(['backend=null']);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const perSubmission = 32;
const submissions = 256;

test('the heap does not grow with the steps that are made', async () => {
  const { document, data } = workloads.playground!();
  const trainer = await Trainer.create(await openDevice(gpu), document, data, {
    probes: false,
  });
  let steps = 0;
  /** Bytes alive after so many submissions. */
  const train = async (): Promise<number> => {
    for (let i = 0; i < submissions; i++) {
      const count = Math.min(perSubmission, trainer.mostSteps());
      await trainer.run(count);
      steps += count;
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  await train(); // warms up
  steps = 0;
  const rounds = [await train(), await train(), await train(), await train()];
  trainer.dispose();
  const growth = rounds.slice(1).map((bytes, i) => (bytes - rounds[i]!) / (steps / rounds.length));
  // One small object a step would be 16 bytes at the very least. A round may also grow by what the test itself remembers.
  expect(Math.min(...growth)).toBeLessThan(8);
});
