// What commands print: tables, JSON, a bar on a terminal.
import { formatCount } from '../../engine/index.ts';

/** Prints a line to stdout, which belongs to results; words about the work go to stderr. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  // JSON has no NaN and no infinities; they are written as texts rather than lost as null.
  print(
    JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v)),
  );
}

/** A long last column is not underlined to its end. */
const longestRule = 40;

/** Columns that line up; those whose heading starts with `>` are set to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = headings.map((h) => h.replace(/^>/, ''));
  const width = (text: string): number => [...text].length;
  const widths = titles.map((title, c) => Math.max(width(title), ...rows.map((r) => width(r[c] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => {
        const gap = ' '.repeat((widths[c] ?? 0) - width(cell));
        return headings[c]?.startsWith('>') ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [
    line(titles),
    line(widths.map((n) => '─'.repeat(Math.min(n, longestRule)))),
    ...rows.map(line),
  ].join('\n');
}

/** One line on a terminal that is written over; nothing elsewhere. */
export class ProgressBar {
  readonly #total: number;
  readonly #shown = process.stderr.isTTY === true;

  constructor(total: number) {
    this.#total = total;
  }

  update(done: number, words: string): void {
    if (!this.#shown) return;
    const width = 24;
    const filled = Math.round((width * done) / Math.max(1, this.#total));
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    process.stderr.write(`\r\x1b[2K${bar} ${formatCount(done)} of ${formatCount(this.#total)}  ${words}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write('\n');
  }
}
