/**
 * Losses: each gives one number per sample, [batch]; training minimises their mean. Class labels arrive as i32 [batch] and
 * are turned into numbers where a loss compares numbers: 0 and 1 for one output, one-hot for as many outputs as classes.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import { add, div, equal, maximum, mul, not, relu, sub, toF32, where } from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { iota, scalar } from '../ops/leaf.ts';
import {
  bceWithLogits as bceOf,
  binaryCrossEntropy,
  crossEntropy as crossEntropyOf,
  huber as huberOf,
  klDivergence,
  meanAbsoluteError,
  meanSquaredError,
  multiMargin as multiMarginOf,
  negativeLogLikelihood,
  oneHot,
  poissonLoss,
  smoothL1 as smoothL1Of,
} from '../ops/losses.ts';
import { mean, sum } from '../ops/reduce.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, type PortSpec, param } from './define.ts';

const prediction: PortSpec = { name: 'prediction', kind: 'tensor', doc: 'What the model says.' };
const target: PortSpec = { name: 'target', kind: 'labels', doc: 'What it should have said.' };
const maskIn: PortSpec = {
  name: 'mask',
  kind: 'tensor',
  doc: '1 where a sample, or a place of a sequence, counts, 0 where not: batch, or batch × time.',
  optional: true,
};
const lossOut: PortSpec = { name: 'loss', kind: 'tensor', doc: 'One number per sample.' };

type LossSpec<P extends z.ZodObject> = Omit<LayerSpec<P>, 'category' | 'inputs' | 'outputs' | 'build'> & {
  /** Gives [batch] for a prediction and its target. */
  loss(ctx: BuildContext, prediction: Value, target: Value, params: z.infer<P>): Value;
  /** Whether `loss` already weighs places, so that no mask can. */
  readonly isWeighted?: (params: z.infer<P>) => boolean;
};

function defineLoss<P extends z.ZodObject>({ loss, isWeighted, ...spec }: LossSpec<P>): LayerSpec<P> {
  return defineLayer({
    ...spec,
    category: 'loss',
    inputs: [prediction, target, maskIn],
    outputs: [lossOut],
    build(ctx, inputs, params) {
      const [p, t, { mask }] = [at(inputs, 'prediction'), at(inputs, 'target'), inputs];
      if (!mask) return { loss: loss(ctx, p, t, params) };
      checkMask(ctx.node, mask, p);
      if (isWeighted?.(params))
        throw new EngineError('param/invalid', {
          node: ctx.node,
          param: 'classWeights',
          why: 'and the ignored label cannot be used beside a mask',
        });
      // Each place as a sample of its own; what the mask hides counts for nothing, and nor does its gradient.
      const places = sizeOf(mask.shape);
      const fold = (x: Value): Value => {
        const rest = x.shape.slice(mask.shape.length);
        return reshape(x, rest.length === 0 && x.dtype === 'f32' ? [places, 1] : [places, ...rest]);
      };
      const losses = reshape(loss(ctx, fold(p), fold(t), params), mask.shape);
      ctx.weigh({ weights: mask, mask });
      return { loss: countedMean(where(mask, losses, scalar(0)), mask) };
    },
  });
}

/** A mask over the samples of a prediction, or over their places; or a sentence. */
function checkMask(node: string, mask: Value, p: Value): void {
  const [batch, time] = p.shape;
  const over = p.shape.slice(0, mask.shape.length);
  if ([1, 2].includes(mask.shape.length) && sameShape(over, mask.shape)) return;
  const whole = p.shape.length > 1 ? ` or ${batch} × ${time}` : '';
  throw new EngineError('input/axes', {
    node,
    expected: `a mask of ${batch}${whole}`,
    got: formatShape(mask.shape),
  });
}

/** The target as numbers in the prediction's shape, or an error that says which output would fit. */
export function targetNumbers(node: string, classes: number | null, p: Value, t: Value): Value {
  if (sameShape(t.shape, p.shape)) return toF32(t);
  const outputs = sizeOf(p.shape.slice(1));
  if (t.dtype === 'f32') {
    if (p.shape[0] === t.shape[0] && outputs === sizeOf(t.shape.slice(1))) return reshape(t, p.shape);
    throw new EngineError('shape/mismatch', {
      op: node,
      expected: `${formatShape(t.shape)}, the shape of the target,`,
      got: formatShape(p.shape),
    });
  }
  if (outputs === 1 && (classes === null || classes <= 2)) return reshape(toF32(t), p.shape);
  if (classes !== null && outputs === classes) return reshape(oneHot(t, classes), p.shape);
  throw new EngineError('shape/mismatch', {
    op: node,
    expected:
      classes === 2
        ? '1 or 2 numbers per sample'
        : classes === 1
          ? '1 number per sample'
          : `${classes ?? 'as many'} numbers per sample, one per class,`,
    got: `${outputs}`,
  });
}

const classesOf = (ctx: BuildContext): number | null =>
  ctx.data?.target.kind === 'class' ? ctx.data.target.classes : null;

export const mse = defineLoss({
  kind: 'mse',
  title: 'Mean squared error',
  aliases: ['mse', 'l2', 'least squares', 'regression'],
  doc: 'The squared difference, averaged over the outputs; the loss of least squares.',
  formula: 'L = \\frac{1}{k} \\sum_i (\\hat y_i - y_i)^2',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 1.2.5',
  pytorch: 'torch.nn.MSELoss',
  params: z.strictObject({
    form: param(z.enum(['mean', 'half']).default('mean'), {
      title: 'Form',
      description:
        'PyTorch averages the squares; textbooks often halve them, so that the derivative is the residual.',
      choices: { mean: 'Mean of squares', half: 'Half the mean of squares' },
    }),
  }),
  decision: 'number',
  loss(ctx, p, t, { form }) {
    const error = meanSquaredError(p, targetNumbers(ctx.node, classesOf(ctx), p, t));
    return form === 'half' ? mul(error, scalar(0.5)) : error;
  },
});

export const mae = defineLoss({
  kind: 'mae',
  title: 'Mean absolute error',
  aliases: ['mae', 'l1', 'regression'],
  doc: 'The absolute difference, averaged over the outputs: outliers pull less than with squares.',
  formula: 'L = \\frac{1}{k} \\sum_i |\\hat y_i - y_i|',
  source: 'torch.nn.L1Loss',
  pytorch: 'torch.nn.L1Loss',
  params: z.strictObject({}),
  decision: 'number',
  loss: (ctx, p, t) => meanAbsoluteError(p, targetNumbers(ctx.node, classesOf(ctx), p, t)),
});

export const bceWithLogits = defineLoss({
  kind: 'bceWithLogits',
  title: 'Binary cross-entropy',
  aliases: ['bce', 'logistic', 'log loss', 'sigmoid cross-entropy'],
  doc: 'For yes-or-no answers: takes logits, and contains the sigmoid in a form that never overflows.',
  formula: 'L = \\max(z, 0) - z y + \\log(1 + e^{-|z|})',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.2',
  pytorch: 'torch.nn.BCEWithLogitsLoss',
  params: z.strictObject({
    positiveWeight: param(z.number().min(0).max(1e6).default(1), {
      title: 'Weight of yes',
      description:
        'How much more a missed yes costs than a false one: more than 1 where yes is rare (pos_weight).',
    }),
  }),
  decision: 'aboveZero',
  loss(ctx, p, t, { positiveWeight }) {
    const numbers = targetNumbers(ctx.node, classesOf(ctx), p, t);
    return positiveWeight === 1 ? bceOf(p, numbers) : bceOf(p, numbers, scalar(positiveWeight));
  },
});

export const hinge = defineLoss({
  kind: 'hinge',
  title: 'Hinge',
  aliases: ['svm', 'perceptron', 'margin'],
  doc: 'Only samples on the wrong side of the margin count. With margin 0, one sample a step and SGD, this is the perceptron’s learning rule.',
  formula: 'L = \\max(0, m - t z), \\quad t = 2y - 1',
  source: 'Rosenblatt, The perceptron, 1958 (m = 0); Cortes & Vapnik, Support-vector networks, 1995 (m = 1)',
  pytorch: null,
  params: z.strictObject({
    margin: param(z.number().min(0).max(100).default(1), {
      title: 'Margin m',
      description: '1 is the support-vector machine, 0 the perceptron.',
    }),
  }),
  decision: 'aboveZero',
  loss(ctx, p, t, { margin }) {
    const signs = sub(mul(targetNumbers(ctx.node, classesOf(ctx), p, t), scalar(2)), scalar(1));
    const short = relu(sub(scalar(margin), mul(signs, p)));
    return short.shape.length <= 1 ? short : mean(short, short.shape.map((_, i) => i).slice(1));
  },
});

/** PyTorch's default: no data has this label. */
const ignoreNothing = -100;

/** Which labels count, and how much. */
const labelParams = {
  classWeights: param(z.array(z.number().min(0).max(1e6)).max(1000).default([]), {
    title: 'Class weights',
    description: 'How much each class counts, in the order of the classes; nothing for all alike.',
  }),
  ignore: param(z.int().min(-1000).max(1_000_000).default(ignoreNothing), {
    title: 'Ignored label',
    description: 'Places with this label, such as padding, do not count.',
  }),
};

export const crossEntropy = defineLoss({
  kind: 'crossEntropy',
  title: 'Softmax cross-entropy',
  aliases: ['ce', 'nll', 'classification', 'log-sum-exp'],
  doc: 'For one class out of several: takes one logit per class, and contains the softmax through log-sum-exp.',
  formula: 'L = \\log \\sum_j e^{z_j} - z_y',
  source: 'Goodfellow, Bengio & Courville, Deep Learning, 2016, section 6.2.2.3',
  pytorch: 'torch.nn.CrossEntropyLoss',
  params: z.strictObject({
    labelSmoothing: param(z.number().min(0).max(1).default(0), {
      title: 'Label smoothing',
      description: 'The share of the target that is spread evenly over all classes.',
    }),
    ...labelParams,
  }),
  decision: 'largest',
  sample: { prediction: { shape: [4, 6], dtype: 'f32' }, target: { shape: [4], dtype: 'i32' } },
  isWeighted: ({ classWeights, ignore }) => classWeights.length > 0 || ignore !== ignoreNothing,
  loss(ctx, p, t, { labelSmoothing, classWeights: weights, ignore }) {
    checkClasses(ctx, p, t);
    const classWeights = classWeightsOf(ctx, p, weights);
    const losses = crossEntropyOf(p, t, {
      labelSmoothing,
      ...(ignore !== ignoreNothing && { ignore }),
      ...(classWeights && { classWeights }),
    });
    if (!classWeights && ignore === ignoreNothing) return averaged(losses);
    return countedMean(losses, labelWeights(ctx, t, classWeights, ignore));
  },
});

/** One row of logits for each label, as many as there are classes; or a sentence. */
function checkClasses(ctx: BuildContext, p: Value, t: Value): void {
  if (t.dtype === 'f32') throw new EngineError('loss/needs-classes', { node: ctx.node });
  const classes = classesOf(ctx);
  const rows = p.shape.slice(0, -1);
  if (!sameShape(rows, t.shape) || (classes !== null && p.shape.at(-1) !== classes))
    throw new EngineError('shape/mismatch', {
      op: ctx.node,
      expected: `${classes ?? 'as many'} logits per ${t.shape.length > 1 ? 'place' : 'sample'}, one per class,`,
      got: formatShape(p.shape.slice(1)),
    });
}

/** The class weights as a tensor, null for none; or a sentence where their number is wrong. */
function classWeightsOf(ctx: BuildContext, p: Value, weights: readonly number[]): Value | null {
  const classes = p.shape.at(-1) ?? 0;
  if (weights.length === 0) return null;
  if (weights.length === classes) return rowOf(weights);
  throw new EngineError('param/invalid', {
    node: ctx.node,
    param: 'classWeights',
    why: `must hold ${classes} numbers, one per class, or none`,
  });
}

/** Numbers known at build time as a tensor [k]. */
function rowOf(numbers: readonly number[]): Value {
  const place = iota({ shape: [numbers.length], axis: 0, dtype: 'i32' });
  return numbers.map((n, i) => mul(equal(place, scalar(i, 'i32')), scalar(n))).reduce((a, b) => add(a, b));
}

/** How much each label counts, in the labels' shape. */
function labelWeights(ctx: BuildContext, t: Value, classWeights: Value | null, ignore: number): Value {
  const counts = not(equal(t, scalar(ignore, t.dtype)));
  const weights = classWeights ? mul(counts, gather(classWeights, t)) : counts;
  ctx.weigh({ weights, mask: ignore === ignoreNothing ? null : counts });
  return weights;
}

/** Losses of all places as one number per sample, [batch], whose mean is Σ losses / Σ weights, as PyTorch averages. */
export function countedMean(losses: Value, weights: Value): Value {
  const [batch = 1] = losses.shape;
  const scale = div(scalar(batch), maximum(sum(weights, 'all'), scalar(1e-12)));
  const perSample = losses.shape.length === 1 ? losses : sum(losses, losses.shape.map((_, i) => i).slice(1));
  return mul(perSample, scale);
}

export const nll = defineLoss({
  kind: 'nll',
  title: 'Negative log-likelihood',
  aliases: ['nll', 'log loss', 'classification'],
  doc: 'For one class out of several, after a log-softmax: minus the logarithm that the right class got.',
  formula: 'L = -x_y',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.4',
  pytorch: 'torch.nn.NLLLoss',
  params: z.strictObject(labelParams),
  decision: 'largest',
  sample: { prediction: { shape: [4, 6], dtype: 'f32' }, target: { shape: [4], dtype: 'i32' } },
  isWeighted: ({ classWeights, ignore }) => classWeights.length > 0 || ignore !== ignoreNothing,
  loss(ctx, p, t, { classWeights: weights, ignore }) {
    checkClasses(ctx, p, t);
    const classWeights = classWeightsOf(ctx, p, weights);
    const losses = negativeLogLikelihood(p, t);
    if (!classWeights && ignore === ignoreNothing) return averaged(losses);
    const counts = labelWeights(ctx, t, classWeights, ignore);
    // An ignored place may hold −∞, which no weight of 0 takes away.
    return countedMean(where(counts, mul(losses, counts), scalar(0)), counts);
  },
});

export const bce = defineLoss({
  kind: 'bce',
  title: 'Binary cross-entropy of probabilities',
  aliases: ['bce', 'logistic', 'log loss'],
  doc: 'For yes-or-no answers given as probabilities, after a sigmoid. The one that takes logits is more exact.',
  formula: 'L = -y \\log p - (1 - y) \\log(1 - p)',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.2',
  pytorch: 'torch.nn.BCELoss',
  params: z.strictObject({}),
  decision: 'number',
  // A probability; outside (0, 1) the loss is flat.
  loss: (ctx, p, t) => binaryCrossEntropy(p, targetNumbers(ctx.node, classesOf(ctx), p, t)),
});

export const huber = defineLoss({
  kind: 'huber',
  title: 'Huber',
  aliases: ['robust', 'regression'],
  doc: 'Squares small differences and counts large ones by their size, so that outliers pull less.',
  formula: 'L = \\tfrac{1}{2} e^2 \\;(|e| < \\delta), \\quad \\delta (|e| - \\tfrac{1}{2} \\delta)',
  source: 'Huber, Robust estimation of a location parameter, 1964',
  pytorch: 'torch.nn.HuberLoss',
  params: z.strictObject({
    delta: param(z.number().min(1e-6).max(1e6).default(1), {
      title: 'δ',
      description: 'Where the parabola ends and the line begins.',
    }),
  }),
  decision: 'number',
  loss: (ctx, p, t, { delta }) => huberOf(p, targetNumbers(ctx.node, classesOf(ctx), p, t), delta),
});

export const smoothL1 = defineLoss({
  kind: 'smoothL1',
  title: 'Smooth L1',
  aliases: ['huber', 'robust', 'regression', 'boxes'],
  doc: 'The absolute difference with a rounded tip: Huber divided by β.',
  formula: 'L = \\frac{e^2}{2 \\beta} \\;(|e| < \\beta), \\quad |e| - \\tfrac{1}{2} \\beta',
  source: 'Girshick, Fast R-CNN, ICCV 2015',
  pytorch: 'torch.nn.SmoothL1Loss',
  params: z.strictObject({
    beta: param(z.number().min(1e-6).max(1e6).default(1), {
      title: 'β',
      description: 'Where the parabola ends and the line begins.',
    }),
  }),
  decision: 'number',
  loss: (ctx, p, t, { beta }) => smoothL1Of(p, targetNumbers(ctx.node, classesOf(ctx), p, t), beta),
});

export const kl = defineLoss({
  kind: 'klDivergence',
  title: 'KL divergence',
  aliases: ['kullback-leibler', 'relative entropy', 'distillation'],
  doc: 'How far log-probabilities, after a log-softmax, are from probabilities; 0 where they agree.',
  formula: 'L = \\sum_i t_i (\\log t_i - x_i)',
  source: 'Kullback & Leibler, On information and sufficiency, 1951',
  pytorch: "torch.nn.KLDivLoss(reduction='batchmean')",
  params: z.strictObject({}),
  decision: 'largest',
  loss: (ctx, p, t) => klDivergence(p, targetNumbers(ctx.node, classesOf(ctx), p, t)),
});

export const multiMargin = defineLoss({
  kind: 'multiMargin',
  title: 'Multi-class hinge',
  aliases: ['svm', 'margin', 'classification'],
  doc: 'For one class out of several: every other class should score less by a margin.',
  formula: 'L = \\frac{1}{k} \\sum_{i \\neq y} \\max(0, m - x_y + x_i)',
  source:
    'Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines, 2001',
  pytorch: 'torch.nn.MultiMarginLoss',
  params: z.strictObject({
    margin: param(z.number().min(0).max(100).default(1), {
      title: 'Margin m',
      description: 'How much more the right class should score.',
    }),
  }),
  decision: 'largest',
  sample: { prediction: { shape: [4, 6], dtype: 'f32' }, target: { shape: [4], dtype: 'i32' } },
  loss(ctx, p, t, { margin }) {
    checkClasses(ctx, p, t);
    return averaged(multiMarginOf(p, t, margin));
  },
});

export const poisson = defineLoss({
  kind: 'poissonNll',
  title: 'Poisson likelihood',
  aliases: ['count', 'log rate', 'regression'],
  doc: 'For counts: the prediction is the logarithm of the count that is expected.',
  formula: 'L = e^z - y z',
  source: 'McCullagh & Nelder, Generalized linear models, 1989',
  pytorch: 'torch.nn.PoissonNLLLoss',
  params: z.strictObject({}),
  decision: 'number',
  loss: (ctx, p, t) => poissonLoss(p, targetNumbers(ctx.node, classesOf(ctx), p, t)),
});

/** The mean of a sample's places. */
const averaged = (x: Value): Value => (x.shape.length === 1 ? x : mean(x, x.shape.map((_, i) => i).slice(1)));

/** All losses, in the order of the palette. */
export const losses: readonly LayerSpec[] = [
  crossEntropy,
  bceWithLogits,
  mse,
  mae,
  huber,
  smoothL1,
  hinge,
  multiMargin,
  bce,
  nll,
  kl,
  poisson,
];
