// Activations that pull numbers towards 0, as sparse coding does.
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { abs, add, less, maximum, minimum, mul, sub, tanh, where } from '../ops/elementwise.ts';
import { scalar } from '../ops/leaf.ts';
import { at, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

type Words = Pick<LayerSpec, 'kind' | 'title' | 'aliases' | 'doc' | 'formula' | 'source' | 'pytorch'>;

function defineShrinkage(words: Words, map: (x: Value, limit: number) => Value): LayerSpec {
  return defineLayer({
    ...words,
    category: 'activation',
    inputs: [tensorIn],
    outputs: [tensorOut],
    params: z.strictObject({
      limit: param(z.number().min(0).max(1e6).default(0.5), {
        title: 'Limit λ',
        description: 'Numbers of at most this magnitude become 0.',
      }),
    }),
    build: (_, inputs, { limit }) => ({ y: map(at(inputs, 'x'), limit) }),
  });
}

const source = 'Donoho & Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994';

const softShrink = defineShrinkage(
  {
    kind: 'softShrink',
    title: 'Softshrink',
    aliases: ['soft threshold', 'lasso', 'sparse'],
    doc: 'Moves every number towards 0 by a limit, and stops at 0.',
    formula: 'y = \\mathrm{sign}(x) \\max(0, |x| - \\lambda)',
    source,
    pytorch: 'torch.nn.Softshrink',
  },
  (x, limit) => {
    const beyond = add(maximum(sub(x, scalar(limit)), scalar(0)), minimum(add(x, scalar(limit)), scalar(0)));
    // At the limit itself the slope is 0, as PyTorch has it.
    return where(less(scalar(limit), abs(x)), beyond, mul(x, scalar(0)));
  },
);

const hardShrink = defineShrinkage(
  {
    kind: 'hardShrink',
    title: 'Hardshrink',
    aliases: ['hard threshold', 'sparse'],
    doc: 'Numbers of small magnitude become 0, the others stay.',
    formula: 'y = x \\, [\\,|x| > \\lambda\\,]',
    source,
    pytorch: 'torch.nn.Hardshrink',
  },
  (x, limit) => where(less(scalar(limit), abs(x)), x, mul(x, scalar(0))),
);

const tanhShrink = defineLayer({
  kind: 'tanhShrink',
  title: 'Tanhshrink',
  category: 'activation',
  aliases: ['shrink'],
  doc: 'x − tanh x: flat near 0, and a straight line far away.',
  formula: 'y = x - \\tanh x',
  source: 'torch.nn.Tanhshrink',
  pytorch: 'torch.nn.Tanhshrink',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({}),
  build(_, inputs) {
    const x = at(inputs, 'x');
    return { y: sub(x, tanh(x)) };
  },
});

/** All of them, in the order of the palette. */
export const shrinkages: readonly LayerSpec[] = [softShrink, hardShrink, tanhShrink];
