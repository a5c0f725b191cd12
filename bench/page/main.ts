// The page: opens every engine once, and measures one workload at a time, engine after engine in every round.
import { defaultDevice, init } from '@jax-js/jax';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
// The package does not say that this has an effect, so a bundler leaves it out.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { describeDataset } from '../../src/engine/data/dataset.ts';
import { initialValues } from '../../src/engine/layers/init.ts';
import { buildModel } from '../../src/engine/model/build.ts';
import { openDevice } from '../../src/engine/runtime/device.ts';
import { type Alone, aloneOf, sizeOf } from '../alone.ts';
import type { Contender, Engine, Given } from '../engine.ts';
import type { BenchPage, EngineFailure, EngineResult, How, WorkloadResult } from '../results.ts';
import { batchesOf, samplesFor } from '../samples.ts';
import { deep, mlp, type Workload, workloads } from '../workloads.ts';
import { bytesNow, countsNow, perStep, startCounting, takePeak } from './counts.ts';
import { gradloom } from './gradloom.ts';
import { handWritten } from './hand-written.ts';
import { jax } from './jax.ts';
import { tfjs } from './tfjs.ts';

const mostSteps = 4096;
/** Sums of a thousand products are rounded in another order. */
const mostApart = 1e-5;

interface Opened {
  readonly engine: Engine;
  readonly contender: Contender;
  readonly firstStep: number;
  readonly losses: number[];
  readonly times: number[];
  steps: number;
  counts: Readonly<Record<string, number>>;
  peakBytes: number;
}

function givenFor(workload: Workload): Given {
  const data = samplesFor(workload);
  const { batch, document } = workload;
  const model = buildModel(document, describeDataset(data.dataset), { batch, training: true });
  const weights = model.parameters.map(({ name, shape, init: how }) => {
    const size = shape.reduce((n, d) => n * d, 1);
    return { name, shape, data: initialValues(how, size, document.training.seed, name) };
  });
  return { workload, data, weights, batches: batchesOf(workload, data) };
}

async function timed<R>(work: () => Promise<R>): Promise<[ms: number, result: R]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

/** Opens one engine and makes its first steps, one at a time. */
async function enter(engine: Engine, open: () => Promise<Contender>, compared: number): Promise<Opened> {
  const before = bytesNow();
  takePeak();
  const [firstStep, { contender, losses }] = await timed(async () => {
    const made = await open();
    return { contender: made, losses: [...(await made.train(1))] };
  });
  for (let i = 1; i < compared; i++) losses.push(...(await contender.train(1)));
  await contender.settle?.();
  return {
    engine,
    contender,
    firstStep,
    losses,
    times: [],
    steps: 1,
    counts: {},
    peakBytes: takePeak() - before,
  };
}

/** One round of one engine. The first one finds out how many steps fill it, and does not count. */
async function measure(one: Opened, roundTime: number, isFirst: boolean): Promise<void> {
  takePeak();
  const alive = bytesNow();
  const since = countsNow();
  const [ms] = await timed(() => one.contender.train(one.steps));
  one.peakBytes = Math.max(one.peakBytes, one.peakBytes + takePeak() - alive);
  if (!isFirst) {
    one.times.push(ms / one.steps);
    one.counts = perStep(since, one.steps);
    return;
  }
  const fitting = Math.floor((roundTime / ms) * one.steps);
  if (fitting > 2 * one.steps && one.steps < mostSteps) {
    one.steps = Math.min(mostSteps, fitting);
    return measure(one, roundTime, true);
  }
  one.steps = Math.max(1, Math.min(mostSteps, fitting));
}

async function compete(
  entries: readonly { readonly engine: Engine; open(): Promise<Contender> }[],
  { rounds, roundTime, compared }: How,
): Promise<(EngineResult | EngineFailure)[]> {
  const failures: EngineFailure[] = [];
  let opened: Opened[] = [];
  /** One that fails leaves the field, and the report says why. */
  const attempt = async (engine: Engine, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      failures.push({ engine: engine.name, error: words });
      opened = opened.filter((o) => o.engine !== engine);
    }
  };
  for (const { engine, open } of entries)
    await attempt(engine, async () => {
      const one = await enter(engine, open, compared);
      opened.push(one);
      console.log(`  ${engine.name}: first step in ${one.firstStep.toFixed(0)} ms`);
    });
  for (let round = -1; round < rounds; round++)
    for (const one of [...opened]) await attempt(one.engine, () => measure(one, roundTime, round < 0));
  for (const { contender } of opened) contender.dispose();
  const results = opened.map(({ engine, firstStep, losses, times, steps, counts, peakBytes }) => ({
    engine: engine.name,
    firstStep,
    losses,
    rounds: times,
    steps,
    counts,
    peakBytes,
  }));
  return [...results, ...failures];
}

/** How far the results of two engines lie from each other at most, of the largest number. */
async function distance(one: Engine, other: Engine, work: Alone): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map(async (engine) => {
      const contender = await engine.openAlone(work);
      await contender.train(1);
      const numbers = await contender.read?.();
      contender.dispose();
      if (numbers?.length !== sizeOf(work.shape)) throw new Error(`${engine.name} has no result to compare.`);
      return numbers;
    }),
  );
  const largest = a?.reduce((m, v) => Math.max(m, Math.abs(v)), 0) ?? 0;
  const apart = (a?.reduce((m, v, i) => Math.max(m, Math.abs(v - (b?.[i] ?? Number.NaN))), 0) ?? 0) / largest;
  if (!(apart < mostApart))
    throw new Error(`${one.name} and ${other.name} differ in ${work.name} by ${apart}.`);
  return apart;
}

async function start(): Promise<BenchPage> {
  startCounting();
  const open = await openDevice(navigator.gpu);
  await init('webgpu');
  defaultDevice('webgpu');
  await tf.setBackend('webgpu');
  await tf.ready();
  const own = gradloom(open, false);
  const engines: readonly Engine[] = [own, jax, tfjs, gradloom(open, true)];
  const chosen = (how: How, all = engines): readonly Engine[] =>
    all.filter(({ name }) => how.engines.length === 0 || how.engines.includes(name));

  const train = async (workload: Workload, how: How, all = engines): Promise<WorkloadResult> => {
    const given = givenFor(workload);
    const entries = chosen(how, all).map((engine) => ({ engine, open: () => engine.open(given) }));
    const { name, about, mflop } = workload;
    return { name, about, mflop, engines: await compete(entries, how) };
  };
  return {
    adapter: { name: open.name, software: open.software },
    workload(name, how) {
      const workload = workloads.find((w) => w.name === name);
      if (!workload) throw new RangeError(`no workload is called ${name}`);
      return train(workload, how);
    },
    async alone(name, how) {
      const work = aloneOf(name);
      const byHand = handWritten(open);
      const apart = await distance(own, byHand, work);
      const entries = chosen(how, [own, jax, tfjs, byHand]).map((engine) => ({
        engine,
        open: () => engine.openAlone(work),
      }));
      const { about, mflop } = work;
      return { name, about, mflop, apart, engines: await compete(entries, { ...how, compared: 1 }) };
    },
    growth(along, size, how) {
      return train(along === 'batch' ? mlp(size) : deep(size), how, [own, jax, tfjs]);
    },
  };
}

globalThis.bench = start();
