// Over-fitting, shown on few and noisy points, and what holds it back; then other ways to treat labels and weights.
import { chainTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';
import type { ChainLayer } from './weave.ts';

/** Sixty points of two moons that overlap, for a net with room for thousands. */
const few = {
  theme: 'generalising',
  data: {
    origin: { source: 'generated', kind: 'moons', params: { samples: 600, noise: 0.35 } },
    split: { train: 0.1, validation: 0.3, test: 0.6 },
  },
  loss: ['crossEntropy'],
} as const;

const wide = (...between: readonly ChainLayer[]): ChainLayer[] => [
  ...hidden('relu', 64),
  ...between,
  ...hidden('relu', 64),
  ...between,
  ['linear', { units: 2 }],
];

const family = (variant: string) => ({
  title: 'Over-fitting',
  summary: 'Sixty noisy points and a net that can learn them by heart; five ways to hold it back.',
  variant,
});

export const overfit = chainTemplate({
  ...few,
  id: 'overfit',
  family: family('Nothing done'),
  title: 'Over-fitting',
  summary: 'The training loss goes to 0 while the validation loss climbs.',
  text: `Two moons that overlap, 60 points to learn from, and 4 500 weights. The net learns the points **by heart**, noise and all:
every training point is right, and each step makes it surer of itself where it is wrong.

**Look at** the two loss curves: they fall together for some tens of steps, then the training loss goes on to 0 and the validation
loss climbs past where it began. The gap between them is what over-fitting costs. The accuracy hides it: it hardly falls.

**Try** the other members of this family, each with one remedy. Or the remedy that beats them all: more data. Set the split to 70 %
for training.

Reaches 97 % on the training part, and a loss of 0.9 or more on the test part (measured: 1.7), where guessing costs 0.69.`,
  quality: {
    claims: [
      { metric: 'accuracy', split: 'train', atLeast: 0.97 },
      { metric: 'loss', split: 'test', atLeast: 0.9 },
    ],
    verdicts: ['over-fitting'],
  },
  layers: wide(),
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 20, epochs: 100 },
});

export const overfitDropout = chainTemplate({
  ...few,
  id: 'overfit-dropout',
  family: family('Dropout'),
  title: 'Over-fitting, held back by dropout',
  summary: 'Half of the units are left out at each step, so none can rely on another.',
  text: `The same net and the same 60 points; at every step **dropout** leaves out each hidden unit with probability ½ and doubles
the rest. No unit can rely on another, and what is learnt must be there several times (Srivastava et al. 2014). When the net is
evaluated, all units are there.

**Look at** the gap between the two losses: a small part of what it is without dropout. The training curve of single batches is
rough, since each is another net.

**Try** turning *p* up and down while it trains: it is a setting that acts at once. At 0.9 the net cannot even learn the shape.

Reaches a loss of 0.6 on the test part (measured: 0.41), where the net without dropout ends at 1.7.`,
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 0.6 }] },
  layers: wide(['dropout', { p: 0.5 }]),
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 20, epochs: 100 },
});

export const overfitDecay = chainTemplate({
  ...few,
  id: 'overfit-weight-decay',
  family: family('Weight decay'),
  title: 'Over-fitting, held back by weight decay',
  summary: 'Every step pulls every weight a little towards 0.',
  text: `The same net and points; **AdamW** pulls every weight towards 0 at each step, apart from the gradient (**decoupled** decay,
Loshchilov & Hutter 2019). Sharp boundaries take large weights, and those are now dear.

**Look at** the weight strips: they stay narrow. The training loss no longer reaches 0, and the validation loss stays beside it.

**Try** a decay of 0.1, then 10: too little changes nothing, too much leaves a straight line. Then Adam with the same number as its
*weight decay*: there it is part of the gradient and is divided like one, which is a different, weaker thing.

Reaches a loss of 0.45 on the test part (measured: 0.32).`,
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 0.45 }] },
  layers: wide(),
  training: {
    optimizer: { kind: 'adamw', params: { learningRate: 0.01, weightDecay: 2 } },
    batchSize: 20,
    epochs: 100,
  },
});

export const overfitL1 = chainTemplate({
  ...few,
  id: 'overfit-l1',
  family: family('L1 penalty'),
  title: 'Over-fitting, held back by an L1 penalty',
  summary: 'The sum of sizes of all weights costs too: most of them go to 0.',
  text: `The same net and points, with the **L1 penalty** λ · Σ|w| beside the loss. Its slope is the same for a small weight as for a
large one, so weights that do little are driven to 0 and stay there: the net becomes **sparse**. (The **L2 penalty**, λ/2 · Σw², pulls
large weights hard and small ones hardly: they shrink, and none is 0.)

**Look at** the weight strips: nearly all of the weights gather at 0, a few carry the net.

**Try** λ = 0.003 in place of 0.01, then an L2 penalty of 0.05 alone, and look at the weight strips again.

Reaches a loss of 0.5 on the test part (measured: 0.36).`,
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 0.5 }] },
  layers: wide(),
  training: {
    optimizer: { kind: 'adam', params: { learningRate: 0.005 } },
    penalty: { l1: 0.01 },
    batchSize: 20,
    epochs: 100,
  },
});

export const earlyStopping = chainTemplate({
  ...few,
  id: 'early-stopping',
  family: family('Early stopping'),
  title: 'Over-fitting, ended by early stopping',
  summary: 'Training ends when the validation loss has not improved for a while; the best weights come back.',
  text: `The same net and points, and nothing in its way; but training **stops** when the validation loss has been no better than its best for
ten epochs, and the weights of that best epoch are put back. It costs nothing, and it is the remedy that is always at hand.

**Look at** where it stops: after some twenty epochs of a hundred, with the weights of ten epochs before. The validation part has
chosen the weights, so only the test part is still an honest judge.

**Try** a patience of 2: a single wave of the loss ends it too soon. Then 50, to see what it waits for in vain.

Reaches a loss of 0.46 or less on the test part (four seeds at three learning rates: 0.35 to 0.42); a hundred epochs end at 1.7.`,
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 0.46 }] },
  layers: wide(),
  training: {
    optimizer: { kind: 'adam', params: { learningRate: 0.01 } },
    stopping: { patience: 10 },
    batchSize: 20,
    epochs: 100,
  },
});

export const labelSmoothing = chainTemplate({
  id: 'label-smoothing',
  theme: 'generalising',
  title: 'Label smoothing',
  summary: 'A tenth of each label is spread over all classes, so no answer can be too sure.',
  text: `Four clouds, and labels that are 92.5 % sure: a tenth of each is spread evenly over all four classes (Szegedy et al. 2016).
Plain cross-entropy is smallest with infinite logits, so it pulls for ever; this one has its best at a finite distance between the
right logit and the others: ln(0.925 / 0.025) = 3.6.

**Look at** the loss: it ends near 0.38, a little above 0.349, the entropy of a smoothed label, and not near 0. The weights stop growing.

**Try** smoothing 0 and many epochs: the weights never come to rest. Then 0.5: the right answers stay right, and all are unsure.

Reaches 95 % on the test part, with a loss that never falls below 0.349.`,
  quality: {
    claims: [
      { metric: 'accuracy', split: 'test', atLeast: 0.95 },
      { metric: 'loss', split: 'train', atLeast: 0.349 },
    ],
  },
  data: {
    origin: { source: 'generated', kind: 'gaussians', params: { samples: 800, classes: 4, spread: 0.25 } },
  },
  layers: [...hidden('relu', 16), ['linear', { units: 4 }]],
  loss: ['crossEntropy', { labelSmoothing: 0.1 }],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 30 },
});

export const classWeights = chainTemplate({
  id: 'class-weights',
  theme: 'generalising',
  title: 'Class weights',
  summary: 'Rare classes count more, so that the net does not learn to forget them.',
  text: `The penguins again: 151 Adelie, 123 Gentoo, but only 68 Chinstrap. The loss counts each class by the inverse of its share,
0.76, 1.68 and 0.93, so that all three matter alike, and a net that never says Chinstrap is no bargain.

**Look at** the confusion of Adelie and Chinstrap, the pair that lies closest.

**Try** a weight of 10 for Chinstrap: the net then says it too often. Then only bill length and body mass as features: where classes
overlap, the weights move the boundary.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  data: { origin: { source: 'shipped', id: 'penguins' } },
  layers: [...hidden('relu', 16), ['linear', { units: 3 }]],
  loss: ['crossEntropy', { classWeights: [0.76, 1.68, 0.93] }],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 16, epochs: 40 },
});

export const generalising: readonly Template[] = [
  overfit,
  overfitDropout,
  overfitDecay,
  overfitL1,
  earlyStopping,
  labelSmoothing,
  classWeights,
];
