// Layers that join several tensors: skip connections, gates, parallel branches.
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { sameShape, wholeAxis } from '../ir/shape.ts';
import { concat as concatOp, stack as stackOp } from '../ops/concat.ts';
import { add as addOp, mul } from '../ops/elementwise.ts';
import { allAt, defineLayer, type PortSpec, param, type TypeScriptSite, tensorOut } from './define.ts';

const many: PortSpec = {
  name: 'x',
  kind: 'tensor',
  doc: 'Any number of tensors, in the order of their wires.',
  many: true,
};

/** A call with every input, where none of them is broadcast. */
const equalShapes =
  (name: string) =>
  ({ inputs, shapes, shape }: TypeScriptSite<object>): string | null =>
    Object.values(shapes).every((s) => sameShape(s, shape))
      ? `${name}(${Object.values(inputs).join(', ')})`
      : null;

export const add = defineLayer({
  kind: 'add',
  title: 'Add',
  category: 'merge',
  aliases: ['sum', 'plus', 'residual', 'skip'],
  doc: 'Adds tensors element by element; sizes of 1 are repeated.',
  formula: 'y = \\sum_i x_i',
  source: 'He et al., Deep residual learning for image recognition, CVPR 2016',
  pytorch: 'torch.add',
  inputs: [many],
  outputs: [tensorOut],
  params: z.strictObject({}),
  typescript: {
    helper: {
      name: 'add',
      source: `
/** Adds tensors of one shape, element by element. */
function add(first: Float32Array, ...others: Float32Array[]): Float32Array {
  return first.map((x, i) => others.reduce((all, other) => all + other[i], x));
}`,
    },
    call: equalShapes('add'),
  },
  build: (_, inputs) => ({ y: allAt(inputs, 'x').reduce((a, b) => addOp(a, b)) }),
});

export const multiply = defineLayer({
  kind: 'multiply',
  title: 'Multiply',
  category: 'merge',
  aliases: ['product', 'gate', 'hadamard', 'times'],
  doc: 'Multiplies tensors element by element; sizes of 1 are repeated.',
  formula: 'y = \\prod_i x_i',
  source: 'Hochreiter & Schmidhuber, Long short-term memory, 1997: multiplicative gates',
  pytorch: 'torch.mul',
  inputs: [many],
  outputs: [tensorOut],
  params: z.strictObject({}),
  typescript: {
    helper: {
      name: 'multiply',
      source: `
/** Multiplies tensors of one shape, element by element. */
function multiply(first: Float32Array, ...others: Float32Array[]): Float32Array {
  return first.map((x, i) => others.reduce((all, other) => all * other[i], x));
}`,
    },
    call: equalShapes('multiply'),
  },
  build: (_, inputs) => ({ y: allAt(inputs, 'x').reduce((a, b) => mul(a, b)) }),
});

export const concat = defineLayer({
  kind: 'concat',
  title: 'Concatenate',
  category: 'merge',
  aliases: ['cat', 'join', 'stack', 'inception'],
  doc: 'Puts tensors one after another along an axis; all other axes are equal.',
  formula: 'y = [x_1; x_2; \\ldots]',
  source: 'Szegedy et al., Going deeper with convolutions, CVPR 2015',
  pytorch: 'torch.cat',
  inputs: [many],
  outputs: [tensorOut],
  params: z.strictObject({
    axis: param(z.int().min(-8).max(8).default(-1), {
      title: 'Axis',
      description: 'Where the tensors are joined: −1 is the last axis, 0 is the batch and cannot be chosen.',
    }),
  }),
  typescript: {
    helper: {
      name: 'concat',
      source: `
/** Tensors one after another. */
function concat(...parts: Float32Array[]): Float32Array {
  const y = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    y.set(part, at);
    at += part.length;
  }
  return y;
}`,
    },
    // Joined along the outermost axis of a sample, flat arrays simply follow each other.
    call: ({ inputs, shape, params }) =>
      wholeAxis(params.axis, shape.length, 'concat') === 1
        ? `concat(${Object.values(inputs).join(', ')})`
        : null,
  },
  build({ node }, inputs, p) {
    const parts = allAt(inputs, 'x');
    const axis = wholeAxis(p.axis, parts[0]?.shape.length ?? 0, node);
    if (axis === 0)
      throw new EngineError('param/invalid', {
        node,
        param: 'axis',
        why: 'is the batch: samples cannot be joined',
      });
    return { y: concatOp(parts, axis) };
  },
});

export const stack = defineLayer({
  kind: 'stack',
  title: 'Stack',
  category: 'merge',
  aliases: ['join', 'new axis'],
  doc: 'Puts tensors of one shape next to each other along a new axis.',
  formula: 'y_{n, k} = x_{k, n}',
  source: 'torch.stack',
  pytorch: 'torch.stack',
  inputs: [many],
  outputs: [tensorOut],
  params: z.strictObject({
    axis: param(z.int().min(-8).max(8).default(1), {
      title: 'Axis',
      description: 'Where the new axis stands: 1 is right after the batch, −1 is the last.',
    }),
  }),
  build({ node }, inputs, p) {
    const parts = allAt(inputs, 'x');
    const axis = wholeAxis(p.axis, (parts[0]?.shape.length ?? 0) + 1, node);
    if (axis === 0)
      throw new EngineError('param/invalid', { node, param: 'axis', why: 'is the batch, which stays first' });
    return { y: stackOp(parts, axis) };
  },
});
