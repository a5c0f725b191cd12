/**
 * Transformer layers: attention and a small net for each place, each behind a residual connection and a layer norm.
 * Composites with the names of torch.nn.TransformerEncoderLayer and DecoderLayer (batch_first=True).
 */
import { z } from 'zod';
import type { Value } from '../ir/value.ts';
import { add, relu } from '../ops/elementwise.ts';
import { layerNorm } from '../ops/normalise.ts';
import { gelu } from '../ops/special.ts';
import { smoothlyOff } from './activations.ts';
import { causalParam, dense, headsParam, multiHead, rotaryOf, rotaryParams } from './attention.ts';
import {
  at,
  type BuildContext,
  defineLayer,
  type LayerSpec,
  type PortSpec,
  param,
  tensorIn,
  tensorOut,
} from './define.ts';
import { dropInside, dropoutParam } from './dropout.ts';
import { affineOf } from './normalisation.ts';

const commonParams = {
  heads: headsParam,
  feedForward: param(z.int().min(1).max(65_536).default(64), {
    title: 'Inner units',
    description: 'How wide the net after the attention is; four times the features is common.',
  }),
  activation: param(z.enum(['relu', 'gelu']).default('relu'), {
    title: 'Activation',
    description: 'What stands between the two layers of the inner net.',
    choices: { relu: 'ReLU', gelu: 'GELU' },
  }),
  normFirst: param(z.boolean().default(false), {
    title: 'Norm first',
    description: 'Normalises before each part, which trains more easily, instead of after the sum.',
  }),
  dropout: dropoutParam(0.1),
  ...rotaryParams,
  epsilon: param(z.number().min(1e-12).max(1).default(1e-5), {
    title: 'ε',
    description: 'Added to the variance in the norms.',
  }),
};

type Common = z.infer<z.ZodObject<typeof commonParams>>;

/** One part of a block: what it makes of x, added to x, with a norm before or after. */
type Sublayer = (x: Value, norm: string, f: (x: Value) => Value) => Value;

/** The parts that encoder and decoder share. */
function blockOf(ctx: BuildContext, p: Common) {
  const drop = dropInside(ctx, p.dropout);
  const normed = (x: Value, name: string): Value => {
    const shape = x.shape.slice(-1);
    return layerNorm(x, shape, affineOf(ctx, shape, true, `${name}.`), p.epsilon);
  };
  const sublayer: Sublayer = (x, norm, f) =>
    p.normFirst ? add(x, drop(f(normed(x, norm)))) : normed(add(x, drop(f(x))), norm);
  const attend = (prefix: string, q: Value, kv: Value, causal: boolean, mask: Value | undefined): Value =>
    multiHead(ctx, q, kv, kv, {
      heads: p.heads,
      bias: true,
      causal,
      mask,
      prefix: `${prefix}.`,
      drop,
      // Places of two sequences do not compare.
      rotary: q === kv ? rotaryOf(p) : null,
    }).output;
  const net = (x: Value): Value => {
    const inner = dense(ctx, x, p.feedForward, 'linear1');
    const active = p.activation === 'relu' ? relu(inner) : gelu(inner);
    ctx.watch({
      kind: 'units',
      name: 'linear1',
      output: active,
      off: p.activation === 'relu' ? 0 : smoothlyOff,
    });
    return dense(ctx, drop(active), x.shape.at(-1) ?? 1, 'linear2');
  };
  return { sublayer, attend, net };
}

const maskPort = (name: string, of: string): PortSpec => ({
  name,
  kind: 'tensor',
  doc: `1 where ${of} may be looked at, 0 where not: batch × time.`,
  optional: true,
});

const sample = { shape: [1, 2, 4], dtype: 'f32' } as const;

const encoder = defineLayer({
  kind: 'transformerEncoderLayer',
  title: 'Transformer encoder',
  category: 'attention',
  aliases: ['transformer block', 'bert', 'gpt', 'self-attention'],
  doc: 'Self-attention and a net for each place, each added to what came in. Causal, it is a block of GPT.',
  formula: 'z = \\mathrm{norm}(x + \\mathrm{attention}(x)), \\quad y = \\mathrm{norm}(z + \\mathrm{net}(z))',
  source:
    'Vaswani et al., Attention is all you need, NIPS 2017; Xiong et al., On layer normalization, ICML 2020',
  pytorch: 'torch.nn.TransformerEncoderLayer(batch_first=True)',
  inputs: [{ ...tensorIn, doc: 'batch × time × features.' }, maskPort('mask', 'a place')],
  outputs: [tensorOut],
  sample: { x: sample },
  sampleParams: { feedForward: 3 },
  params: z.strictObject({
    ...commonParams,
    causal: causalParam(false),
  }),
  build(ctx, inputs, p) {
    const { sublayer, attend, net } = blockOf(ctx, p);
    const z = sublayer(at(inputs, 'x'), 'norm1', (x) => attend('self_attn', x, x, p.causal, inputs.mask));
    return { y: sublayer(z, 'norm2', net) };
  },
});

const decoder = defineLayer({
  kind: 'transformerDecoderLayer',
  title: 'Transformer decoder',
  category: 'attention',
  aliases: ['transformer block', 'cross-attention', 'seq2seq'],
  doc: 'Causal self-attention, attention to the encoder’s memory, and a net for each place.',
  formula:
    'z = \\mathrm{norm}(x + \\mathrm{self}(x)), \\quad w = \\mathrm{norm}(z + \\mathrm{cross}(z, m)), \\quad y = \\mathrm{norm}(w + \\mathrm{net}(w))',
  source: 'Vaswani et al., Attention is all you need, NIPS 2017',
  pytorch: 'torch.nn.TransformerDecoderLayer(batch_first=True)',
  inputs: [
    { ...tensorIn, doc: 'What is said so far: batch × time × features.' },
    { name: 'memory', kind: 'tensor', doc: 'What the encoder gives: batch × time × features.' },
    maskPort('mask', 'a place of x'),
    maskPort('memoryMask', 'a place of the memory'),
  ],
  outputs: [tensorOut],
  sample: { x: sample, memory: { shape: [1, 3, 4], dtype: 'f32' } },
  sampleParams: { feedForward: 3 },
  params: z.strictObject({
    ...commonParams,
    causal: causalParam(true),
  }),
  build(ctx, inputs, p) {
    const memory = at(inputs, 'memory');
    const { sublayer, attend, net } = blockOf(ctx, p);
    const own = sublayer(at(inputs, 'x'), 'norm1', (x) => attend('self_attn', x, x, p.causal, inputs.mask));
    const met = sublayer(own, 'norm2', (x) => attend('multihead_attn', x, memory, false, inputs.memoryMask));
    return { y: sublayer(met, 'norm3', net) };
  },
});

/** Transformer layers, in the order of the palette. */
export const transformers: readonly LayerSpec[] = [encoder, decoder];
