/**
 * What a layer kind is: one declaration from which palette, inspector, validation, documentation, live shapes and every
 * export are derived. A layer has no shape rule: its shape is that of the graph which `build` makes out of ops.
 */
import type { z } from 'zod';
import { invariant } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import type { Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';

/** What flows through a port; shown as colour, text and shape of the handle. */
export type PortKind = 'tensor' | 'labels';

export interface PortSpec {
  /** Identifier, unique among the node's inputs or outputs; wires name it. */
  readonly name: string;
  readonly kind: PortKind;
  readonly doc: string;
  /** An input that may stay unwired. */
  readonly optional?: boolean;
  /** An input that takes any number of wires, in the order they were made. */
  readonly many?: boolean;
  /** A tensor input that takes token indices, i32; others take numbers. */
  readonly tokens?: boolean;
}

/** How a parameter tensor starts; see layers/init.ts for the formulas. `fan` is [fan_in, fan_out]. */
export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  /** The elements from the first of `zeros` to before the second start at 0. */
  | {
      readonly kind: 'normal';
      readonly mean: number;
      readonly std: number;
      readonly zeros?: readonly [from: number, to: number];
    }
  /** The elements from the first of `raised` to before the second start higher by the third. */
  | {
      readonly kind: 'uniform';
      readonly low: number;
      readonly high: number;
      readonly raised?: readonly [from: number, to: number, by: number];
    }
  | {
      readonly kind: 'xavierUniform' | 'xavierNormal';
      readonly gain: number;
      readonly fan: readonly [number, number];
    }
  | {
      readonly kind: 'heUniform' | 'heNormal';
      readonly gain: number;
      readonly fan: readonly [number, number];
    }
  /** The tensor as a matrix with so many columns. */
  | { readonly kind: 'orthogonal'; readonly gain: number; readonly columns: number };

/** What the classes or numbers to be predicted are, as far as a layer may care. */
export type TargetType =
  | { readonly kind: 'class'; readonly classes: number }
  | { readonly kind: 'regression' };

/** Something inside a layer that probes look at beside its outputs. It changes nothing of what the layer computes. */
export type InnerLook =
  /** The hidden states of a recurrent layer, in the order in which they are computed: ‖∂L/∂h‖ of each is shown. */
  | { readonly kind: 'time'; readonly name: string; readonly values: readonly Value[] }
  /** An attention: weights batch × heads × queries × keys and what each head gives, batch × heads × queries × features. */
  | { readonly kind: 'heads'; readonly name: string; readonly weights: Value; readonly output: Value }
  /** What a rectifier inside a composite gives, units on the last axis; `off` as in `LayerSpec.rectifies`. */
  | { readonly kind: 'units'; readonly name: string; readonly output: Value; readonly off: number };

/** How much samples, or places of them, count where they do not all count alike: f32 [batch], or [batch, time]. */
export interface Weighing {
  /** How much each counts in the mean that the loss is. */
  readonly weights: Value;
  /** 1 where it counts at all, 0 where not; null where all do. Metrics go by it. */
  readonly mask: Value | null;
}

/** What `build` may ask of its surroundings. */
export interface BuildContext {
  /** The node's name, for messages. */
  readonly node: string;
  /** The current batch, or null where no data is known yet. Labels are i32 [batch], numbers f32 [batch, ...]. */
  readonly data: {
    readonly x: Value;
    readonly y: Value;
    readonly target: TargetType;
    /** Where x holds token indices: how many there are. */
    readonly vocabulary?: number;
  } | null;
  /** Dropout draws and batch statistics are used only while training. */
  readonly training: boolean;
  /** A trainable tensor called `<node>.<name>`, in PyTorch's layout. */
  parameter(name: string, shape: Shape, init: Initialiser): Value;
  /**
   * A tensor that is remembered between steps but not trained, such as a running mean: its value at the start of this step.
   * `init` is what every element starts with. Called `<node>.<name>`, in PyTorch's layout.
   */
  state(name: string, shape: Shape, init: number): Value;
  /** What a state becomes after a training step. */
  updateState(name: string, next: Value): void;
  /** A scalar that may change while training without recompiling (a dropout probability). */
  hyper(name: string, value: number): Value;
  /** Uniform random numbers on [0, 1), new at each step. */
  random(shape: Shape): Value;
  /** Shows something inside the layer to probes. */
  watch(look: InnerLook): void;
  /** On losses: says that samples do not all count alike, so that the means of several batches can be joined. */
  weigh(how: Weighing): void;
}

export type Inputs = Readonly<Record<string, Value>>;

/**
 * What a parameter's zod schema carries as `meta`: the inspector, the documentation and the command line read it through
 * `paramFields` (layers/fields.ts). Bounds, choices and the default are the schema's own.
 */
export interface ParamMeta {
  readonly title: string;
  /** One sentence: what it does, and when to change it. */
  readonly description: string;
  readonly unit?: string;
  /** Shown only while the other parameters named here have one of these values. */
  readonly showWhen?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** May change while training without recompiling: `build` reads it through `ctx.hyper`. */
  readonly hot?: boolean;
  /** Words for choices, by value. */
  readonly choices?: Readonly<Record<string, string>>;
}

/** How a prediction is read as an answer; metrics follow from it. */
export type Decision =
  /** The place of the largest number along the last axis. */
  | 'largest'
  /** One number per answer: yes above 0. */
  | 'aboveZero'
  /** Numbers as they are; against classes: the largest, or yes above ½ where there is one number. */
  | 'number';

/** Where a call of a layer's helper stands in an exported TypeScript model; everything is for one sample, flat. */
export interface TypeScriptSite<P> {
  /** The expression for each input, by port (`x`, `x_1`, …). */
  readonly inputs: Readonly<Record<string, string>>;
  /** Shapes of the inputs, the batch of 1 first. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** The shape of the output, the batch of 1 first. */
  readonly shape: Shape;
  readonly params: P;
  /** The expression for a trainable tensor, a `Tensor`; null where the layer has none of that name. */
  weight(name: string): string | null;
}

/**
 * How exported TypeScript says a layer in a person's words. A layer without one is written from its graph of ops, which is
 * right for every layer and reads well for maps.
 */
export interface TypeScriptForm<P> {
  /** The helper function that the call names, as TypeScript with a comment of one line; it needs no imports. */
  readonly helper: { readonly name: string; readonly source: string };
  /** The call; null where this use is better written from the graph. */
  call(site: TypeScriptSite<P>): string | null;
}

/** One layer kind. `P` is its zod object of parameters: defaults, bounds and docs are read from it. */
export interface LayerSpec<P extends z.ZodObject = z.ZodObject> {
  /** Stable identifier in documents: `linear`. */
  readonly kind: string;
  readonly title: string;
  readonly category:
    | 'data'
    | 'basic'
    | 'convolution'
    | 'pooling'
    | 'activation'
    | 'normalisation'
    | 'regularisation'
    | 'sequence'
    | 'attention'
    | 'merge'
    | 'shape'
    | 'math'
    | 'output'
    | 'loss';
  /** Other names people search for: fc, dense. */
  readonly aliases: readonly string[];
  /** One sentence. */
  readonly doc: string;
  /** LaTeX. */
  readonly formula: string;
  /** Where the definition comes from: a paper, a book. */
  readonly source: string;
  /** The PyTorch module or function that computes the same, or null. */
  readonly pytorch: string | null;
  readonly inputs: readonly PortSpec[];
  readonly outputs: readonly PortSpec[];
  readonly params: P;
  /** On losses: how the prediction that they judge is read as an answer. */
  readonly decision?: Decision;
  /**
   * The activation lets next to no gradient through where its output lies from this to 0, so that units can die: 0 of a
   * ReLU, a little less of its smooth relatives.
   */
  readonly rectifies?: number;
  /** The activation's slope is next to nothing where its output lies outside: units there are saturated. */
  readonly squashesTo?: readonly [low: number, high: number];
  /** The gradient is a stand-in by design, where the derivative would be 0: not what differences say. */
  readonly surrogateGradient?: boolean;
  /** Inputs that the sweep over all layers feeds, where one [4, 6] tensor per input would not do. */
  readonly sample?: Readonly<Record<string, TensorType>>;
  /** How exported TypeScript says it, where the graph of ops would read worse. */
  readonly typescript?: TypeScriptForm<z.infer<P>>;
  /** Parameters with which the sweep takes derivatives, where the defaults would make that slow. */
  readonly sampleParams?: Readonly<Record<string, number>>;
  /** One value per output port. Inputs that take many wires arrive as `x`, `x_1`, `x_2`, … in order. */
  build(ctx: BuildContext, inputs: Inputs, params: z.infer<P>): Inputs;
}

/** Declares a layer kind; the types of `build` follow from `params`. */
export function defineLayer<P extends z.ZodObject>(spec: LayerSpec<P>): LayerSpec<P> {
  return spec;
}

/** The port of a layer that maps one tensor. */
export const tensorIn: PortSpec = { name: 'x', kind: 'tensor', doc: 'The tensor that comes in.' };
/** What such a layer gives. */
export const tensorOut: PortSpec = { name: 'y', kind: 'tensor', doc: 'The tensor that goes out.' };

/** A parameter with its words; the schema keeps its own type. */
export function param<S extends z.ZodType>(schema: S, meta: ParamMeta): S {
  return schema.meta({ ...meta });
}

/** The value at a port that `build` can rely on: the model checks required ports before it builds. */
export function at(inputs: Inputs, port: string): Value {
  const value = inputs[port];
  invariant(value, `the input ${port} is wired before its layer is built`);
  return value;
}

/** All values at a port that takes many wires, in order. */
export function allAt(inputs: Inputs, port: string): Value[] {
  const found: Value[] = [];
  for (let v = inputs[port], i = 1; v; v = inputs[`${port}_${i++}`]) found.push(v);
  return found;
}
