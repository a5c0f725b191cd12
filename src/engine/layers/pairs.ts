// Layers of two tensors, which are not alike: a difference, a quotient, a product of matrices, a choice.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { div, maximum, minimum, sub, where } from '../ops/elementwise.ts';
import { swapLast } from '../ops/movement.ts';
import { matmul as matmulOp } from '../ops/product.ts';
import { at, defineLayer, type LayerSpec, type PortSpec, param, tensorIn, tensorOut } from './define.ts';
import { awayFromZero } from './math.ts';

const pair: readonly PortSpec[] = [
  { ...tensorIn, name: 'a', doc: 'What is on the left.' },
  { ...tensorIn, name: 'b', doc: 'What is on the right.' },
];

type Words = Pick<LayerSpec, 'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'pytorch'>;

/** A function of two numbers, element by element. */
function definePair(words: Words, map: (a: Value, b: Value) => Value): LayerSpec {
  return defineLayer({
    ...words,
    category: 'merge',
    source: words.pytorch ?? '',
    inputs: pair,
    outputs: [tensorOut],
    params: z.strictObject({}),
    build: (_, inputs) => ({ y: map(at(inputs, 'a'), at(inputs, 'b')) }),
  });
}

const subtract = definePair(
  {
    kind: 'subtract',
    title: 'Subtract',
    aliases: ['minus', 'difference', 'residual'],
    doc: 'The first tensor minus the second, element by element; sizes of 1 are repeated.',
    formula: 'y = a - b',
    pytorch: 'torch.sub',
  },
  sub,
);

const divide = definePair(
  {
    kind: 'divide',
    title: 'Divide',
    aliases: ['quotient', 'ratio', 'over'],
    doc: 'The first tensor over the second, element by element; what divides is held at least 10⁻¹² away from 0.',
    formula: 'y = a / b',
    pytorch: 'torch.div',
  },
  (a, b) => div(a, awayFromZero(b)),
);

const larger = definePair(
  {
    kind: 'maximum',
    title: 'Maximum',
    aliases: ['max', 'larger'],
    doc: 'The larger of two numbers, element by element; ties share the gradient.',
    formula: 'y = \\max(a, b)',
    pytorch: 'torch.maximum',
  },
  maximum,
);

const smaller = definePair(
  {
    kind: 'minimum',
    title: 'Minimum',
    aliases: ['min', 'smaller'],
    doc: 'The smaller of two numbers, element by element; ties share the gradient.',
    formula: 'y = \\min(a, b)',
    pytorch: 'torch.minimum',
  },
  minimum,
);

const matmul = defineLayer({
  kind: 'matmul',
  title: 'Matrix product',
  category: 'merge',
  aliases: ['matmul', 'bmm', 'dot product', 'batched'],
  doc: 'The product of two matrices, sample by sample.',
  formula: 'Y = A B',
  source: 'torch.matmul',
  pytorch: 'torch.matmul',
  inputs: [
    { ...tensorIn, name: 'a', doc: 'batch × rows × inner.' },
    { ...tensorIn, name: 'b', doc: 'batch × inner × columns.' },
  ],
  outputs: [tensorOut],
  sample: { a: { shape: [2, 3, 4], dtype: 'f32' }, b: { shape: [2, 4, 2], dtype: 'f32' } },
  params: z.strictObject({
    transpose: param(z.boolean().default(false), {
      title: 'Transpose b',
      description: 'Takes b as batch × columns × inner.',
    }),
  }),
  build({ node }, inputs, { transpose }) {
    const a = at(inputs, 'a');
    const given = at(inputs, 'b');
    const whole = a.shape.length >= 3 && given.shape.length >= 3;
    const b = whole && transpose ? swapLast(given) : given;
    if (!whole || a.shape[0] !== b.shape[0] || a.shape.at(-1) !== b.shape.at(-2))
      throw new EngineError('input/axes', {
        node,
        expected: `batch × rows × inner and batch × ${transpose ? 'columns × inner' : 'inner × columns'}`,
        got: `${formatShape(a.shape)} and ${formatShape(given.shape)}`,
      });
    return { y: matmulOp(a, b) };
  },
});

const choose = defineLayer({
  kind: 'where',
  title: 'Where',
  category: 'merge',
  aliases: ['select', 'mask', 'if', 'masked fill'],
  doc: 'a where the mask is not 0, else b, element by element; sizes of 1 are repeated.',
  formula: 'y_i = a_i \\;(m_i \\neq 0), \\quad b_i \\;\\text{else}',
  source: 'torch.where',
  pytorch: 'torch.where',
  inputs: [{ ...tensorIn, name: 'mask', doc: '0 where b is taken. No gradient reaches it.' }, ...pair],
  outputs: [tensorOut],
  params: z.strictObject({}),
  build: (_, inputs) => ({ y: where(at(inputs, 'mask'), at(inputs, 'a'), at(inputs, 'b')) }),
});

/** All of them, in the order of the palette. */
export const pairs: readonly LayerSpec[] = [subtract, divide, larger, smaller, choose, matmul];
