// The adapter that every other GPU test and the command line rely on.
import { expect, test } from 'vitest';
import { createNodeGpu } from './node-gpu.ts';

test('Node opens an adapter, says which, and a device of it copies numbers', async () => {
  const { gpu, how } = await createNodeGpu();
  expect(how).toMatch(/^(software )?GPU: \S/);
  const adapter = await gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const source = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  const target = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(source, 0, new Float32Array([1, 2, 3, 4]));
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, target, 0, 16);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(GPUMapMode.READ);
  expect([...new Float32Array(target.getMappedRange())]).toEqual([1, 2, 3, 4]);
  device.destroy();
});
