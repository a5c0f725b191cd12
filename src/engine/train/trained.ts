// A trained net without its training: the weights of a file on the GPU, ready to be asked.

import { describeDataset } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { EngineError } from '../errors.ts';
import { formatShape, sameShape } from '../ir/shape.ts';
import { buildModel, seedHyper } from '../model/build.ts';
import type { GraphDocument } from '../model/schema.ts';
import { type OpenDevice, targetOf } from '../runtime/device.ts';
import { Machine } from '../runtime/machine.ts';
import { TextGenerator } from './generate.ts';
import { layOut } from './layout.ts';

/** Weights by name, as a file of safetensors holds them. */
export type GivenWeights = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint> }
>;

/**
 * A generator of text with given weights. Nothing of the training step is compiled.
 *
 * @param file what the weights are called, for messages
 * @throws EngineError `train/untrainable`, `weights/mismatch`, `generate/no-text`
 */
export async function openGenerator(
  open: OpenDevice,
  document: GraphDocument,
  data: LoadedData,
  { weights, file }: { readonly weights: GivenWeights; readonly file: string },
): Promise<{ readonly generator: TextGenerator; dispose(): void }> {
  const model = buildModel(document, describeDataset(data.dataset), { batch: 1, training: false });
  const error = model.problems.find((p) => p.severity === 'error');
  if (error) throw new EngineError('train/untrainable', { title: error.title, fix: error.advice });
  const layout = { parameters: layOut(model.parameters), memory: layOut(model.states) };
  const machine = new Machine(open.device);
  try {
    await machine.reserve({ params: layout.parameters.size, memory: layout.memory.size });
    for (const [part, arena] of [
      [layout.parameters, 'params'],
      [layout.memory, 'memory'],
    ] as const) {
      for (const { name, shape } of part.items) {
        const found = weights.get(name);
        if (!found) throw new EngineError('weights/mismatch', { file, tensor: name, why: 'is missing' });
        if (!sameShape(found.shape, shape))
          throw new EngineError('weights/mismatch', {
            file,
            tensor: name,
            why: `is ${formatShape(found.shape)}, and the model asks for ${formatShape(shape)}`,
          });
        machine.write(part.place(name, arena), Float32Array.from(found.data, Number));
      }
    }
    const hypers = {
      [seedHyper]: document.training.seed,
      ...Object.fromEntries(model.hypers.map((h) => [h.name, h.value])),
    };
    const uniforms = Object.keys(hypers);
    machine.reserveUniforms(uniforms);
    machine.writeUniforms(hypers, new Set([seedHyper]));
    const target = targetOf(open);
    const generator = new TextGenerator({ machine, document, data, layout, uniforms, target });
    return { generator, dispose: () => machine.dispose() };
  } catch (failure) {
    machine.dispose();
    throw failure;
  }
}
