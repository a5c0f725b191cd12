// Trains nets of the zoo as `gradloom train --verdicts` does, and says what was said of them.
import {
  applicableFixes,
  type GraphDocument,
  type OpenDevice,
  Trainer,
  type Verdict,
  Watcher,
  watchedChunks,
} from '../../src/engine/index.ts';
import { loadData } from '../../src/main/cli/files.ts';
import type { ZooCase } from './cases.ts';
import { netOf } from './net.ts';

/** Steps that a net is watched for. */
const watched = 140;

/** What was said of one net at one seed. */
export interface Watch {
  /** Every alarm that was raised, by rule: the first of each. */
  readonly raised: ReadonlyMap<string, Verdict>;
  /** Rules whose alarm stood at the end. */
  readonly standing: ReadonlySet<string>;
}

/** Trains a document at several seeds; it is compiled once. */
export async function watch(
  gpu: OpenDevice,
  document: GraphDocument,
  seeds: readonly number[],
): Promise<Watch[]> {
  const { data } = await loadData('zoo', document);
  const trainer = await Trainer.create(gpu, document, data, { probes: true });
  const found: Watch[] = [];
  try {
    for (const seed of seeds) {
      await trainer.reset(seed);
      const watcher = new Watcher(document, trainer.facts);
      const raised = new Map<string, Verdict>();
      for await (const _ of watchedChunks(trainer, watcher, watched))
        for (const verdict of watcher.verdicts)
          if (!raised.has(verdict.rule)) raised.set(verdict.rule, verdict);
      const standing = watcher.verdicts.filter(({ clearedAt }) => clearedAt === null);
      found.push({ raised, standing: new Set(standing.map(({ rule }) => rule)) });
    }
  } finally {
    trainer.dispose();
  }
  return found;
}

/** One net at one seed, and what came of its first fix. */
export interface ZooResult {
  readonly zooCase: ZooCase;
  readonly seed: number;
  /** Alarms on the ill net, and on its twin. */
  readonly ill: Watch;
  readonly healthy: Watch;
  /** The fix that was offered first, and whether its net was rid of the verdict; null where the verdict did not come. */
  readonly cure: { readonly fix: string; readonly worked: boolean } | null;
}

/** Watches one case: ill, healthy, and after the first fix. */
export async function judgeCase(
  gpu: OpenDevice,
  zooCase: ZooCase,
  seeds: readonly number[],
  cures = true,
): Promise<ZooResult[]> {
  const document = netOf(zooCase.ill);
  const ill = await watch(gpu, document, seeds);
  const healthy = await watch(gpu, netOf(zooCase.healthy), seeds);
  const results: ZooResult[] = [];
  for (const [i, seed] of seeds.entries()) {
    const verdict = ill[i]!.raised.get(zooCase.verdict);
    const [fix] = verdict ? applicableFixes(verdict.fixes, document) : [];
    const [fixed] = fix && cures ? await watch(gpu, fix.apply(document), [seed]) : [];
    const cure = fix && fixed ? { fix: fix.id, worked: !fixed.standing.has(zooCase.verdict) } : null;
    results.push({ zooCase, seed, ill: ill[i]!, healthy: healthy[i]!, cure });
  }
  return results;
}

export interface Score {
  /** Right alarms by all alarms: on the ill nets those that are true of them, on the healthy ones none. */
  readonly precision: number;
  /** Ill nets whose own verdict came. */
  readonly recall: number;
  /** Of those that name a layer, how many name a right one. */
  readonly rightLayer: number;
  /** Median step at which the verdict came, and the largest. */
  readonly steps: number;
  readonly mostSteps: number;
  /** First fixes after which the verdict stood no more. */
  readonly cured: number;
}

export function scoreOf(results: readonly ZooResult[]): Score {
  let right = 0;
  let wrong = 0;
  const own = results.flatMap(({ ill, zooCase }) => ill.raised.get(zooCase.verdict) ?? []);
  for (const { zooCase, ill, healthy } of results) {
    for (const rule of ill.raised.keys()) {
      if (rule === zooCase.verdict || zooCase.also.includes(rule)) right++;
      else wrong++;
    }
    wrong += healthy.raised.size;
  }
  const named = results.filter(
    ({ zooCase, ill }) => zooCase.layers.length > 0 && ill.raised.has(zooCase.verdict),
  );
  const rightly = named.filter(({ zooCase, ill }) =>
    zooCase.layers.includes(ill.raised.get(zooCase.verdict)?.culprit?.name ?? ''),
  );
  const steps = own.map(({ raisedAt }) => raisedAt).sort((a, b) => a - b);
  const cures = results.flatMap(({ cure }) => cure ?? []);
  const share = (part: number, whole: number): number => (whole === 0 ? Number.NaN : part / whole);
  return {
    precision: share(right, right + wrong),
    recall: share(own.length, results.length),
    rightLayer: share(rightly.length, named.length),
    steps: steps[Math.floor(steps.length / 2)] ?? Number.NaN,
    mostSteps: steps.at(-1) ?? Number.NaN,
    cured: share(cures.filter(({ worked }) => worked).length, cures.length),
  };
}

/** One line about one case at one seed. */
export function lineOf({ zooCase, seed, ill, healthy, cure }: ZooResult): string {
  const own = ill.raised.get(zooCase.verdict);
  const others = [...ill.raised.keys()].filter((rule) => rule !== zooCase.verdict);
  const said = own ? `step ${own.raisedAt}, ${own.culprit?.name ?? 'no layer'}` : 'MISSED';
  const false_ = others.filter((rule) => !zooCase.also.includes(rule));
  return [
    `${zooCase.verdict.padEnd(15)} ${zooCase.name} (seed ${seed}): ${said}`,
    ...(others.length > 0 ? [`also ${others.join(', ')}`] : []),
    ...(false_.length > 0 ? [`FALSE ${false_.join(', ')}`] : []),
    ...(healthy.raised.size > 0 ? [`FALSE on the twin: ${[...healthy.raised.keys()].join(', ')}`] : []),
    ...(cure ? [`${cure.fix} ${cure.worked ? 'cures' : 'DOES NOT CURE'}`] : []),
  ].join('; ');
}
