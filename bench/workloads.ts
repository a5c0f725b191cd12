/**
 * What is measured: ordinary documents, which the command line opens too (`npm run bench -- --documents FOLDER` writes them).
 * Their data nodes name data that ships or is generated; the bench gives them made-up samples of the stated shape instead, so
 * that every engine trains on the same numbers and no file has to be fetched.
 */
import {
  documentSchema,
  documentVersion,
  type GraphDocument,
  type Json,
} from '../src/engine/model/schema.ts';
import { type ChainLayer, type Out, Weave } from '../src/engine/templates/weave.ts';

/** What one sample is. */
export interface SampleShape {
  /** Numbers, or tokens below `vocabulary`. */
  readonly input: readonly number[];
  readonly vocabulary?: number;
  /** One class per sample, or one per place of a sequence. */
  readonly target: readonly number[];
  readonly classes: number;
}

export interface Workload {
  readonly name: string;
  /** One line for the report. */
  readonly about: string;
  readonly batch: number;
  readonly samples: SampleShape;
  readonly loss: 'crossEntropy' | 'bce';
  readonly document: GraphDocument;
  /** Which net of `nets.ts` says the same for the other engines, and its size. */
  readonly net: { readonly kind: NetKind; readonly depth: number };
  /** Operations of a step in products and convolutions alone, forward and backward, in millions; a multiply-add is two. */
  readonly mflop: number;
  /**
   * What is asked of Gradloom: at most so many dispatches a step with probes off, and ms of the host's own work; on a software
   * adapter at least so many times jax-js's speed.
   */
  readonly limits: {
    readonly dispatches?: number;
    readonly hostMs?: number;
    readonly timesJax?: number;
    /** At least this share of the rate of the product written by hand. */
    readonly ofByHand?: number;
  };
}

export type NetKind = 'mlp' | 'deep' | 'lenet' | 'resnet' | 'resnet_bn' | 'gpt' | 'playground';

interface Recipe extends Omit<Workload, 'document' | 'loss'> {
  readonly data: Readonly<Record<string, Json>>;
  readonly loss?: Workload['loss'];
  weaveNet(weave: Weave, x: Out): Out;
}

const lossKinds = { crossEntropy: 'crossEntropy', bce: 'bceWithLogits' } as const;

function workload({ data, weaveNet, loss = 'crossEntropy', ...rest }: Recipe): Workload {
  const weave = new Weave();
  const x = weave.box('data', data, {});
  const prediction = weave.chain(weaveNet(weave, { ...x, port: 'x' }), ['output']);
  weave.box(lossKinds[loss], {}, { prediction, target: { ...x, port: 'y' } });
  const document = documentSchema.parse({
    format: 'gradloom',
    version: documentVersion,
    name: `Bench: ${rest.name}`,
    description: rest.about,
    ...weave.finish([]),
    training: {
      optimizer: { kind: 'adam', params: { learningRate: 0.001 } },
      batchSize: rest.batch,
      epochs: 1_000_000,
    },
  });
  return { ...rest, loss, document };
}

const shipped = (id: string): Readonly<Record<string, Json>> => ({ origin: { source: 'shipped', id } });
const generated = (kind: string): Readonly<Record<string, Json>> => ({
  origin: { source: 'generated', kind, params: {} },
});

const digits: SampleShape = { input: [1, 28, 28], target: [], classes: 10 };
const points: SampleShape = { input: [2], target: [], classes: 2 };
const pictures: SampleShape = { input: [3, 32, 32], target: [], classes: 10 };

const dense = (activation: string, ...widths: readonly number[]): ChainLayer[] =>
  widths.flatMap((units): ChainLayer[] => [['linear', { units }], [activation]]);

/** Forward, by weights and by inputs, where only the first layer needs none by inputs. */
function productFlops(batch: number, widths: readonly number[]): number {
  const each = widths.slice(1).map((units, i) => 2 * batch * units * (widths[i] ?? 0));
  return (3 * each.reduce((sum, n) => sum + n, 0) - (each[0] ?? 0)) / 1e6;
}

/** 784-256-128-10 with ReLU. */
export const mlp = (batch: number, name = `mlp${batch}`, limits: Workload['limits'] = {}): Workload =>
  workload({
    name,
    about: `784-256-128-10 ReLU, batch ${batch}`,
    batch,
    samples: digits,
    net: { kind: 'mlp', depth: 2 },
    mflop: productFlops(batch, [784, 256, 128, 10]),
    limits,
    data: shipped('mnist'),
    weaveNet: (weave, x) =>
      weave.chain(x, ['flatten'], ...dense('relu', 256, 128), ['linear', { units: 10 }]),
  });

/** Hidden layers of 32 sigmoids. */
export const deep = (depth: number, name = `deep×${depth}`, limits: Workload['limits'] = {}): Workload =>
  workload({
    name,
    about: `2-(32×${depth} sigmoid)-1, batch 128`,
    batch: 128,
    samples: points,
    loss: 'bce',
    net: { kind: 'deep', depth },
    mflop: productFlops(128, [2, ...new Array<number>(depth).fill(32), 1]),
    limits,
    data: generated('spirals'),
    weaveNet: (weave, x) =>
      weave.chain(x, ...dense('sigmoid', ...new Array<number>(depth).fill(32)), ['linear', { units: 1 }]),
  });

const playground = workload({
  name: 'playground',
  about: '2-6-6-1 tanh, batch 32',
  batch: 32,
  samples: points,
  loss: 'bce',
  net: { kind: 'playground', depth: 2 },
  mflop: productFlops(32, [2, 6, 6, 1]),
  limits: { timesJax: 50 },
  data: generated('spirals'),
  weaveNet: (weave, x) => weave.chain(x, ...dense('tanh', 6, 6), ['linear', { units: 1 }]),
});

const lenet = workload({
  name: 'lenet',
  about: '1×28×28, conv 5×5×6, pool, conv 5×5×16, pool, 120-84-10 ReLU, batch 64',
  batch: 64,
  samples: digits,
  net: { kind: 'lenet', depth: 2 },
  mflop: 97.1,
  limits: { dispatches: 28, hostMs: 0.5, timesJax: 5 },
  data: shipped('mnist'),
  weaveNet: (weave, x) =>
    weave.chain(
      x,
      ...[6, 16].flatMap((channels): ChainLayer[] => [
        ['conv2d', { channels, kernel: 5, paddingRule: 'numbers', padding: 0 }],
        ['relu'],
        ['maxPool2d', { kernel: 2, stride: 2 }],
      ]),
      ['flatten'],
      ...dense('relu', 120, 84),
      ['linear', { units: 10 }],
    ),
});

/** Residual blocks of two convolutions each, 16 channels all through. */
const residual = (normed: boolean): Workload =>
  workload({
    name: normed ? 'resnet_bn' : 'resnet',
    about: `3×32×32, conv 3×3×16, 3 residual blocks of two${normed ? ' with batch norm' : ''}, GAP, fc, batch 32`,
    batch: 32,
    samples: pictures,
    net: { kind: normed ? 'resnet_bn' : 'resnet', depth: 3 },
    mflop: 2775,
    limits: normed
      ? { dispatches: 80, hostMs: 1.2, timesJax: 2.8 }
      : { dispatches: 45, hostMs: 0.7, timesJax: 2.8, ofByHand: 0.5 },
    data: shipped('mnist'),
    weaveNet(weave, x) {
      const conv: ChainLayer[] = [
        ['conv2d', { channels: 16, kernel: 3, paddingRule: 'numbers', padding: 1 }],
        ...(normed ? [['batchNorm2d'] as const] : []),
      ];
      let out = weave.chain(x, ...conv, ['relu']);
      for (let i = 0; i < 3; i++) {
        const branch = weave.chain(out, ...conv, ['relu'], ...conv);
        out = weave.chain(weave.box('add', {}, { x: [out, branch] }), ['relu']);
      }
      return weave.chain(out, ['globalAvgPool'], ['linear', { units: 10 }]);
    },
  });

/** 65 different characters, and a file of them, so that the document has the vocabulary of the workload. */
export const gptText = {
  path: 'gpt.txt',
  alphabet: `\n${String.fromCharCode(...Array.from({ length: 64 }, (_, i) => 32 + i))}`,
} as const;

const gpt = workload({
  name: 'gpt',
  about: 'vocabulary 65, 64 tokens, 64 features, 4 heads, 2 layers, GELU, batch 16',
  batch: 16,
  samples: { input: [64], vocabulary: 65, target: [64], classes: 65 },
  net: { kind: 'gpt', depth: 2 },
  mflop: 730,
  limits: { dispatches: 100, hostMs: 1.5, timesJax: 2.5, ofByHand: 0.6 },
  data: { origin: { source: 'text', ...gptText } },
  weaveNet: (weave, x) =>
    weave.chain(
      x,
      ['embedding', { vocabulary: 65, features: 64, std: 0.02 }],
      ['learnedEncoding', { length: 64 }],
      ...[1, 2].map(
        (): ChainLayer => [
          'transformerEncoderLayer',
          { heads: 4, feedForward: 256, activation: 'gelu', normFirst: true, dropout: 0, causal: true },
        ],
      ),
      ['layerNorm'],
      ['linear', { units: 65 }],
    ),
});

/** The workloads, in its order; the product is no net and stands apart. */
export const workloads: readonly Workload[] = [
  mlp(64, 'mlp', { dispatches: 12, hostMs: 0.2, timesJax: 2.5, ofByHand: 0.6 }),
  mlp(512, 'mlp512', { timesJax: 2, ofByHand: 0.75 }),
  deep(10, 'deep', { dispatches: 38, hostMs: 0.5, timesJax: 6 }),
  lenet,
  residual(false),
  residual(true),
  gpt,
  playground,
];
