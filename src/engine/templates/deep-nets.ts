// One deep net many times: with sigmoids and small weights, where gradients vanish; and with a remedy each, where they do not.
import { chainTemplate, netTemplate, type Template } from './define.ts';
import { repeated, started } from './layers.ts';
import type { ChainLayer, Out, Weave } from './weave.ts';

const depth = 10;
const width = 32;
const small = { init: 'normal', initStd: 0.1 } as const;
const middling = { init: 'normal', initStd: 0.3 } as const;

/** Ten hidden layers that differ in nothing but activation and start; a norm follows each activation where there is one. */
const deep = (
  activation: string,
  start: Readonly<Record<string, string | number>>,
  ...norm: readonly ChainLayer[]
): ChainLayer[] => [...repeated(depth, started(width, start), [activation], ...norm), started(2, start)];

const shared = {
  theme: 'first',
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 800, turns: 1 } } },
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.01, momentum: 0.9 } },
    batchSize: 32,
    epochs: 150,
  },
} as const;

const family = (variant: string) => ({
  title: 'A deep net on spirals',
  summary: 'Ten layers: with sigmoids the gradient vanishes; one change each, and it does not.',
  variant,
});

export const deepSigmoid = chainTemplate({
  ...shared,
  id: 'deep-sigmoid',
  family: family('Sigmoids: vanishing'),
  title: 'Deep sigmoid net on spirals',
  summary: 'Ten layers of sigmoids: the gradient vanishes on its way back, and a verdict says where.',
  text: `Ten layers of 32 sigmoids, started with small weights, N(0, 0.1²). It does not learn: **the gradient vanishes** on its way
back. A sigmoid's slope is at most ¼, and the small weights take more, so each layer passes on about a seventh of what it
receives; after ten layers nothing is left.

**Look at** the gradient strips, from the loss backwards: each lies lower than the one before. The wires fade the same way, and
after a few dozen steps a verdict says where the decay begins.

**Try** what the verdict offers, *ReLU + He*: the fork starts from the same seed and the same batches, and learns. Then Xavier, and
see how far that goes with sigmoids.

The verdict comes within 120 steps.`,
  quality: { steps: 120, claims: [], verdicts: ['vanishing'] },
  layers: deep('sigmoid', small),
});

export const deepRelu = chainTemplate({
  ...shared,
  id: 'deep-relu',
  family: family('ReLU + He'),
  title: 'Deep ReLU net on spirals',
  summary: 'The healthy twin: ReLU and He’s start keep gradients level through all ten layers.',
  text: `The healthy twin of the deep sigmoid net: the same ten layers of 32 units, the same data, optimiser and seed. **ReLU** passes
gradients unchanged through active units, and **He's** variance 2 / fan-in makes up for the half that are not.

**Look at** the gradient strips: the first layer receives as much as the last.

**Try** the start N(0, 0.1²) with ReLU: better than sigmoids, but small again. Then 20 layers.

Reaches 95 % on the test part in 40 epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }],
    quick: { steps: 340, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.85 }] },
  },
  layers: deep('relu', { init: 'heNormal' }),
  training: { ...shared.training, epochs: 40 },
});

export const deepBatchNorm = chainTemplate({
  ...shared,
  id: 'deep-sigmoid-batchnorm',
  family: family('Sigmoids + BatchNorm'),
  title: 'BatchNorm in a deep net',
  summary: 'The same sigmoids with a batch norm after each: now they learn.',
  text: `The deep sigmoid net again; a **batch norm** follows each sigmoid, and the weights start at N(0, 0.3²), with which the net
without norms would still pass on no more than a five-thousandth of the gradient. The norm gives every feature the mean 0 and the
variance 1 over the batch, so what a layer takes from the signal, the norm gives back, forwards and backwards.

**Look at**

- the gradient strips beside those of the twin without norms: level, from the last layer to the first, but for the first steps,
  in which they grow towards the input: a card may say *exploding*, and goes when the loss falls;
- the two modes: while training, mean and variance are the batch’s own; when it is evaluated, the **running statistics**, to
  which every step adds a tenth. So a prediction does not depend on what else is in the batch;
- the validation curve: it jumps as long as steps are large, because the running statistics lag behind the weights. The learning
  rate falls along a cosine here, and the curve comes to rest.

**Try** a batch size of 4: the batch’s mean is a poor guess then. Then *momentum* 0.001 in the norms: training goes on well, while
validation stays poor for a long time.

Reaches 90 % on the test part in 50 epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }],
    // The gradient grows towards the input in the first steps, as the text says: a card may call it exploding.
    verdicts: [],
    quick: { steps: 425, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.8 }] },
  },
  layers: deep('sigmoid', middling, ['batchNorm1d']),
  training: { ...shared.training, epochs: 50, schedule: { kind: 'cosine', params: { steps: 850 } } },
});

export const deepLayerNorm = chainTemplate({
  ...shared,
  id: 'deep-sigmoid-layernorm',
  family: family('Sigmoids + LayerNorm'),
  title: 'LayerNorm in a deep net',
  summary: 'The same with layer norms: each sample is normalised by itself.',
  text: `The deep sigmoid net with a **layer norm** after each sigmoid: mean 0 and variance 1 over the features of one sample. It
needs no batch and no running statistics, and does the same in training and evaluation.

**Look at** the strips: gradients stay level, as with batch norm. The validation curve is calmer, since no sample depends on its
neighbours and nothing lags behind.

**Try**

- a batch size of 1: nothing breaks;
- **group norm**, the twin beside this one, with 4 groups of 8 features;
- **RMSNorm**, which scales and leaves the mean alone: behind a sigmoid, whose outputs lie around ½, that is not enough. Where it
  serves is the twin *Skips + RMSNorm*.

Reaches 93 % on the test part in 40 epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }],
    quick: { steps: 255, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.8 }] },
  },
  layers: deep('sigmoid', middling, ['layerNorm']),
  training: { ...shared.training, epochs: 40 },
});

export const deepGroupNorm = chainTemplate({
  ...shared,
  id: 'deep-sigmoid-groupnorm',
  family: family('Sigmoids + GroupNorm'),
  title: 'GroupNorm in a deep net',
  summary: 'Four groups of eight features, each normalised by itself, sample by sample.',
  text: `The deep sigmoid net with a **group norm** after each sigmoid (Wu & He 2018): the 32 features fall into 4 groups, and each
group of a sample gets the mean 0 and the variance 1. It stands between the layer norm, which is one group of all, and the
*instance norm*, which is a group for each. Like both it needs no batch, and is the same in training and evaluation.

**Look at** the strips: as level as with layer norm. In images, where it is at home, a group is a few channels over all pixels.

**Try**

- 1 *group*: a layer norm;
- 16 groups of two features: of two numbers with mean 0 and variance 1 nothing is left but which is larger, and the net learns from
  that alone;
- a batch size of 1, where batch norm cannot work at all.

Reaches 93 % on the test part in 40 epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }],
    quick: { steps: 255, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.8 }] },
  },
  layers: deep('sigmoid', middling, ['groupNorm', { groups: 4 }]),
  training: { ...shared.training, epochs: 40 },
});

/** Sigmoids and small weights, each with a way around it; the norm stands before the sigmoid. */
function withSkips(weave: Weave, x: Out, norm: string): Out {
  let out = weave.chain(x, started(width, small));
  for (let i = 1; i < depth; i++) {
    const branch = weave.chain(out, [norm], ['sigmoid'], started(width, small));
    out = weave.box('add', {}, { x: [out, branch] });
  }
  return weave.chain(out, started(2, small));
}

export const deepResidual = netTemplate({
  ...shared,
  id: 'deep-residual',
  family: family('Sigmoids + skips'),
  title: 'Skips in a deep net',
  summary: 'A wire around every layer: the gradient has a way on which nothing fades.',
  text: `Ten layers of sigmoids and small weights, N(0, 0.1²), with a **skip connection** around each: y = x + f(x), where f is a norm, a
sigmoid and a linear layer. The derivative of the sum is 1 plus whatever f adds, so the gradient has a way back on which nothing
fades (He et al. 2016).

**Look at** the gradients at the *add* boxes: nearly the same at each of them, while inside the branches a sigmoid and small
weights still take most of what passes through.

**Try** removing one skip in the middle: how much gets past the gap? Then all of them: it is the deep sigmoid net again, and the
verdict is back.

Reaches 93 % on the test part in 60 epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }],
    quick: { steps: 510, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.7 }] },
  },
  net: (weave, x) => withSkips(weave, x, 'layerNorm'),
  training: { ...shared.training, epochs: 60, schedule: { kind: 'cosine', params: { steps: 1020 } } },
});

export const deepRmsNorm = netTemplate({
  ...shared,
  id: 'deep-residual-rmsnorm',
  family: family('Skips + RMSNorm'),
  title: 'RMSNorm in a deep net with skips',
  summary: 'The norm of today’s language models: it scales, and leaves the mean alone.',
  text: `The net with skips again; in each branch an **RMSNorm** stands where the layer norm was (Zhang & Sennrich 2019). It divides a
sample’s features by the root of their mean square, and neither takes their mean away nor adds a bias: half the work, and with a
skip around it as good. Norm first, then the layers, then the sum: the branches of today’s large language models begin like this.

**Look at** the activations along the *add* boxes: what the branches add makes them grow from box to box. Each norm brings the same
signal back to size 1, so its sigmoid works where it bends, at any depth.

**Try** the norm without the skips: a chain of sigmoids has a mean of ½ that no RMSNorm takes away, and little of the signal is left
beside it. Then 20 layers, with skips.

Reaches 93 % on the test part in 60 epochs.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.93 }],
    quick: { steps: 510, claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.7 }] },
  },
  net: (weave, x) => withSkips(weave, x, 'rmsNorm'),
  training: { ...shared.training, epochs: 60, schedule: { kind: 'cosine', params: { steps: 1020 } } },
});

export const deepNets: readonly Template[] = [
  deepSigmoid,
  deepRelu,
  deepBatchNorm,
  deepLayerNorm,
  deepGroupNorm,
  deepResidual,
  deepRmsNorm,
];
