/**
 * Tokens become rows of a table, and rows learn where they stand: embeddings and positional encodings.
 * Sequences are batch × time × features.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape, type Shape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { concat, split, stack } from '../ops/concat.ts';
import { reshape } from '../ops/core.ts';
import { detach } from '../ops/detach.ts';
import { add, cos, equal, exp, floor, mul, not, sin, sub, toF32, where } from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { iota, scalar } from '../ops/leaf.ts';
import { slice, unsqueeze } from '../ops/movement.ts';
import { at, type BuildContext, defineLayer, type LayerSpec, param, tensorIn, tensorOut } from './define.ts';

const tokensIn = { ...tensorIn, doc: 'Token indices: batch, or batch × time.', tokens: true };

const embedding = defineLayer({
  kind: 'embedding',
  title: 'Embedding',
  category: 'sequence',
  aliases: ['lookup', 'token', 'word vector', 'vocabulary'],
  doc: 'Looks up one trainable row of numbers for each token.',
  formula: 'y_t = W_{x_t}',
  source: 'Bengio et al., A neural probabilistic language model, JMLR 2003',
  pytorch: 'torch.nn.Embedding',
  inputs: [tokensIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3], dtype: 'i32' } },
  params: z.strictObject({
    vocabulary: param(z.int().min(1).max(16_777_216).default(128), {
      title: 'Vocabulary',
      description: 'How many different tokens there are: the rows of the table.',
    }),
    features: param(z.int().min(1).max(65_536).default(16), {
      title: 'Features',
      description: 'How many numbers describe a token.',
    }),
    std: param(z.number().min(0).max(100).default(1), {
      title: 'Initial deviation σ',
      description: 'The rows are drawn from N(0, σ²).',
    }),
    padding: param(z.int().min(-1).max(16_777_216).default(-1), {
      title: 'Padding token',
      description: 'The token whose row starts at zero and is not trained (padding_idx); −1 for none.',
    }),
  }),
  sampleParams: { vocabulary: 6, features: 2 },
  build(ctx, inputs, { vocabulary, features, std, padding }) {
    const tokens = at(inputs, 'x');
    const known = ctx.data?.x === tokens ? ctx.data.vocabulary : undefined;
    if (known !== undefined && known > vocabulary)
      throw new EngineError('input/vocabulary', { node: ctx.node, rows: vocabulary, vocabulary: known });
    if (padding >= vocabulary)
      throw new EngineError('param/invalid', {
        node: ctx.node,
        param: 'padding',
        why: `must be a token below ${vocabulary}, or −1 for none`,
      });
    const zeros = padding < 0 ? {} : { zeros: [padding * features, (padding + 1) * features] as const };
    const init = { kind: 'normal', mean: 0, std, ...zeros } as const;
    const rows = gather(ctx.parameter('weight', [vocabulary, features], init), tokens);
    if (padding < 0) return { y: rows };
    const padded = equal(tokens, scalar(padding, tokens.dtype));
    return { y: where(unsqueeze(padded, -1), detach(rows), rows) };
  },
});

const paddingMask = defineLayer({
  kind: 'paddingMask',
  title: 'Padding mask',
  category: 'sequence',
  aliases: ['key padding mask', 'valid length'],
  doc: '1 where there is a token and 0 where there is padding, for the mask of an attention layer.',
  formula: 'm_t = [x_t \\neq p]',
  source: 'Vaswani et al., Attention is all you need, NIPS 2017',
  pytorch: 'the opposite of key_padding_mask',
  inputs: [tokensIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3], dtype: 'i32' } },
  params: z.strictObject({
    padding: param(z.int().min(0).max(16_777_216).default(0), {
      title: 'Padding token',
      description: 'The index that stands for no token.',
    }),
  }),
  build(_, inputs, { padding }) {
    const tokens = at(inputs, 'x');
    return { y: not(equal(tokens, scalar(padding, tokens.dtype))) };
  },
});

/** Time and features of batch × time × features, or a sentence. */
function needSequence({ node }: BuildContext, x: Value): [time: number, features: number] {
  const [time, features] = x.shape.slice(-2);
  if (x.shape.length < 3 || time === undefined || features === undefined)
    throw new EngineError('input/axes', {
      node,
      expected: 'batch × time × features',
      got: formatShape(x.shape),
    });
  return [time, features];
}

const baseParam = param(z.number().min(1).max(1e9).default(10_000), {
  title: 'Base',
  description: 'The longest wavelength is 2π times this.',
});

/** base^(−pair/pairs) for the pair of features that each place of an axis belongs to. */
function frequencies(
  shape: Shape,
  axis: number,
  pairOf: (i: Value) => Value,
  size: number,
  base: number,
): Value {
  const pair = pairOf(toF32(iota({ shape, axis, dtype: 'i32' })));
  return exp(mul(pair, scalar((-2 * Math.log(base)) / size)));
}

const half = (i: Value): Value => floor(mul(i, scalar(0.5)));

const sinusoidal = defineLayer({
  kind: 'sinusoidalEncoding',
  title: 'Sinusoidal encoding',
  category: 'sequence',
  aliases: ['positional encoding', 'position', 'sine'],
  doc: 'Adds to each place a fixed pattern of sines and cosines that tells where it stands.',
  formula:
    'y_{t,2i} = x_{t,2i} + \\sin\\frac{t}{b^{2i/d}}, \\quad y_{t,2i+1} = x_{t,2i+1} + \\cos\\frac{t}{b^{2i/d}}',
  source: 'Vaswani et al., Attention is all you need, NIPS 2017, section 3.5',
  pytorch: null,
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3, 5], dtype: 'f32' } },
  params: z.strictObject({ base: baseParam }),
  build(ctx, inputs, { base }) {
    const x = at(inputs, 'x');
    const [time, features] = needSequence(ctx, x);
    const shape = [time, features];
    const place = toF32(iota({ shape, axis: 0, dtype: 'i32' }));
    const feature = toF32(iota({ shape, axis: 1, dtype: 'i32' }));
    const angle = mul(place, frequencies(shape, 1, half, features, base));
    const even = equal(mul(half(feature), scalar(2)), feature);
    return { y: add(x, where(even, sin(angle), cos(angle))) };
  },
});

const learned = defineLayer({
  kind: 'learnedEncoding',
  title: 'Learned encoding',
  category: 'sequence',
  aliases: ['positional encoding', 'position embedding', 'gpt', 'bert'],
  doc: 'Adds one trainable row of numbers for each place.',
  formula: 'y_t = x_t + P_t',
  source: 'Gehring et al., Convolutional sequence to sequence learning, ICML 2017',
  pytorch: 'torch.nn.Embedding',
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3, 2], dtype: 'f32' } },
  sampleParams: { length: 4 },
  params: z.strictObject({
    length: param(z.int().min(1).max(65_536).default(256), {
      title: 'Longest sequence',
      description: 'How many places have a row.',
    }),
    std: param(z.number().min(0).max(100).default(0.02), {
      title: 'Initial deviation σ',
      description: 'The rows are drawn from N(0, σ²).',
    }),
  }),
  build(ctx, inputs, { length, std }) {
    const x = at(inputs, 'x');
    const [time, features] = needSequence(ctx, x);
    if (time > length)
      throw new EngineError('param/invalid', {
        node: ctx.node,
        param: 'length',
        why: `must be at least ${time}, the time steps that come in`,
      });
    const weight = ctx.parameter('weight', [length, features], { kind: 'normal', mean: 0, std });
    return { y: add(x, slice(weight, { axis: 0, start: 0, size: time })) };
  },
});

/** Turns each pair of features by an angle that grows with the place: x [..., time, d]. */
export function rotate(x: Value, base: number, pairs: 'adjacent' | 'halves'): Value {
  const [time = 1, d = 1] = x.shape.slice(-2);
  const shape = [time, d / 2];
  const angle = mul(
    toF32(iota({ shape, axis: 0, dtype: 'i32' })),
    frequencies(shape, 1, (i) => i, d, base),
  );
  const [c, s] = [cos(angle), sin(angle)];
  const turned = (a: Value, b: Value): [Value, Value] => [
    sub(mul(a, c), mul(b, s)),
    add(mul(a, s), mul(b, c)),
  ];
  if (pairs === 'halves') {
    const [a, b] = split(x, [d / 2, d / 2], -1) as [Value, Value];
    return concat(turned(a, b), x.shape.length - 1);
  }
  const [a, b] = [0, 1].map((start) => slice(x, { axis: -1, start, size: d / 2, step: 2 })) as [Value, Value];
  return reshape(stack(turned(a, b), x.shape.length), x.shape);
}

const rotary = defineLayer({
  kind: 'rotaryEncoding',
  title: 'Rotary encoding',
  category: 'sequence',
  aliases: ['rope', 'positional encoding', 'rotary position embedding'],
  doc: 'Turns pairs of features by an angle that grows with the place, so that products depend on distances only.',
  formula: '(y_{2i}, y_{2i+1}) = R\\!\\left(t\\, b^{-2i/d}\\right) (x_{2i}, x_{2i+1})',
  source: 'Su et al., RoFormer, 2021',
  pytorch: null,
  inputs: [tensorIn],
  outputs: [tensorOut],
  sample: { x: { shape: [2, 3, 4], dtype: 'f32' } },
  params: z.strictObject({
    base: baseParam,
    pairs: param(z.enum(['adjacent', 'halves']).default('adjacent'), {
      title: 'Pairs',
      description: 'Which features turn together: neighbours, or the first half with the second.',
      choices: { adjacent: 'Neighbours (RoFormer)', halves: 'Halves (GPT-NeoX, Llama)' },
    }),
  }),
  build(ctx, inputs, { base, pairs }) {
    const x = at(inputs, 'x');
    const [, features] = needSequence(ctx, x);
    if (features % 2 !== 0)
      throw new EngineError('input/axes', {
        node: ctx.node,
        expected: 'an even number of features, to turn in pairs,',
        got: formatShape(x.shape),
      });
    return { y: rotate(x, base, pairs) };
  },
});

/** Embeddings and encodings, in the order of the palette. */
export const embeddings: readonly LayerSpec[] = [embedding, sinusoidal, learned, rotary, paddingMask];
