/**
 * The weights of a run at chosen steps, so that going back in time shows what the net was then: all of the first steps, then
 * ever fewer, evenly spaced in the logarithm of the step. Bounded in memory: where nets are large, fewer steps are kept.
 */

/** What a net is at one step: the arenas of its parameters and of what its layers remember. */
export interface WeightsAt {
  /** Steps trained before. */
  readonly step: number;
  readonly params: Float32Array<ArrayBuffer>;
  readonly memory: Float32Array<ArrayBuffer>;
}

/** All of the first steps up to this one are kept. */
const everyStepUntil = 16;
/** After them each kept step is so many times the one before. */
const growth = 1.06;
const defaultLimit = 96 * 2 ** 20;

/** The first step after `step` whose weights are worth keeping. */
export function nextKept(step: number): number {
  if (step < everyStepUntil) return step + 1;
  let kept = everyStepUntil;
  while (kept <= step) kept = Math.max(kept + 1, Math.ceil(kept * growth));
  return kept;
}

export class KeptWeights {
  readonly #limit: number;
  readonly #kept: WeightsAt[] = [];

  /** @param limit bytes held at most; two steps are kept in any case */
  constructor(limit: number = defaultLimit) {
    this.#limit = limit;
  }

  get steps(): readonly number[] {
    return this.#kept.map(({ step }) => step);
  }

  /** The next step whose weights should be handed over. */
  get next(): number {
    const last = this.#kept.at(-1);
    return last ? nextKept(last.step) : 0;
  }

  /** Takes the weights of a step; a step that is not ahead of the last one is known already. */
  add(weights: WeightsAt): void {
    const last = this.#kept.at(-1);
    if (last && weights.step <= last.step) return;
    this.#kept.push(weights);
    const each = weights.params.byteLength + weights.memory.byteLength;
    while (this.#kept.length > 2 && this.#kept.length * each > this.#limit) {
      this.#kept.splice(this.#leastMissed(), 1);
    }
  }

  /** The weights of the last kept step at or before this one; null where nothing was kept yet. */
  at(step: number): WeightsAt | null {
    return this.#kept.findLast((kept) => kept.step <= step) ?? this.#kept[0] ?? null;
  }

  clear(): void {
    this.#kept.length = 0;
  }

  /** The step whose absence leaves the smallest gap in log(step); never the first or the last. */
  #leastMissed(): number {
    let best = 1;
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = 1; i < this.#kept.length - 1; i++) {
      const gap = Math.log((this.#kept[i + 1]!.step + 1) / (this.#kept[i - 1]!.step + 1));
      if (gap < smallest) {
        smallest = gap;
        best = i;
      }
    }
    return best;
  }
}
