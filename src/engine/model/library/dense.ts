// Blocks of dense layers and of transformers: a small net, the same with a way past it, encoder and decoder.
import type { NodeDraft } from '../draft.ts';
import { count, defineBlock, dropoutParam, type LibraryBlock } from './define.ts';

const of = (formula: string) => ({ '=': formula });

const hidden = count(64, 'Inner units', 'How wide the net is inside; four times the features is common.');
const features = count(16, 'Features', 'How many numbers each place has, going in and coming out.');

/** Two linear layers with an activation and dropout between them, under PyTorch's names. */
const feedForward = (activation: string): Readonly<Record<string, NodeDraft>> => ({
  linear1: ['linear', { units: of('hidden') }],
  act: activation,
  drop: ['dropout', { p: of('dropout') }],
  linear2: ['linear', { units: of('features') }],
});
const throughNet = ['linear1', 'act', 'drop', 'linear2'];

/** `a -> b -> c` as wires. */
const chain = (...names: readonly string[]): string[] =>
  names.slice(1).map((name, i) => `${names[i]} -> ${name}`);

const mlp = defineBlock({
  id: 'mlp',
  title: 'MLP block',
  aliases: ['feed forward', 'ffn', 'dense block'],
  doc: 'Two linear layers with ReLU and dropout between them.',
  source: 'Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature 1986',
  params: { hidden, features, dropout: { ...dropoutParam, value: 0 } },
  nodes: { x: 'blockInput', ...feedForward('relu'), y: 'blockOutput' },
  wires: chain('x', ...throughNet, 'y'),
});

const residualMlp = defineBlock({
  id: 'residualMlp',
  title: 'Residual MLP block',
  aliases: ['skip connection', 'dense residual', 'resnet'],
  doc: 'A norm and two linear layers, added to what came in: the gradient has an open way past them.',
  source: 'He et al., Identity mappings in deep residual networks, ECCV 2016',
  params: { hidden, features, dropout: { ...dropoutParam, value: 0 } },
  nodes: { x: 'blockInput', norm: 'layerNorm', ...feedForward('relu'), sum: 'add', y: 'blockOutput' },
  wires: [...chain('x', 'norm', ...throughNet, 'sum', 'y'), 'x -> sum'],
});

const attention = 'Vaswani et al., Attention is all you need, NIPS 2017';
const preNorm = 'Xiong et al., On layer normalization in the transformer architecture, ICML 2020';
const transformerParams = {
  features,
  heads: count(2, 'Heads', 'How many attentions run side by side. They divide the features.'),
  hidden,
  dropout: dropoutParam,
};
const causal = (value: boolean) => ({
  value,
  title: 'Causal',
  description: 'Each place sees itself and those before it only.',
});

const selfAttention: NodeDraft = [
  'multiHeadAttention',
  { heads: of('heads'), causal: of('causal'), dropout: of('dropout') },
];
const crossAttention: NodeDraft = ['multiHeadAttention', { heads: of('heads'), dropout: of('dropout') }];
const dropped: NodeDraft = ['dropout', { p: of('dropout') }];

const encoderNodes = (activation: string): Readonly<Record<string, NodeDraft>> => ({
  x: 'blockInput',
  mask: 'blockInput',
  self_attn: selfAttention,
  dropout1: dropped,
  sum1: 'add',
  norm1: 'layerNorm',
  ...feedForward(activation),
  dropout2: dropped,
  sum2: 'add',
  norm2: 'layerNorm',
  y: 'blockOutput',
});

const encoder = defineBlock({
  id: 'encoder',
  title: 'Transformer encoder block',
  aliases: ['self-attention', 'bert', 'post-norm'],
  doc: 'Self-attention and a small net for each place, each added to what came in and normalised after.',
  source: attention,
  params: { ...transformerParams, causal: causal(false) },
  nodes: encoderNodes('relu'),
  wires: [
    'x -> self_attn.query',
    'mask -> self_attn.mask',
    ...chain('self_attn', 'dropout1', 'sum1', 'norm1', ...throughNet, 'dropout2', 'sum2', 'norm2', 'y'),
    'x -> sum1',
    'norm1 -> sum2',
  ],
});

const encoderPre = defineBlock({
  id: 'encoderPre',
  title: 'Transformer block, norm first',
  aliases: ['gpt', 'pre-norm', 'decoder-only', 'causal'],
  doc: 'Self-attention and a small net for each place, each after a norm and added to what came in. Causal, it is a block of GPT.',
  source: preNorm,
  params: { ...transformerParams, causal: causal(true) },
  nodes: encoderNodes('gelu'),
  wires: [
    'x -> norm1',
    'norm1 -> self_attn.query',
    'mask -> self_attn.mask',
    ...chain('self_attn', 'dropout1', 'sum1', 'norm2', ...throughNet, 'dropout2', 'sum2', 'y'),
    'x -> sum1',
    'sum1 -> sum2',
  ],
});

const decoderNodes = (activation: string): Readonly<Record<string, NodeDraft>> => ({
  x: 'blockInput',
  memory: 'blockInput',
  mask: 'blockInput',
  memory_mask: 'blockInput',
  self_attn: selfAttention,
  dropout1: dropped,
  sum1: 'add',
  norm1: 'layerNorm',
  multihead_attn: crossAttention,
  dropout2: dropped,
  sum2: 'add',
  norm2: 'layerNorm',
  ...feedForward(activation),
  dropout3: dropped,
  sum3: 'add',
  norm3: 'layerNorm',
  y: 'blockOutput',
});

const decoderInputs = [
  'mask -> self_attn.mask',
  'memory -> multihead_attn.key',
  'memory -> multihead_attn.value',
  'memory_mask -> multihead_attn.mask',
];

const decoder = defineBlock({
  id: 'decoder',
  title: 'Transformer decoder block',
  aliases: ['cross-attention', 'seq2seq', 'post-norm'],
  doc: 'Causal self-attention, attention to the encoder’s memory and a small net, each added and normalised after.',
  source: attention,
  params: { ...transformerParams, causal: causal(true) },
  nodes: decoderNodes('relu'),
  wires: [
    'x -> self_attn.query',
    ...decoderInputs,
    ...chain('self_attn', 'dropout1', 'sum1', 'norm1'),
    'norm1 -> multihead_attn.query',
    ...chain('multihead_attn', 'dropout2', 'sum2', 'norm2', ...throughNet, 'dropout3', 'sum3', 'norm3', 'y'),
    'x -> sum1',
    'norm1 -> sum2',
    'norm2 -> sum3',
  ],
});

const decoderPre = defineBlock({
  id: 'decoderPre',
  title: 'Transformer decoder block, norm first',
  aliases: ['cross-attention', 'seq2seq', 'pre-norm'],
  doc: 'Causal self-attention, attention to the encoder’s memory and a small net, each after a norm and added.',
  source: preNorm,
  params: { ...transformerParams, causal: causal(true) },
  nodes: decoderNodes('gelu'),
  wires: [
    'x -> norm1',
    'norm1 -> self_attn.query',
    ...decoderInputs,
    ...chain('self_attn', 'dropout1', 'sum1', 'norm2'),
    'norm2 -> multihead_attn.query',
    ...chain('multihead_attn', 'dropout2', 'sum2', 'norm3', ...throughNet, 'dropout3', 'sum3', 'y'),
    'x -> sum1',
    'sum1 -> sum2',
    'sum2 -> sum3',
  ],
});

/** In the order of the palette. */
export const denseBlocks: readonly LibraryBlock[] = [
  mlp,
  residualMlp,
  encoder,
  encoderPre,
  decoder,
  decoderPre,
];
