// For tests: the data of a template, from the folder where the sets that ship are packed; and a template trained as it ships.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { dataSpecOf } from '../data/document.ts';
import { type LoadedData, loadDataset } from '../data/load.ts';
import { invariant } from '../errors.ts';
import type { ProbeCapture } from '../probe/types.ts';
import type { Verdict } from '../probe/verdict.ts';
import { testDevice } from '../runtime/testing.ts';
import { capturesPerChunk } from '../train/plan.ts';
import type { RunFacts } from '../train/protocol.ts';
import { Trainer } from '../train/trainer.ts';
import { Watcher } from '../train/watcher.ts';
import type { Claim, Template } from './define.ts';

const folder = join(import.meta.dirname, '../../../assets/data');

export function dataOf({ document }: Template): Promise<LoadedData> {
  const spec = dataSpecOf(document);
  invariant(spec, 'a template has data');
  return loadDataset(spec, {
    readShipped: async (id) => Uint8Array.from(await readFile(join(folder, `${id}.bin`))).buffer,
    readFile: async (path) => {
      throw new Error(`no template reads a file such as ${path}`);
    },
  });
}

/** The gradient of the first time step as a share of the last one's. */
function fadingOf({ tracks }: RunFacts, capture: ProbeCapture): number | null {
  const track = tracks.find(({ what }) => what === 'timeGradient');
  const at = (step: number): number => capture.tracks[(track?.first ?? 0) + step] ?? Number.NaN;
  return track ? at(0) / at(track.length - 1) : null;
}

/** A trainer of the template's document. */
export async function trainerOf(template: Template): Promise<Trainer> {
  const open = { device: await testDevice(), name: 'test', software: true };
  return Trainer.create(open, template.document, await dataOf(template), { probes: true });
}

/** As in the app: every one of the first steps is looked at, later ones now and then; fewer, where looking would take most of the time. */
const looksAt = (firsts: number) => (step: number) => step < firsts || step % 64 === 0;

/** How many of the coming steps hold no more looks than one submission may. */
function stepsToSubmit(first: number, most: number, looks: (step: number) => boolean): number {
  let count = 0;
  for (let n = 0; n < most; n++) if (looks(first + n) && ++count === capturesPerChunk) return n + 1;
  return most;
}

/** What training showed on the way: all verdicts there were, and how the first gradient fades over time steps. */
interface Shown {
  readonly verdicts: readonly Verdict[];
  readonly overTime: number | null;
}

/** Trains and judges as the worker does. */
async function trainAndJudge(
  trainer: Trainer,
  { document, quality }: Template,
  steps: number,
): Promise<Shown> {
  const watcher = new Watcher(document, trainer.facts);
  const looks = looksAt(quality.verdicts?.length ? 256 : 40);
  const reached = new Map<string, Verdict>();
  let overTime: number | null = null;
  while (trainer.step < steps) {
    const most = Math.min(trainer.mostSteps(), steps - trainer.step);
    const chunk = await trainer.run(stepsToSubmit(trainer.step, most, looks), looks);
    if (chunk.unsound !== null) {
      expect(quality.halts, `training halts at step ${chunk.unsound}`).toBe(true);
      break;
    }
    for (const capture of chunk.captures) overTime ??= fadingOf(trainer.facts, capture);
    watcher.take(chunk);
    for (const verdict of watcher.verdicts) reached.set(verdict.rule, verdict);
  }
  return { verdicts: [...reached.values()], overTime };
}

/** Trains a template, all of it or the quick part, and holds it to its claims. */
export async function expectQuality(template: Template, length: 'whole' | 'quick'): Promise<void> {
  const { document, quality } = template;
  const { steps = quality.steps, claims } = (length === 'quick' && quality.quick) || quality;
  const trainer = await trainerOf(template);
  try {
    const all = document.training.epochs * trainer.stepsPerEpoch;
    const { verdicts, overTime } = await trainAndJudge(trainer, template, steps ?? all);
    if (quality.halts) expect(trainer.step, 'training halts').toBeLessThan(steps ?? all);
    if (quality.verdicts)
      expect(verdicts.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...quality.verdicts]));
    else expect(verdicts).toEqual([]);
    if (quality.gradientOverTime) expectWithin(overTime, quality.gradientOverTime, 'gradient over time');
    for (const claim of claims) await expectClaim(trainer, claim);
  } finally {
    trainer.dispose();
  }
}

async function expectClaim(trainer: Trainer, { metric, split, ...bounds }: Claim): Promise<void> {
  const { loss, metrics } = await trainer.evaluate(split);
  const reached = metric === 'loss' ? loss : metrics[trainer.facts.metrics.indexOf(metric)];
  expectWithin(reached, bounds, `${metric} of the ${split} part`);
}

function expectWithin(
  reached: number | null | undefined,
  { atLeast, atMost }: Pick<Claim, 'atLeast' | 'atMost'>,
  what: string,
): void {
  if (atLeast !== undefined) expect(reached, what).toBeGreaterThanOrEqual(atLeast);
  if (atMost !== undefined) expect(reached, what).toBeLessThanOrEqual(atMost);
}
