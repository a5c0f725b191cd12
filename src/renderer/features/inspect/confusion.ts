/** The confusion matrix: counted from answers, drawn, and read by cell. No React, no worker. */
import { type Inside, readable } from '../../../engine/index.ts';
import type { Brush } from '../../ui/brush.ts';
import { chartLook } from '../../ui/chart-look.ts';
import { cssColor, scaleColor, type Theme } from '../../ui/color-scale.ts';
import { readAnswer } from './answers.ts';

export interface Confusion {
  readonly names: readonly string[];
  /** [truth][answer]: the samples' places in their part. */
  readonly cells: readonly (readonly (readonly number[])[])[];
}

export interface Judged {
  readonly answers: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly targets: Float32Array;
}

export type Cell = readonly [truth: number, answer: number];

export function confusionOf(inside: Inside, { answers, targets }: Judged): Confusion {
  const { names } = inside.target;
  const cells: number[][][] = names.map(() => names.map(() => []));
  const size = inside.answerSize;
  targets.forEach((truth, i) => {
    const { label } = readAnswer(inside, answers.data.subarray(i * size, (i + 1) * size));
    cells[truth]?.[label ?? -1]?.push(i);
  });
  return { names, cells };
}

/** Share of right answers. */
export function accuracyOf({ cells }: Confusion): number {
  let right = 0;
  let all = 0;
  cells.forEach((row, truth) => {
    row.forEach((cell, answer) => {
      all += cell.length;
      if (truth === answer) right += cell.length;
    });
  });
  return all === 0 ? Number.NaN : right / all;
}

interface Area {
  readonly width: number;
  readonly height: number;
}

const LABELS = 76;
const HEAD = 34;

function frameOf({ names }: Confusion, { width, height }: Area) {
  const size = Math.max(
    6,
    Math.min((width - LABELS - 12) / names.length, (height - HEAD - 8) / names.length, 104),
  );
  return { left: LABELS, top: HEAD, size };
}

export function cellAt(confusion: Confusion, area: Area, x: number, y: number): Cell | null {
  const { left, top, size } = frameOf(confusion, area);
  const [answer, truth] = [Math.floor((x - left) / size), Math.floor((y - top) / size)];
  const n = confusion.names.length;
  return truth < 0 || answer < 0 || truth >= n || answer >= n ? null : [truth, answer];
}

export function drawConfusion(
  brush: Brush,
  confusion: Confusion,
  area: Area,
  { theme, chosen }: { readonly theme: Theme; readonly chosen: Cell | null },
): void {
  const look = chartLook(theme);
  const { left, top, size } = frameOf(confusion, area);
  const { names, cells } = confusion;
  const letters = Math.max(1, Math.floor(size / 6.5));
  brush.text(left + (names.length * size) / 2, 8, 'answer', { color: look.faint, align: 'center' });
  names.forEach((name, i) => {
    brush.text(left + (i + 0.5) * size, 23, clip(name, letters), {
      color: look.text,
      size: 10,
      align: 'center',
    });
    brush.text(left - 6, top + (i + 0.5) * size, clip(name, 11), {
      color: look.text,
      size: 10,
      align: 'right',
    });
  });
  cells.forEach((row, truth) => {
    const all = row.reduce((sum, cell) => sum + cell.length, 0) || 1;
    row.forEach((cell, answer) => {
      const share = cell.length / all;
      const [x, y] = [left + answer * size, top + truth * size];
      const color = scaleColor(share, theme);
      const isEmpty = cell.length === 0;
      brush.rectangle(x + 0.5, y + 0.5, size - 1, size - 1, isEmpty ? look.line : cssColor(color));
      if (truth === answer)
        brush.line(
          [x + 1, y + 1, x + size - 1, y + 1, x + size - 1, y + size - 1, x + 1, y + size - 1, x + 1, y + 1],
          {
            stroke: look.faint,
          },
        );
      if (chosen?.[0] === truth && chosen[1] === answer)
        brush.line([x, y, x + size, y, x + size, y + size, x, y + size, x, y], {
          stroke: look.series[1],
          width: 3,
        });
      const isLight = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] > 130;
      if (size >= 15)
        brush.text(x + size / 2, y + size / 2, String(cell.length), {
          color: isEmpty ? look.faint : isLight ? '#101216' : '#f4f5f8',
          size: Math.min(13, size / 2.2),
          align: 'center',
        });
    });
  });
}

export function cellWords({ names, cells }: Confusion, [truth, answer]: Cell) {
  const row = cells[truth] ?? [];
  const all = row.reduce((sum, cell) => sum + cell.length, 0);
  const count = row[answer]?.length ?? 0;
  return {
    title: `${count} of ${all} × ${names[truth]}`,
    lines: [
      truth === answer ? 'answered rightly' : `answered with ${names[answer]}`,
      `${readable(all === 0 ? 0 : (100 * count) / all)} % of the row`,
    ],
  };
}

export function confusionTable({ names, cells }: Confusion): (string | number)[][] {
  return [
    ['truth \\ answer', ...names],
    ...names.map((name, i) => [name, ...(cells[i] ?? []).map((cell) => cell.length)]),
  ];
}

function clip(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
