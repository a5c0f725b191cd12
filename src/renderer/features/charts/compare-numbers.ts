/** The numbers by which two runs are compared, the verdict's own among them, and what they say in one sentence. */
import {
  foldedOf,
  type ProbeCapture,
  type ProbeSegment,
  readable,
  readablePower,
  statisticsOf,
} from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import { profileOf } from './profile-option.ts';
import { trackLines } from './track-option.ts';

export interface ComparedNumber {
  readonly label: string;
  /** One text per run. */
  readonly texts: readonly string[];
}

export function comparedNumbers(runs: readonly RunView[]): readonly ComparedNumber[] {
  const number = (label: string, text: (run: RunView) => string): ComparedNumber => ({
    label,
    texts: runs.map(text),
  });
  return [
    number('step', ({ step }) => String(step)),
    number('seed', ({ document }) => String(document.training.seed)),
    number('loss (smoothed)', ({ trend }) => (trend.steps > 0 ? readable(trend.now) : unknown)),
    number('loss at the start', ({ trend }) => (trend.steps > 0 ? readable(trend.start) : unknown)),
    number('validation loss', ({ log }) => latestOf(log?.splits.validation.loss.latest)),
    number('∂L/∂a, first : last layer', (run) => {
      const ratio = firstToLast(run);
      return ratio === null ? unknown : readablePower(ratio);
    }),
    number('verdicts', ({ verdicts }) => {
      const standing = verdicts.filter(({ clearedAt }) => clearedAt === null);
      return standing.length === 0 ? 'none' : standing.map(({ title }) => title).join(', ');
    }),
    ...verdictNumbers(runs),
    ...measures.map(({ label, of }) => number(label, of)),
  ].filter(({ label, texts }) => always.has(label) || texts.some((text) => text !== unknown));
}

const unknown = '–';
/** Rows that are worth their place even while nothing is known. */
const always: ReadonlySet<string> = new Set(['step', 'loss (smoothed)', 'validation loss', 'verdicts']);

/** What rules go by, measured on any run: a fork that is well has no verdict whose numbers could be compared. */
const measures: readonly { readonly label: string; of(run: RunView): string }[] = [
  {
    label: 'dead units, worst layer',
    of: (run) => worst(run, 'dead', (capture, i) => foldedOf(capture, i, 'deadUnits')),
  },
  {
    label: 'saturated outputs, worst layer',
    of: (run) => worst(run, 'saturated', (capture, i) => statisticsOf(capture, i).saturated),
  },
  { label: 'update : weight, median', of: medianRatio },
  { label: 'gradient through time, first : last', of: throughTime },
];

/** The largest share among the tensors of which it is counted, at the newest capture. */
function worst(
  run: RunView,
  counted: ProbeSegment['counted'],
  share: (capture: ProbeCapture, segment: number) => number,
): string {
  const capture = seenCapture(run, null);
  const shares = (run.facts?.segments ?? []).flatMap((segment, i) =>
    capture && segment.counted === counted ? share(capture, i) : [],
  );
  const known = shares.filter(Number.isFinite);
  return known.length === 0 ? unknown : `${Math.round(100 * Math.max(...known))} %`;
}

function medianRatio({ log }: RunView): string {
  const latest = (log?.ratios ?? []).map(({ curve }) => curve.latest).filter(Number.isFinite);
  const middle = latest.sort((a, b) => a - b)[Math.floor(latest.length / 2)];
  return middle === undefined ? unknown : readablePower(middle);
}

function throughTime(run: RunView): string {
  const ratios = trackLines(run, 'timeGradient', null).flatMap(({ values }) => {
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    return first > 0 && last > 0 ? Math.log10(first / last) : [];
  });
  return ratios.length === 0 ? unknown : readablePower(Math.min(...ratios));
}

/** Every number of every verdict that one of the runs has come to, as all of the runs measure it. */
function verdictNumbers(runs: readonly RunView[]): readonly ComparedNumber[] {
  const all = runs.flatMap(({ verdicts }) => verdicts);
  const rows = all.flatMap(({ rule, title, numbers }) =>
    numbers.map(({ label }) => ({ rule, title, label })),
  );
  const once = new Map(rows.map((row) => [`${row.rule} ${row.label}`, row]));
  return [...once.values()].map(({ rule, title, label }) => ({
    label: `${title}: ${label}`,
    texts: runs.map((run) => textOf(run, rule, label)),
  }));
}

function textOf({ verdicts }: RunView, rule: string, label: string): string {
  const numbers = verdicts.find((verdict) => verdict.rule === rule)?.numbers ?? [];
  return numbers.find((number) => number.label === label)?.text ?? unknown;
}

/** What the comparison shows so far, of a fork (first) and the run that it comes from (second). */
export function outcomeInWords([fork, origin]: readonly RunView[]): string {
  if (!fork || !origin) return '';
  if (fork.trend.steps < 20 || origin.trend.steps < 20)
    return 'Both are training; the first 20 steps tell little.';
  const [a, b] = [fork.trend, origin.trend];
  const [fallenA, fallenB] = [a.now / a.start, b.now / b.start];
  const words = (share: number): string => `${Math.round(100 * share)} %`;
  return (
    `After ${fork.step} steps ${fork.title} is at ${words(fallenA)} of its first loss; ` +
    `after ${origin.step} steps ${origin.title} is at ${words(fallenB)}.`
  );
}

function firstToLast(run: RunView): number | null {
  const levels = profileOf(run, null).flatMap(({ gradient }) => gradient?.rms ?? []);
  const [first, last] = [levels[0], levels.at(-1)];
  return first === undefined || last === undefined || Number.isNaN(first - last) ? null : first - last;
}

function latestOf(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? unknown : readable(value);
}
