/**
 * What needs more than one look: units that stay dead over a window of samples, and gradients against those of the step
 * before. Two gradients of neighbouring steps are two draws at (nearly) the same weights, so g·g′ estimates ‖E g‖² without
 * bias and ½‖g − g′‖² the variance: no second batch is computed, and a slow drift of the weights does no harm.
 */
import { momentAt } from './statistics.ts';
import { foldedCount, foldedNames, type ProbeSegment } from './types.ts';

/** A window for dead units need not be longer than this, in samples, however large the training set is. */
const longestWindow = 4096;
/** What the averages of signal and noise keep of the past at each capture: about the last ten count. */
const memory = 0.9;

const place = (segment: number, name: (typeof foldedNames)[number]): number =>
  segment * foldedCount + foldedNames.indexOf(name);

export class CaptureFold {
  readonly #segments: readonly ProbeSegment[];
  readonly #window: number;
  readonly #batch: number;
  /** Units that were above 0 in the window so far, a bit each. */
  readonly #alive: Map<number, Uint32Array>;
  #samples = 0;
  #dead: Float32Array;
  /** Σ memoryⁿ · number, and Σ memoryⁿ, of signal and noise. */
  #sums: Float64Array;
  #weights: Float64Array;

  /** @param trainingSamples an epoch: the window is that long, or `longestWindow` where that is less */
  constructor(segments: readonly ProbeSegment[], trainingSamples: number, batch: number) {
    this.#segments = segments;
    this.#window = Math.min(longestWindow, trainingSamples);
    this.#batch = batch;
    this.#alive = new Map();
    this.#dead = new Float32Array(segments.length);
    this.#sums = new Float64Array(0);
    this.#weights = new Float64Array(0);
    this.restart();
  }

  /** Forgets all: the run starts again, or goes on from elsewhere. */
  restart(): void {
    const { length } = this.#segments;
    this.#samples = 0;
    this.#alive.clear();
    this.#segments.forEach(({ counted, units }, i) => {
      if (counted === 'dead') this.#alive.set(i, new Uint32Array(Math.ceil(units / 32)));
    });
    this.#dead = new Float32Array(length).fill(Number.NaN);
    this.#sums = new Float64Array(length * 2);
    this.#weights = new Float64Array(length);
  }

  /** Takes the next look. `masks` gives the words of a segment's mask of units that were above 0. */
  add(moments: Float32Array, masks: (segment: number) => Uint32Array): Float32Array {
    for (const [segment, alive] of this.#alive) {
      masks(segment).forEach((word, i) => {
        alive[i] = alive[i]! | word;
      });
    }
    this.#samples += this.#batch;
    if (this.#samples >= this.#window) this.#closeWindow();
    const folded = new Float32Array(this.#segments.length * foldedCount).fill(Number.NaN);
    this.#segments.forEach((segment, i) => {
      folded[place(i, 'deadUnits')] = this.#dead[i]!;
      if (segment.what === 'weightGradient') this.#average(i, moments, folded);
    });
    return folded;
  }

  #closeWindow(): void {
    this.#samples = 0;
    for (const [segment, alive] of this.#alive) {
      const living = alive.reduce((n, word) => n + bitsIn(word), 0);
      this.#dead[segment] = 1 - living / this.#segments[segment]!.units;
      alive.fill(0);
    }
  }

  #average(segment: number, moments: Float32Array, folded: Float32Array): void {
    const product = momentAt(moments, segment, 'productWithPrevious');
    const difference = momentAt(moments, segment, 'differenceFromPrevious');
    // Before the first step there was no gradient: its place holds zeros.
    if (product !== 0 && Number.isFinite(product) && Number.isFinite(difference)) {
      this.#sums[2 * segment] = memory * this.#sums[2 * segment]! + product;
      this.#sums[2 * segment + 1] = memory * this.#sums[2 * segment + 1]! + difference / 2;
      this.#weights[segment] = memory * this.#weights[segment]! + 1;
    }
    const weight = this.#weights[segment]!;
    if (weight === 0) return;
    folded[place(segment, 'signal')] = this.#sums[2 * segment]! / weight;
    folded[place(segment, 'noise')] = this.#sums[2 * segment + 1]! / weight;
  }
}

function bitsIn(word: number): number {
  let bits = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
