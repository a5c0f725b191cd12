// Choosing the next token from what a net says: temperature sharpens or flattens the softmax, top-k keeps its best few.
import { EngineError } from '../errors.ts';

export interface Sampling {
  /** What logits are divided by: below 1 bolder, above 1 wilder; 0 always takes the likeliest token. */
  readonly temperature: number;
  /** Only so many of the likeliest tokens may be chosen; 0: all. Of equals, the first ones. */
  readonly topK: number;
}

/**
 * The probability of each token: softmax(logits / temperature) over the k likeliest, in float64.
 *
 * @param logits one number per token; log-probabilities are logits too
 * @throws EngineError `generate/non-finite` where no probabilities follow from them
 */
export function tokenProbabilities(
  logits: Float32Array | Float64Array,
  { temperature, topK }: Sampling,
): Float64Array {
  const order = Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
  const best = logits[order[0] ?? 0] ?? Number.NaN;
  if (!Number.isFinite(best) || logits.some(Number.isNaN)) throw new EngineError('generate/non-finite', {});
  const kept = order.slice(0, temperature === 0 ? 1 : topK === 0 ? order.length : topK);
  const weights = new Float64Array(logits.length);
  // The greatest is subtracted, so that no exponential overflows.
  for (const i of kept)
    weights[i] = temperature === 0 ? 1 : Math.exp(((logits[i] ?? 0) - best) / temperature);
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** The token at u, uniform over [0, 1), on the line on which each token is as long as its probability. */
export function tokenAt(probabilities: Float64Array, u: number): number {
  let sum = 0;
  let last = 0;
  for (const [i, p] of probabilities.entries()) {
    if (p === 0) continue;
    sum += p;
    last = i;
    if (u < sum) return i;
  }
  // Rounding may leave the sum an ulp short of u.
  return last;
}
