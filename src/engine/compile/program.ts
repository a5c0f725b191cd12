/**
 * What the compiler hands to the runtime: texts, buffers and a list of dispatches. Plain data: it can be printed, compared,
 * hashed and sent to a worker.
 */

/** A range of a named buffer, in 32-bit elements. */
export interface Place {
  readonly buffer: string;
  readonly offset: number;
  readonly length: number;
}

export interface Dispatch {
  /** For people: `matmul+add+relu 64×128`. */
  readonly label: string;
  readonly wgsl: string;
  /** Workgroups along x and y. */
  readonly grid: readonly [number, number];
  readonly bindings: readonly Place[];
  /** Which bindings are written, in their order. */
  readonly written: readonly boolean[];
  readonly usesUniforms: boolean;
  /** Whole numbers that the text reads from a uniform after the other bindings; empty where it has none. */
  readonly args: readonly number[];
  readonly flops: number;
  /** Which variant of its family its kernel is, for people; null where there is but one. */
  readonly variant: string | null;
  /** It is left out of steps that are not looked at. */
  readonly onlyLooks: boolean;
  /**
   * What computes the same to the bit, slower, from a text that is compiled sooner: for a start. Where a dispatch was cut
   * into parts that share a text, the first has all of it, and the others have none.
   */
  readonly quick?: readonly Dispatch[];
}

/** A dispatch, and what stands in for it at the start. */
export const withQuick = (d: Dispatch): readonly Dispatch[] => [d, ...(d.quick ?? [])];

/** Those that have arguments, with what stands in for them. */
export const takingArguments = (dispatches: readonly Dispatch[]): Dispatch[] =>
  dispatches.flatMap(withQuick).filter((d) => d.args.length > 0);

export interface Program {
  readonly dispatches: readonly Dispatch[];
  /** Elements of each buffer. */
  readonly buffers: Readonly<Record<string, number>>;
  /** The 32-bit words of the uniform buffer, by name, in order. */
  readonly uniforms: readonly string[];
  /** Dispatches with arguments that it may yet have more of, when long ones are cut: their memory is kept free. */
  readonly spare?: number;
}

/** WebGPU's default alignment of what is bound, which every buffer is a multiple of. */
const boundary = 256;

/** Bytes of a buffer for so many elements. */
export function bufferBytes(elements: number): number {
  return Math.max(1, Math.ceil((elements * 4) / boundary)) * boundary;
}
