/** The numbers by which two runs are compared, the verdict's own among them, and what they say in one sentence. */
import {
  describeNet,
  type EvidenceNumber,
  foldedOf,
  measuredBy,
  normNumbers,
  type ProbeCapture,
  type ProbeSegment,
  readable,
  readablePower,
  statisticsOf,
  type Takeover,
} from '../../../engine/index.ts';
import { type Moment, momentOf } from '../../engine-client/moment.ts';
import type { RunView } from '../../engine-client/run.ts';
import { profileOf } from './profile-option.ts';
import { trackLines } from './track-option.ts';

export interface ComparedNumber {
  readonly label: string;
  /** One text per run. */
  readonly texts: readonly string[];
}

/** A run, and what it had come to by the step that is looked at. */
interface Seen extends Moment {
  readonly run: RunView;
  readonly at: number | null;
}

const seenOf = (runs: readonly RunView[], at: number | null): readonly Seen[] =>
  runs.map((run) => ({ run, at, ...momentOf(run, at) }));

/** @param at the step that is looked at, of both; null for the newest of each */
export function comparedNumbers(runs: readonly RunView[], at: number | null): readonly ComparedNumber[] {
  const all = seenOf(runs, at);
  const number = (label: string, text: (seen: Seen) => string): ComparedNumber => ({
    label,
    texts: all.map(text),
  });
  return [
    number('step', ({ step }) => String(step)),
    number('seed', ({ run }) => String(run.document.training.seed)),
    number('loss (smoothed)', ({ trend }) => (trend.steps > 0 ? readable(trend.now) : unknown)),
    number('loss at the start', ({ trend }) => (trend.steps > 0 ? readable(trend.start) : unknown)),
    number('validation loss', ({ validationLoss }) =>
      Number.isNaN(validationLoss) ? unknown : readable(validationLoss),
    ),
    number('∂L/∂a, first : last layer', (seen) => {
      const ratio = firstToLast(seen);
      return ratio === null ? unknown : readablePower(ratio);
    }),
    number('verdicts', ({ standing }) =>
      standing.length === 0 ? 'none' : standing.map(({ title }) => title).join(', '),
    ),
    ...verdictNumbers(all),
    ...measures.map(({ label, of }) => number(label, of)),
  ].filter(({ label, texts }) => always.has(label) || texts.some((text) => text !== unknown));
}

const unknown = '–';
/** Rows that are worth their place even while nothing is known. */
const always: ReadonlySet<string> = new Set(['step', 'loss (smoothed)', 'validation loss', 'verdicts']);

/** What rules go by, measured on any run: a fork that is well has no verdict whose numbers could be compared. */
const measures: readonly { readonly label: string; of(seen: Seen): string }[] = [
  {
    label: 'dead units, worst layer',
    of: (seen) => worst(seen, 'dead', (capture, i) => foldedOf(capture, i, 'deadUnits')),
  },
  {
    label: 'saturated outputs, worst layer',
    of: (seen) => worst(seen, 'saturated', (capture, i) => statisticsOf(capture, i).saturated),
  },
  { label: 'update : weight, median', of: medianRatio },
  { label: 'gradient through time, first : last', of: throughTime },
];

/** The largest share among the tensors of which it is counted. */
function worst(
  { run, capture }: Seen,
  counted: ProbeSegment['counted'],
  share: (capture: ProbeCapture, segment: number) => number,
): string {
  const shares = (run.facts?.segments ?? []).flatMap((segment, i) =>
    capture && segment.counted === counted ? share(capture, i) : [],
  );
  const known = shares.filter(Number.isFinite);
  return known.length === 0 ? unknown : `${Math.round(100 * Math.max(...known))} %`;
}

function medianRatio({ run, at }: Seen): string {
  const ratios = (run.log?.ratios ?? []).map(({ curve }) => (at === null ? curve.latest : curve.before(at)));
  const known = ratios.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)];
  return middle === undefined ? unknown : readablePower(middle);
}

function throughTime({ run, at }: Seen): string {
  const ratios = trackLines(run, 'timeGradient', at).flatMap(({ values }) => {
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    return first > 0 && last > 0 ? Math.log10(first / last) : [];
  });
  return ratios.length === 0 ? unknown : readablePower(Math.min(...ratios));
}

/**
 * The numbers of every verdict that one of the runs has come to, as the same rule measures them on all of them at the step that
 * is looked at. They are called what the run with the verdict calls them: a fix may have given a layer another name.
 */
function verdictNumbers(all: readonly Seen[]): readonly ComparedNumber[] {
  const verdicts = all.flatMap((seen) => seen.run.verdicts.map((verdict) => ({ seen, verdict })));
  const once = new Map(verdicts.map((found) => [found.verdict.rule, found]));
  return [...once.values()].flatMap(({ seen: owner, verdict: { rule, title, numbers } }) => {
    const measured = all.map((seen) => measuredOf(seen, rule));
    const own = measured[all.indexOf(owner)] ?? [];
    const rest = numbers.filter(({ label }) => !own.some((number) => number.label === label));
    return [...own, ...rest].map(({ label }, place) => ({
      label: `${title}: ${label}`,
      texts: measured.map((of, i) => counterpart(of, label, place, own.length) ?? normOf(all[i], label)),
    }));
  });
}

/** The norm of all gradients is known at every step, whatever the rule says of it there. */
function normOf(seen: Seen | undefined, label: string): string {
  const numbers = seen ? normNumbers(seen.course) : [];
  return numbers.find((number) => number.label === label)?.text ?? unknown;
}

/** What one run's numbers say to another run's label: by name, or by place where a rule gave as many. */
function counterpart(
  of: readonly EvidenceNumber[],
  label: string,
  place: number,
  count: number,
): string | undefined {
  const found = of.find((number) => number.label === label) ?? (of.length === count ? of[place] : undefined);
  return found?.text;
}

/** A rule's numbers on a run: measured now; where one capture is not enough for it, those of its own verdict. */
function measuredOf({ run, at, capture, course }: Seen, rule: string): readonly EvidenceNumber[] {
  if (!run.facts || !capture) return [];
  const measured = measuredBy(rule, { net: describeNet(run.document, run.facts), capture, course });
  if (measured.length > 0 || at !== null) return measured;
  return run.verdicts.find((verdict) => verdict.rule === rule)?.numbers ?? [];
}

/** What the comparison shows so far: of a fork (first) and the run that it comes from (second), or of all that race. */
export function outcomeInWords(runs: readonly RunView[], at: number | null): string {
  const all = seenOf(runs, at);
  if (runs.length > 2) return raceInWords(all);
  const [fork, origin] = all;
  if (!fork || !origin) return '';
  if (fork.trend.steps < 20 || origin.trend.steps < 20)
    return at === null
      ? 'Both are training; the first 20 steps tell little.'
      : 'Within the first 20 steps, which tell little.';
  const fallen = ({ trend }: Seen): string => `${Math.round((100 * trend.now) / trend.start)} %`;
  return (
    `After ${fork.step} steps ${fork.run.title} is at ${fallen(fork)} of its first loss; ` +
    `after ${origin.step} steps ${origin.run.title} is at ${fallen(origin)}.`
  );
}

/** What a fork took over from the run that it goes on from, and what began anew. */
export function takeoverInWords(title: string, { step, kept, fresh }: Takeover): string {
  const all = kept.length + fresh.length;
  const begun = fresh.length === 0 ? 'nothing began anew' : `begun anew: ${fresh.join(', ')}`;
  return `${title} kept ${kept.length} of ${all} tensors of step ${step}; ${begun}.`;
}

function firstToLast({ run, at }: Seen): number | null {
  const levels = profileOf(run, at).flatMap(({ gradient }) => gradient?.rms ?? []);
  const [first, last] = [levels[0], levels.at(-1)];
  return first === undefined || last === undefined || Number.isNaN(first - last) ? null : first - last;
}

/** Who is ahead. Runs take turns on the GPU, so that some may be further than others. */
function raceInWords(runs: readonly Seen[]): string {
  const begun = runs.filter(({ trend }) => trend.steps >= 20);
  if (begun.length < runs.length)
    return `${begun.length} of ${runs.length} have made their first 20 steps; less tells little.`;
  const [first, ...others] = [...begun].sort((a, b) => a.trend.now - b.trend.now);
  const last = others.at(-1);
  if (!first || !last) return '';
  return (
    `${first.run.title} is ahead with a loss of ${readable(first.trend.now)} after ${first.step} steps; ` +
    `${last.run.title} is last with ${readable(last.trend.now)} after ${last.step}.`
  );
}
