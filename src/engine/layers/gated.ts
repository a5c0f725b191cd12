// Gated linear units: one half of the features weighs the other.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, wholeAxis } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { chunk } from '../ops/concat.ts';
import { mul, relu, sigmoid } from '../ops/elementwise.ts';
import { gelu } from '../ops/special.ts';
import { at, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

function defineGate(
  kind: string,
  title: string,
  formula: string,
  gate: (x: Value) => Value,
  aliases: readonly string[],
): LayerSpec {
  return defineLayer({
    kind,
    title,
    category: 'merge',
    aliases: ['gated linear unit', 'gate', ...aliases],
    doc: 'The first half of the features times a function of the second half; half as many come out.',
    formula,
    source:
      kind === 'glu'
        ? 'Dauphin et al., Language modeling with gated convolutional networks, ICML 2017'
        : 'Shazeer, GLU variants improve transformer, 2020',
    pytorch: kind === 'glu' ? 'torch.nn.GLU' : null,
    inputs: [tensorIn],
    outputs: [tensorOut],
    params: z.strictObject({
      axis: param(z.int().min(-8).max(8).default(-1), {
        title: 'Axis',
        description: 'Which axis is halved; −1 is the last, 1 the channels.',
      }),
    }),
    build({ node }, inputs, p) {
      const x = at(inputs, 'x');
      const axis = wholeAxis(p.axis, x.shape.length, node);
      if (axis === 0 || (x.shape[axis] ?? 0) % 2 !== 0)
        throw new EngineError('input/axes', {
          node,
          expected: 'an even number of features, to be halved,',
          got: formatShape(x.shape),
        });
      const [a, b] = chunk(x, 2, axis) as [Value, Value];
      return { y: mul(a, gate(b)) };
    },
  });
}

/** All gated units, in the order of the palette. */
export const gatedUnits: readonly LayerSpec[] = [
  defineGate('glu', 'GLU', 'y = a \\odot \\sigma(b), \\quad [a; b] = x', sigmoid, ['gating']),
  defineGate('reglu', 'ReGLU', 'y = a \\odot \\mathrm{ReLU}(b), \\quad [a; b] = x', relu, ['relu']),
  defineGate('geglu', 'GEGLU', 'y = a \\odot \\mathrm{GELU}(b), \\quad [a; b] = x', gelu, ['gelu']),
  defineGate(
    'swiglu',
    'SwiGLU',
    'y = a \\odot b\\,\\sigma(b), \\quad [a; b] = x',
    (b) => mul(b, sigmoid(b)),
    ['swish', 'silu', 'llama'],
  ),
];
