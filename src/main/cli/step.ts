// `gradloom step`: one forward and backward pass on given numbers, everything written out.
import { runOneStep, writeSafetensors } from '../../engine/index.ts';
import { writeAtomically } from '../services/atomic-write.ts';
import { about } from './failure.ts';
import { readDocumentFile, readTensors } from './files.ts';
import { openGpu } from './gpu.ts';
import { print } from './output.ts';

export interface StepOptions {
  readonly weights: string;
  readonly batch: string;
  readonly dump: string;
}

export async function step(path: string, { weights, batch, dump }: StepOptions): Promise<void> {
  const document = await readDocumentFile(path);
  const inputs = {
    weights: await readTensors(weights),
    batch: await readTensors(batch),
    names: { weights, batch },
  };
  const gpu = await openGpu(false);
  const dumped = await about(path, () => runOneStep(gpu, document, inputs));
  await writeAtomically(dump, new Uint8Array(writeSafetensors(dumped)));
  print(`loss ${dumped.get('loss')?.data[0]}; ${dumped.size} tensors written to ${dump}`);
}
