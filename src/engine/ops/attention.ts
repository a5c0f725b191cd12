/**
 * Attention: a weighted mean of values, the weights from how well each key answers a query. A query that may look at
 * nothing gets zeros, never NaN.
 */
import { EngineError } from '../errors.ts';
import { formatShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { add, lessEqual, mul, tanh } from './elementwise.ts';
import { iota, scalar } from './leaf.ts';
import { permute, swapLast, unsqueeze } from './movement.ts';
import { matmul } from './product.ts';
import { sum } from './reduce.ts';
import { maskedSoftmax, softmax } from './softmax.ts';

export interface AttentionOptions {
  /** 1 where a query may look at a key, 0 where not; broadcasts to [..., queries, keys]. */
  readonly mask?: Value;
  /** Added to the scores; broadcasts to [..., queries, keys]. */
  readonly bias?: Value;
  /** Query i looks at keys 0 to i only. */
  readonly causal?: boolean;
  /** What scores are multiplied by; 1/√d unless told. */
  readonly scale?: number;
}

export interface Attention {
  /** [..., queries, features of the values]. */
  readonly output: Value;
  /** [..., queries, keys]; each row adds to 1, or to 0 where all is masked. */
  readonly weights: Value;
}

/** 1 where key ≤ query: f32 [queries, keys]. */
export function causalMask(queries: number, keys: number): Value {
  const shape = [queries, keys];
  return lessEqual(iota({ shape, axis: 1, dtype: 'i32' }), iota({ shape, axis: 0, dtype: 'i32' }));
}

function weigh(scores: Value, values: Value, { mask, causal = false }: AttentionOptions): Attention {
  const [queries, keys] = scores.shape.slice(-2) as [number, number];
  const allowed = [...(mask ? [mask] : []), ...(causal ? [causalMask(queries, keys)] : [])];
  const [first, second] = allowed;
  const weights = first ? maskedSoftmax(scores, second ? mul(first, second) : first) : softmax(scores);
  return { output: matmul(weights, values), weights };
}

/** softmax(q·kᵀ·scale)·v for q [..., l, d], k [..., s, d], v [..., s, e]. torch scaled_dot_product_attention. Vaswani et al. 2017. */
export function scaledDotProductAttention(
  q: Value,
  k: Value,
  v: Value,
  options: AttentionOptions = {},
): Attention {
  const { bias, scale = 1 / Math.sqrt(q.shape.at(-1)!) } = options;
  const scores = mul(matmul(q, swapLast(k)), scalar(scale));
  return weigh(bias ? add(scores, bias) : scores, v, options);
}

/** Scores wᵀ·tanh(q + k) for q [..., l, h] and k [..., s, h] already projected, w [h]. Bahdanau et al. 2015. */
export function additiveAttention(
  q: Value,
  k: Value,
  v: Value,
  w: Value,
  options: Omit<AttentionOptions, 'scale' | 'bias'> = {},
): Attention {
  const features = tanh(add(unsqueeze(q, -2), unsqueeze(k, -3)));
  return weigh(sum(mul(features, w), -1), v, options);
}

/** x [..., l, heads · d] as [..., heads, l, d]. */
export function splitHeads(x: Value, heads: number): Value {
  const [length, features] = x.shape.slice(-2) as [number, number];
  if (!Number.isInteger(heads) || heads < 1 || features % heads !== 0)
    throw new EngineError('shape/mismatch', {
      op: 'attention',
      expected: `a number of features that ${heads} heads divide`,
      got: formatShape(x.shape),
    });
  const lead = x.shape.slice(0, -2);
  const n = lead.length;
  const apart = reshape(x, [...lead, length, heads, features / heads]);
  return permute(apart, [...lead.keys(), n + 1, n, n + 2]);
}

/** x [..., heads, l, d] as [..., l, heads · d]: `splitHeads` undone. */
export function mergeHeads(x: Value): Value {
  const [heads, length, features] = x.shape.slice(-3) as [number, number, number];
  const lead = x.shape.slice(0, -3);
  const n = lead.length;
  const together = permute(x, [...lead.keys(), n + 1, n, n + 2]);
  return reshape(together, [...lead, length, heads * features]);
}
