/**
 * For tests: a training worker in small, in float64 and in the test's own process. It trains a real chain of dense layers
 * on two rings by plain gradient descent and answers in the protocol, with captures made from its real tensors.
 */

import type {
  FromWorker,
  GraphDocument,
  ProbeCapture,
  ProbeSegment,
  RunFacts,
  ToWorker,
} from '../../engine/index.ts';
import { documentSchema, documentVersion, Watcher } from '../../engine/index.ts';
import { captureOf, normalNumbers } from '../../engine/probe/testing.ts';
import type { PortListener, TrainingPort } from './client.ts';
import { foldMessage, newRun, type RunView } from './run.ts';

const WIDTH = 16;
const BATCH = 32;
const SAMPLES = 256;

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

interface Activation {
  value(x: number): number;
  /** From the value itself. */
  slope(y: number): number;
}

const activations: Record<string, Activation> = {
  sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), slope: (y) => y * (1 - y) },
  relu: { value: (x) => Math.max(0, x), slope: (y) => (y > 0 ? 1 : 0) },
};

/** data → (linear → activation) × hidden → linear → loss, at positions on a grid. */
export function chainDocument(hidden: number, kind: 'sigmoid' | 'relu'): GraphDocument {
  const names = ['data'];
  for (let i = 1; i <= hidden; i++) names.push(`linear_${i}`, `${kind}_${i}`);
  names.push('output', 'loss');
  const kindOf = (name: string): string =>
    name === 'output' ? 'linear' : name === 'loss' ? 'bceWithLogits' : name.replace(/_\d+$/, '');
  return documentSchema.parse({
    format: 'gradloom',
    version: documentVersion,
    name: 'Chain',
    nodes: Object.fromEntries(
      names.map((name, i) => [name, { kind: kindOf(name), name, position: [i * 260, 0] }]),
    ),
    wires: Object.fromEntries(
      names.slice(1).map((name, i) => [`w${i}`, { from: [names[i]!, 'y'], to: [name, 'x'] }]),
    ),
    training: { optimizer: { kind: 'sgd', params: { learningRate: 0.5 } }, batchSize: BATCH, seed: 3 },
  });
}

/** A port whose runs train when `advance` is called. */
export class ChainPort implements TrainingPort {
  listener: PortListener | null = null;
  readonly sent: ToWorker[] = [];
  readonly #runs = new Map<number, { from: number; net: ChainNet; watcher: Watcher; playing: boolean }>();

  listen(listener: PortListener): this {
    this.listener = listener;
    return this;
  }

  /** While busy, commands wait: as in a worker that is in the middle of a submission. */
  busy = false;
  readonly #waiting: ToWorker[] = [];

  release(): void {
    this.busy = false;
    for (const message of this.#waiting.splice(0)) this.#take(message);
  }

  postMessage(message: ToWorker): void {
    this.sent.push(message);
    if (this.busy) this.#waiting.push(message);
    else this.#take(message);
  }

  #take(message: ToWorker): void {
    const { run } = message;
    const entry = this.#runs.get(run);
    if (message.type === 'create') {
      const net = new ChainNet(message.document);
      const from = message.from === undefined ? 0 : (this.#runs.get(message.from)?.net.step ?? 0);
      net.step = from;
      this.#runs.set(run, { from, net, watcher: new Watcher(message.document, net.facts), playing: false });
      this.#say({ type: 'ready', run, facts: net.facts });
      if (message.from !== undefined)
        this.#say({ type: 'takenOver', run, takeover: { step: from, kept: [], fresh: [] } });
      this.#status(run);
    } else if (message.type === 'examine') {
      const { facts, ...net } = new ChainNet(message.document).looked();
      this.#say({ type: 'examined', run, report: { facts, ...net, verdicts: [] } });
    } else if (message.type === 'dispose') this.#runs.delete(run);
    else if (!entry) return;
    else if (message.type === 'play') this.#set(run, true);
    else if (message.type === 'pause') this.#set(run, false);
    else if (message.type === 'step') this.#train(run, message.count);
    else if (message.type === 'reset') {
      const net = new ChainNet(entry.net.document, message.seed);
      const from = message.seed === undefined ? entry.from : 0;
      net.step = from;
      this.#runs.set(run, { from, net, watcher: new Watcher(net.document, net.facts), playing: false });
      this.#status(run);
    } else if (message.type === 'settings') {
      entry.watcher.follow({ ...entry.net.document, training: message.settings });
      entry.net.learningRate = Number(message.settings.optimizer.params.learningRate);
    } else if (message.type === 'predict') {
      const rows = message.rows.slice(0, message.rows.length / 2);
      this.#say({ type: 'predicted', run, ticket: message.ticket, rows });
    }
  }

  /** Trains every playing run this many steps. */
  advance(steps: number): void {
    for (const [run, { playing }] of this.#runs) if (playing) this.#train(run, steps);
  }

  terminate(): void {
    this.#runs.clear();
  }

  #set(run: number, playing: boolean): void {
    this.#runs.get(run)!.playing = playing;
    this.#status(run);
  }

  #train(run: number, count: number): void {
    const { net, watcher } = this.#runs.get(run)!;
    const from = net.step;
    const results = Array.from({ length: count }, () => net.train());
    const rows = {
      steps: Uint32Array.from(results, (_, i) => from + i),
      loss: Float32Array.from(results, ({ loss }) => loss),
      learningRates: new Float32Array(count).fill(net.learningRate),
      gradientNorm: Float32Array.from(results, ({ gradientNorm }) => gradientNorm),
      metrics: [Float32Array.from(results, ({ accuracy }) => accuracy)],
    };
    this.#say({ type: 'steps', run, rows });
    const captures = results.map(({ capture }) => capture);
    this.#say({ type: 'captures', run, captures });
    watcher.take({ rows, captures });
    this.#say({ type: 'verdicts', run, verdicts: watcher.verdicts });
    const { loss, accuracy } = results.at(-1)!;
    const step = net.step - 1;
    this.#say({
      type: 'evaluation',
      run,
      evaluation: {
        step,
        split: 'validation',
        loss: 1.05 * loss,
        metrics: [accuracy],
        scores: {},
        confusion: null,
      },
    });
    this.#status(run);
  }

  #status(run: number): void {
    const { net, playing } = this.#runs.get(run)!;
    const status = playing ? 'running' : 'paused';
    this.#say({
      type: 'status',
      run,
      status,
      step: net.step,
      stepsPerSecond: playing ? 120 : 0,
      lookingCost: 0.021,
      lookEvery: 1,
    });
  }

  #say(message: FromWorker): void {
    this.listener?.message(message);
  }
}

interface StepResult {
  readonly loss: number;
  readonly accuracy: number;
  readonly gradientNorm: number;
  readonly capture: ProbeCapture;
}

class ChainNet {
  readonly document: GraphDocument;
  readonly facts: RunFacts;
  learningRate: number;
  step = 0;
  readonly #layers: Layer[] = [];
  readonly #activation: Activation;
  readonly #inputs: Float32Array;

  constructor(document: GraphDocument, seed = document.training.seed) {
    this.document = document;
    this.learningRate = Number(document.training.optimizer.params.learningRate ?? 0.5);
    const names = Object.values(document.nodes);
    const hidden = names.filter(({ kind }) => kind in activations);
    this.#activation = activations[hidden[0]!.kind]!;
    const gain = hidden[0]!.kind === 'relu' ? 2 : 1;
    const sizes = [2, ...hidden.map(() => WIDTH), 1];
    sizes.slice(1).forEach((outputs, i) => {
      const inputs = sizes[i]!;
      const numbers = normalNumbers(inputs * outputs, { std: Math.sqrt(gain / inputs), seed: 97 * seed + i });
      this.#layers.push({
        inputs,
        outputs,
        weights: Float64Array.from(numbers),
        biases: new Float64Array(outputs),
      });
    });
    this.#inputs = normalNumbers(2 * SAMPLES, { seed: 5 });
    this.facts = {
      adapter: { name: 'a test', software: true },
      parameters: this.#layers.reduce((sum, { weights, biases }) => sum + weights.length + biases.length, 0),
      memory: { bytes: 1 << 20, buffers: [], activations: { bytes: 0, lowerBound: 0 } },
      stepsPerEpoch: SAMPLES / BATCH,
      samples: { train: SAMPLES, validation: 64, test: 64 },
      dispatches: { plain: 9, looking: 11 },
      batch: BATCH,
      segments: this.#segments().map((segment) => ({ ...segment, branch: null, counted: null, units: 0 })),
      tracks: [],
      chanceLoss: Math.LN2,
      constantLoss: null,
      metrics: ['accuracy'],
      classes: ['inside', 'outside'],
      kept: 1,
      notes: [],
    };
  }

  /** What the first step sees. */
  looked(): { facts: RunFacts; loss: number; capture: ProbeCapture } {
    const { loss, capture } = this.train();
    return { facts: this.facts, loss, capture };
  }

  train(): StepResult {
    const batch = Array.from({ length: BATCH }, (_, i) => (this.step * BATCH + i * 7) % SAMPLES);
    const x = Float64Array.from(batch.flatMap((i) => [this.#inputs[2 * i]!, this.#inputs[2 * i + 1]!]));
    const labels = batch.map((i): number =>
      Math.hypot(this.#inputs[2 * i]!, this.#inputs[2 * i + 1]!) > 1.18 ? 1 : 0,
    );
    const last = this.#layers.length - 1;
    const before: Float64Array[] = [];
    const after: Float64Array[] = [x];
    this.#layers.forEach((layer, l) => {
      const z = forward(layer, after[l]!);
      before.push(z);
      after.push(l === last ? z : z.map(this.#activation.value));
    });
    const probabilities = after.at(-1)!.map(activations.sigmoid!.value);
    const loss =
      labels.reduce((sum, t, i) => sum - Math.log(t ? probabilities[i]! : 1 - probabilities[i]!), 0) / BATCH;
    const accuracy = labels.filter((t, i) => probabilities[i]! > 0.5 === (t === 1)).length / BATCH;
    const tensors: Float64Array[] = [];
    let slope = probabilities.map((p, i) => (p - labels[i]!) / BATCH);
    let squares = 0;
    for (let l = last; l >= 0; l--) {
      const layer = this.#layers[l]!;
      if (l < last) {
        tensors.push(after[l + 1]!, slope);
        slope = slope.map((g, i) => g * this.#activation.slope(after[l + 1]![i]!));
      }
      const { toWeights, toInputs, toBiases } = backward(layer, after[l]!, slope);
      tensors.push(before[l]!, slope, layer.weights.slice(), toWeights);
      for (const g of [...toWeights, ...toBiases]) squares += g * g;
      layer.weights.forEach((w, i) => {
        layer.weights[i] = w - this.learningRate * toWeights[i]!;
      });
      layer.biases.forEach((b, i) => {
        layer.biases[i] = b - this.learningRate * toBiases[i]!;
      });
      slope = toInputs;
    }
    return { loss, accuracy, gradientNorm: Math.sqrt(squares), capture: captureOf(this.step++, tensors) };
  }

  /** In the order in which `train` collects the tensors: from the loss backwards. */
  #segments(): Omit<ProbeSegment, 'branch' | 'counted' | 'units'>[] {
    const named = (kind: (k: string) => boolean) =>
      Object.entries(this.document.nodes).filter(([, n]) => kind(n.kind));
    const linear = named((kind) => kind === 'linear').reverse();
    const hidden = named((kind) => kind in activations).reverse();
    return linear.flatMap(([node, { name }], i) => {
      const { inputs, outputs } = this.#layers[linear.length - 1 - i]!;
      const at = { node, name, depth: 2 * i + 1 };
      const output = { shape: [BATCH, outputs], elements: BATCH * outputs, tensor: 'y' };
      const weight = { shape: [outputs, inputs], elements: outputs * inputs, tensor: 'weight' };
      const [id, act] = hidden[i - 1] ?? ['', null];
      const activation = act && { node: id, name: act.name, depth: 2 * i };
      return [
        ...(activation
          ? [
              { ...activation, ...output, what: 'activation' as const },
              { ...activation, ...output, what: 'gradient' as const },
            ]
          : []),
        { ...at, ...output, what: 'activation' as const },
        { ...at, ...output, what: 'gradient' as const },
        { ...at, ...weight, what: 'weight' as const },
        { ...at, ...weight, what: 'weightGradient' as const },
      ];
    });
  }
}

function forward({ inputs, outputs, weights, biases }: Layer, x: Float64Array): Float64Array {
  const y = new Float64Array((x.length / inputs) * outputs);
  for (let at = 0; at < y.length; at++) {
    const row = Math.floor(at / outputs);
    const out = at % outputs;
    let sum = biases[out]!;
    for (let i = 0; i < inputs; i++) sum += weights[out * inputs + i]! * x[row * inputs + i]!;
    y[at] = sum;
  }
  return y;
}

function backward({ inputs, outputs, weights, biases }: Layer, x: Float64Array, dy: Float64Array) {
  const toWeights = new Float64Array(weights.length);
  const toBiases = new Float64Array(biases.length);
  const toInputs = new Float64Array(x.length);
  for (let at = 0; at < dy.length; at++) {
    const row = Math.floor(at / outputs);
    const out = at % outputs;
    toBiases[out]! += dy[at]!;
    for (let i = 0; i < inputs; i++) {
      toWeights[out * inputs + i]! += dy[at]! * x[row * inputs + i]!;
      toInputs[row * inputs + i]! += dy[at]! * weights[out * inputs + i]!;
    }
  }
  return { toWeights, toBiases, toInputs };
}

/** A run of the chain document that has trained this many steps, folded as the app folds it. */
export function trainedRun(hidden: number, kind: 'sigmoid' | 'relu', steps: number, id = 1): RunView {
  const document = chainDocument(hidden, kind);
  let run = newRun({ id, title: `Run ${id}`, fork: null, document });
  const port = new ChainPort().listen({
    message: (message) => {
      run = foldMessage(run, message);
    },
    broke: (why) => {
      throw new Error(why);
    },
  });
  port.postMessage({ type: 'create', run: id, document, files: {} });
  port.postMessage({ type: 'play', run: id });
  for (let step = 0; step < steps; step++) port.advance(1);
  return run;
}
