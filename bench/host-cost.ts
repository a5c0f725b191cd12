/**
 * What a step costs the host alone: Gradloom in Node on Dawn's null backend, which takes every call and does no work. On a real
 * GPU this is what bounds small nets. Nothing is read from the answers but zeros, so losses mean nothing here.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { create } from 'webgpu';
import { openDevice } from '../src/engine/runtime/device.ts';
import { capturesPerChunk } from '../src/engine/train/plan.ts';
import { Trainer } from '../src/engine/train/trainer.ts';
import { type HostCost, median } from './results.ts';
import { samplesFor } from './samples.ts';
import { type Workload, workloads } from './workloads.ts';

/** Steps of a submission where steps are short: that is when the host's cost matters. */
const manySteps = 32;
const rounds = 7;

// Without it nothing can be said of what stays behind.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function cost(trainer: Trainer, perSubmission: number, looking: boolean): Promise<number> {
  const submissions = Math.max(4, Math.ceil(64 / perSubmission));
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    let steps = 0;
    // Processor time, so that who else uses the machine matters little.
    const start = process.cpuUsage();
    for (let i = 0; i < submissions; i++) {
      const count = Math.min(perSubmission, trainer.mostSteps());
      await trainer.run(count, () => looking);
      steps += count;
    }
    const { user, system } = process.cpuUsage(start);
    if (round >= 0) times.push((user + system) / 1000 / steps);
  }
  return median(times);
}

/** Bytes that the heap grows by, per step, once everything is warm. */
async function keptPerStep(trainer: Trainer): Promise<number> {
  const steps = 2048;
  const train = async (): Promise<number> => {
    for (let done = 0; done < steps; ) {
      const count = Math.min(manySteps, trainer.mostSteps());
      await trainer.run(count);
      done += count;
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  await train();
  const before = await train();
  return ((await train()) - before) / steps;
}

async function costOf(gpu: GPU, workload: Workload): Promise<HostCost> {
  const { name, document } = workload;
  const open = async (probes: boolean) =>
    Trainer.create(await openDevice(gpu), document, samplesFor(workload), { probes });
  const plain = await open(false);
  const single = await cost(plain, 1, false);
  const many = await cost(plain, manySteps, false);
  const kept = await keptPerStep(plain);
  plain.dispose();
  const watched = await open(true);
  const looking = await cost(watched, capturesPerChunk, true);
  watched.dispose();
  return { name, single, many, looking, kept };
}

/** Measures the workloads of these names. */
export async function hostCosts(names: readonly string[]): Promise<HostCost[]> {
  const gpu = create(['backend=null']);
  const costs: HostCost[] = [];
  for (const workload of workloads.filter(({ name }) => names.includes(name))) {
    const measured = await costOf(gpu, workload);
    console.log(
      `  ${measured.name}: ${measured.single.toFixed(3)} ms, many at once ${measured.many.toFixed(3)} ms`,
    );
    costs.push(measured);
  }
  return costs;
}
