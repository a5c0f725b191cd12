// The memory that training a document takes on this machine's GPU, to the byte, as its compiled programs plan it.
import {
  anyTarget,
  EngineError,
  type GraphDocument,
  longestDispatch,
  type MemoryPlan,
  openDevice,
  planRun,
  type Target,
  targetOf,
} from '../../engine/index.ts';
import { ShellError } from '../errors.ts';
import { createNodeGpu, NoGpuError } from '../node-gpu.ts';
import { CliError, explain } from './failure.ts';
import { loadData } from './files.ts';

/** A plan, or why there is none. */
export type Planned = { readonly plan: MemoryPlan; readonly on: string } | { readonly why: string };

async function findTarget(): Promise<{ target: Target; on: string }> {
  try {
    const open = await openDevice((await createNodeGpu()).gpu);
    const found = { target: targetOf(open), on: open.name };
    open.device.destroy();
    return found;
  } catch (error) {
    if (!(error instanceof NoGpuError)) throw error;
    return { target: anyTarget('gpu'), on: 'any GPU; none was found here' };
  }
}

/** Compiles what `gradloom train` would run; needs the data, since all of it lies on the GPU. */
export async function plannedMemory(path: string, document: GraphDocument): Promise<Planned> {
  try {
    const { data } = await loadData(path, document);
    const { target, on } = await findTarget();
    const { memory } = planRun(document, data, target, {
      probes: false,
      pruned: false,
      longest: longestDispatch,
    });
    return { plan: memory, on };
  } catch (error) {
    // A document can be sound while its data is elsewhere.
    const isExpected =
      error instanceof CliError || error instanceof EngineError || error instanceof ShellError;
    if (!isExpected) throw error;
    return { why: explain(error).message };
  }
}
