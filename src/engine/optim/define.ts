/**
 * What an optimiser is: an update rule made of ops over flat tensors, so that the parameters of a whole net are updated in one
 * go. Numbers are hot: they come in as scalars and may change at every step; booleans shape the rule and are compiled in.
 */
import type { z } from 'zod';
import type { Value } from '../ir/value.ts';

/** What one update sees. All tensors have the shape of the parameters, [n]. */
export interface UpdateAt<S extends string, H extends string> {
  readonly parameters: Value;
  /** ∂(mean loss)/∂parameters. */
  readonly gradients: Value;
  readonly state: Readonly<Record<S, Value>>;
  /** f32 scalar: 1 at the first update. */
  readonly step: Value;
  /** A scalar of `hypers`. */
  hyper(name: H): Value;
}

/** What one update gives: the parameters and states to be kept. */
export interface Updated<S extends string> {
  readonly parameters: Value;
  readonly state: Readonly<Record<S, Value>>;
}

export interface OptimizerSpec<
  P extends z.ZodObject = z.ZodObject,
  S extends string = string,
  H extends string = string,
> {
  /** Stable identifier in documents: `adam`. */
  readonly kind: string;
  readonly title: string;
  readonly doc: string;
  /** LaTeX. */
  readonly formula: string;
  readonly source: string;
  readonly pytorch: string;
  /** `scaled`: each step is the gradient divided by its own running size. Rules about vanishing gradients differ. */
  readonly family: 'plain' | 'scaled';
  readonly params: P;
  /** Tensors kept from step to step; all start at 0. */
  readonly states: readonly S[];
  /** The scalars that `update` reads, from the parameters, in float64. Always has `learningRate`. */
  hypers(params: z.infer<P>): Readonly<Record<H, number>>;
  update(at: UpdateAt<S, H>, params: z.infer<P>): Updated<S>;
}

/** Declares an optimiser; the names of states and scalars are checked against their use. */
export function defineOptimizer<P extends z.ZodObject, const S extends string, H extends string>(
  spec: OptimizerSpec<P, S, H>,
): OptimizerSpec<P, S, H> {
  return spec;
}
