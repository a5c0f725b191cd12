/** What the pointer is on, in words and numbers. */
import { readable, statisticsOf } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { exponentOfRow, NOT_FINITE_ROW, ZERO_ROW } from '../../pictures/magnitude-rows.ts';
import { rowAt } from '../../pictures/strip-paint.ts';
import type { Spot } from './draw.ts';

export interface SpotWords {
  readonly title: string;
  readonly lines: readonly string[];
}

export function describeSpot(run: RunView, { strip, column, y }: Spot): SpotWords {
  const tensor = strip.kind === 'activation' ? 'a' : '∂L/∂a';
  const title = `${strip.name} · ${tensor}`;
  const history = run.log?.history;
  const segment = run.facts?.segments[strip.segment];
  if (!history || !segment || column >= strip.columns.length)
    return { title, lines: ['nothing measured here yet'] };
  const [first, last] = [strip.columns.firstSteps[column]!, strip.columns.lastSteps[column]!];
  const rows = strip.columns.column(column);
  const row = rowAt(y);
  const all = rows.reduce((sum, count) => sum + count, 0);
  const capture = history.captureAt(history.positionOf(last));
  const numbers = statisticsOf(capture, strip.segment);
  const lines = [
    first === last ? `step ${first}` : `steps ${first} to ${last}`,
    ...(row === null || all === 0 ? [] : [`${rowInWords(row)}: ${percent(rows[row]! / all)} of elements`]),
    `RMS ${readable(numbers.rms)} · mean ${readable(numbers.mean)} · largest ${readable(numbers.largestMagnitude)}`,
  ];
  if (numbers.zeros > 0) lines.push(`exact zeros: ${percent(numbers.zeros)}`);
  if (numbers.nans + numbers.infinities > 0) {
    lines.push(`NaN: ${percent(numbers.nans)} · ±∞: ${percent(numbers.infinities)}`);
  }
  return { title, lines };
}

function rowInWords(row: number): string {
  if (row === ZERO_ROW) return 'exactly 0';
  if (row === NOT_FINITE_ROW) return 'NaN or ±∞';
  const exponent = exponentOfRow(row) ?? 0;
  return `|value| ${readable(2 ** exponent)} … ${readable(2 ** (exponent + 1))}`;
}

function percent(share: number): string {
  return `${readable(100 * share)} %`;
}
