/** What the pointer or the keyboard is on, in words and numbers. */
import { readable, statisticsOf } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import { exponentOfRow, NOT_FINITE_ROW, ZERO_ROW } from '../../pictures/magnitude-rows.ts';
import { rowAt } from '../../pictures/strip-paint.ts';
import { KINDS, type Spot, STRIP_LABELS } from './draw.ts';
import type { Strip, StripBoard, StripKind } from './strip-board.ts';

export interface SpotWords {
  readonly title: string;
  readonly lines: readonly string[];
}

export function describeSpot(run: RunView, { strip, column, y }: Spot): SpotWords {
  const title = `${strip.name} · ${STRIP_LABELS[strip.kind]}`;
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
    sizes(numbers),
  ];
  if (numbers.zeros > 0) lines.push(`exact zeros: ${percent(numbers.zeros)}`);
  if (numbers.nans + numbers.infinities > 0) {
    lines.push(`NaN: ${percent(numbers.nans)} · ±∞: ${percent(numbers.infinities)}`);
  }
  return { title, lines };
}

/** Both strips of a node at the step that is looked at: what the keyboard hears; null where a node has none. */
export function describeNode(
  run: RunView,
  board: Pick<StripBoard, 'find'>,
  { node, at }: { readonly node: string; readonly at: number | null },
): SpotWords | null {
  const capture = seenCapture(run, at);
  const strips = KINDS.map((kind: StripKind) => board.find(node, kind)).filter(
    (strip): strip is Strip => strip !== undefined,
  );
  const [first] = strips;
  if (!capture || !first) return null;
  return {
    title: `${first.name} · step ${capture.step}`,
    lines: strips.map(
      ({ kind, segment }) => `${STRIP_LABELS[kind]}: ${sizes(statisticsOf(capture, segment))}`,
    ),
  };
}

function sizes({ rms, mean, largestMagnitude }: ReturnType<typeof statisticsOf>): string {
  return `RMS ${readable(rms)} · mean ${readable(mean)} · largest ${readable(largestMagnitude)}`;
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
