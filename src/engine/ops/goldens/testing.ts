/**
 * The cases that scripts/golden/ops.py writes: what PyTorch makes of the functions of ops, results and gradients. Shared
 * by the tests in float64 and on a GPU.
 */
import { z } from 'zod';
import { gradients } from '../../autodiff/grad.ts';
import { sizeOf } from '../../ir/shape.ts';
import type { Value } from '../../ir/value.ts';
import { additiveAttention, scaledDotProductAttention } from '../attention.ts';
import { conv, convTranspose } from '../convolution.ts';
import { cumulativeSum } from '../cumulative.ts';
import { clamp, equal, maximum, relu, sub, toF32 } from '../elementwise.ts';
import { gather, takeAlong } from '../indexing.ts';
import { input, iota, scalar } from '../leaf.ts';
import {
  bceWithLogits,
  binaryCrossEntropy,
  crossEntropy,
  gaussianLoss,
  hinge,
  huber,
  klDivergence,
  meanAbsoluteError,
  meanSquaredError,
  multiMargin,
  negativeLogLikelihood,
  poissonLoss,
  smoothL1,
  softCrossEntropy,
  softplus,
  squaredHinge,
} from '../losses.ts';
import { batchNorm, batchNormEvaluate, groupNorm, instanceNorm, layerNorm, rmsNorm } from '../normalise.ts';
import { adaptiveAveragePool, adaptiveMaxPool, averagePool, maxPool } from '../pool.ts';
import { resizeLinear, resizeNearest } from '../resize.ts';
import { logSoftmax, logSumExp, softmax } from '../softmax.ts';
import { erf, erfc, expm1, gelu, log1p } from '../special.ts';
import { samePadding } from '../windows.ts';
import convolutionCases from './convolution.json' with { type: 'json' };
import functionCases from './functions.json' with { type: 'json' };
import lossCases from './losses.json' with { type: 'json' };
import poolCases from './pool.json' with { type: 'json' };

const numbers = z.array(z.number());
const perAxis = z.union([z.number(), numbers]);

/** Every option that a case may carry; each function reads its own. */
const optionsSchema = z.strictObject({
  stride: perAxis.optional(),
  padding: z.union([perAxis, z.literal('same')]).optional(),
  output_padding: perAxis.optional(),
  dilation: perAxis.optional(),
  groups: z.number().default(1),
  kernel: numbers.default([]),
  outputs: numbers.default([]),
  countPadding: z.boolean().optional(),
  labelSmoothing: z.number().optional(),
  ignore: z.number().optional(),
  delta: z.number().optional(),
  beta: z.number().optional(),
  margin: z.number().optional(),
  axis: z.number().default(-1),
  low: z.number().default(0),
  high: z.number().default(0),
  epsilon: z.number().optional(),
  momentum: z.number().optional(),
  part: z.enum(['y', 'mean', 'variance']).default('y'),
  causal: z.boolean().optional(),
  open: z.number().default(0),
  scale: z.number().optional(),
});
type Options = z.infer<typeof optionsSchema>;

const caseSchema = z.strictObject({
  name: z.string(),
  fn: z.string(),
  inputs: z.array(
    z.strictObject({
      shape: numbers,
      range: z.tuple([z.number(), z.number()]).optional(),
      below: z.number().optional(),
    }),
  ),
  options: optionsSchema,
  shape: numbers,
  y: numbers,
  gradients: z.array(numbers.nullable()),
});

const windows = ({ stride, padding, dilation }: Options, kernel: readonly number[]) => ({
  ...(stride === undefined ? {} : { stride }),
  ...(dilation === undefined ? {} : { dilation }),
  ...(padding === undefined ? {} : { padding: padding === 'same' ? samePadding(kernel, dilation) : padding }),
});

type Build = (inputs: readonly Value[], options: Options) => Value;

/** How each function of a case is called here. */
const functions: Readonly<Record<string, Build>> = {
  conv: ([x, w], o) => conv(x!, w!, { ...windows(o, w!.shape.slice(2)), groups: o.groups }),
  convTranspose: ([x, w], o) =>
    convTranspose(x!, w!, {
      ...(o.stride === undefined ? {} : { stride: o.stride }),
      ...(o.dilation === undefined ? {} : { dilation: o.dilation }),
      ...(o.padding === undefined || o.padding === 'same' ? {} : { padding: o.padding }),
      ...(o.output_padding === undefined ? {} : { outputPadding: o.output_padding }),
      groups: o.groups,
    }),
  maxPool: ([x], o) => maxPool(x!, o.kernel, windows(o, o.kernel)),
  maxPoolOfRelu: ([x], o) => maxPool(relu(sub(x!, scalar(1))), o.kernel, windows(o, o.kernel)),
  averagePool: ([x], o) =>
    averagePool(x!, o.kernel, { ...windows(o, o.kernel), countPadding: o.countPadding ?? true }),
  adaptiveAveragePool: ([x], o) => adaptiveAveragePool(x!, o.outputs),
  adaptiveMaxPool: ([x], o) => adaptiveMaxPool(x!, o.outputs),
  resizeNearest: ([x], o) => resizeNearest(x!, o.outputs),
  resizeLinear: ([x], o) => resizeLinear(x!, o.outputs),
  crossEntropy: ([x, t], o) =>
    crossEntropy(x!, t!, {
      ...(o.labelSmoothing === undefined ? {} : { labelSmoothing: o.labelSmoothing }),
      ...(o.ignore === undefined ? {} : { ignore: o.ignore }),
    }),
  crossEntropyWeighted: ([x, t, w], o) =>
    crossEntropy(x!, t!, { classWeights: w!, labelSmoothing: o.labelSmoothing ?? 0 }),
  softCrossEntropy: ([x, t]) => softCrossEntropy(x!, t!),
  negativeLogLikelihood: ([x, t]) => negativeLogLikelihood(x!, t!),
  meanSquaredError: ([p, t]) => meanSquaredError(p!, t!),
  meanAbsoluteError: ([p, t]) => meanAbsoluteError(p!, t!),
  huber: ([p, t], o) => huber(p!, t!, o.delta),
  smoothL1: ([p, t], o) => smoothL1(p!, t!, o.beta),
  binaryCrossEntropy: ([p, t]) => binaryCrossEntropy(p!, t!),
  bceWithLogits: ([p, t]) => bceWithLogits(p!, t!),
  bceWithLogitsWeighted: ([p, t, w]) => bceWithLogits(p!, t!, w),
  hinge: ([p, t]) => hinge(p!, t!),
  squaredHinge: ([p, t]) => squaredHinge(p!, t!),
  multiMargin: ([s, t], o) => multiMargin(s!, t!, o.margin),
  klDivergence: ([p, t]) => klDivergence(p!, t!),
  poissonLoss: ([p, t]) => poissonLoss(p!, t!),
  gaussianLoss: ([p, t, v]) => gaussianLoss(p!, t!, v!),
  softmax: ([x], o) => softmax(x!, o.axis),
  logSoftmax: ([x], o) => logSoftmax(x!, o.axis),
  logSumExp: ([x], o) => logSumExp(x!, o.axis),
  gelu: ([x]) => gelu(x!),
  erf: ([x]) => erf(x!),
  erfc: ([x]) => erfc(x!),
  log1p: ([x]) => log1p(x!),
  expm1: ([x]) => expm1(x!),
  softplus: ([x]) => softplus(x!),
  clamp: ([x], o) => clamp(x!, o.low, o.high),
  gather: ([x, i], o) => gather(x!, i!, o.axis),
  takeAlong: ([x, i], o) => takeAlong(x!, i!, o.axis),
  cumulativeSum: ([x], o) => cumulativeSum(x!, o.axis),
  layerNorm: ([x, weight, bias], o) =>
    layerNorm(x!, weight!.shape, { weight: weight!, bias: bias! }, o.epsilon),
  rmsNorm: ([x, weight]) => rmsNorm(x!, weight!.shape, weight!),
  groupNorm: ([x, weight, bias], o) => groupNorm(x!, o.groups, { weight: weight!, bias: bias! }),
  instanceNorm: ([x, weight, bias]) => instanceNorm(x!, { weight: weight!, bias: bias! }),
  batchNorm: ([x, weight, bias, mean, variance], o) => {
    const running = { mean: mean!, variance: variance! };
    const result = batchNorm(x!, running, { weight: weight!, bias: bias! }, { momentum: o.momentum ?? 0.1 });
    return o.part === 'y' ? result.y : result.running[o.part];
  },
  batchNormEvaluate: ([x, weight, bias, mean, variance]) =>
    batchNormEvaluate(x!, { mean: mean!, variance: variance! }, { weight: weight!, bias: bias! }),
  attention: ([q, k, v], o) => scaledDotProductAttention(q!, k!, v!, { causal: o.causal ?? false }).output,
  attentionMasked: ([q, k, v, m], o) => {
    const open = equal(
      iota({ shape: m!.shape, axis: m!.shape.length - 1, dtype: 'i32' }),
      scalar(o.open, 'i32'),
    );
    return scaledDotProductAttention(q!, k!, v!, { mask: maximum(toF32(m!), open) }).output;
  },
  attentionBiased: ([q, k, v, bias], o) =>
    scaledDotProductAttention(q!, k!, v!, { bias: bias!, scale: o.scale ?? 1 }).output,
  additiveAttention: ([q, k, v, w]) => additiveAttention(q!, k!, v!, w!).output,
};

/** The made-up inputs of a case: the same formula as in scripts/golden/ops.py. */
function madeUp(size: number, k: number, [low, high]: readonly [number, number]): Float64Array {
  return new Float64Array(size).map((_, i) => low + (high - low) * (((i * 7919 + k * 104729) % 2003) / 2003));
}

/** A case made ready: the graph of its function, its gradients, and what feeds them. */
export interface GoldenGraph {
  readonly y: Value;
  /** Gradients of the float inputs, in order. */
  readonly gradients: readonly Value[];
  readonly feeds: ReadonlyMap<Value, Float64Array>;
}

export type Golden = z.infer<typeof caseSchema>;

export const goldens: Readonly<Record<string, readonly Golden[]>> = {
  convolution: z.array(caseSchema).parse(convolutionCases),
  pooling: z.array(caseSchema).parse(poolCases),
  losses: z.array(caseSchema).parse(lossCases),
  functions: z.array(caseSchema).parse(functionCases),
};

export function goldenGraph(golden: Golden): GoldenGraph {
  const feeds = new Map<Value, Float64Array>();
  const values = golden.inputs.map(({ shape, range = [-2, 2], below }, k) => {
    const x = input(`x${k}`, shape, 'feed', below === undefined ? 'f32' : 'i32');
    const size = sizeOf(shape);
    const whole = (n: number): number => Math.round(n) % (below ?? 1);
    feeds.set(x, below === undefined ? madeUp(size, k, range) : madeUp(size, k, [0, 2003]).map(whole));
    return x;
  });
  const build = functions[golden.fn];
  if (!build) throw new Error(`no function here answers to ${golden.fn}`);
  const y = build(values, golden.options);
  const seed = input('seed', y.shape);
  feeds.set(seed, madeUp(sizeOf(y.shape), 99, [-2, 2]));
  const floats = values.filter((x) => x.dtype === 'f32');
  return { y, gradients: gradients(y, floats, seed), feeds };
}
