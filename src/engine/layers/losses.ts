/**
 * Losses: each gives one number per sample, [batch]; training minimises their mean. Class labels arrive as i32 [batch] and
 * are turned into numbers where a loss compares numbers: 0 and 1 for one output, one-hot for as many outputs as classes.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, sameShape, sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { reshape } from '../ops/core.ts';
import { mul, relu, sub, toF32 } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import {
  bceWithLogits as bceOf,
  crossEntropy as crossEntropyOf,
  meanAbsoluteError,
  meanSquaredError,
  oneHot,
} from '../ops/losses.ts';
import { mean } from '../ops/reduce.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, type PortSpec, param } from './define.ts';

const prediction: PortSpec = { name: 'prediction', kind: 'tensor', doc: 'What the model says.' };
const target: PortSpec = { name: 'target', kind: 'labels', doc: 'What it should have said.' };
const lossOut: PortSpec = { name: 'loss', kind: 'tensor', doc: 'One number per sample.' };

type LossSpec<P extends z.ZodObject> = Omit<LayerSpec<P>, 'category' | 'inputs' | 'outputs' | 'build'> & {
  /** Gives [batch] for a prediction and its target. */
  loss(ctx: BuildContext, prediction: Value, target: Value, params: z.infer<P>): Value;
};

function defineLoss<P extends z.ZodObject>({ loss, ...spec }: LossSpec<P>): LayerSpec<P> {
  return defineLayer({
    ...spec,
    category: 'loss',
    inputs: [prediction, target],
    outputs: [lossOut],
    build: (ctx, inputs, params) => ({
      loss: loss(ctx, at(inputs, 'prediction'), at(inputs, 'target'), params),
    }),
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
  params: z.strictObject({}),
  decision: 'aboveZero',
  loss: (ctx, p, t) => bceOf(p, targetNumbers(ctx.node, classesOf(ctx), p, t)),
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

export const crossEntropy = defineLoss({
  kind: 'crossEntropy',
  title: 'Softmax cross-entropy',
  aliases: ['ce', 'nll', 'classification', 'log-sum-exp'],
  doc: 'For one class out of several: takes one logit per class, and contains the softmax through log-sum-exp.',
  formula: 'L = \\log \\sum_j e^{z_j} - z_y',
  source: 'Goodfellow, Bengio & Courville, Deep Learning, 2016, section 6.2.2.3',
  pytorch: 'torch.nn.CrossEntropyLoss',
  params: z.strictObject({}),
  decision: 'largest',
  sample: { prediction: { shape: [4, 6], dtype: 'f32' }, target: { shape: [4], dtype: 'i32' } },
  loss(ctx, p, t) {
    if (t.dtype === 'f32') throw new EngineError('loss/needs-classes', { node: ctx.node });
    const logits = p.shape.at(-1) ?? 0;
    const classes = classesOf(ctx);
    if (p.shape.length !== 2 || (classes !== null && logits !== classes))
      throw new EngineError('shape/mismatch', {
        op: ctx.node,
        expected: `${classes ?? 'as many'} logits per sample, one per class,`,
        got: formatShape(p.shape.slice(1)),
      });
    return crossEntropyOf(p, t);
  },
});

/** All losses, in the order of the palette. */
export const losses: readonly LayerSpec[] = [crossEntropy, bceWithLogits, mse, mae, hinge];
