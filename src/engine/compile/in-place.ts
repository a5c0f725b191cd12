/**
 * Concatenations that cost nothing: where the parts lie one after another in memory, each is written to its place in the
 * whole when it is computed. The states of a recurrent net over time come together so.
 */
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';

/** A part of a concatenation, written where it belongs. */
export interface Part {
  readonly whole: Value;
  /** Elements before it. */
  readonly offset: number;
}

export interface InPlace {
  readonly wholes: ReadonlySet<Value>;
  readonly parts: ReadonlyMap<Value, Part>;
}

/** Whether a value is a concatenation of parts that lie one after another. */
export function isContiguous(v: Value): boolean {
  return v.op.id === 'concat' && sizeOf(v.shape.slice(0, (v.attrs as { readonly axis: number }).axis)) === 1;
}

/**
 * Chooses concatenations whose parts are written in place.
 *
 * @param candidates concatenations that are to be in memory, with parts one after another
 * @param computed the value that is computed for a part (behind reshapes); null where it lies elsewhere already
 */
export function chooseInPlace(candidates: Iterable<Value>, computed: (part: Value) => Value | null): InPlace {
  const wholes = new Set<Value>();
  const parts = new Map<Value, Part>();
  // Long ones first: a shorter run of the same parts lies within.
  for (const whole of [...candidates].sort((a, b) => b.inputs.length - a.inputs.length)) {
    const within = runWithin(whole, parts, computed);
    if (within) {
      wholes.add(whole);
      parts.set(whole, within);
      continue;
    }
    const found = new Map<Value, Part>();
    let offset = 0;
    for (const input of whole.inputs) {
      const part = computed(input);
      if (part && !parts.has(part)) found.set(part, { whole, offset });
      offset += sizeOf(input.shape);
    }
    if (found.size < whole.inputs.length) continue;
    wholes.add(whole);
    for (const [part, place] of found) parts.set(part, place);
  }
  return { wholes, parts };
}

/** Where a concatenation lies, if all its parts lie in one already chosen, one after another as they do here. */
function runWithin(
  whole: Value,
  parts: ReadonlyMap<Value, Part>,
  computed: (part: Value) => Value | null,
): Part | null {
  let start: Part | null = null;
  let offset = 0;
  for (const input of whole.inputs) {
    const part = computed(input);
    const place = part && parts.get(part);
    if (!place) return null;
    start ??= place;
    if (place.whole !== start.whole || place.offset !== start.offset + offset) return null;
    offset += sizeOf(input.shape);
  }
  return start;
}
