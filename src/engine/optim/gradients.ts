/**
 * What becomes of gradients before an optimiser sees them: the penalties of the weights are added, then they are clipped, as
 * torch.nn.utils.clip_grad_norm_ and clip_grad_value_ do. Both are part of the update and take no kernel of their own.
 */
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { param } from '../layers/define.ts';
import { add, div, maximum, minimum, mul, neg, sign } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';

export const clippingParams = z.strictObject({
  kind: param(z.enum(['none', 'value', 'norm']).default('none'), {
    title: 'Clip gradients',
    description:
      'Keeps one steep place from throwing the weights far away: a remedy for exploding gradients.',
    choices: { none: 'No', value: 'Each number', norm: 'The norm of them all' },
    hot: true,
  }),
  limit: param(z.number().min(1e-6).max(1e6).default(1), {
    title: 'Largest',
    description: 'Numbers are cut off at this size; a larger norm is scaled down to it.',
    showWhen: { kind: ['value', 'norm'] },
    hot: true,
  }),
});

export const penaltyParams = z.strictObject({
  l1: param(z.number().min(0).max(10).default(0), {
    title: 'L1 penalty',
    description:
      'Adds λ · Σ|w| to what is minimised, which drives weights to exactly 0. The loss shown leaves it out.',
    hot: true,
  }),
  l2: param(z.number().min(0).max(10).default(0), {
    title: 'L2 penalty',
    description:
      'Adds λ/2 · Σw² to what is minimised, which keeps weights small. The loss shown leaves it out.',
    hot: true,
  }),
});

export type Clipping = z.infer<typeof clippingParams>;
export type Penalty = z.infer<typeof penaltyParams>;

/** Larger than any gradient of a sound step: its square is not finite. */
const never = 1e30;

/** The scalars that `penalised` and `clipped` read. */
export function gradientHypers(clipping: Clipping, penalty: Penalty) {
  return {
    l1: penalty.l1,
    l2: penalty.l2,
    largestValue: clipping.kind === 'value' ? clipping.limit : never,
    largestNorm: clipping.kind === 'norm' ? clipping.limit : never,
  };
}

export type GradientHyper = keyof ReturnType<typeof gradientHypers>;

/** The gradient of loss + l1 · Σ|w| + l2/2 · Σw²; at 0, |w| has the slope 0, as in PyTorch. */
export function penalised(gradients: Value, weights: Value, hyper: (name: GradientHyper) => Value): Value {
  return add(gradients, add(mul(hyper('l2'), weights), mul(hyper('l1'), sign(weights))));
}

/** The gradients within the limits; exactly what they were where no limit is reached. `norm` is theirs, over all of them. */
export function clipped(gradients: Value, norm: Value, hyper: (name: GradientHyper) => Value): Value {
  const scale = minimum(div(hyper('largestNorm'), add(norm, scalar(1e-6))), scalar(1));
  const limit = hyper('largestValue');
  return maximum(minimum(mul(gradients, scale), limit), neg(limit));
}
