/**
 * Chromium's switches for WebGPU, decided before it starts. Hardware first; where a Linux machine has no graphics device,
 * or the page found no adapter, SwiftShader, which comes with Chromium and computes on the processor.
 */
import { readdirSync } from 'node:fs';

/** Our own switch, set by a restart after the page found no hardware adapter (or by hand). */
export const SOFTWARE_GPU = 'software-gpu';

export interface GpuSwitch {
  readonly name: string;
  readonly value?: string;
}

/** Newer Chromium asks for the third of the software switches, Chromium 130 for the second; neither minds the other's. */
export function gpuSwitches(machine: { platform: string; software: boolean }): GpuSwitch[] {
  const vulkan: GpuSwitch[] =
    machine.platform === 'linux' ? [{ name: 'enable-features', value: 'Vulkan' }] : [];
  const software: GpuSwitch[] = [
    ...(machine.platform === 'linux' ? [{ name: 'use-vulkan', value: 'swiftshader' }] : []),
    { name: 'use-webgpu-adapter', value: 'swiftshader' },
    { name: 'enable-unsafe-swiftshader' },
  ];
  return [{ name: 'enable-unsafe-webgpu' }, ...vulkan, ...(machine.software ? software : [])];
}

/** Linux shows every graphics device as a render node; elsewhere only the page can find out. */
export function lacksGraphicsDevice(platform: string, folder = '/dev/dri'): boolean {
  if (platform !== 'linux') return false;
  try {
    return !readdirSync(folder).some((name) => name.startsWith('renderD'));
  } catch {
    return true; // no such folder: no device
  }
}
