/**
 * One forward and backward pass on given weights and a given batch, with everything on the way written out: the door for
 * checking Gradloom against anything else.
 */
import { gradientMap } from '../autodiff/grad.ts';
import { compileGraph, type Target } from '../compile/compile.ts';
import { aligned } from '../compile/memory.ts';
import type { Place } from '../compile/program.ts';
import { checkDocument } from '../data/document.ts';
import { EngineError, invariant } from '../errors.ts';
import { formatShape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { type Model, seedHyper, stepHyper } from '../model/build.ts';
import type { GraphDocument } from '../model/schema.ts';
import { inputAttrs, zeros } from '../ops/leaf.ts';
import { mean } from '../ops/reduce.ts';
import { type OpenDevice, targetOf } from '../runtime/device.ts';
import { Machine } from '../runtime/machine.ts';
import type { Safetensors, StoredTensor } from './safetensors.ts';

export interface StepInputs {
  /** Every trainable tensor by name: `linear_1.weight`. */
  readonly weights: Safetensors;
  /** The tensors `x` and `y`, the batch first; classes are whole numbers. */
  readonly batch: Safetensors;
  /** What the two files are called, for messages. */
  readonly names: { readonly weights: string; readonly batch: string };
}

/**
 * `loss`, the mean over the batch; `outputs.<node>.<port>`; `output_gradients.<node>.<port>`, where the loss depends on the
 * output; `parameter_gradients.<node>.<tensor>`; `states.<node>.<tensor>`, what a running statistic becomes.
 */
export type StepDump = ReadonlyMap<string, StoredTensor>;

/** @throws EngineError where the document cannot be trained, the files do not fit it, or the GPU refuses */
export async function runOneStep(
  open: OpenDevice,
  document: GraphDocument,
  inputs: StepInputs,
): Promise<StepDump> {
  const { model, feeds } = prepareStep(document, inputs);
  const wanted = wantedValues(model);
  const machine = new Machine(open.device);
  try {
    const results = await runOnce(
      machine,
      targetOf(open),
      wanted.map((w) => w.value),
      feeds,
      {
        ...Object.fromEntries(model.hypers.map((h) => [h.name, h.value])),
        [seedHyper]: document.training.seed,
        [stepHyper]: 0,
      },
    );
    return new Map(
      wanted.map(({ name, value }, i) => [
        name,
        { shape: value.shape, data: results[i] ?? new Float32Array() },
      ]),
    );
  } finally {
    machine.dispose();
  }
}

type Elements = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

interface PreparedStep {
  readonly model: Model;
  readonly feeds: ReadonlyMap<Value, Elements>;
}

/** Builds the model for the size of the batch, and finds the numbers for every leaf. @throws EngineError */
export function prepareStep(document: GraphDocument, { weights, batch, names }: StepInputs): PreparedStep {
  const given = batch.tensors.get('x');
  if (!given)
    throw new EngineError('batch/mismatch', { file: names.batch, why: 'it has no tensor called x' });
  const size = given.shape[0] ?? 0;
  if (size < 1) throw new EngineError('batch/mismatch', { file: names.batch, why: 'x holds no sample' });
  const { model } = checkDocument(document, { batch: size, training: true });
  const error = model.problems.find((p) => p.severity === 'error');
  if (error || !model.data || !model.lossPerSample)
    throw new EngineError('train/untrainable', {
      title: error?.title ?? 'There is nothing to train',
      fix: error?.advice ?? 'Add data, and a loss that judges a prediction.',
    });
  const inBatch: Misfit = (tensor, why) =>
    new EngineError('batch/mismatch', { file: names.batch, why: `${tensor} ${why}` });
  const inWeights: Misfit = (tensor, why) =>
    new EngineError('weights/mismatch', { file: names.weights, tensor, why });
  const feeds = new Map<Value, Elements>();
  feeds.set(model.data.x, elementsFor('x', given, model.data.x, inBatch));
  const target = batch.tensors.get('y');
  if (!target)
    throw new EngineError('batch/mismatch', { file: names.batch, why: 'it has no tensor called y' });
  feeds.set(model.data.y, elementsFor('y', target, model.data.y, inBatch));
  checkClasses(model, feeds.get(model.data.y), inBatch);
  checkTokens(model, feeds.get(model.data.x), inBatch);
  for (const { name, value } of model.parameters) {
    const found = weights.tensors.get(name);
    if (!found) throw inWeights(name, 'is missing');
    feeds.set(value, elementsFor(name, found, value, inWeights));
  }
  for (const { name, value, shape, init } of model.states) {
    const found = weights.tensors.get(name);
    const start = new Float32Array(sizeOf(shape)).fill(init);
    feeds.set(value, found ? elementsFor(name, found, value, inWeights) : start);
  }
  return { model, feeds };
}

/** What is wrong with a tensor of one of the two files; `why` goes on from its name. */
type Misfit = (tensor: string, why: string) => EngineError;

/** The elements of a stored tensor as the leaf wants them. */
function elementsFor(tensor: string, { shape, data }: StoredTensor, leaf: Value, misfit: Misfit): Elements {
  if (!sameShape(shape, leaf.shape))
    throw misfit(tensor, `is ${formatShape(shape)}, and the model asks for ${formatShape(leaf.shape)}`);
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  if (leaf.dtype === 'f32') return Float32Array.from(numbers);
  const broken = numbers.find((n) => !Number.isInteger(n));
  if (broken !== undefined) throw misfit(tensor, `holds ${broken}, and takes whole numbers only`);
  return Int32Array.from(numbers);
}

function checkClasses({ data }: Model, labels: Elements | undefined, misfit: Misfit): void {
  if (data?.target.kind !== 'class') return;
  const { classes } = data.target;
  const wrong = labels?.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) throw misfit('y', `holds the class ${wrong}, and classes are 0 to ${classes - 1}`);
}

function checkTokens({ data }: Model, tokens: Elements | undefined, misfit: Misfit): void {
  const vocabulary = data?.vocabulary;
  if (vocabulary === undefined) return;
  const wrong = tokens?.find((token) => token < 0 || token >= vocabulary);
  if (wrong !== undefined)
    throw misfit('x', `holds the token ${wrong}, and tokens are 0 to ${vocabulary - 1}`);
}

interface Wanted {
  readonly name: string;
  readonly value: Value;
}

/** Everything that is written out, by name. */
export function wantedValues(model: Model): Wanted[] {
  invariant(model.lossPerSample, 'the model has a loss');
  const loss = mean(model.lossPerSample, 'all');
  const outputs = model.order.flatMap((id) => {
    const node = model.nodes.get(id);
    return Object.entries(node?.outputs ?? {})
      .filter(([, value]) => value.dtype === 'f32')
      .map(([port, value]) => ({ name: `${node?.name}.${port}`, value }));
  });
  const gradient = gradientMap(loss, [
    ...outputs.map((o) => o.value),
    ...model.parameters.map((p) => p.value),
  ]);
  return [
    { name: 'loss', value: loss },
    ...outputs.map(({ name, value }) => ({ name: `outputs.${name}`, value })),
    ...outputs.flatMap(({ name, value }) => {
      const dy = gradient.get(value);
      return dy ? [{ name: `output_gradients.${name}`, value: dy }] : [];
    }),
    ...model.parameters.map(({ name, value }) => ({
      name: `parameter_gradients.${name}`,
      value: gradient.get(value) ?? zeros(value.shape),
    })),
    ...model.states.map(({ name, next }) => ({ name: `states.${name}`, value: next })),
  ];
}

/** All leaves of a type lie in one buffer: a kernel may read more of them than it may bind buffers. */
function placesOfFeeds(leaves: readonly Value[]): {
  readonly sizes: Readonly<Record<string, number>>;
  placeOf(leaf: Value): Place;
} {
  const sizes: Record<string, number> = {};
  const places = new Map<string, Place>();
  const nameOf = (leaf: Value): string => inputAttrs(leaf)?.name ?? '';
  for (const leaf of leaves) {
    const buffer = `feeds ${leaf.dtype}`;
    const offset = sizes[buffer] ?? 0;
    places.set(nameOf(leaf), { buffer, offset, length: sizeOf(leaf.shape) });
    sizes[buffer] = offset + aligned(sizeOf(leaf.shape));
  }
  return {
    sizes,
    placeOf(leaf) {
      const place = places.get(nameOf(leaf));
      invariant(place, `${nameOf(leaf)} is fed`);
      return place;
    },
  };
}

/** Compiles a graph, runs it once and reads every result back. */
async function runOnce(
  machine: Machine,
  target: Target,
  roots: readonly Value[],
  feeds: ReadonlyMap<Value, Elements>,
  hypers: Readonly<Record<string, number>>,
): Promise<Float32Array<ArrayBuffer>[]> {
  const { device } = machine;
  const { sizes, placeOf } = placesOfFeeds([...feeds.keys()]);
  const uniforms = Object.keys(hypers);
  const { program, places } = compileGraph(
    roots.map((value) => ({ value })),
    placeOf,
    { arena: 'arena', uniforms, ...target },
  );
  await machine.reserve(sizes);
  for (const [v, data] of feeds) machine.write(placeOf(v), data);
  machine.reserveUniforms(uniforms);
  machine.writeUniforms(hypers, new Set([seedHyper, stepHyper]));
  const loaded = await machine.load(program);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  machine.encode(pass, loaded);
  pass.end();
  device.queue.submit([encoder.finish()]);
  const results: Float32Array<ArrayBuffer>[] = [];
  for (const place of places) results.push(new Float32Array(await machine.read(place)));
  return results;
}
