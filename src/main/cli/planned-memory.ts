// The memory that training a document takes on this machine's GPU, to the byte, as its compiled programs plan it.
import {
  anyTarget,
  EngineError,
  formatBytes,
  type GraphDocument,
  longestDispatch,
  type MemoryPlan,
  openDevice,
  planRun,
  type Target,
  targetOf,
  type UserMessage,
} from '../../engine/index.ts';
import { ShellError } from '../errors.ts';
import { createNodeGpu, NoGpuError } from '../node-gpu.ts';
import { CliError, explain } from './failure.ts';
import { loadData } from './files.ts';

/** A plan, or why there is none. */
export type Planned =
  | {
      readonly plan: MemoryPlan;
      readonly on: string;
      /** Why the GPU would refuse it: a buffer that is larger than it allows. */
      readonly refusal: UserMessage | null;
    }
  | { readonly why: string };

/** `largest`: bytes of the largest buffer; all that were asked for where there is no GPU to ask. */
async function findTarget(): Promise<{ target: Target; on: string; largest: number }> {
  try {
    const open = await openDevice((await createNodeGpu()).gpu);
    const { maxBufferSize, maxStorageBufferBindingSize } = open.device.limits;
    const largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const found = { target: targetOf(open), on: open.name, largest };
    open.device.destroy();
    return found;
  } catch (error) {
    if (!(error instanceof NoGpuError)) throw error;
    return {
      target: anyTarget('gpu'),
      on: 'any GPU; none was found here',
      largest: Number.POSITIVE_INFINITY,
    };
  }
}

/** Compiles what `gradloom train` would run; needs the data, since all of it lies on the GPU. */
export async function plannedMemory(path: string, document: GraphDocument): Promise<Planned> {
  try {
    const { data } = await loadData(path, document);
    const { target, on, largest } = await findTarget();
    const { memory } = planRun(document, data, target, {
      probes: false,
      pruned: false,
      longest: longestDispatch,
    });
    const needed = memory.buffers[0]?.bytes ?? 0;
    const sizes = { needed: formatBytes(needed), limit: formatBytes(largest) };
    const refusal = needed > largest ? new EngineError('gpu/out-of-memory', sizes).user : null;
    return { plan: memory, on, refusal };
  } catch (error) {
    // A document can be sound while its data is elsewhere.
    const isExpected =
      error instanceof CliError || error instanceof EngineError || error instanceof ShellError;
    if (!isExpected) throw error;
    return { why: explain(error).message };
  }
}
