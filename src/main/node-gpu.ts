// WebGPU outside a browser: Dawn's `webgpu` package, with the machine's GPU where there is one and SwiftShader where
// there is none. A missing adapter is an error with words, never a null that travels.
import { tmpdir } from 'node:os';
import { create, globals } from 'webgpu';
import { findSoftwareVulkan, hasHardwareGpu, isVulkanDriverChosen } from './vulkan-driver.ts';

/** WebGPU's entry point in Node and one sentence about the adapter it answers with. */
export interface NodeGpu {
  readonly gpu: GPU;
  /** For people: which adapter this is and why, for example "software GPU: SwiftShader, found at …". */
  readonly how: string;
}

export class NoGpuError extends Error {
  override readonly name = 'NoGpuError';
}

// A GPU that is garbage-collected takes its devices with it, so the process keeps every one it has handed out.
const keptAlive: GPU[] = [];

async function open(): Promise<{ gpu: GPU; adapter: GPUAdapter | null }> {
  const gpu = create([]);
  keptAlive.push(gpu);
  return { gpu, adapter: await gpu.requestAdapter({ powerPreference: 'high-performance' }) };
}

function nameOf({ info }: GPUAdapter): string {
  return (
    info.description ||
    [info.vendor, info.architecture, info.device].filter(Boolean).join(' ') ||
    'unnamed adapter'
  );
}

function whyNot(software: string | null): string {
  if (process.platform !== 'linux') return 'No GPU adapter answered. Update the graphics driver.';
  if (software === null) {
    return 'No GPU adapter answered and no software one was found. Install Chromium (it brings SwiftShader) and libvulkan1, or a Vulkan driver.';
  }
  return `No GPU adapter answered, not even SwiftShader (${software}). Install the Vulkan loader (on Debian: apt install libvulkan1).`;
}

/**
 * Opens WebGPU in Node and puts its constants (`GPUBufferUsage`, `GPUMapMode`, …) on `globalThis`.
 *
 * Sets `VK_DRIVER_FILES` of this process when only a software adapter is to be had: Dawn reads it at each start.
 *
 * @throws NoGpuError when no adapter answers; its message says what to install.
 */
export async function createNodeGpu(): Promise<NodeGpu> {
  Object.assign(globalThis, globals);
  if (isVulkanDriverChosen() || hasHardwareGpu()) {
    const { gpu, adapter } = await open();
    if (adapter && !adapter.info.isFallbackAdapter) return { gpu, how: `GPU: ${nameOf(adapter)}` };
    if (adapter && isVulkanDriverChosen()) {
      return { gpu, how: `software GPU: ${nameOf(adapter)}, chosen by VK_DRIVER_FILES` };
    }
  }
  const software = findSoftwareVulkan();
  if (software !== null) {
    process.env.VK_DRIVER_FILES = software;
    // The driver asks libwayland about windows that nobody opens here, and that complains when this is not set.
    process.env.XDG_RUNTIME_DIR ??= tmpdir();
    const { gpu, adapter } = await open();
    if (adapter)
      return {
        gpu,
        how: `software GPU: ${nameOf(adapter)} (${software}), because this machine shows no GPU`,
      };
  }
  throw new NoGpuError(whyNot(software));
}
