/**
 * What can be asked of the inside of a trained net, and what is answered: plain data for the wire between window and worker.
 * Everything is asked of the weights of one step, and computed in eval mode, apart from training.
 */
import type { Shape } from '../ir/shape.ts';
import type { Decision } from '../layers/define.ts';
import type { Evaluation } from './protocol.ts';

export type Part = 'train' | 'validation' | 'test';

/** A tensor that is asked for, one row for each sample. */
export type Wish =
  /** What a node gives at a port. */
  | { readonly of: 'output'; readonly node: string; readonly port: string }
  /** ∂(the sample's own loss)/∂(what the node gives there). */
  | { readonly of: 'gradient'; readonly node: string; readonly port: string }
  /** The weights of an attention inside a node, by the name that the layer shows it under. */
  | { readonly of: 'heads'; readonly node: string; readonly look: string }
  /** What the first loss judges. */
  | { readonly of: 'answer' }
  /** The sample's own loss. */
  | { readonly of: 'loss' };

export type InspectRequest =
  | { readonly kind: 'describe' }
  /** Some samples of a part, by their places in it; places beyond its end are left out. */
  | { readonly kind: 'samples'; readonly part: Part; readonly places: readonly number[] }
  /**
   * Tensors for given inputs, row after row. Targets (class indices or numbers) matter to losses and gradients only.
   */
  | {
      readonly kind: 'values';
      readonly inputs: Float32Array<ArrayBuffer>;
      readonly targets: Float32Array<ArrayBuffer> | null;
      readonly wishes: readonly Wish[];
    }
  /** The net's answer to the samples of a part, at most `most` of them, and what they should be. */
  | { readonly kind: 'answers'; readonly part: Part; readonly most: number }
  /** Loss, metrics and confusion matrix over a whole part, as an evaluation at that step measured or would have measured them. */
  | { readonly kind: 'scores'; readonly part: Part }
  | { readonly kind: 'weights' }
  /** The largest singular values of a matrix, at kept steps. */
  | { readonly kind: 'spectrum'; readonly parameter: string; readonly count: number };

/** A field of the data, and what its numbers are. */
export interface FieldFacts {
  readonly name: string;
  /** Of one sample. */
  readonly shape: Shape;
  /** Numbers in a sample. */
  readonly size: number;
  /** What each number along the last axis is; empty where they have no names. */
  readonly columns: readonly string[];
  /** What each index stands for: classes or tokens; empty for numbers. */
  readonly names: readonly string[];
  /** The least and the largest of each number of a sample, or of all numbers where a sample has more than 64. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** An output of a node, as far as it can be looked at. */
export interface OutputFacts {
  readonly node: string;
  readonly name: string;
  readonly kind: string;
  readonly category: string;
  readonly port: string;
  /** Of one sample. */
  readonly shape: Shape;
  /** The loss depends on it, through something that has a derivative. */
  readonly hasGradient: boolean;
}

/** An attention: of a layer of its own, or inside a larger one. */
export interface AttentionFacts {
  readonly node: string;
  readonly name: string;
  /** What the layer calls it. */
  readonly look: string;
  /** Heads × queries × keys. */
  readonly shape: Shape;
}

export interface ParameterFacts {
  readonly name: string;
  readonly node: string;
  readonly tensor: string;
  readonly shape: Shape;
}

/** What there is to look at. */
export interface Inside {
  readonly input: FieldFacts;
  readonly target: FieldFacts;
  /** How an answer is read. */
  readonly decision: Decision;
  /** Numbers in an answer. */
  readonly answerSize: number;
  readonly parts: Readonly<Record<Part, number>>;
  /** In the order in which they are computed; the data's own outputs are left out. */
  readonly outputs: readonly OutputFacts[];
  readonly attentions: readonly AttentionFacts[];
  /** The node and port that give the answer. */
  readonly answer: { readonly node: string; readonly port: string };
  readonly parameters: readonly ParameterFacts[];
  /** Of the flat net: blocks are taken apart. */
  readonly wires: readonly {
    readonly from: readonly [node: string, port: string];
    readonly to: readonly [node: string, port: string];
  }[];
}

export interface Samples {
  readonly part: Part;
  readonly places: readonly number[];
  /** Row after row. */
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
}

export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array<ArrayBuffer>;
}

export type InspectAnswer =
  | { readonly kind: 'failed'; readonly code: string; readonly title: string; readonly fix: string }
  | { readonly kind: 'describe'; readonly inside: Inside }
  | { readonly kind: 'samples'; readonly samples: Samples }
  /** One tensor for each wish; its first axis are the samples. */
  | { readonly kind: 'values'; readonly tensors: readonly Tensor[] }
  | {
      readonly kind: 'answers';
      readonly answers: Tensor;
      readonly targets: Float32Array<ArrayBuffer>;
      readonly losses: Float32Array<ArrayBuffer>;
    }
  | { readonly kind: 'scores'; readonly evaluation: Evaluation }
  | { readonly kind: 'weights'; readonly tensors: Readonly<Record<string, Tensor>> }
  | {
      readonly kind: 'spectrum';
      readonly steps: readonly number[];
      readonly values: readonly (readonly number[])[];
    };
