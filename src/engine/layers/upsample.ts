// Makes space larger, by repeating or by blending neighbours: batch × channels × space.
import { z } from 'zod';
import { resizeLinear, resizeNearest } from '../ops/resize.ts';
import { at, defineLayer, param, tensorIn, tensorOut } from './define.ts';
import { needAxes } from './spatial.ts';

export const upsample = defineLayer({
  kind: 'upsample',
  title: 'Upsample',
  category: 'pooling',
  aliases: ['resize', 'interpolate', 'unpool', 'nearest', 'bilinear', 'decoder'],
  doc: 'Makes each axis of space larger by a whole factor, repeating numbers or blending neighbours.',
  formula: 'y_{c,p} = \\sum_s \\max(0, 1 - |u(p) - s|) \\, x_{c,s}',
  source: 'Odena, Dumoulin & Olah, Deconvolution and checkerboard artifacts, Distill 2016',
  pytorch: 'torch.nn.Upsample',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [1, 2, 2, 3], dtype: 'f32' } },
  params: z.strictObject({
    factor: param(z.int().min(1).max(64).default(2), {
      title: 'Factor',
      description: 'How many times as long each axis of space becomes.',
    }),
    mode: param(z.enum(['nearest', 'bilinear']).default('nearest'), {
      title: 'Mode',
      description: 'Repeat the nearest number, or blend the neighbours along each axis.',
      choices: { nearest: 'Nearest', bilinear: 'Bilinear' },
    }),
    alignCorners: param(z.boolean().default(false), {
      title: 'Align corners',
      description: 'Keeps the outermost numbers where they are.',
      showWhen: { mode: ['bilinear'] },
    }),
  }),
  build(ctx, inputs, { factor, mode, alignCorners }) {
    const x = at(inputs, 'x');
    needAxes(ctx, x, 3, 'batch × channels × space');
    const space = x.shape.slice(2);
    return {
      y:
        mode === 'nearest'
          ? resizeNearest(
              x,
              space.map(() => factor),
            )
          : resizeLinear(
              x,
              space.map((size) => size * factor),
              { alignCorners },
            ),
    };
  },
});
