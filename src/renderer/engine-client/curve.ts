/**
 * A curve over the steps of a run in bounded memory, however long the run: when it is full, neighbouring points are joined
 * in pairs (mean, lowest, highest), so each point stands for twice as many values as before. Nothing is dropped.
 */
import { invariant } from '../../engine/index.ts';

/** Points as a chart wants them; views into the curve, valid until the next `add`. */
export interface CurvePoints {
  /** The step of the last value in each point. */
  readonly steps: Float64Array;
  readonly means: Float32Array;
  readonly lows: Float32Array;
  readonly highs: Float32Array;
}

export class Curve {
  readonly #steps: Float64Array;
  readonly #means: Float32Array;
  readonly #lows: Float32Array;
  readonly #highs: Float32Array;
  #length = 0;
  /** Values that a full point stands for. */
  #perPoint = 1;
  /** Values in the last point. */
  #inLast = 0;
  #latest = Number.NaN;

  /** @param capacity points kept, an even number */
  constructor(capacity = 2048) {
    invariant(capacity >= 2 && capacity % 2 === 0, 'a curve has an even capacity');
    this.#steps = new Float64Array(capacity);
    this.#means = new Float32Array(capacity);
    this.#lows = new Float32Array(capacity);
    this.#highs = new Float32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get valuesPerPoint(): number {
    return this.#perPoint;
  }

  /** The value added last; NaN before the first. */
  get latest(): number {
    return this.#latest;
  }

  /** The step added last; −1 before the first. */
  get lastStep(): number {
    return this.#length === 0 ? -1 : this.#steps[this.#length - 1]!;
  }

  /** The mean of the point that a step belongs to; NaN where nothing was added yet. */
  at(step: number): number {
    let low = 0;
    let high = this.#length - 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#steps[middle]! >= step) high = middle;
      else low = middle + 1;
    }
    return this.#length === 0 ? Number.NaN : this.#means[low]!;
  }

  /** The mean of the last point that is over by a step; NaN where none is. */
  before(step: number): number {
    let count = 0;
    let high = this.#length;
    while (count < high) {
      const middle = Math.floor((count + high) / 2);
      if (this.#steps[middle]! <= step) count = middle + 1;
      else high = middle;
    }
    return count === 0 ? Number.NaN : this.#means[count - 1]!;
  }

  add(step: number, value: number): void {
    this.#latest = value;
    if (this.#length > 0 && this.#inLast < this.#perPoint) {
      this.#join(step, value);
      return;
    }
    if (this.#length === this.#steps.length) {
      this.#halve();
      this.add(step, value);
      return;
    }
    const at = this.#length++;
    this.#steps[at] = step;
    this.#means[at] = value;
    this.#lows[at] = value;
    this.#highs[at] = value;
    this.#inLast = 1;
  }

  points(): CurvePoints {
    const n = this.#length;
    return {
      steps: this.#steps.subarray(0, n),
      means: this.#means.subarray(0, n),
      lows: this.#lows.subarray(0, n),
      highs: this.#highs.subarray(0, n),
    };
  }

  #join(step: number, value: number): void {
    const at = this.#length - 1;
    this.#inLast++;
    this.#steps[at] = step;
    this.#means[at]! += (value - this.#means[at]!) / this.#inLast;
    this.#lows[at] = Math.min(this.#lows[at]!, value);
    this.#highs[at] = Math.max(this.#highs[at]!, value);
  }

  #halve(): void {
    const half = this.#steps.length / 2;
    for (let i = 0; i < half; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      this.#steps[i] = this.#steps[b]!;
      this.#means[i] = (this.#means[a]! + this.#means[b]!) / 2;
      this.#lows[i] = Math.min(this.#lows[a]!, this.#lows[b]!);
      this.#highs[i] = Math.max(this.#highs[a]!, this.#highs[b]!);
    }
    this.#length = half;
    this.#perPoint *= 2;
    this.#inLast = this.#perPoint;
  }
}

/** Exponential moving average with its start corrected, as Adam's moments are: no lag at the beginning. */
export function smoothed(values: ArrayLike<number>, keep: number): Float32Array {
  const out = new Float32Array(values.length);
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      sum = keep * sum + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
    }
    out[i] = weight > 0 ? sum / weight : value;
  }
  return out;
}
