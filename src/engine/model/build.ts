/**
 * From a document to values: nodes are built in order, each out of ops, so every wire knows its shape. Nothing here holds
 * numbers or touches a GPU, whatever the sizes, so it runs at every edit. A user's mistake becomes a problem, never a throw.
 */
import { EngineError, invariant } from '../errors.ts';
import type { DType } from '../ir/dtype.ts';
import { hashText } from '../ir/random.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import type {
  BuildContext,
  Decision,
  Initialiser,
  InnerLook,
  LayerSpec,
  TargetType,
  Weighing,
} from '../layers/define.ts';
import { add } from '../ops/elementwise.ts';
import { hyper, input } from '../ops/leaf.ts';
import { randomUniform } from '../ops/random.ts';
import { type BuiltBlock, builtBlocks } from './built-blocks.ts';
import { inline, type Net, type NetNode, oncePerPlace } from './inline.ts';
import { netProblems, withWidthFix } from './net-problems.ts';
import { type Problem, paramProblems, problemOf } from './problems.ts';
import type { GraphDocument } from './schema.ts';
import { trainingProblems } from './training-problems.ts';
import { type WiredNode, type Wiring, wire } from './wiring.ts';

/** What a data set looks like, per sample, before anything is loaded. A `DataDescription` of data/ is one. */
export interface DataShapes {
  readonly inputs: readonly {
    readonly name: string;
    readonly dtype: 'f32' | 'u32';
    readonly shape: Shape;
    /** What each token stands for, where samples are tokens. */
    readonly names?: readonly string[];
  }[];
  readonly targets: readonly (
    | { readonly kind: 'class'; readonly names: readonly string[]; readonly shape?: Shape }
    | { readonly kind: 'regression'; readonly shape: Shape }
  )[];
}

export interface BuildOptions {
  /** Samples per step. */
  readonly batch: number;
  /** Dropout draws only while training. */
  readonly training: boolean;
}

/** A layer of the document, or inside of one of its blocks, and what became of it. */
export interface BuiltNode {
  /** Its id; inside of blocks the path to it. */
  readonly id: string;
  /** Inside of blocks with the names of the instances around it: `stage1.0.conv1`. */
  readonly name: string;
  readonly kind: string;
  readonly spec: LayerSpec | null;
  /** By port; empty where the node could not be built. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** `blocked`: something before it has a problem. */
  readonly state: 'built' | 'problem' | 'blocked';
  /** The first error of the node, or its first warning. */
  readonly problem: Problem | null;
}

/** A trainable tensor, in PyTorch's layout and under PyTorch's name. */
export interface ModelParameter {
  /** `<node name>.<tensor>`: `linear_1.weight`. */
  readonly name: string;
  /** The node's id; the first one's where several share it. */
  readonly node: string;
  /** The tensor's own name: `weight`. */
  readonly tensor: string;
  readonly value: Value;
  readonly shape: Shape;
  readonly init: Initialiser;
}

/** A tensor that is remembered between steps but not trained: a running mean or variance. */
export interface ModelState {
  /** `<node name>.<tensor>`: `batchNorm_1.running_mean`. */
  readonly name: string;
  /** The node's id. */
  readonly node: string;
  /** The tensor's own name, as in PyTorch's state_dict: `running_mean`. */
  readonly tensor: string;
  /** The leaf that this step reads. */
  readonly value: Value;
  readonly shape: Shape;
  /** What it becomes after the step; `value` itself where it stays, as in evaluation. */
  readonly next: Value;
  /** What every element starts with. */
  readonly init: number;
}

/** Something inside a node that probes look at. */
export type ModelLook = InnerLook & { readonly node: string };

/** A scalar of a layer that may change while training: `<node name>.<param>`. */
export interface ModelHyper {
  readonly name: string;
  readonly node: string;
  readonly param: string;
  readonly value: number;
}

/** One of the losses whose sum training minimises. */
export interface ModelLoss {
  readonly node: string;
  /** [batch]; the mean over a batch is the loss. */
  readonly perSample: Value;
  /** f32 [batch] or [batch, time]: how much each counts in that mean; null where all count alike. */
  readonly weights: Value | null;
}

export interface Model {
  readonly document: GraphDocument;
  readonly options: BuildOptions;
  /** The document without blocks. */
  readonly net: Net;
  /** Every layer by id, in the document's order, inner ones where their instance stands. */
  readonly nodes: ReadonlyMap<string, BuiltNode>;
  /** Every instance of a block by id, outer ones before inner ones. */
  readonly blocks: ReadonlyMap<string, BuiltBlock>;
  /** Ids of the nodes that are in no cycle, sources first. */
  readonly order: readonly string[];
  /** In the order of `order`. */
  readonly parameters: readonly ModelParameter[];
  readonly hypers: readonly ModelHyper[];
  /** In the order of `order`. */
  readonly states: readonly ModelState[];
  /** What layers show of their inside, in the order of `order`. */
  readonly looks: readonly ModelLook[];
  /** Where the batch enters: leaves of role `batch` called `<node name>.x` and `.y`. */
  readonly data: {
    readonly node: string;
    readonly x: Value;
    readonly y: Value;
    readonly target: TargetType;
    readonly vocabulary?: number;
  } | null;
  /** The loss nodes that were built. */
  readonly losses: readonly ModelLoss[];
  /** [batch]: the sum of all losses, for each sample. Training minimises its mean. */
  readonly lossPerSample: Value | null;
  /** What the output node marks, or else what the first loss judges. */
  readonly prediction: { readonly node: string; readonly port: string; readonly value: Value } | null;
  /** What the first loss compares; its target is i32 [batch] for classes, f32 [batch, …] for numbers. */
  readonly judged: {
    readonly node: string;
    readonly decision: Decision;
    readonly prediction: Value;
    readonly target: Value;
    /** 1 where a sample, or a place of it, counts: [batch] or [batch, time]; null where all do. */
    readonly mask: Value | null;
  } | null;
  /** u32 scalars that random draws depend on: the document's seed, and the number of the step. */
  readonly seed: Value;
  readonly step: Value;
  readonly problems: readonly Problem[];
  /** There is a loss, something to train, and no error. */
  readonly trainable: boolean;
}

/** The names under which the model reads its counters. */
export const seedHyper = 'seed';
export const stepHyper = 'step';

/**
 * Builds a document. Never throws on a user's mistake.
 *
 * @param data the shapes of its data; the error that says why they cannot be known; or null where they are not known yet
 */
export function buildModel(
  document: GraphDocument,
  data: DataShapes | EngineError | null,
  options: BuildOptions,
): Model {
  const net = inline(document);
  const wiring = wire(net);
  const build = new Build(wiring, data, options);
  for (const wired of wiring.order) build.visit(wired);
  return build.finish(document, net);
}

/** The collecting state of one build. */
class Build {
  readonly #wiring: Wiring;
  readonly #options: BuildOptions;
  readonly #shapes: DataShapes | EngineError | null;
  readonly #outputs = new Map<string, Readonly<Record<string, Value>>>();
  readonly #blocked = new Set<string>();
  readonly #parameters: ModelParameter[] = [];
  readonly #hypers: ModelHyper[] = [];
  readonly #states: ModelState[] = [];
  readonly #looks: ModelLook[] = [];
  readonly #weighings = new Map<string, Weighing>();
  readonly #problems: Problem[];
  readonly #seed = hyper({ name: seedHyper, dtype: 'u32' });
  readonly #step = hyper({ name: stepHyper, dtype: 'u32' });
  #data: Model['data'] = null;

  constructor(wiring: Wiring, shapes: DataShapes | EngineError | null, options: BuildOptions) {
    this.#wiring = wiring;
    this.#shapes = shapes;
    this.#options = options;
    this.#problems = [...wiring.problems];
  }

  visit(wired: WiredNode): void {
    const { id, node, spec } = wired;
    if (!spec) return;
    const invalid = paramProblems(spec.params, node.params, { node: id, name: node.name, title: spec.title });
    this.#problems.push(...invalid);
    const inputs = this.#inputsOf(wired);
    if (!inputs || invalid.length > 0) return;
    if (spec.kind === 'data' && this.#data) {
      this.#problems.push({
        code: 'data/second',
        severity: 'error',
        title: `${node.name} is a second data node`,
        advice: 'Keep one: a model is trained on one data set.',
        node: id,
        fix: { title: `Remove ${node.name}`, edits: [{ kind: 'removeNode', node: id }] },
      });
      return;
    }
    const parameters = this.#parameters.length;
    const hypers = this.#hypers.length;
    const states = this.#states.length;
    const looks = this.#looks.length;
    try {
      if (spec.kind === 'data' && this.#shapes instanceof EngineError) throw this.#shapes;
      checkTokens(spec, inputs, node.name);
      const params = spec.params.parse(node.params);
      this.#outputs.set(id, spec.build(this.#context(id, node, spec), inputs, params));
    } catch (error) {
      this.#parameters.length = parameters;
      this.#hypers.length = hypers;
      this.#states.length = states;
      this.#looks.length = looks;
      const [only, ...others] = spec.inputs;
      const port = only && others.length === 0 ? { port: only.name } : {};
      this.#problems.push(problemOf(error, node.name, { node: id, ...port }));
    }
  }

  /** What arrives at each port, or null where something is missing. */
  #inputsOf({ id, spec, arriving }: WiredNode): Record<string, Value> | null {
    const inputs: Record<string, Value> = {};
    let complete = true;
    for (const port of spec?.inputs ?? []) {
      const wires = arriving.get(port.name) ?? [];
      if (wires.length === 0 && !port.optional) complete = false;
      (port.many ? wires : wires.slice(0, 1)).forEach(({ from }, i) => {
        const value = this.#outputs.get(from[0])?.[from[1]];
        if (value) inputs[i === 0 ? port.name : `${port.name}_${i}`] = value;
        else {
          complete = false;
          this.#blocked.add(id);
        }
      });
    }
    return complete ? inputs : null;
  }

  #context(id: string, node: NetNode, spec: LayerSpec): BuildContext {
    let draws = 0;
    if (spec.kind === 'data') this.#data = this.#batchOf(id, node.name);
    return {
      node: node.name,
      data: this.#data,
      training: this.#options.training,
      parameter: (tensor, shape, init) => {
        const name = `${node.weights}.${tensor}`;
        const known = this.#shared(node, this.#parameters, { name, tensor, shape });
        if (known) return known.value;
        const value = input(name, shape, 'parameter');
        this.#parameters.push({ name, node: id, tensor, value, shape, init });
        return value;
      },
      state: (tensor, shape, init) => {
        const name = `${node.weights}.${tensor}`;
        // Where repetitions share it, each goes on from what the one before it made of it.
        const known = this.#shared(node, this.#states, { name, tensor, shape });
        if (known) return known.next;
        const value = input(name, shape, 'state');
        this.#states.push({ name, node: id, tensor, value, shape, next: value, init });
        return value;
      },
      updateState: (tensor, next) => {
        const at = this.#states.findIndex((s) => s.name === `${node.weights}.${tensor}`);
        const state = this.#states[at];
        invariant(state, `${node.name} declares its state ${tensor} before it is updated`);
        this.#states[at] = { ...state, next };
      },
      hyper: (param, value) => {
        const name = `${node.name}.${param}`;
        this.#hypers.push({ name, node: id, param, value });
        return hyper({ name, dtype: 'f32' });
      },
      random: (shape) =>
        randomUniform(this.#seed, this.#step, { shape, stream: hashText(`${node.name}.${draws++}`) }),
      watch: (look) => this.#looks.push({ ...look, node: id }),
      weigh: (how) => this.#weighings.set(id, how),
    };
  }

  /** A tensor that an earlier repetition made, where repetitions have one set of weights. */
  #shared<T extends { readonly name: string; readonly shape: Shape }>(
    node: NetNode,
    made: readonly T[],
    { name, tensor, shape }: { readonly name: string; readonly tensor: string; readonly shape: Shape },
  ): T | undefined {
    if (node.weights === node.name) return undefined;
    const known = made.find((m) => m.name === name);
    if (known && !sameShape(known.shape, shape))
      throw new EngineError('block/shared-shape', {
        node: node.name,
        tensor,
        first: formatShape(known.shape),
        shape: formatShape(shape),
      });
    return known;
  }

  #batchOf(node: string, name: string): Model['data'] {
    if (!this.#shapes || this.#shapes instanceof EngineError) return null;
    const [x] = this.#shapes.inputs;
    const [y] = this.#shapes.targets;
    if (!x || !y) return null;
    const leaf = (port: string, shape: Shape, dtype: DType): Value =>
      input(`${name}.${port}`, [this.#options.batch, ...shape], 'batch', dtype);
    return {
      node,
      x: leaf('x', x.shape, x.dtype === 'f32' ? 'f32' : 'i32'),
      y: leaf('y', y.shape ?? [], y.kind === 'class' ? 'i32' : 'f32'),
      target: y.kind === 'class' ? { kind: 'class', classes: y.names.length } : { kind: 'regression' },
      ...(x.names && { vocabulary: x.names.length }),
    };
  }

  finish(document: GraphDocument, net: Net): Model {
    const { nodes, order } = this.#wiring;
    const built = order.filter((n) => this.#outputs.has(n.id));
    const losses = built.filter((n) => n.spec?.category === 'loss');
    const modelLosses = losses.flatMap((n): ModelLoss[] => {
      const perSample = this.#outputs.get(n.id)?.loss;
      const weights = this.#weighings.get(n.id)?.weights ?? null;
      return perSample ? [{ node: n.id, perSample, weights }] : [];
    });
    const [firstLoss, ...otherLosses] = modelLosses.map((l) => l.perSample);
    const lossPerSample = firstLoss ? otherLosses.reduce((a, b) => add(a, b), firstLoss) : null;
    const marked = built.find((n) => n.spec?.category === 'output');
    const markedValue = marked && this.#outputs.get(marked.id)?.y;
    const prediction =
      marked && markedValue
        ? { node: marked.id, port: 'y', value: markedValue }
        : this.#arriving(losses[0], 'prediction');

    const problems = oncePerPlace(
      [
        ...this.#problems.map((p) => withWidthFix(p, this.#wiring, this.#data?.target ?? null)),
        ...netProblems({
          wiring: this.#wiring,
          outputs: this.#outputs,
          parameters: this.#parameters,
          lossPerSample,
          problems: this.#problems,
        }),
        ...trainingProblems(document.training),
      ],
      net.places,
    );
    const builtNodes = new Map([...nodes.values()].map((n) => [n.id, this.#builtNode(n, problems)]));
    return {
      document,
      options: this.#options,
      net,
      nodes: builtNodes,
      blocks: builtBlocks(net, builtNodes, problems),
      order: order.map((n) => n.id),
      parameters: this.#parameters,
      hypers: this.#hypers,
      states: this.#states,
      looks: this.#looks,
      data: this.#data,
      losses: modelLosses,
      lossPerSample,
      prediction,
      judged: this.#judgedBy(losses[0]),
      seed: this.#seed,
      step: this.#step,
      problems,
      trainable: lossPerSample !== null && problems.every((p) => p.severity !== 'error'),
    };
  }

  /** The first wire at a port, and its value. */
  #arriving(n: WiredNode | undefined, port: string): Model['prediction'] {
    const from = n?.arriving.get(port)?.[0]?.from;
    const value = from && this.#outputs.get(from[0])?.[from[1]];
    return from && value ? { node: from[0], port: from[1], value } : null;
  }

  #judgedBy(loss: WiredNode | undefined): Model['judged'] {
    const prediction = this.#arriving(loss, 'prediction')?.value;
    const target = this.#arriving(loss, 'target')?.value;
    return loss && prediction && target
      ? {
          node: loss.id,
          decision: loss.spec?.decision ?? 'number',
          prediction,
          target,
          mask: this.#weighings.get(loss.id)?.mask ?? null,
        }
      : null;
  }

  #builtNode({ id, node, spec }: WiredNode, problems: readonly Problem[]): BuiltNode {
    const own = problems.filter((p) => p.node === id);
    const outputs = this.#outputs.get(id);
    const error = own.find((p) => p.severity === 'error');
    const blocked = this.#blocked.has(id) || !outputs;
    return {
      id,
      name: node.name,
      kind: node.kind,
      spec,
      outputs: outputs ?? {},
      state: error ? 'problem' : blocked ? 'blocked' : 'built',
      problem: error ?? own[0] ?? null,
    };
  }
}

/** Numbers where numbers are wanted, token indices where those are. */
function checkTokens(spec: LayerSpec, inputs: Readonly<Record<string, Value>>, node: string): void {
  for (const port of spec.inputs) {
    if (port.kind !== 'tensor') continue;
    for (let v = inputs[port.name], i = 1; v; v = inputs[`${port.name}_${i++}`]) {
      if (v.dtype !== 'f32' && !port.tokens) throw new EngineError('input/tokens', { node });
      if (v.dtype === 'f32' && port.tokens) throw new EngineError('input/no-tokens', { node });
    }
  }
}

/** Number of trainable numbers; exact up to 2⁵³. */
export function parameterCount(model: Model): number {
  return model.parameters.reduce((n, p) => n + sizeOf(p.shape), 0);
}
