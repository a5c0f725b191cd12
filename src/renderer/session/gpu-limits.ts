/** How large a net may be on this machine, asked of the adapter once. WebGPU tells limits of buffers, not how much memory there is. */
import type { MemoryLimits } from '../../engine/index.ts';

/** Assumed where the browser tells nothing: a laptop's. */
const ASSUMED_GIB = 4;

/** Null where no adapter answers: then what was assumed stays, and Play says why it cannot run. */
export async function gpuLimits(): Promise<MemoryLimits | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const { deviceMemory = ASSUMED_GIB } = navigator as Navigator & { readonly deviceMemory?: number };
  return {
    total: Math.max(ASSUMED_GIB, deviceMemory) * 2 ** 30,
    buffer: Math.min(maxBufferSize, maxStorageBufferBindingSize),
  };
}
