/**
 * The two kernels of a capture: one counts and sums chunks of every probed tensor, one adds the chunks' sums up. They find
 * their tensors through tables, so their number does not grow with the net. Nothing here writes what training reads.
 */
import { binCount, momentCount } from '../ir/capture.ts';

/** Elements that one workgroup looks at. */
export const chunkLength = 4096;
/** Threads that share a chunk. On a processor, threads that wait for each other are dear. */
export type ProbeThreads = 256 | 8;

/** Words of a row of the chunk table, in this order; `none` where one does not apply. */
export const chunkFields = [
  /** Which row of bins the elements are counted in. */
  'segment',
  'buffer',
  'first',
  'length',
  'mode',
  /** Where the elements' counterparts start in the buffer of what was before the step. */
  'before',
  /** Index of the first element in its tensor; unit = index / inner mod units. */
  'index',
  'inner',
  'units',
  /** The first word of the units' mask, after the bins: a unit that is outside `low` to `high` sets its bit. */
  'alive',
  /** float32: elements below the one or above the other are outside, and count as saturated. */
  'low',
  'high',
] as const;
export const chunkWords = chunkFields.length;
export const none = 0xffff_ffff;
/** What is done with elements before they are counted. */
export const chunkModes = { plain: 0, change: 1, pair: 2, entropy: 3 } as const;
/** Words of a row of the row table: first chunk, number of chunks. */
export const rowWords = 2;

const quads = momentCount / 4;
const eachQuad = (text: (q: number) => string): string =>
  Array.from({ length: quads }, (_, q) => text(q)).join('\n');

/** Adds the workgroup's sums up; the fourth number of the first quad is a maximum. */
const foldSums = (threads: ProbeThreads): string => `  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (lane < half) {
      let other = sums0[lane + half];
      sums0[lane] = vec4<f32>(sums0[lane].xyz + other.xyz, max(sums0[lane].w, other.w));
${eachQuad((q) => (q === 0 ? '' : `      sums${q}[lane] += sums${q}[lane + half];`)).trimStart()}
    }
    workgroupBarrier();
  }`;

const shared = (threads: ProbeThreads): string =>
  eachQuad((q) => `var<workgroup> sums${q}: array<vec4<f32>, ${threads}>;`);

/**
 * Takes the element `x` into the histogram and the sums. Without branches: where threads run in step, each side of one is run.
 * Subnormals count as zeros; neither they nor what is not finite are summed.
 */
const takeElement = `      let word = bitcast<u32>(x);
      atomicAdd(&counts[word >> 23u], 1u);
      let exponent = (word >> 23u) & 255u;
      let size = select(0f, abs(x), exponent != 0u && exponent != 255u);
      let value = select(size, -size, x < 0f);
      moments = vec4<f32>(moments.xyz + vec3<f32>(value, value * value, size), max(moments.w, size));
      odd += select(
        vec4<f32>(), vec4<f32>(1f),
        vec4<bool>(exponent == 0u, (word & 0x7fffffffu) > 0x7f800000u, word == 0x7f800000u, word == 0xff800000u),
      );
      extra.x += select(0f, 1f, x < bitcast<f32>(low) || x > bitcast<f32>(high));`;

/**
 * Looks at a chunk of one buffer. Most chunks are plain and have a loop of their own; each buffer has its own loops, since
 * choosing between buffers at every element would read all of them where threads run in step.
 */
const eachElement = (source: number, threads: ProbeThreads): string => `  if (buffer == ${source}u) {
    let isPlain = mode == ${chunkModes.plain}u && units == 0u;
    for (var i = select(length, lane, isPlain); i < length; i += ${threads}u) {
      let x = source${source}[first + i];
${takeElement}
    }
    for (var i = select(lane, length, isPlain); i < length; i += ${threads}u) {
      let at = first + i;
      var x = source${source}[at];
      if (mode == ${chunkModes.change}u) {
        x -= earlier[before + i];
      } else if (mode == ${chunkModes.pair}u) {
        let previous = earlier[before + i];
        extra.z += x * previous;
        extra.w += (x - previous) * (x - previous);
      } else if (mode == ${chunkModes.entropy}u) {
        x = select(0f, -x * log(max(x, 1e-37f)), x > 0f);
      }
      if (units > 0u) {
        let unit = (index + i) / inner % units;
        if (alive == ${none}u) {
          let apart = x - source${source}[at - unit * inner];
          extra.y += apart * apart;
        } else if (x < bitcast<f32>(low) || x > bitcast<f32>(high)) {
          let mask = alive + unit / 32u;
          let bit = 1u << (unit % 32u);
          if ((atomicLoad(&bins[mask]) & bit) == 0u) { atomicOr(&bins[mask], bit); }
        }
      }
${takeElement}
    }
  }`;

/**
 * Histogram and partial moments. Bindings: the buffers with tensors, the one with what was before the step, then the
 * chunk table, the bins and masks (atomic, zeroed before) and the partial sums, `momentCount` floats a chunk.
 */
export function countChunks(sources: number, threads: ProbeThreads): string {
  const before = sources;
  const bindings = Array.from(
    { length: sources },
    (_, i) => `@group(0) @binding(${i}) var<storage, read> source${i}: array<f32>;`,
  ).join('\n');
  const fields = chunkFields.map((name, i) => `  let ${name} = chunks[row + ${i}u];`).join('\n');
  return `${bindings}
@group(0) @binding(${before}) var<storage, read> earlier: array<f32>;
@group(0) @binding(${before + 1}) var<storage, read> chunks: array<u32>;
@group(0) @binding(${before + 2}) var<storage, read_write> bins: array<atomic<u32>>;
@group(0) @binding(${before + 3}) var<storage, read_write> partial: array<vec4<f32>>;
var<workgroup> counts: array<atomic<u32>, ${binCount}>;
${shared(threads)}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = workgroup.x * ${chunkWords}u;
${fields}
  var moments = vec4<f32>();
  var odd = vec4<f32>();
  var extra = vec4<f32>();
${Array.from({ length: sources }, (_, i) => eachElement(i, threads)).join('\n')}
  sums0[lane] = moments;
  sums1[lane] = odd;
  sums2[lane] = extra;
${foldSums(threads)}
  if (segment != ${none}u) {
    for (var bin = lane; bin < ${binCount}u; bin += ${threads}u) {
      let n = atomicLoad(&counts[bin]);
      if (n > 0u) { atomicAdd(&bins[segment * ${binCount}u + bin], n); }
    }
  }
  if (lane == 0u) {
${eachQuad((q) => `    partial[workgroup.x * ${quads}u + ${q}u] = sums${q}[0];`)}
  }
}
`;
}

/** Adds up the chunks of each row. Bindings: the row table, the partial sums, the moments. */
export function addChunks(threads: ProbeThreads): string {
  return `@group(0) @binding(0) var<storage, read> rows: array<u32>;
@group(0) @binding(1) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> moments: array<vec4<f32>>;
${shared(threads)}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = rows[workgroup.x * ${rowWords}u];
  let count = rows[workgroup.x * ${rowWords}u + 1u];
${eachQuad((q) => `  sums${q}[lane] = vec4<f32>();`)}
  for (var i = lane; i < count; i += ${threads}u) {
    let at = (first + i) * ${quads}u;
    let next = partial[at];
    sums0[lane] = vec4<f32>(sums0[lane].xyz + next.xyz, max(sums0[lane].w, next.w));
${eachQuad((q) => (q === 0 ? '' : `    sums${q}[lane] += partial[at + ${q}u];`)).trimStart()}
  }
${foldSums(threads)}
  if (lane == 0u) {
${eachQuad((q) => `    moments[workgroup.x * ${quads}u + ${q}u] = sums${q}[0];`)}
  }
}
`;
}
