/**
 * A product written by hand, to measure the compiler's against: a block of 16 × 16 results per thread in registers, four numbers
 * at a time, nothing shared between threads. Of several shapes it was the fastest on SwiftShader; on a GPU it is no yardstick.
 */
import type { OpenDevice } from '../../src/engine/runtime/device.ts';
import type { Contender, Engine } from '../engine.ts';

const block = 16;

const shader = (side: number): string => {
  const quads = side / 4;
  const rows = Array.from({ length: block }, (_, i) => i);
  const columns = Array.from({ length: block / 4 }, (_, i) => i);
  const each = (line: (r: number, c: number) => string): string =>
    rows.flatMap((r) => columns.map((c) => line(r, c))).join('\n');
  return `
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * ${block}u;
  let column = id.x * ${block / 4}u;
  ${each((r, c) => `var s${r}_${c} = vec4f();`)}
  for (var k = 0u; k < ${quads}u; k++) {
    ${rows.map((r) => `let a${r} = a[(row + ${r}u) * ${quads}u + k];`).join('\n')}
    ${[0, 1, 2, 3]
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
};

/** Whole blocks only: sides are multiples of 64. */
export function handWritten({ device }: OpenDevice): Engine {
  return {
    name: 'written by hand',
    open: () => Promise.reject(new Error('Only products are written by hand.')),
    async openProduct(side): Promise<Contender> {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      const buffers = [0, 1, 2].map(() => device.createBuffer({ size: side * side * 4, usage }));
      const module = device.createShaderModule({ code: shader(side) });
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
            pass.dispatchWorkgroups(side / block / 4, side / block / 4);
            pass.end();
            device.queue.submit([encoder.finish()]);
          }
          await device.queue.onSubmittedWorkDone();
          return [];
        },
        dispose() {
          for (const buffer of buffers) buffer.destroy();
        },
      };
    },
  };
}
