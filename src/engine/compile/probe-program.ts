/**
 * The program of a capture: two dispatches and two tables, whatever the number of tensors. Rows with a histogram are
 * segments; the others (one time step, one attention head) are only summed.
 */
import { binCount, momentCount } from '../ir/capture.ts';
import {
  addChunks,
  chunkFields,
  chunkLength,
  chunkModes,
  chunkWords,
  countChunks,
  none,
  rowWords,
} from '../wgsl/probe.ts';
import type { Dispatch, Place, Program } from './program.ts';
import type { ProcessorKind } from './tiling.ts';

/** A tensor to look at, and how. */
export interface LookedAt {
  readonly place: Place;
  /** Only these elements, where not all: `count` runs of `length`, `stride` apart. */
  readonly runs?: {
    readonly first: number;
    readonly length: number;
    readonly stride: number;
    readonly count: number;
  };
  /**
   * What is looked at: the elements; their change over the step; the elements beside those of the step before; or
   * −x ln x of each. The second and third find what was before the step at `before` in its buffer.
   */
  readonly mode?: keyof typeof chunkModes;
  readonly before?: number;
  /** unit = index / inner mod count. `alive`: which units are outside `range` anywhere; else how far they are from the first. */
  readonly units?: { readonly inner: number; readonly count: number; readonly alive: boolean };
  /** Elements outside count as saturated. */
  readonly range?: readonly [low: number, high: number];
}

/** The buffer that the caller fills before a step that is looked at. */
export const beforeBuffer = 'probe:before';

export interface ProbeProgram {
  readonly program: Program;
  /** What the tables must hold before the first capture. */
  readonly tables: ReadonlyArray<{ readonly place: Place; readonly data: Uint32Array<ArrayBuffer> }>;
  /** Bins of all segments, then the masks of units. Zeroed before each capture; then read back with the moments. */
  readonly bins: Place;
  /** A 1 and a 0, for the uniform that says whether one looks. */
  readonly flags: Place;
  /** `momentCount` floats for each segment, then for each summed row. */
  readonly moments: Place;
  /** The first word of each segment's mask in `bins`; null where its units are not watched. */
  readonly masks: ReadonlyArray<number | null>;
}

/**
 * @param segments tensors with histograms
 * @param summed tensors, or parts of them, that are summed only
 * @param before elements that `beforeBuffer` holds
 */
export function probeProgram(
  segments: readonly LookedAt[],
  summed: readonly LookedAt[],
  before: number,
  on: ProcessorKind,
): ProbeProgram {
  const threads = on === 'cpu' ? 8 : 256;
  const all = [...segments, ...summed];
  const sources = [...new Set(all.map((t) => t.place.buffer))];
  let words = segments.length * binCount;
  const masks = segments.map(({ units }) => {
    if (!units?.alive) return null;
    const first = words;
    words += Math.ceil(units.count / 32);
    return first;
  });
  const chunks: number[] = [];
  const rows: number[] = [];
  all.forEach((t, row) => {
    const first = chunks.length / chunkWords;
    const isSegment = row < segments.length;
    const source = sources.indexOf(t.place.buffer);
    for (const chunk of chunksOf(t, source, isSegment ? row : none, masks[row] ?? none))
      chunks.push(...chunk);
    rows.push(first, chunks.length / chunkWords - first);
  });
  const count = chunks.length / chunkWords;
  const whole = (buffer: string, length: number): Place => ({ buffer, offset: 0, length });
  const places = {
    before: whole(beforeBuffer, before),
    chunks: whole('probe:chunks', chunks.length),
    rows: whole('probe:rows', all.length * rowWords),
    bins: whole('probe:bins', words),
    partial: whole('probe:partial', count * momentCount),
    moments: whole('probe:moments', all.length * momentCount),
    flags: whole('probe:flags', 2),
  };
  // A source is bound from its start: the tables address elements of the whole buffer.
  const spans = sources.map((buffer) =>
    whole(
      buffer,
      Math.max(
        ...all.filter(({ place: p }) => p.buffer === buffer).map(({ place: p }) => p.offset + p.length),
      ),
    ),
  );
  return {
    program: {
      dispatches: [
        dispatch(
          'look at tensors',
          countChunks(sources.length, threads),
          count,
          [...spans, places.before, places.chunks],
          [places.bins, places.partial],
        ),
        dispatch(
          'add up chunks',
          addChunks(threads),
          all.length,
          [places.rows, places.partial],
          [places.moments],
        ),
      ],
      buffers: Object.fromEntries(Object.values(places).map((p) => [p.buffer, p.length])),
      uniforms: [],
    },
    tables: [
      { place: places.chunks, data: Uint32Array.from(chunks) },
      { place: places.rows, data: Uint32Array.from(rows) },
      { place: places.flags, data: Uint32Array.of(bitsOf(1), bitsOf(0)) },
    ],
    flags: places.flags,
    bins: places.bins,
    moments: places.moments,
    masks,
  };
}

const largestFloat = 3.4028234663852886e38;

/** The rows of the chunk table for one tensor. */
function chunksOf(t: LookedAt, buffer: number, segment: number, alive: number): number[][] {
  const { first, length, stride, count } = t.runs ?? {
    first: 0,
    length: t.place.length,
    stride: 0,
    count: 1,
  };
  const [low, high] = t.range ?? [-largestFloat, largestFloat];
  const found: number[][] = [];
  for (let run = 0; run < count; run++) {
    for (let at = 0; at < length; at += chunkLength) {
      const index = first + run * stride + at;
      const fields: Record<(typeof chunkFields)[number], number> = {
        segment,
        buffer,
        first: t.place.offset + index,
        length: Math.min(chunkLength, length - at),
        mode: chunkModes[t.mode ?? 'plain'],
        before: (t.before ?? 0) + index,
        index,
        inner: t.units?.inner ?? 1,
        units: t.units?.count ?? 0,
        alive,
        low: bitsOf(low),
        high: bitsOf(high),
      };
      found.push(chunkFields.map((name) => fields[name]));
    }
  }
  return found;
}

/** A float32's bits. */
function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

function dispatch(
  label: string,
  wgsl: string,
  groups: number,
  reads: readonly Place[],
  writes: readonly Place[],
): Dispatch {
  return {
    label,
    wgsl,
    grid: [groups, 1],
    bindings: [...reads, ...writes],
    written: [...reads.map(() => false), ...writes.map(() => true)],
    usesUniforms: false,
    args: [],
    flops: 0,
    variant: null,
    onlyLooks: true,
  };
}
