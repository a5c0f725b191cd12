/** The numbers by which two runs are compared, the verdict's own among them, and what they say in one sentence. */
import { readable, readablePower } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { profileOf } from './profile-option.ts';

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
    number('loss (smoothed)', ({ trend }) => (trend.steps > 0 ? readable(trend.now) : '–')),
    number('loss at the start', ({ trend }) => (trend.steps > 0 ? readable(trend.start) : '–')),
    number('validation loss', ({ log }) => latestOf(log?.splits.validation.loss.latest)),
    number('∂L/∂a, first : last layer', (run) => {
      const ratio = firstToLast(run);
      return ratio === null ? '–' : readablePower(ratio);
    }),
    number('verdicts', ({ verdicts }) => {
      const standing = verdicts.filter(({ clearedAt }) => clearedAt === null);
      return standing.length === 0 ? 'none' : standing.map(({ title }) => title).join(', ');
    }),
    ...verdictNumbers(runs),
  ];
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
  return numbers.find((number) => number.label === label)?.text ?? '–';
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
  return value === undefined || Number.isNaN(value) ? '–' : readable(value);
}
