/**
 * The two kernels of a capture: one counts and sums chunks of every probed tensor, one adds the chunks' sums up. They find
 * their tensors through tables, so their number does not grow with the net. Nothing here writes what training reads.
 */
import { binCount, momentCount } from '../ir/capture.ts';

/** Elements that one workgroup looks at. */
export const chunkLength = 4096;
/** Threads that share a chunk. On a processor, threads that wait for each other are dear. */
export type ProbeThreads = 256 | 8;

/** Words of a row of the chunk table: segment, buffer, first element, number of elements. */
export const chunkWords = 4;
/** Words of a row of the segment table: first chunk, number of chunks. */
export const segmentWords = 2;

const fold = (name: string, combine: (a: string, b: string) => string): string =>
  `${name}[lane] = ${combine(`${name}[lane]`, `${name}[lane + half]`)};`;

const plus = (a: string, b: string): string => `${a} + ${b}`;

/**
 * Histogram and partial moments. Bindings: the buffers with tensors, then the chunk table, the bins (atomic, zeroed before)
 * and the partial sums, `momentCount` floats a chunk.
 */
export function countChunks(sources: number, threads: ProbeThreads): string {
  const table = sources;
  const reads = Array.from({ length: sources }, (_, i) => `    case ${i}u: { x = source${i}[at]; }`).join(
    '\n',
  );
  return `${Array.from({ length: sources }, (_, i) => `@group(0) @binding(${i}) var<storage, read> source${i}: array<f32>;`).join('\n')}
@group(0) @binding(${table}) var<storage, read> chunks: array<u32>;
@group(0) @binding(${table + 1}) var<storage, read_write> bins: array<atomic<u32>>;
@group(0) @binding(${table + 2}) var<storage, read_write> partial: array<f32>;
var<workgroup> counts: array<atomic<u32>, ${binCount}>;
var<workgroup> odd: array<atomic<u32>, 4>;
var<workgroup> sums: array<vec4<f32>, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = workgroup.x * ${chunkWords}u;
  let segment = chunks[row];
  let buffer = chunks[row + 1u];
  let first = chunks[row + 2u];
  let length = chunks[row + 3u];
  var moments = vec4<f32>();
  for (var i = lane; i < length; i += ${threads}u) {
    let at = first + i;
    var x = 0f;
    switch buffer {
${reads}
      default: {}
    }
    let word = bitcast<u32>(x);
    atomicAdd(&counts[word >> 23u], 1u);
    let exponent = (word >> 23u) & 255u;
    if (exponent == 0u) {
      atomicAdd(&odd[0], 1u);
    } else if (exponent == 255u) {
      let kind = select(select(2u, 3u, (word >> 31u) == 1u), 1u, (word & 0x7fffffu) != 0u);
      atomicAdd(&odd[kind], 1u);
    } else {
      let size = abs(x);
      moments += vec4<f32>(x, x * x, size, 0f);
      moments.w = max(moments.w, size);
    }
  }
  sums[lane] = moments;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (lane < half) {
      let a = sums[lane];
      let b = sums[lane + half];
      sums[lane] = vec4<f32>(a.xyz + b.xyz, max(a.w, b.w));
    }
    workgroupBarrier();
  }
  for (var bin = lane; bin < ${binCount}u; bin += ${threads}u) {
    let n = atomicLoad(&counts[bin]);
    if (n > 0u) { atomicAdd(&bins[segment * ${binCount}u + bin], n); }
  }
  if (lane < 4u) {
    partial[workgroup.x * ${momentCount}u + lane] = sums[0][lane];
    partial[workgroup.x * ${momentCount}u + 4u + lane] = f32(atomicLoad(&odd[lane]));
  }
}
`;
}

/** Adds up the chunks of each segment. Bindings: the segment table, the partial sums, the moments. */
export function addChunks(threads: ProbeThreads): string {
  return `@group(0) @binding(0) var<storage, read> segments: array<u32>;
@group(0) @binding(1) var<storage, read> partial: array<f32>;
@group(0) @binding(2) var<storage, read_write> moments: array<f32>;
var<workgroup> low: array<vec4<f32>, ${threads}>;
var<workgroup> high: array<vec4<f32>, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = segments[workgroup.x * ${segmentWords}u];
  let count = segments[workgroup.x * ${segmentWords}u + 1u];
  var a = vec4<f32>();
  var b = vec4<f32>();
  for (var i = lane; i < count; i += ${threads}u) {
    let at = (first + i) * ${momentCount}u;
    a = vec4<f32>(a.x + partial[at], a.y + partial[at + 1u], a.z + partial[at + 2u], max(a.w, partial[at + 3u]));
    b += vec4<f32>(partial[at + 4u], partial[at + 5u], partial[at + 6u], partial[at + 7u]);
  }
  low[lane] = a;
  high[lane] = b;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (lane < half) {
      let other = low[lane + half];
      low[lane] = vec4<f32>(low[lane].xyz + other.xyz, max(low[lane].w, other.w));
      ${fold('high', plus)}
    }
    workgroupBarrier();
  }
  if (lane < 4u) {
    moments[workgroup.x * ${momentCount}u + lane] = low[0][lane];
    moments[workgroup.x * ${momentCount}u + 4u + lane] = high[0][lane];
  }
}
`;
}
