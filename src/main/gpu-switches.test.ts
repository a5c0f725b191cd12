import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gpuSwitches, lacksGraphicsDevice } from './gpu-switches.ts';
import { temporaryFolder } from './services/testing.ts';

const names = (machine: Parameters<typeof gpuSwitches>[0]): string[] =>
  gpuSwitches(machine).map(({ name }) => name);

test('Linux gets WebGPU through Vulkan, and SwiftShader only where it must', () => {
  expect(names({ platform: 'linux', software: false })).toEqual(['enable-unsafe-webgpu', 'enable-features']);
  expect(names({ platform: 'linux', software: true })).toEqual(
    expect.arrayContaining(['enable-unsafe-webgpu', 'enable-features', 'use-vulkan', 'use-webgpu-adapter']),
  );
});

test('macOS and Windows keep their own graphics interface', () => {
  for (const platform of ['darwin', 'win32']) {
    expect(names({ platform, software: false })).toEqual(['enable-unsafe-webgpu']);
    expect(names({ platform, software: true })).not.toContain('use-vulkan');
  }
});

test('a Linux machine without a render node lacks a graphics device', async () => {
  const folder = await temporaryFolder();
  expect(lacksGraphicsDevice('linux', join(folder, 'none'))).toBe(true);
  await mkdir(join(folder, 'dri'));
  await writeFile(join(folder, 'dri/card0'), '');
  expect(lacksGraphicsDevice('linux', join(folder, 'dri'))).toBe(true);
  await writeFile(join(folder, 'dri/renderD128'), '');
  expect(lacksGraphicsDevice('linux', join(folder, 'dri'))).toBe(false);
  expect(lacksGraphicsDevice('win32', join(folder, 'none'))).toBe(false);
});
