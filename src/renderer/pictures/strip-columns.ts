/**
 * The columns of a strip, growing to the right as captures come. When it is full, neighbours are added together (histograms
 * are counts, so nothing is lost or re-binned) and each column holds twice as many captures: the whole run is always in view.
 */
import { ROWS } from './magnitude-rows.ts';

export const COLUMNS = 96;

export class StripColumns {
  /** Column by column, ROWS counts each. */
  readonly counts = new Float32Array(COLUMNS * ROWS);
  /** First and last step in each column. */
  readonly firstSteps = new Float64Array(COLUMNS);
  readonly lastSteps = new Float64Array(COLUMNS);
  #length = 0;
  #perColumn = 1;
  #inLast = 0;

  get length(): number {
    return this.#length;
  }

  get capturesPerColumn(): number {
    return this.#perColumn;
  }

  /** The counts of the column that takes the next capture. Tells from which column on the picture is out of date. */
  next(step: number): { readonly rows: Float32Array; readonly dirtyFrom: number } {
    let dirtyFrom = this.#length - 1;
    if (this.#length === 0 || this.#inLast === this.#perColumn) {
      if (this.#length === COLUMNS) {
        this.#halve();
        dirtyFrom = 0;
      } else dirtyFrom = this.#length;
      this.firstSteps[this.#length++] = step;
      this.#inLast = 0;
    }
    this.#inLast++;
    const column = this.#length - 1;
    this.lastSteps[column] = step;
    return { rows: this.column(column), dirtyFrom };
  }

  column(index: number): Float32Array {
    return this.counts.subarray(index * ROWS, (index + 1) * ROWS);
  }

  /** The column that holds a step, or the last one before it; −1 before the first. */
  columnOf(step: number): number {
    let column = -1;
    while (column + 1 < this.#length && this.firstSteps[column + 1]! <= step) column++;
    return column;
  }

  clear(): void {
    this.counts.fill(0);
    this.#length = 0;
    this.#perColumn = 1;
    this.#inLast = 0;
  }

  #halve(): void {
    for (let i = 0; i < COLUMNS / 2; i++) {
      const [a, b, into] = [this.column(2 * i), this.column(2 * i + 1), this.column(i)];
      for (let row = 0; row < ROWS; row++) into[row] = a[row]! + b[row]!;
      this.firstSteps[i] = this.firstSteps[2 * i]!;
      this.lastSteps[i] = this.lastSteps[2 * i + 1]!;
    }
    this.counts.fill(0, (COLUMNS / 2) * ROWS);
    this.#length = COLUMNS / 2;
    this.#perColumn *= 2;
  }
}
