/**
 * What a layer kind is: one declaration from which palette, inspector, validation, documentation, live shapes and every
 * export are derived. A layer has no shape rule: its shape is that of the graph which `build` makes out of ops.
 */
import type { z } from 'zod';
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
}

/** How a parameter tensor starts; see layers/init.ts for the formulas. `fan` is [fan_in, fan_out]. */
export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | {
      readonly kind: 'xavierUniform' | 'xavierNormal';
      readonly gain: number;
      readonly fan: readonly [number, number];
    }
  | {
      readonly kind: 'heUniform' | 'heNormal';
      readonly gain: number;
      readonly fan: readonly [number, number];
    };

/** What `build` may ask of its surroundings. */
export interface BuildContext {
  /** The node's name, for messages. */
  readonly node: string;
  /** Dropout draws and batch statistics are used only while training. */
  readonly training: boolean;
  /** A trainable tensor called `<node>.<name>`, in PyTorch's layout. */
  parameter(name: string, shape: Shape, init: Initialiser): Value;
  /** A scalar that may change while training without recompiling (a dropout probability). */
  hyper(name: string, value: number): Value;
  /** Uniform random numbers on [0, 1), new at each step. */
  random(shape: Shape): Value;
}

export type Inputs = Readonly<Record<string, Value>>;

/** One layer kind. `P` is its zod object of parameters: defaults, bounds and docs are read from it. */
export interface LayerSpec<P extends z.ZodObject = z.ZodObject> {
  /** Stable identifier in documents: `linear`. */
  readonly kind: string;
  readonly title: string;
  readonly category:
    | 'data'
    | 'basic'
    | 'activation'
    | 'regularisation'
    | 'merge'
    | 'shape'
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
  /** One value per output port. Inputs that take many wires arrive as `x`, `x_1`, `x_2`, … in order. */
  build(ctx: BuildContext, inputs: Inputs, params: z.infer<P>): Inputs;
}
