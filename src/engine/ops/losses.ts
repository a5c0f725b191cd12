/**
 * Losses as functions of ops; each gives one number per sample, so that a caller can weigh, mask and average them.
 * Formulas are PyTorch's with reduction='none', averaged over a sample's own elements where it has several.
 */
import type { Value } from '../ir/value.ts';
import { reshape } from './core.ts';
import {
  abs,
  add,
  clamp,
  div,
  equal,
  exp,
  less,
  lessEqual,
  log,
  maximum,
  mul,
  neg,
  relu,
  sub,
  where,
} from './elementwise.ts';
import { gather } from './indexing.ts';
import { iota, scalar, zeros } from './leaf.ts';
import { mean, sum } from './reduce.ts';
import { logSoftmax, logSumExp } from './softmax.ts';
import { log1p } from './special.ts';

const times = (x: Value, factor: number): Value => mul(x, scalar(factor));
const one = (): Value => scalar(1);

/** 1 at each label's place, 0 elsewhere: labels i32 [...] → f32 [..., classes]. torch.nn.functional.one_hot. */
export function oneHot(labels: Value, classes: number): Value {
  const shape = [...labels.shape, classes];
  return equal(
    reshape(labels, [...labels.shape, 1]),
    iota({ shape, axis: shape.length - 1, dtype: labels.dtype }),
  );
}

/** The element at each label along the last axis: x [..., k], labels i32 [...] → [...]. */
function atLabel(x: Value, labels: Value): Value {
  return sum(where(oneHot(labels, x.shape.at(-1)!), x, zeros(x.shape)), -1);
}

export interface CrossEntropyOptions {
  /** The share of the target that is spread evenly over all classes, 0 to 1. */
  readonly labelSmoothing?: number;
  /** How much each class counts, f32 [k]. The weighted mean divides by `sum(gather(classWeights, labels))`, as PyTorch's does. */
  readonly classWeights?: Value;
  /** A label whose samples count 0: padding. */
  readonly ignore?: number;
}

/** −log softmax(logits)[label]: logits [..., k], labels i32 [...] → [...]. torch.nn.functional.cross_entropy, classes last. */
export function crossEntropy(
  logits: Value,
  labels: Value,
  { labelSmoothing = 0, classWeights, ignore }: CrossEntropyOptions = {},
): Value {
  const chosen = classWeights
    ? mul(gather(classWeights, labels), sub(logSumExp(logits), atLabel(logits, labels)))
    : sub(logSumExp(logits), atLabel(logits, labels));
  const smoothed = labelSmoothing === 0 ? chosen : smooth(chosen, logits, labelSmoothing, classWeights);
  if (ignore === undefined) return smoothed;
  return where(equal(labels, scalar(ignore, labels.dtype)), scalar(0), smoothed);
}

/** (1 − ε)·loss + ε/k · Σ over classes of −w·log p. */
function smooth(loss: Value, logits: Value, epsilon: number, classWeights: Value | undefined): Value {
  const surprise = neg(logSoftmax(logits));
  const all = sum(classWeights ? mul(surprise, classWeights) : surprise, -1);
  return add(times(loss, 1 - epsilon), times(all, epsilon / logits.shape.at(-1)!));
}

/** −Σ t·log softmax(logits) for targets that are probabilities, f32 [..., k]. torch.nn.functional.cross_entropy. */
export function softCrossEntropy(logits: Value, target: Value): Value {
  return neg(sum(mul(target, logSoftmax(logits)), -1));
}

/** −(log p)[label]: logP [..., k], labels i32 [...] → [...]. torch.nn.functional.nll_loss, classes last. */
export function negativeLogLikelihood(logP: Value, labels: Value): Value {
  return neg(atLabel(logP, labels));
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

/** ½e² where |e| < δ, else δ·(|e| − ½δ), averaged over a sample's elements. torch.nn.functional.huber_loss. */
export function huber(prediction: Value, target: Value, delta = 1): Value {
  const e = sub(prediction, target);
  const size = abs(e);
  const line = times(sub(size, scalar(delta / 2)), delta);
  return perSample(where(less(size, scalar(delta)), times(mul(e, e), 0.5), line));
}

/** Huber divided by δ = β: ½e²/β where |e| < β, else |e| − ½β. torch.nn.functional.smooth_l1_loss. */
export function smoothL1(prediction: Value, target: Value, beta = 1): Value {
  return times(huber(prediction, target, beta), 1 / beta);
}

/** log(1 + eˣ) without overflow. torch.nn.functional.softplus. */
export function softplus(x: Value): Value {
  return add(maximum(x, scalar(0)), log1p(exp(neg(abs(x)))));
}

/** max(x, 0) − x·t + log(1 + e^−|x|), averaged over a sample's elements. binary_cross_entropy_with_logits; `positiveWeight` is its pos_weight. */
export function bceWithLogits(logits: Value, target: Value, positiveWeight?: Value): Value {
  if (!positiveWeight) return perSample(sub(softplus(logits), mul(logits, target)));
  // (1 − t)·softplus(x) + w·t·softplus(−x)
  const misses = mul(mul(positiveWeight, target), softplus(neg(logits)));
  return perSample(add(mul(sub(one(), target), softplus(logits)), misses));
}

/** No logarithm is taken to be below this, as in PyTorch. */
const lowestLog = -100;

/** −t·log p − (1 − t)·log(1 − p) for probabilities p, averaged over a sample's elements. torch.nn.functional.binary_cross_entropy. */
export function binaryCrossEntropy(p: Value, target: Value): Value {
  // A NaN is not ≤ 0, so it stays to be seen.
  const safeLog = (x: Value): Value =>
    where(
      lessEqual(x, scalar(0)),
      scalar(lowestLog),
      maximum(log(maximum(x, scalar(1e-37))), scalar(lowestLog)),
    );
  const hit = mul(target, safeLog(p));
  return perSample(neg(add(hit, mul(sub(one(), target), safeLog(sub(one(), p))))));
}

/** max(0, 1 − t·p) for targets of −1 and 1, averaged over a sample's elements: the support vector machine's loss. */
export function hinge(prediction: Value, target: Value): Value {
  return perSample(relu(sub(one(), mul(prediction, target))));
}

/** The square of `hinge`, element by element, averaged over a sample's elements. */
export function squaredHinge(prediction: Value, target: Value): Value {
  const slack = relu(sub(one(), mul(prediction, target)));
  return perSample(mul(slack, slack));
}

/** Σ over wrong classes of max(0, margin − x[label] + x[class]) / k. torch.nn.functional.multi_margin_loss. */
export function multiMargin(scores: Value, labels: Value, margin = 1): Value {
  const right = atLabel(scores, labels);
  const slack = relu(add(sub(scores, reshape(right, [...right.shape, 1])), scalar(margin)));
  const wrong = mul(slack, sub(one(), oneHot(labels, scores.shape.at(-1)!)));
  return times(sum(wrong, -1), 1 / scores.shape.at(-1)!);
}

/** Σ t·(log t − log p) over a sample's elements, 0 where t is 0. torch.nn.functional.kl_div with reduction='batchmean' is its mean. */
export function klDivergence(logP: Value, target: Value): Value {
  const positive = less(scalar(0), target);
  const logT = log(where(positive, target, scalar(1)));
  const terms = mul(target, sub(logT, logP));
  return terms.shape.length <= 1 ? terms : sum(terms, terms.shape.map((_, i) => i).slice(1));
}

/** eˣ − t·x for counts t and the logarithm x of their expectation, averaged over a sample's elements. torch.nn.functional.poisson_nll_loss. */
export function poissonLoss(logRate: Value, target: Value): Value {
  return perSample(sub(exp(logRate), mul(target, logRate)));
}

/** ½(log v + (p − t)²/v) with v held above `epsilon`, averaged over a sample's elements. torch.nn.functional.gaussian_nll_loss. */
export function gaussianLoss(prediction: Value, target: Value, variance: Value, epsilon = 1e-6): Value {
  const v = clamp(variance, epsilon, 1e30);
  const e = sub(prediction, target);
  return perSample(times(add(log(v), div(mul(e, e), v)), 0.5));
}
