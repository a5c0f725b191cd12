/**
 * The nets that peers are measured on, too, with made-up data: Adam, cross-entropy, and the shapes that performance.md names.
 */
import type { Dataset, InputField } from '../../data/dataset.ts';
import type { LoadedData } from '../../data/load.ts';
import type { GraphDocument, Json } from '../../model/schema.ts';
import { documentOf } from '../../model/testing.ts';

type NodeSpec = string | readonly [string, Record<string, Json>];

export interface Workload {
  readonly document: GraphDocument;
  readonly data: LoadedData;
}

/** Collects nodes and wires. */
class Net {
  private readonly nodes: Record<string, NodeSpec> = { data: 'data' };
  private readonly wires: string[] = [];

  /** Adds a node behind others, port by port; gives its output. */
  put(spec: NodeSpec, ...inputs: ReadonlyArray<readonly [port: string, from: string]>): string {
    const name = `n${Object.keys(this.nodes).length}`;
    this.nodes[name] = spec;
    for (const [port, from] of inputs) this.wires.push(`${from} -> ${name}.${port}`);
    return `${name}.y`;
  }

  /** Adds nodes one behind the other. */
  chain(from: string, ...specs: readonly NodeSpec[]): string {
    return specs.reduce<string>((last, spec) => this.put(spec, ['x', last]), from);
  }

  /** The document that classifies by `prediction`. */
  finish(prediction: string, batchSize: number): GraphDocument {
    this.put('crossEntropy', ['prediction', prediction], ['target', 'data.y']);
    const document = documentOf(this.nodes, this.wires);
    const optimizer = { kind: 'adam', params: { learningRate: 0.001 } };
    return { ...document, training: { ...document.training, batchSize, optimizer } };
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `class ${i}`);
const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

function dataOf(x: InputField, shape: readonly number[], classes: number, count: number): LoadedData {
  const data = Uint32Array.from({ length: count * sizeOf(shape) }, (_, i) => (i * 7) % classes);
  const dataset: Dataset = {
    name: 'made up',
    count,
    inputs: [x],
    targets: [{ kind: 'class', name: 'y', dtype: 'u32', shape, data, names: names(classes) }],
    provenance: { source: 'made up', licence: 'none' },
    notes: [],
  };
  const train = Uint32Array.from({ length: count }, (_, i) => i);
  return {
    dataset,
    split: { train, validation: train.subarray(0, 0), test: train.subarray(0, 0) },
    preprocessing: { kind: 'none' },
  };
}

function images(shape: readonly number[], classes: number, count: number): LoadedData {
  const data = Float32Array.from({ length: count * sizeOf(shape) }, (_, i) => ((i * 7919) % 257) / 128 - 1);
  return dataOf({ name: 'x', dtype: 'f32', shape, data }, [], classes, count);
}

const linear = (units: number): NodeSpec => ['linear', { units }];
const conv = (channels: number, kernel: number, padding = 0): NodeSpec => [
  'conv2d',
  { channels, kernel, padding },
];

function mlp(batch: number): Workload {
  const net = new Net();
  const y = net.chain('data.x', 'flatten', linear(256), 'relu', linear(128), 'relu', linear(10));
  return { document: net.finish(y, batch), data: images([1, 28, 28], 10, batch * 2) };
}

function deep(): Workload {
  const net = new Net();
  const hidden = Array.from({ length: 10 }, () => [linear(32), 'sigmoid'] as const).flat();
  return { document: net.finish(net.chain('data.x', ...hidden, linear(2)), 128), data: images([2], 2, 256) };
}

function lenet(): Workload {
  const net = new Net();
  const features = net.chain('data.x', conv(6, 5), 'relu', 'maxPool2d', conv(16, 5), 'relu', 'maxPool2d');
  const y = net.chain(features, 'flatten', linear(120), 'relu', linear(84), 'relu', linear(10));
  return { document: net.finish(y, 64), data: images([1, 28, 28], 10, 128) };
}

function resnet(normalised: boolean): Workload {
  const net = new Net();
  const layer: readonly NodeSpec[] = normalised ? [conv(16, 3, 1), 'batchNorm2d'] : [conv(16, 3, 1)];
  let x = net.chain('data.x', ...layer, 'relu');
  for (let block = 0; block < 3; block++) {
    const y = net.chain(x, ...layer, 'relu', ...layer);
    x = net.chain(net.put('add', ['x', x], ['x', y]), 'relu');
  }
  const y = net.chain(x, 'globalAvgPool', linear(10));
  return { document: net.finish(y, 32), data: images([3, 32, 32], 10, 64) };
}

function gpt(): Workload {
  const [vocabulary, time, batch] = [65, 64, 16];
  const net = new Net();
  const block: NodeSpec = ['transformerEncoderLayer', { heads: 4, causal: true, normFirst: true }];
  const embedded = net.chain('data.x', ['embedding', { features: 64 }], 'learnedEncoding');
  const y = net.chain(embedded, block, block, 'layerNorm', linear(vocabulary));
  const data = Uint32Array.from({ length: 2 * batch * time }, (_, i) => (i * 11) % vocabulary);
  const x = { name: 'x', dtype: 'u32', shape: [time], data, names: names(vocabulary) } as const;
  return { document: net.finish(y, batch), data: dataOf(x, [time], vocabulary, 2 * batch) };
}

function playground(): Workload {
  const net = new Net();
  const y = net.chain('data.x', linear(6), 'tanh', linear(6), 'tanh', linear(2));
  return { document: net.finish(y, 32), data: images([2], 2, 64) };
}

export const workloads: Readonly<Record<string, () => Workload>> = {
  mlp: () => mlp(64),
  mlp512: () => mlp(512),
  deep,
  lenet,
  resnet: () => resnet(false),
  resnet_bn: () => resnet(true),
  gpt,
  playground,
};
