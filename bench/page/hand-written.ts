/**
 * A product and a convolution written by hand, to measure the compiler's against: a block of 256 results per thread in registers,
 * four numbers at a time, nothing shared between threads. Of several shapes each was the fastest on SwiftShader; on a GPU they
 * are no yardstick.
 */
import type { OpenDevice } from '../../src/engine/runtime/device.ts';
import { type Alone, byHand, sizeOf } from '../alone.ts';
import type { Contender, Engine } from '../engine.ts';

/** A kernel, what it reads, and how many workgroups it takes. */
interface Written {
  readonly code: string;
  readonly operands: readonly Float32Array<ArrayBuffer>[];
  readonly groups: readonly [number, number, number];
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const operands = `
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;`;

const block = 16;

/** Sixteen rows and sixteen columns. Whole blocks only: sides are multiples of 64. */
function product({ x, w }: Alone): Written {
  const [side = 0] = x.shape;
  const quads = side / 4;
  const [rows, columns] = [upTo(block), upTo(block / 4)];
  const each = (line: (r: number, c: number) => string): string =>
    rows.flatMap((r) => columns.map((c) => line(r, c))).join('\n');
  const code = `${operands}
@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * ${block}u;
  let column = id.x * ${block / 4}u;
  ${each((r, c) => `var s${r}_${c} = vec4f();`)}
  for (var k = 0u; k < ${quads}u; k++) {
    ${rows.map((r) => `let a${r} = a[(row + ${r}u) * ${quads}u + k];`).join('\n')}
    ${upTo(4)
      .map(
        (j) => `{
      ${columns.map((c) => `let b${c} = b[(k * 4u + ${j}u) * ${quads}u + column + ${c}u];`).join('\n')}
      ${each((r, c) => `s${r}_${c} = fma(vec4f(a${r}[${j}]), b${c}, s${r}_${c});`)}
    }`,
      )
      .join('\n')}
  }
  ${each((r, c) => `y[(row + ${r}u) * ${quads}u + column + ${c}u] = s${r}_${c};`)}
}`;
  return { code, operands: [x.data, w.data], groups: [side / block / 4, side / block / 4, 1] };
}

/**
 * Direct: sixteen channels of sixteen neighbouring pixels. A row of an input channel is read once for the three columns of the
 * window, which shift it. Pictures are whole multiples of 16 wide and of 8 high, channels of 16.
 */
function conv({ x, w, shape }: Alone): Written {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const inputs = x.shape[1] ?? 0;
  const [quads, line] = [block / 4, width / 4];
  const pixels = upTo(quads);
  const each = (text: (o: number, q: number) => string): string =>
    upTo(block)
      .flatMap((o) => pixels.map((q) => text(o, q)))
      .join('\n');
  /** The pixels that a column of the window meets: those to the left, below it, or to the right. */
  const shifted = (dx: number, q: number): string => {
    if (dx === 1) return `v${q}`;
    if (dx === 0) return `vec4f(${q === 0 ? 'left' : `v${q - 1}.w`}, v${q}.xyz)`;
    return `vec4f(v${q}.yzw, ${q === quads - 1 ? 'right' : `v${q + 1}.x`})`;
  };
  const code = `${operands}
@compute @workgroup_size(8, 2)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = i32(id.x);
  let strip = i32(id.y) * ${quads};
  let n = i32(id.z) / ${channels / block};
  let o = i32(id.z) % ${channels / block};
  ${each((k, q) => `var s${k}_${q} = vec4f();`)}
  for (var c = 0; c < ${inputs}; c++) {
    for (var dy = 0; dy < 3; dy++) {
      let source = row + dy - 1;
      let inside = source >= 0 && source < ${height};
      let at = ((n * ${inputs} + c) * ${height} + clamp(source, 0, ${height - 1})) * ${line} + strip;
      ${pixels.map((q) => `let v${q} = select(vec4f(), a[at + ${q}], inside);`).join('\n')}
      let left = select(0f, a[max(at - 1, 0)].w, inside && strip > 0);
      let right = select(0f, a[min(at + ${quads}, ${sizeOf(x.shape) / 4 - 1})].x, inside && strip < ${line - quads});
      let taps = (c * 3 + dy) * ${(3 * channels) / 4} + o * ${quads};
      ${upTo(3)
        .map(
          (dx) => `{
        ${pixels.map((q) => `let u${q} = ${shifted(dx, q)};`).join('\n')}
        ${upTo(quads)
          .map((k) => `let w${k} = b[taps + ${(dx * channels) / 4 + k}];`)
          .join('\n')}
        ${each((k, q) => `s${k}_${q} = fma(vec4f(w${k >> 2}[${k & 3}]), u${q}, s${k}_${q});`)}
      }`,
        )
        .join('\n')}
    }
  }
  ${each((k, q) => `y[((n * ${channels} + o * ${block} + ${k}) * ${height} + row) * ${line} + strip + ${q}] = s${k}_${q};`)}
}`;
  // Channels side by side, so that four of them are read at once.
  const taps = 9 * inputs;
  const beside = Float32Array.from(
    w.data,
    (_, i) => w.data[(i % channels) * taps + Math.floor(i / channels)] ?? 0,
  );
  const groups = [height / 8, width / block / 2, (batch * channels) / block] as const;
  return { code, operands: [x.data, beside], groups };
}

const written = { product, conv } as const;

export function handWritten({ device }: OpenDevice): Engine {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  return {
    name: byHand,
    open: () => Promise.reject(new Error('Only single kernels are written by hand.')),
    async openAlone(alone): Promise<Contender> {
      const { code, operands, groups } = written[alone.name](alone);
      const size = 4 * sizeOf(alone.shape);
      const given = operands.map((data) => {
        const buffer = device.createBuffer({ size: data.byteLength, usage });
        device.queue.writeBuffer(buffer, 0, data);
        return buffer;
      });
      const result = device.createBuffer({ size, usage });
      const buffers = [...given, result];
      const module = device.createShaderModule({ code });
      const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
      const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
      const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      return {
        async train(steps) {
          for (let i = 0; i < steps; i++) {
            const encoder = device.createCommandEncoder();
            const pass = encoder.beginComputePass();
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, bindGroup);
            pass.dispatchWorkgroups(...groups);
            pass.end();
            device.queue.submit([encoder.finish()]);
          }
          await device.queue.onSubmittedWorkDone();
          return [];
        },
        async read() {
          const staging = device.createBuffer({
            size,
            usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
          });
          const encoder = device.createCommandEncoder();
          encoder.copyBufferToBuffer(result, 0, staging, 0, size);
          device.queue.submit([encoder.finish()]);
          await staging.mapAsync(GPUMapMode.READ);
          const numbers = new Float32Array(staging.getMappedRange().slice(0));
          staging.destroy();
          return numbers;
        },
        dispose() {
          for (const buffer of buffers) buffer.destroy();
        },
      };
    },
  };
}
