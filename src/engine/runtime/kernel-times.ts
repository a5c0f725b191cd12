/**
 * How long every kernel of a program takes, by the GPU's own clock. Each runs in a pass of its own, several times over,
 * because clocks are coarse (Dawn rounds to 0.1 ms) and the first run of all is a slow one.
 */
import { invariant } from '../errors.ts';
import type { LoadedProgram, Machine } from './machine.ts';

export interface KernelTime {
  readonly label: string;
  /** Median of one run. */
  readonly millis: number;
  readonly flops: number;
  /** What its operands take, each counted once. */
  readonly bytes: number;
}

/** Times of a program's dispatches, in their order; null where the adapter has no clock. What the program changes, it changes. */
export async function timeKernels(
  machine: Machine,
  { program, dispatches }: LoadedProgram,
  { rounds, repeats }: { readonly rounds: number; readonly repeats: number },
): Promise<readonly KernelTime[] | null> {
  const { device } = machine;
  if (!device.features.has('timestamp-query')) return null;
  invariant(rounds > 0 && repeats > 0, 'kernels are timed at least once');
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const size = dispatches.length * stampBytes;
  const stamps = device.createBuffer({ size, usage: usageQueryResolve | usageCopySrc });
  const staging = device.createBuffer({ size, usage: usageMapRead | usageCopyDst });
  const samples: number[][] = dispatches.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    const encoder = device.createCommandEncoder();
    dispatches.forEach((dispatch, i) => {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
      });
      for (let n = 0; n < repeats; n++) machine.encode(pass, { program, dispatches: [dispatch] });
      pass.end();
      encoder.resolveQuerySet(querySet, 0, 2, stamps, i * stampBytes);
    });
    encoder.copyBufferToBuffer(stamps, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapModeRead);
    const times = new BigUint64Array(staging.getMappedRange());
    // The first round warms up.
    if (round > 0)
      samples.forEach((list, i) => {
        const at = (i * stampBytes) / 8;
        list.push(Number(times[at + 1]! - times[at]!) / 1e6 / repeats);
      });
    staging.unmap();
  }
  for (const made of [querySet, stamps, staging]) made.destroy();
  return program.dispatches.map(({ label, flops, bindings }, i) => ({
    label,
    flops,
    bytes: bindings.reduce((n, b) => n + b.length * 4, 0),
    millis: median(samples[i]!),
  }));
}

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!;

/** Queries are resolved at multiples of 256 bytes. */
const stampBytes = 256;
// The flags of the WebGPU specification. In Node they are not globals, and the engine sets no globals.
const usageMapRead = 0x0001;
const usageCopySrc = 0x0004;
const usageCopyDst = 0x0008;
const usageQueryResolve = 0x0200;
const mapModeRead = 0x0001;
