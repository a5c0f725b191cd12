/** Losses as functions of ops; each gives one number per sample. Conventions are PyTorch's with reduction='none'. */
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import { detach } from './detach.ts';
import { abs, add, equal, exp, log, maximum, mul, neg, sub, where } from './elementwise.ts';
import { iota, scalar, zeros } from './leaf.ts';
import { max, mean, sum } from './reduce.ts';

/** log Σ eˣ over the last axis, with the largest subtracted first. x [..., n] → [...]. */
export function logSumExp(x: Value): Value {
  const top = detach(max(x, -1, { keep: true }));
  return add(reshape(top, x.shape.slice(0, -1)), log(sum(exp(sub(x, top)), -1)));
}

/** 1 at each label's place, 0 elsewhere: labels i32 [...] → f32 [..., classes]. */
export function oneHot(labels: Value, classes: number): Value {
  const shape = [...labels.shape, classes];
  return equal(
    reshape(labels, [...labels.shape, 1]),
    iota({ shape, axis: shape.length - 1, dtype: labels.dtype }),
  );
}

/** −log softmax(logits)[label]: logits [n, k], labels i32 [n] → [n]. torch.nn.functional.cross_entropy. */
export function crossEntropy(logits: Value, labels: Value): Value {
  const chosen = sum(where(oneHot(labels, logits.shape.at(-1)!), logits, zeros(logits.shape)), -1);
  return sub(logSumExp(logits), chosen);
}

/** Mean over all axes but the first, so that each sample has one number. */
function perSample(x: Value): Value {
  return x.shape.length <= 1 ? x : mean(x, x.shape.map((_, i) => i).slice(1));
}

/** (p − t)², averaged over a sample's elements. torch.nn.functional.mse_loss. */
export function meanSquaredError(prediction: Value, target: Value): Value {
  const e = sub(prediction, target);
  return perSample(mul(e, e));
}

/** |p − t|, averaged over a sample's elements. torch.nn.functional.l1_loss. */
export function meanAbsoluteError(prediction: Value, target: Value): Value {
  return perSample(abs(sub(prediction, target)));
}

/** max(x, 0) − x·t + log(1 + e^−|x|), averaged over a sample's elements. binary_cross_entropy_with_logits. */
export function bceWithLogits(logits: Value, target: Value): Value {
  const soft = log(add(scalar(1), exp(neg(abs(logits)))));
  return perSample(add(sub(maximum(logits, scalar(0)), mul(logits, target)), soft));
}
