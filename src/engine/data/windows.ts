// Windows over a series: samples that share one buffer of rows. A sample is where it begins, so windows that overlap cost
// nothing more, and a batch reads its rows by index arithmetic.
import { EngineError } from '../errors.ts';
import { type Split, type SplitSpec, splitNotes } from './split.ts';

/** How a sample's rows are found: sample i has the rows i · stride + offset … + length − 1 of the field's data. */
export interface WindowView {
  readonly stride: number;
  readonly offset: number;
  readonly length: number;
}

/** What is cut out of a series. */
export interface Cut {
  /** Rows of the series. */
  readonly rows: number;
  /** Rows that a sample touches, inputs and targets together. */
  readonly span: number;
  /** Rows from one window's start to the next. */
  readonly stride: number;
  /** The same in the parts that are only measured; no less than `stride`. */
  readonly measuredStride: number;
  /** What the rows are called, for messages: `characters`, `rows`. */
  readonly unit: string;
  /** The file or data set, for messages. */
  readonly name: string;
  /** Rows that no window may touch: those whose values are missing. */
  readonly isGap?: (row: number) => boolean;
}

/** How many windows begin in a series, the parts not yet told apart. */
export function windowCount({ rows, span, stride }: Pick<Cut, 'rows' | 'span' | 'stride'>): number {
  return rows < span ? 0 : Math.floor((rows - span) / stride) + 1;
}

/**
 * Divides a series into three blocks, one after the other: training first, then validation, then test. A window belongs to the
 * block in which all its rows lie; one that lies across a border belongs to none, so no row is in two parts.
 *
 * @returns indices of windows; `seed` and `stratify` of the split mean nothing here
 * @throws EngineError `data/windows` where no window fits into the training block
 */
export function splitWindows(cut: Cut, spec: SplitSpec): Split {
  const { rows, span, stride, measuredStride, isGap } = cut;
  const borders = [0, spec.train, spec.train + spec.validation, 1].map((share) => Math.round(share * rows));
  const gapsBefore = isGap ? runningCount(rows, isGap) : null;
  const windowsIn = (block: number, every: number): Uint32Array<ArrayBuffer> => {
    const [from = 0, to = 0] = borders.slice(block, block + 2);
    const found: number[] = [];
    for (let i = Math.ceil(from / stride); i * stride + span <= to; i += every) {
      const start = i * stride;
      if (!gapsBefore || gapsBefore[start + span] === gapsBefore[start]) found.push(i);
    }
    return Uint32Array.from(found);
  };
  const every = Math.max(1, Math.ceil(measuredStride / stride));
  const split = { train: windowsIn(0, 1), validation: windowsIn(1, every), test: windowsIn(2, every) };
  if (split.train.length === 0)
    throw new EngineError('data/windows', {
      file: cut.name,
      span,
      unit: cut.unit,
      rows: borders[1] ?? 0,
    });
  return split;
}

/** How the parts were cut, in words. */
export function windowNotes(cut: Cut, split: Split, spec: SplitSpec): string[] {
  const { train, validation, test } = split;
  return [
    `${cut.rows} ${cut.unit}; windows of ${cut.span}, one every ${cut.stride}: ${train.length} to train on, ${validation.length} to validate, ${test.length} to test.`,
    'The parts are blocks one after the other, and no window lies across a border.',
    ...splitNotes(split, spec),
  ];
}

/** How many rows before each row, and before the end, are so. */
function runningCount(rows: number, is: (row: number) => boolean): Uint32Array {
  const counts = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) counts[row + 1] = (counts[row] ?? 0) + (is(row) ? 1 : 0);
  return counts;
}
