// For tests: the data of a template, from the folder where the sets that ship are packed; and a template trained as it ships.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { dataSpecOf } from '../data/document.ts';
import { type LoadedData, loadDataset } from '../data/load.ts';
import { invariant } from '../errors.ts';
import type { ProbeCapture } from '../probe/types.ts';
import type { Verdict } from '../probe/verdict.ts';
import type { OpenDevice } from '../runtime/device.ts';
import { testDevice } from '../runtime/testing.ts';
import { capturesPerChunk } from '../train/plan.ts';
import type { RunFacts } from '../train/protocol.ts';
import { drawTicket } from '../train/prune.ts';
import type { Masks } from '../train/pruning.ts';
import { Trainer, type TrainerOptions } from '../train/trainer.ts';
import { Watcher } from '../train/watcher.ts';
import type { Claim, PrunedQuality, Quality, Template } from './define.ts';

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
export async function trainerOf(template: Template, masks?: Masks): Promise<Trainer> {
  const options = { probes: true, ...(masks && { masks }) };
  return Trainer.create(await openTestDevice(), template.document, await dataOf(template), options);
}

async function openTestDevice(): Promise<OpenDevice> {
  return { device: await testDevice(), name: 'test', software: true };
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

/** Trains and judges as the worker does, to the last step or to where training stops by itself. */
async function trainAndJudge(
  trainer: Trainer,
  { document, quality }: Template,
  steps: number,
): Promise<Shown> {
  const watcher = new Watcher(document, trainer.facts);
  const looks = looksAt(quality.verdicts?.length ? 256 : 40);
  // Only over-fitting is told by validation, which would take most of the time of a large net.
  const every = quality.verdicts?.includes('over-fitting') ? trainer.stepsPerEpoch : Number.POSITIVE_INFINITY;
  const reached = new Map<string, Verdict>();
  let overTime: number | null = null;
  while (trainer.step < steps) {
    const most = Math.min(trainer.mostSteps(), steps - trainer.step, every - (trainer.step % every));
    const chunk = await trainer.run(stepsToSubmit(trainer.step, most, looks), looks);
    for (const capture of chunk.captures) overTime ??= fadingOf(trainer.facts, capture);
    watcher.take(chunk);
    if (trainer.step % every === 0) watcher.evaluated(await trainer.evaluate('validation'));
    if (chunk.unsound !== null) await watcher.broke(trainer, chunk.unsound);
    for (const verdict of watcher.verdicts) reached.set(verdict.rule, verdict);
    if (chunk.unsound !== null) expect(quality.halts, `training halts at step ${chunk.unsound}`).toBe(true);
    if (chunk.unsound !== null || chunk.stopped) break;
  }
  return { verdicts: [...reached.values()], overTime };
}

/** Trains a template, all of it or the quick part, and holds it to its claims. */
export async function expectQuality(template: Template, length: 'whole' | 'quick'): Promise<void> {
  const { document, quality } = template;
  const { steps = quality.steps, claims } = (length === 'quick' && quality.quick) || quality;
  const started = process.cpuUsage();
  const trainer = await trainerOf(template);
  try {
    const all = document.training.epochs * trainer.stepsPerEpoch;
    const { verdicts, overTime } = await trainAndJudge(trainer, template, steps ?? all);
    if (length === 'whole') await printReached(trainer, template, verdicts, process.cpuUsage(started));
    if (quality.halts) expect(trainer.step, 'training halts').toBeLessThan(steps ?? all);
    expectVerdicts(verdicts, quality.verdicts);
    if (quality.gradientOverTime) expectWithin(overTime, quality.gradientOverTime, 'gradient over time');
    for (const claim of claims) await expectClaim(trainer, claim);
    if (quality.pruned) await expectPruned(trainer, template, quality.pruned, steps ?? all);
  } finally {
    trainer.dispose();
  }
}

/** What docs/contributing.md says of the long templates. */
async function printReached(
  trainer: Trainer,
  { id }: Template,
  verdicts: readonly Verdict[],
  { user, system }: NodeJS.CpuUsage,
): Promise<void> {
  const parts: string[] = [];
  for (const split of ['train', 'validation', 'test'] as const) {
    const { loss, metrics } = await trainer.evaluate(split);
    const numbers = trainer.facts.metrics.map((metric, i) => `${metric} ${metrics[i]?.toFixed(4)}`);
    parts.push(`${split}: ${[`loss ${loss.toFixed(4)}`, ...numbers].join(', ')}`);
  }
  const seconds = ((user + system) / 1e6).toFixed(0);
  const said = verdicts.map(({ rule }) => rule).join(', ') || 'none';
  console.log(`${id}: ${trainer.step} steps, ${seconds} s; ${parts.join('; ')}; verdicts: ${said}`);
}

function expectVerdicts(verdicts: readonly Verdict[], named: Quality['verdicts']): void {
  const rules = verdicts.map(({ rule }) => rule);
  if (named) expect(rules).toEqual(expect.arrayContaining([...named]));
  else expect(rules, verdicts.map(({ sentence }) => sentence).join(' ')).toEqual([]);
}

/** Prunes again and again: after each round the weights that are left go back, and are trained for as many steps. */
async function expectPruned(
  whole: Trainer,
  template: Template,
  { rounds, claims, ...pruning }: PrunedQuality,
  steps: number,
): Promise<void> {
  const open = await openTestDevice();
  const { document } = template;
  const data = await dataOf(template);
  let trainer = whole;
  let masks: Masks | null = null;
  for (let round = 0; round < rounds; round++) {
    const options: TrainerOptions = { probes: true, ...(masks && { masks }) };
    const ticket = await drawTicket(open, trainer, { document, data, options }, pruning);
    if (trainer !== whole) trainer.dispose();
    masks = ticket.masks;
    trainer = await trainerOf(template, masks);
    if (ticket.start) trainer.restore(ticket.start);
    while (trainer.step < steps) await trainer.run(Math.min(trainer.mostSteps(), steps - trainer.step));
  }
  for (const claim of claims) await expectClaim(trainer, claim);
  if (trainer !== whole) trainer.dispose();
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
