/**
 * Attention: each query gets a weighted mean of values, by how well the keys answer it. Tensors are batch × time × features.
 * Masks hold 1 where a query may look and 0 where not: batch × keys, or batch × queries × keys.
 */
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { formatShape } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import {
  type Attention,
  additiveAttention as additiveOp,
  mergeHeads,
  scaledDotProductAttention,
  splitHeads,
} from '../ops/attention.ts';
import { reshape } from '../ops/core.ts';
import { div, equal, lessEqual, maximum, mul, not, relu, sqrt, sub, toF32 } from '../ops/elementwise.ts';
import { iota, scalar } from '../ops/leaf.ts';
import { slice, unsqueeze } from '../ops/movement.ts';
import { linear, matmul } from '../ops/product.ts';
import { sum } from '../ops/reduce.ts';
import { maskedSoftmax, softmax } from '../ops/softmax.ts';
import {
  at,
  type BuildContext,
  defineLayer,
  type Initialiser,
  type LayerSpec,
  type PortSpec,
  param,
  tensorOut,
} from './define.ts';
import { dropInside, dropoutParam } from './dropout.ts';
import { rotate } from './embedding.ts';

const queryIn: PortSpec = { name: 'query', kind: 'tensor', doc: 'What asks: batch × queries × features.' };
const keyIn: PortSpec = { name: 'key', kind: 'tensor', doc: 'What answers: batch × keys × features.' };
const valueIn: PortSpec = { name: 'value', kind: 'tensor', doc: 'What is fetched: batch × keys × features.' };
const maskIn: PortSpec = {
  name: 'mask',
  kind: 'tensor',
  doc: '1 where a query may look, 0 where not: batch × keys, or batch × queries × keys.',
  optional: true,
};
const weightsOut: PortSpec = {
  name: 'weights',
  kind: 'tensor',
  doc: 'How much each query looks at each key; each row adds up to 1.',
};
const optional = (port: PortSpec, otherwise: string): PortSpec => ({
  ...port,
  doc: `${port.doc} ${otherwise}`,
  optional: true,
});

export const causalParam = (value: boolean) =>
  param(z.boolean().default(value), {
    title: 'Causal',
    description: 'A query looks at its own place and those before it only.',
  });

/** Batch × time × features, with keys and values of one time; or a sentence. */
function checkSequences(node: string, query: Value, key: Value, value: Value): void {
  const wrong = (expected: string, x: Value): EngineError =>
    new EngineError('input/axes', { node, expected, got: formatShape(x.shape) });
  for (const [name, x] of Object.entries({ query, key, value }))
    if (x.shape.length < 3) throw wrong(`batch × time × features as ${name}`, x);
  const [batch] = query.shape;
  for (const [name, x] of Object.entries({ key, value }))
    if (x.shape[0] !== batch || x.shape.length !== query.shape.length)
      throw wrong(`a ${name} beside the query of ${formatShape(query.shape)}`, x);
  if (key.shape.at(-2) !== value.shape.at(-2))
    throw wrong(`one value for each of the ${key.shape.at(-2)} keys`, value);
}

/** The mask seen beside scores [batch, …, queries, keys], of `rank` axes. */
export function maskFor(
  node: string,
  mask: Value,
  batch: number,
  queries: number,
  keys: number,
  rank: number,
): Value {
  const [n, ...rest] = mask.shape;
  const padding = rest.length === 1 && rest[0] === keys;
  const whole = rest.length === 2 && rest[0] === queries && rest[1] === keys;
  if (n !== batch || !(padding || whole))
    throw new EngineError('input/axes', {
      node,
      expected: `a mask of ${batch} × ${keys} or ${batch} × ${queries} × ${keys}`,
      got: formatShape(mask.shape),
    });
  return reshape(mask, [batch, ...new Array<number>(rank - 3).fill(1), padding ? 1 : queries, keys]);
}

/** `maskFor` as the option of an attention; nothing where there is no mask. */
function maskOption(node: string, mask: Value | undefined, query: Value, key: Value, rank: number) {
  if (!mask) return {};
  const [batch = 1] = query.shape;
  return { mask: maskFor(node, mask, batch, query.shape.at(-2) ?? 1, key.shape.at(-2) ?? 1, rank) };
}

const sequenceSample = { shape: [2, 3, 4], dtype: 'f32' } as const;

const dotProduct = defineLayer({
  kind: 'scaledDotProductAttention',
  title: 'Scaled dot-product attention',
  category: 'attention',
  aliases: ['sdpa', 'softmax attention', 'query key value'],
  doc: 'Weighs values by the softmax of query · key / √d; no weights of its own.',
  formula: 'Y = \\mathrm{softmax}\\!\\left(\\frac{Q K^\\top}{\\sqrt{d}}\\right) V',
  source: 'Vaswani et al., Attention is all you need, NIPS 2017',
  pytorch: 'torch.nn.functional.scaled_dot_product_attention',
  inputs: [queryIn, keyIn, valueIn, maskIn],
  outputs: [tensorOut, weightsOut],
  sample: { query: sequenceSample, key: sequenceSample, value: sequenceSample },
  params: z.strictObject({ causal: causalParam(false) }),
  build({ node }, inputs, { causal }) {
    const [query, key, value] = [at(inputs, 'query'), at(inputs, 'key'), at(inputs, 'value')];
    checkSequences(node, query, key, value);
    if (query.shape.at(-1) !== key.shape.at(-1))
      throw new EngineError('input/axes', {
        node,
        expected: `keys of ${query.shape.at(-1)} features, as many as queries have,`,
        got: `${key.shape.at(-1)}`,
      });
    const rank = query.shape.length;
    const { output, weights } = scaledDotProductAttention(query, key, value, {
      causal,
      ...maskOption(node, inputs.mask, query, key, rank),
    });
    return { y: output, weights };
  },
});

/** PyTorch's nn.Linear start: U(−1/√in, 1/√in). */
const linearInit = (features: number): Initialiser => ({
  kind: 'uniform',
  low: -1 / Math.sqrt(features),
  high: 1 / Math.sqrt(features),
});

/** A dense layer inside another, under PyTorch's names. */
export function dense(ctx: BuildContext, x: Value, units: number, name: string, bias = true): Value {
  const features = x.shape.at(-1) ?? 1;
  const weight = ctx.parameter(`${name}.weight`, [units, features], linearInit(features));
  return linear(x, weight, bias ? ctx.parameter(`${name}.bias`, [units], linearInit(features)) : null);
}

interface MultiHead {
  readonly heads: number;
  readonly bias: boolean;
  readonly causal: boolean;
  readonly mask?: Value | undefined;
  /** What stands before the names of its weights: `self_attn.`. */
  readonly prefix?: string;
  readonly drop?: (x: Value) => Value;
  /** Turns queries and keys by their places, each head by itself, with this base. */
  readonly rotary?: number | null;
}

/** Multi-head attention with PyTorch's packed input projection. Gives [batch, queries, d] and [batch, heads, queries, keys]. */
export function multiHead(
  ctx: BuildContext,
  query: Value,
  key: Value,
  value: Value,
  { heads, bias, causal, mask, prefix = '', drop = (x) => x, rotary = null }: MultiHead,
): Attention {
  checkSequences(ctx.node, query, key, value);
  const d = query.shape.at(-1) ?? 1;
  if (d % heads !== 0)
    throw new EngineError('param/invalid', {
      node: ctx.node,
      param: 'heads',
      why: `must divide the ${d} features; ${heads} do not`,
    });
  if (rotary !== null && (d / heads) % 2 !== 0)
    throw new EngineError('param/invalid', {
      node: ctx.node,
      param: 'rotary',
      why: `turns features in pairs, and each head has ${d / heads}`,
    });
  const inputs = [query, key, value];
  const sizes = inputs.map((x) => x.shape.at(-1) ?? 1);
  const start = (fan: readonly [number, number]): Initialiser => ({ kind: 'xavierUniform', gain: 1, fan });
  const packed = sizes.every((s) => s === d)
    ? ctx.parameter(`${prefix}in_proj_weight`, [3 * d, d], start([d, 3 * d]))
    : null;
  const own = (i: number): Value =>
    packed
      ? slice(packed, { axis: 0, start: i * d, size: d })
      : ctx.parameter(`${prefix}${'qkv'[i]}_proj_weight`, [d, sizes[i] ?? d], start([sizes[i] ?? d, d]));
  const biases = bias ? ctx.parameter(`${prefix}in_proj_bias`, [3 * d], { kind: 'zeros' }) : null;
  const [q, k, v] = inputs.map((x, i) =>
    splitHeads(linear(x, own(i), biases && slice(biases, { axis: 0, start: i * d, size: d })), heads),
  ) as [Value, Value, Value];
  const turned = (x: Value): Value => (rotary === null ? x : rotate(x, rotary, 'adjacent'));
  const { weights } = scaledDotProductAttention(turned(q), turned(k), v, {
    causal,
    ...maskOption(ctx.node, mask, query, key, 4),
  });
  const output = matmul(drop(weights), v);
  ctx.watch({ kind: 'heads', name: prefix.replace(/\.$/, '') || 'heads', weights, output });
  const mixed = mergeHeads(output);
  const projection = ctx.parameter(`${prefix}out_proj.weight`, [d, d], linearInit(d));
  const shift = bias ? ctx.parameter(`${prefix}out_proj.bias`, [d], { kind: 'zeros' }) : null;
  return { output: linear(mixed, projection, shift), weights };
}

export const headsParam = param(z.int().min(1).max(256).default(2), {
  title: 'Heads',
  description: 'How many attentions run side by side; must divide the features.',
});

/** Rotary positions inside an attention; `rotaryOf` reads them. */
export const rotaryParams = {
  rotary: param(z.boolean().default(false), {
    title: 'Rotary positions',
    description: 'Turns queries and keys by their places, so that scores depend on distances.',
  }),
  rotaryBase: param(z.number().min(1).max(1e9).default(10_000), {
    title: 'Rotary base',
    description: 'The longest wavelength is 2π times this.',
    showWhen: { rotary: [true] },
  }),
};
export const rotaryOf = (p: z.infer<z.ZodObject<typeof rotaryParams>>): number | null =>
  p.rotary ? p.rotaryBase : null;

const multiHeadAttention = defineLayer({
  kind: 'multiHeadAttention',
  title: 'MultiHeadAttention',
  category: 'attention',
  aliases: ['mha', 'self-attention', 'cross-attention', 'transformer'],
  doc: 'Several attentions side by side, each over projections of its own; self-attention where only the query is wired.',
  formula: 'Y = [H_1; \\ldots; H_h]\\, W^O, \\quad H_i = \\mathrm{attention}(Q W_i^Q, K W_i^K, V W_i^V)',
  source: 'Vaswani et al., Attention is all you need, NIPS 2017',
  pytorch: 'torch.nn.MultiheadAttention(batch_first=True)',
  inputs: [
    queryIn,
    optional(keyIn, 'The query itself where nothing is wired.'),
    optional(valueIn, 'The key itself where nothing is wired.'),
    maskIn,
  ],
  outputs: [tensorOut, weightsOut],
  sample: { query: sequenceSample },
  params: z.strictObject({
    heads: headsParam,
    causal: causalParam(false),
    bias: param(z.boolean().default(true), {
      title: 'Bias',
      description: 'Adds trainable numbers to the projections.',
    }),
    dropout: dropoutParam(0),
    ...rotaryParams,
  }),
  build(ctx, inputs, { heads, causal, bias, dropout, ...p }) {
    const query = at(inputs, 'query');
    const key = inputs.key ?? query;
    const { output, weights } = multiHead(ctx, query, key, inputs.value ?? key, {
      heads,
      causal,
      bias,
      mask: inputs.mask,
      drop: dropInside(ctx, dropout),
      rotary: rotaryOf(p),
    });
    return { y: output, weights };
  },
});

const additiveAttention = defineLayer({
  kind: 'additiveAttention',
  title: 'Additive attention',
  category: 'attention',
  aliases: ['bahdanau', 'concat attention', 'seq2seq'],
  doc: 'Scores each key by a small net of query and key: for queries and keys of different sizes.',
  formula:
    'e_{ij} = w^\\top \\tanh(W_q q_i + W_k k_j), \\quad y_i = \\sum_j \\mathrm{softmax}_j(e_{ij})\\, v_j',
  source:
    'Bahdanau, Cho & Bengio, Neural machine translation by jointly learning to align and translate, ICLR 2015',
  pytorch: null,
  inputs: [queryIn, keyIn, optional(valueIn, 'The key itself where nothing is wired.'), maskIn],
  outputs: [tensorOut, weightsOut],
  sample: { query: { shape: [2, 2, 3], dtype: 'f32' }, key: sequenceSample },
  sampleParams: { units: 3 },
  params: z.strictObject({
    units: param(z.int().min(1).max(65_536).default(16), {
      title: 'Units',
      description: 'How wide the small net is.',
    }),
    causal: causalParam(false),
  }),
  build(ctx, inputs, { units, causal }) {
    const [query, key] = [at(inputs, 'query'), at(inputs, 'key')];
    const value = inputs.value ?? key;
    checkSequences(ctx.node, query, key, value);
    const q = dense(ctx, query, units, 'query', false);
    const k = dense(ctx, key, units, 'key', false);
    const w = ctx.parameter('score.weight', [1, units], linearInit(units));
    const { output, weights } = additiveOp(q, k, value, reshape(w, [units]), {
      causal,
      ...maskOption(ctx.node, inputs.mask, query, key, 3),
    });
    return { y: output, weights };
  },
});

/** What `weights` turns squared distances / width² into. */
const poolingKernels: Readonly<
  Record<'gaussian' | 'boxcar' | 'epanechikov', (square: Value, mask: Value | null) => Value>
> = {
  // A softmax, so that distant keys do not make 0 / 0.
  gaussian(square, mask) {
    const scores = mul(square, scalar(-0.5));
    return mask ? maskedSoftmax(scores, mask) : softmax(scores);
  },
  boxcar: (square, mask) => shares(toF32(lessEqual(square, scalar(1))), mask),
  // The root's slope at 0 is infinite: the bound keeps the gradient 0 there.
  epanechikov: (square, mask) => shares(relu(sub(scalar(1), sqrt(maximum(square, scalar(1e-20))))), mask),
};

/** Numbers ≥ 0 as shares of their sum; zeros where all are 0. */
function shares(x: Value, mask: Value | null): Value {
  const open = mask ? mul(x, mask) : x;
  return div(open, maximum(sum(open, -1, { keep: true }), scalar(1e-20)));
}

const attentionPooling = defineLayer({
  kind: 'attentionPooling',
  title: 'Attention pooling',
  category: 'attention',
  aliases: ['nadaraya-watson', 'kernel regression', 'smoother', 'parzen'],
  doc: 'A mean of values, weighed by how near each key is to the query. Over tensors of two axes, the batch itself is the set of keys.',
  formula:
    'y_i = \\sum_j \\frac{K(\\lVert q_i - k_j \\rVert / \\sigma)}{\\sum_l K(\\lVert q_i - k_l \\rVert / \\sigma)}\\, v_j',
  source: 'Nadaraya, 1964; Watson, 1964; Zhang et al., Dive into Deep Learning, section 11.2',
  pytorch: null,
  inputs: [
    { ...queryIn, doc: 'Where a value is wanted: queries × features, or batch × queries × features.' },
    { ...keyIn, doc: 'Where values are known: keys × features, or batch × keys × features.' },
    { ...valueIn, doc: 'What is known there: one row for each key.' },
  ],
  outputs: [tensorOut, weightsOut],
  sample: {
    query: { shape: [2, 2], dtype: 'f32' },
    key: { shape: [4, 2], dtype: 'f32' },
    value: { shape: [4, 3], dtype: 'f32' },
  },
  params: z.strictObject({
    kernel: param(z.enum(['gaussian', 'boxcar', 'epanechikov']).default('gaussian'), {
      title: 'Kernel',
      description: 'How the weight falls with distance.',
      choices: {
        gaussian: 'Gaussian: e^(−u²/2)',
        boxcar: 'Boxcar: 1 up to distance 1',
        epanechikov: 'Epanechikov: max(0, 1 − u)',
      },
    }),
    width: param(z.number().min(1e-4).max(1e4).default(1), {
      title: 'Width σ',
      description: 'What distances are divided by: small follows every point, large smooths.',
    }),
    learn: param(z.boolean().default(false), {
      title: 'Learn the width',
      description: 'Makes 1/σ a trainable number; no gradient reaches it through the boxcar.',
    }),
    leaveOut: param(z.boolean().default(false), {
      title: 'Leave itself out',
      description: 'Query i does not look at key i: for learning the width on the same points.',
    }),
  }),
  build(ctx, inputs, { kernel, width, learn, leaveOut }) {
    const [query, key, value] = [at(inputs, 'query'), at(inputs, 'key'), at(inputs, 'value')];
    const rank = query.shape.length;
    const [keys, features] = key.shape.slice(-2);
    const fits =
      rank >= 2 &&
      key.shape.length === rank &&
      value.shape.length === rank &&
      features === query.shape.at(-1) &&
      value.shape.at(-2) === keys &&
      (rank === 2 || (key.shape[0] === query.shape[0] && value.shape[0] === query.shape[0]));
    if (!fits)
      throw new EngineError('input/axes', {
        node: ctx.node,
        expected: 'keys with the features of the query, and one value for each key,',
        got: [query, key, value].map((x) => formatShape(x.shape)).join(', '),
      });
    const rate = learn
      ? reshape(ctx.parameter('rate', [1], { kind: 'constant', value: 1 / width }), [])
      : scalar(1 / width);
    const apart = mul(sub(unsqueeze(query, -2), unsqueeze(key, -3)), rate);
    const square = sum(mul(apart, apart), -1);
    const shape = square.shape.slice(-2);
    const self = equal(iota({ shape, axis: 0, dtype: 'i32' }), iota({ shape, axis: 1, dtype: 'i32' }));
    const weights = poolingKernels[kernel](square, leaveOut ? not(self) : null);
    return { y: matmul(weights, value), weights };
  },
});

/** All attentions, in the order of the palette. */
export const attentions: readonly LayerSpec[] = [
  multiHeadAttention,
  dotProduct,
  additiveAttention,
  attentionPooling,
];
