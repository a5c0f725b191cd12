/**
 * The program of a capture: two dispatches and two tables, whatever the number of tensors.
 */
import { binCount, momentCount } from '../ir/capture.ts';
import { addChunks, chunkLength, chunkWords, countChunks } from '../wgsl/probe.ts';
import type { Dispatch, Place, Program } from './program.ts';
import type { ProcessorKind } from './tiling.ts';

export interface ProbeProgram {
  readonly program: Program;
  /** What the tables must hold before the first capture. */
  readonly tables: ReadonlyArray<{ readonly place: Place; readonly data: Uint32Array<ArrayBuffer> }>;
  /** Zeroed before each capture; then read back with the moments. */
  readonly bins: Place;
  readonly moments: Place;
}

/** Looks at tensors wherever they lie. Each place is one segment, in the same order. */
export function probeProgram(tensors: readonly Place[], on: ProcessorKind): ProbeProgram {
  const threads = on === 'cpu' ? 8 : 256;
  const sources = [...new Set(tensors.map((t) => t.buffer))];
  const chunks: number[] = [];
  const segments: number[] = [];
  tensors.forEach((t, segment) => {
    const first = chunks.length / chunkWords;
    for (let at = 0; at < t.length; at += chunkLength)
      chunks.push(segment, sources.indexOf(t.buffer), t.offset + at, Math.min(chunkLength, t.length - at));
    segments.push(first, chunks.length / chunkWords - first);
  });
  const count = chunks.length / chunkWords;
  const whole = (buffer: string, length: number): Place => ({ buffer, offset: 0, length });
  const places = {
    chunks: whole('probe:chunks', chunks.length),
    segments: whole('probe:segments', segments.length),
    bins: whole('probe:bins', tensors.length * binCount),
    partial: whole('probe:partial', count * momentCount),
    moments: whole('probe:moments', tensors.length * momentCount),
  };
  // A source is bound from its start: the tables address elements of the whole buffer.
  const spans = sources.map((buffer) =>
    whole(buffer, Math.max(...tensors.filter((t) => t.buffer === buffer).map((t) => t.offset + t.length))),
  );
  const dispatch = (
    label: string,
    wgsl: string,
    groups: number,
    reads: readonly Place[],
    writes: readonly Place[],
  ): Dispatch => ({
    label,
    wgsl,
    grid: [groups, 1],
    bindings: [...reads, ...writes],
    written: [...reads.map(() => false), ...writes.map(() => true)],
    usesUniforms: false,
    args: [],
    flops: 0,
  });
  return {
    program: {
      dispatches: [
        dispatch(
          'look at tensors',
          countChunks(sources.length, threads),
          count,
          [...spans, places.chunks],
          [places.bins, places.partial],
        ),
        dispatch(
          'add up chunks',
          addChunks(threads),
          tensors.length,
          [places.segments, places.partial],
          [places.moments],
        ),
      ],
      buffers: Object.fromEntries(Object.values(places).map((p) => [p.buffer, p.length])),
      uniforms: [],
    },
    tables: [
      { place: places.chunks, data: Uint32Array.from(chunks) },
      { place: places.segments, data: Uint32Array.from(segments) },
    ],
    bins: places.bins,
    moments: places.moments,
  };
}
