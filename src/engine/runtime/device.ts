/**
 * Opens a GPU: an adapter asked for too early can be null, so it is asked again; the hardware adapter is preferred, then a
 * software one; every limit and feature that the engine can use is requested.
 */
import type { Target } from '../compile/compile.ts';
import { EngineError } from '../errors.ts';
import type { LongWorkOptions } from './long-work.ts';
import type { Tuning } from './tuning.ts';

/** A device, and what it is in words. */
export interface OpenDevice {
  readonly device: GPUDevice;
  readonly name: string;
  /** Runs on the processor (SwiftShader, llvmpipe, WARP). */
  readonly software: boolean;
  /** How products are cut on this device; by price alone where nobody keeps what was measured. */
  readonly tuning?: Tuning;
  /** What a dispatch may take, and a clock to find out; dispatches stay whole where nobody says. */
  readonly longWork?: Pick<LongWorkOptions, 'limit' | 'now'>;
}

const wantedFeatures: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups'];
/** Asked for only where the user allows it. */
const halfFeature: GPUFeatureName = 'shader-f16';
const wantedLimits = [
  'maxStorageBuffersPerShaderStage',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/** Waits between attempts, in ms: right after start-up Chromium may have no adapter yet. */
const patience: readonly number[] = [0, 100, 300, 1000];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function findAdapter(gpu: GPU): Promise<GPUAdapter> {
  for (const wait of patience) {
    if (wait > 0) await pause(wait);
    const adapter =
      (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ??
      (await gpu.requestAdapter({ forceFallbackAdapter: true }));
    if (adapter) return adapter;
  }
  throw new EngineError('gpu/none', { why: 'the browser offers neither a hardware nor a software adapter' });
}

function describe(adapter: GPUAdapter): { name: string; software: boolean } {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const name =
    [...new Set([vendor, architecture, device || description])].filter(Boolean).join(' ') || 'unnamed GPU';
  return {
    name,
    software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render|warp/i.test(name),
  };
}

/** What programs for this device are compiled for. */
export function targetOf({ device, software, tuning }: OpenDevice): Target {
  const { limits, features } = device;
  // Those of a device are optional, since browsers came to tell them late.
  const { subgroupMinSize: least = 1, subgroupMaxSize: most = 1 } = device.adapterInfo;
  return {
    maxBindings: limits.maxStorageBuffersPerShaderStage,
    processor: software ? 'cpu' : 'gpu',
    lanes: features.has('subgroups') && least === most ? least : 1,
    workgroup: {
      bytes: limits.maxComputeWorkgroupStorageSize,
      threads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
    },
    halves: features.has(halfFeature),
    choices: tuning ?? new Map<string, string>(),
  };
}

/** What the user allows. */
export interface Allowed {
  /** Factors of products may be rounded to 16 bits where the adapter can and that is faster: three digits instead of seven. */
  readonly f16?: boolean;
}

/** A device with the most that its adapter allows, or an `EngineError` in plain words. */
export async function openDevice(gpu: GPU, { f16 = false }: Allowed = {}): Promise<OpenDevice> {
  const adapter = await findAdapter(gpu);
  const wanted = [...wantedFeatures, ...(f16 ? [halfFeature] : [])];
  const requiredFeatures = wanted.filter((f) => adapter.features.has(f));
  const requiredLimits = Object.fromEntries(wantedLimits.map((l) => [l, adapter.limits[l]]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  return { device, ...describe(adapter) };
}
