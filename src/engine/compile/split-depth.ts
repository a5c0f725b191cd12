/**
 * Long sums for few results are cut into parts that are summed side by side, and then together: the gradient of a weight by
 * many samples, of a small kernel by large images. Otherwise most of the device would have nothing to do.
 */
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import { applyOp, type Value } from '../ir/value.ts';
import type { ConvAttrs } from '../ops/convolution.ts';
import { reshape, sumOp } from '../ops/core.ts';
import { permute } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { type ProcessorKind, teamThreads } from './tiling.ts';

interface Measure {
  /** Results that one thread takes. */
  readonly results: number;
  /** Threads that keep the device busy. */
  readonly threads: number;
  /** What a part of a sum holds at least. */
  readonly depth: number;
}

const measures: Readonly<Record<ProcessorKind, Measure>> = {
  cpu: { results: 128, threads: 32, depth: 256 },
  gpu: { results: 16, threads: 4096, depth: 512 },
  cpuTeam: { results: 64, threads: teamThreads.cpuTeam, depth: 256 },
  gpuTeam: { results: 4, threads: teamThreads.gpuTeam, depth: 64 },
};

/** The roots with deep products and convolutions cut; everything else as it was. */
export function splitDepths(roots: readonly Value[], on: ProcessorKind): Value[] {
  const now = new Map<Value, Value>();
  for (const v of topological(roots)) {
    const inputs = v.inputs.map((i) => now.get(i)!);
    const same = inputs.every((x, i) => x === v.inputs[i]) ? v : applyOp(v.op, inputs, v.attrs);
    now.set(v, cut(same, measures[on]));
  }
  return roots.map((r) => now.get(r)!);
}

function cut(v: Value, measure: Measure): Value {
  const { lower } = v.op;
  if (lower.kind !== 'reduce' || (lower.family !== 'product' && lower.family !== 'convolution')) return v;
  const inner = lower.domain(v.inputs, v.attrs, v);
  const parts = partsOf(inner[0]!, sizeOf(inner), sizeOf(v.shape), measure);
  if (parts === 1) return v;
  return lower.family === 'product' ? cutProduct(v, parts) : cutConvolution(v, parts);
}

/** Into how many parts the outermost inner axis is cut; each has the same length. */
function partsOf(
  axis: number,
  depth: number,
  results: number,
  { results: block, threads, depth: least }: Measure,
): number {
  const wanted = Math.min(threads / Math.ceil(results / block), depth / least, axis);
  for (let parts = Math.floor(wanted); parts > 1; parts--) if (axis % parts === 0) return parts;
  return 1;
}

/** a [..., m, k] · b [..., k, n] as the sum over s of [..., s, m, k/s] · [..., s, k/s, n]. */
function cutProduct(v: Value, parts: number): Value {
  const [a, b] = v.inputs as [Value, Value];
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const lead = a.shape.slice(0, -2);
  const axes = lead.map((_, i) => i);
  const at = lead.length;
  const left = permute(reshape(a, [...lead, m, parts, k / parts]), [...axes, at + 1, at, at + 2]);
  const right = reshape(b, [...b.shape.slice(0, -2), parts, k / parts, n]);
  const partial = matmul(left, right);
  return sumOp(partial, { axes: [partial.shape.length - 3] });
}

/** A convolution over c channels as the sum of s convolutions over c/s: groups that are added up. */
function cutConvolution(v: Value, parts: number): Value {
  const [x, w] = v.inputs as [Value, Value];
  const attrs = v.attrs as ConvAttrs;
  const { groups } = attrs;
  const [rows, channels, ...kernel] = w.shape as [number, number, ...number[]];
  const features = rows / groups;
  const space = kernel.map((_, i) => i + 4);
  const spread = permute(reshape(w, [groups, features, parts, channels / parts, ...kernel]), [
    0,
    2,
    1,
    3,
    ...space,
  ]);
  const kernels = reshape(spread, [groups * parts * features, channels / parts, ...kernel]);
  const partial = applyOp(v.op, [x, kernels], { ...attrs, groups: groups * parts });
  const [n, , ...places] = v.shape as [number, number, ...number[]];
  const apart = reshape(partial, [n, groups, parts, features, ...places]);
  return reshape(sumOp(apart, { axes: [2] }), v.shape);
}
