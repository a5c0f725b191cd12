// Two dense layers beyond Linear: one that multiplies its inputs, and the perceptron.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape } from '../ir/shape.ts';
import { reshape } from '../ops/core.ts';
import { detach } from '../ops/detach.ts';
import { add, heaviside, mul, sub } from '../ops/elementwise.ts';
import { permute } from '../ops/movement.ts';
import { linear as linearOp, matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';
import { biasInitialiser, biasInitParams, weightInitialiser, weightInitParams } from './init.ts';
import { needAxes } from './spatial.ts';

const unitsParam = (value: number) =>
  param(z.int().min(1).max(65_536).default(value), {
    title: 'Units',
    description: 'How many features come out.',
  });
const biasParam = param(z.boolean().default(true), {
  title: 'Bias',
  description: 'Adds one trainable number per unit.',
});

export const bilinear = defineLayer({
  kind: 'bilinear',
  title: 'Bilinear',
  category: 'basic',
  aliases: ['interaction', 'tensor product'],
  doc: 'A weighted sum, per unit, of all products of a feature of one input with a feature of the other.',
  formula: 'y_o = x_1^\\top W_o \\, x_2 + b_o',
  source: 'Tenenbaum & Freeman, Separating style and content with bilinear models, 2000',
  pytorch: 'torch.nn.Bilinear',
  inputs: [
    { ...tensorIn, name: 'a', doc: 'The first input: batch × features.' },
    { ...tensorIn, name: 'b', doc: 'The second input: batch × features.' },
  ],
  outputs: [tensorOut],
  sampleParams: { units: 2 },
  params: z.strictObject({ units: unitsParam(16), bias: biasParam, ...weightInitParams, ...biasInitParams }),
  build(ctx, inputs, p) {
    const [a, b] = [at(inputs, 'a'), at(inputs, 'b')];
    const [batch = 1, left] = a.shape;
    const right = b.shape[1];
    if (a.shape.length !== 2 || b.shape.length !== 2 || b.shape[0] !== batch || !left || !right)
      throw new EngineError('input/axes', {
        node: ctx.node,
        expected: 'batch × features at both inputs',
        got: `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      });
    const weight = ctx.parameter('weight', [p.units, left, right], weightInitialiser(p, [left, p.units]));
    const bias = p.bias ? ctx.parameter('bias', [p.units], biasInitialiser(p, left)) : null;
    // [left, units · right]: one matrix product, then a weighted sum over the features of b.
    const table = reshape(permute(weight, [1, 0, 2]), [left, p.units * right]);
    const half = reshape(matmul(a, table), [batch, p.units, right]);
    const y = sum(mul(half, reshape(b, [batch, 1, right])), -1);
    return { y: bias ? add(y, bias) : y };
  },
});

export const perceptron = defineLayer({
  kind: 'perceptron',
  title: 'Perceptron',
  category: 'basic',
  aliases: ['rosenblatt', 'threshold unit', 'heaviside', 'step', 'straight-through'],
  doc: 'A weighted sum and a step to 0 or 1. The gradient passes the step unchanged, so half the squared error, one sample at a time, with SGD, is the perceptron’s learning rule.',
  formula: 'y = [W x + b > 0], \\quad \\Delta W = \\eta \\, (t - y) \\, x^\\top',
  source:
    'Rosenblatt, The perceptron, 1958; Bengio, Léonard & Courville, Estimating or propagating gradients, 2013',
  pytorch: null,
  inputs: [tensorIn],
  outputs: [tensorOut],
  surrogateGradient: true,
  params: z.strictObject({ units: unitsParam(1), bias: biasParam, ...weightInitParams, ...biasInitParams }),
  build(ctx, inputs, p) {
    const x = at(inputs, 'x');
    needAxes(ctx, x, 2, 'a batch of feature rows');
    const features = x.shape.at(-1) ?? 1;
    const weight = ctx.parameter('weight', [p.units, features], weightInitialiser(p, [features, p.units]));
    const bias = p.bias ? ctx.parameter('bias', [p.units], biasInitialiser(p, features)) : null;
    const z = linearOp(x, weight, bias);
    // z − z is 0 in numbers and z in derivatives: the step keeps its value and lets the gradient through.
    return { y: add(detach(heaviside(z)), sub(z, detach(z))) };
  },
});
