// The dense layer: every unit sees every feature.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { linear as linearOp } from '../ops/product.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';
import { biasInitialiser, biasInitParams, weightInitialiser, weightInitParams } from './init.ts';

export const linear = defineLayer({
  kind: 'linear',
  title: 'Linear',
  category: 'basic',
  aliases: ['dense', 'fc', 'fully connected', 'affine', 'perceptron'],
  doc: 'A weighted sum of all features per unit, plus a bias.',
  formula: 'y = x W^\\top + b',
  source: 'Bishop, Pattern Recognition and Machine Learning, 2006, section 5.1',
  pytorch: 'torch.nn.Linear',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    units: param(z.int().min(1).max(16_777_216).default(16), {
      title: 'Units',
      description: 'How many features come out.',
    }),
    bias: param(z.boolean().default(true), {
      title: 'Bias',
      description: 'Adds one trainable number per unit.',
    }),
    ...weightInitParams,
    ...biasInitParams,
  }),
  typescript: {
    helper: {
      name: 'linear',
      source: `
/** y = x Wᵀ + b for each row of x; the weight is [units, features]. */
function linear(x: Float32Array, weight: Tensor, bias?: Tensor): Float32Array {
  const [units, features] = weight.shape;
  const rows = x.length / features;
  const y = new Float32Array(rows * units);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      let sum = bias ? bias.data[unit] : 0;
      for (let i = 0; i < features; i++) sum += x[row * features + i] * weight.data[unit * features + i];
      y[row * units + unit] = sum;
    }
  }
  return y;
}`,
    },
    call: ({ inputs, weight }) =>
      `linear(${[inputs.x, weight('weight'), weight('bias')].filter(Boolean).join(', ')})`,
  },
  build(ctx, inputs, p) {
    const x = at(inputs, 'x');
    const features = x.shape.at(-1);
    if (features === undefined || x.shape.length < 2)
      throw new EngineError('shape/mismatch', {
        op: ctx.node,
        expected: 'a batch of feature rows',
        got: 'one number per sample',
      });
    const weight = ctx.parameter('weight', [p.units, features], weightInitialiser(p, [features, p.units]));
    const bias = p.bias ? ctx.parameter('bias', [p.units], biasInitialiser(p, features)) : null;
    return { y: linearOp(x, weight, bias) };
  },
});
