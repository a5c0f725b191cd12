// Layers that only look at the same numbers with other axes. The batch axis always stays.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, sizeOf } from '../ir/shape.ts';
import { reshape as reshapeOp } from '../ops/core.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';

export const flatten = defineLayer({
  kind: 'flatten',
  title: 'Flatten',
  category: 'shape',
  aliases: ['vector', 'unroll'],
  doc: 'Lays all axes of a sample out as one row of features.',
  formula: 'y_{n,\\,i} = x_{n,\\,i_1, \\ldots, i_k}',
  source: 'torch.nn.Flatten',
  pytorch: 'torch.nn.Flatten',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({}),
  build(_, inputs) {
    const x = at(inputs, 'x');
    return { y: reshapeOp(x, [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]) };
  },
});

export const reshape = defineLayer({
  kind: 'reshape',
  title: 'Reshape',
  category: 'shape',
  aliases: ['view', 'unflatten'],
  doc: 'The same numbers of each sample in the same order, with other axes.',
  formula: 'y = \\mathrm{reshape}(x)',
  source: 'torch.reshape',
  pytorch: 'torch.nn.Unflatten',
  inputs: [tensorIn],
  outputs: [tensorOut],
  params: z.strictObject({
    sizes: param(
      z
        .array(z.int().min(-1).max(16_777_216))
        .max(7)
        .default([-1])
        .refine((sizes) => !sizes.includes(0), 'must not hold 0')
        .refine((sizes) => sizes.filter((s) => s === -1).length <= 1, 'may hold −1 only once'),
      {
        title: 'Sizes',
        description: 'The axes of one sample, without the batch; −1 once for whatever is left.',
      },
    ),
  }),
  build(_, inputs, { sizes }) {
    const x = at(inputs, 'x');
    const [batch = 1, ...sample] = x.shape;
    const given = sizeOf(sizes.filter((s) => s !== -1));
    const rest = sizeOf(sample) / given;
    const whole = sizes.map((s) => (s === -1 ? rest : s));
    if (!Number.isInteger(rest) || sizeOf(whole) !== sizeOf(sample))
      throw new EngineError('shape/reshape', {
        from: formatShape(sample),
        to: sizes.join(' × ') || 'scalar',
      });
    return { y: reshapeOp(x, [batch, ...whole]) };
  },
});
