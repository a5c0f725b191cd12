/**
 * The captures of a run, kept for good in bounded memory: all of the first 256 (the start of training decides most), the
 * newest, and of the rest as many as fit, evenly spaced in the logarithm of the step. Bins are stored losslessly, as
 * (gap, count) pairs of the non-empty ones in variable-length bytes: a tensor fills some 20 to 60 of its 512 bins.
 */
import { invariant } from '../errors.ts';
import { decodeBins, encodeBins } from './sparse-bins.ts';
import { binCount, type ProbeCapture, type ProbeSegment } from './types.ts';

export interface HistoryLimits {
  /** Captures from the start that are never thinned out. */
  readonly keepFirst: number;
  /** Captures kept altogether. */
  readonly keep: number;
}

export const defaultHistoryLimits: HistoryLimits = { keepFirst: 256, keep: 1024 };

interface StoredCapture {
  readonly step: number;
  readonly bins: Uint8Array;
  readonly moments: Float32Array;
  readonly folded: Float32Array;
  readonly tracks: Float32Array;
}

/** A growing, thinning list of captures in order of their steps. */
export class CaptureHistory {
  readonly segments: readonly ProbeSegment[];
  readonly #limits: HistoryLimits;
  readonly #stored: StoredCapture[] = [];
  #bytes = 0;
  #version = 0;

  constructor(segments: readonly ProbeSegment[], limits: HistoryLimits = defaultHistoryLimits) {
    invariant(limits.keep > limits.keepFirst + 1, 'a history has room beyond its first captures');
    this.segments = segments;
    this.#limits = limits;
  }

  get length(): number {
    return this.#stored.length;
  }

  /** The step of the newest capture; −1 before the first. */
  get lastStep(): number {
    return this.#stored.at(-1)?.step ?? -1;
  }

  /** Bytes of encoded bins and moments held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Grows with every change, so that a view can tell whether it is up to date. */
  get version(): number {
    return this.#version;
  }

  /** Takes the next capture. Its arrays are not kept; the caller may reuse them. */
  add(capture: ProbeCapture): void {
    const last = this.#stored.at(-1);
    invariant(!last || capture.step > last.step, 'captures arrive in order of their steps');
    invariant(
      capture.bins.length === this.segments.length * binCount,
      'a capture covers all segments of its run',
    );
    const stored = {
      step: capture.step,
      bins: encodeBins(capture.bins),
      moments: Float32Array.from(capture.moments),
      folded: Float32Array.from(capture.folded),
      tracks: Float32Array.from(capture.tracks),
    };
    this.#stored.push(stored);
    this.#bytes += sizeOf(stored);
    this.#version++;
    if (this.#stored.length > this.#limits.keep) this.#drop(this.#leastMissed());
  }

  /** Forgets everything: the run starts again at step 0. */
  clear(): void {
    this.#stored.length = 0;
    this.#bytes = 0;
    this.#version++;
  }

  stepAt(position: number): number {
    return this.#at(position).step;
  }

  /** The capture at a position (0 is step 0), unpacked. */
  captureAt(position: number): ProbeCapture {
    const { bins, ...rest } = this.#at(position);
    return { ...rest, bins: decodeBins(bins, this.segments.length * binCount) };
  }

  /** Position of the last capture at or before a step; 0 when the step is before the first. */
  positionOf(step: number): number {
    let low = 0;
    let high = this.#stored.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#stored[middle]!.step <= step) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #at(position: number): StoredCapture {
    const stored = this.#stored[position];
    invariant(stored, 'a position lies inside the history');
    return stored;
  }

  /** The capture whose absence leaves the smallest gap in log(step), among those that may go. */
  #leastMissed(): number {
    let best = -1;
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = this.#limits.keepFirst; i < this.#stored.length - 1; i++) {
      const gap = Math.log((this.#stored[i + 1]!.step + 1) / (this.#stored[i - 1]!.step + 1));
      if (gap <= smallest) {
        smallest = gap;
        best = i;
      }
    }
    return best;
  }

  #drop(position: number): void {
    const [gone] = this.#stored.splice(position, 1);
    if (gone) this.#bytes -= sizeOf(gone);
  }
}

function sizeOf(stored: StoredCapture): number {
  const { bins, moments, folded, tracks } = stored;
  return bins.byteLength + moments.byteLength + folded.byteLength + tracks.byteLength;
}
