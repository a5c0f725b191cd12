// `gradloom generate`: lets a trained net write text, character by character, to stdout.
import { EngineError, openGenerator } from '../../engine/index.ts';
import { about } from './failure.ts';
import { loadData, readDocumentFile, readTensors } from './files.ts';
import { openGpu } from './gpu.ts';
import { print, say } from './output.ts';

export interface GenerateCommand {
  readonly weights: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly topK: number;
  readonly seed: number;
}

export async function generate(path: string, { weights, ...options }: GenerateCommand): Promise<void> {
  const document = await readDocumentFile(path);
  const tensors = await readTensors(weights);
  const { data } = await loadData(path, document);
  for (const note of data.dataset.notes.slice(0, 1)) say(note);
  const gpu = await openGpu(false);
  const given = { weights: tensors.tensors, file: weights };
  const { generator, dispose } = await about(path, () => openGenerator(gpu, document, data, given));
  try {
    process.stdout.write(options.prompt);
    await generator.generate(options, {
      text: (character) => process.stdout.write(character),
      isStopped: () => false,
    });
    print('');
  } catch (error) {
    // The failure gets a line of its own below what was written.
    if (error instanceof EngineError) print('');
    throw error;
  } finally {
    dispose();
  }
}
