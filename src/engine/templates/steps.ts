// One net and one thing about its steps: how long they are, and which way they go.
import { chainTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';

const net = {
  theme: 'steps',
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 600, turns: 1 } } },
  layers: [...hidden('relu', 32, 32), ['linear', { units: 2 }]],
  loss: ['crossEntropy'],
} as const;

const plain = (learningRate: number) =>
  ({ optimizer: { kind: 'sgd', params: { learningRate } }, batchSize: 32, epochs: 40 }) as const;
const rate = (variant: string) => ({
  title: 'The learning rate',
  summary: 'One net, three step lengths: too small, right, too large.',
  variant,
});

export const rateTooSmall = chainTemplate({
  ...net,
  id: 'learning-rate-too-small',
  family: rate('Too small'),
  title: 'Learning rate too small',
  summary: '0.0001: every step is right, and none gets anywhere.',
  text: `The spirals net with plain SGD and a learning rate of 0.0001. Every step goes downhill, and none gets anywhere: after 40
epochs the loss has hardly left its start.

**Look at** the ratio of update to weight: a hundred-thousandth per step and less, where a thousandth is usual. A card says so.

**Try** turning the learning rate up while it trains: 0.001, 0.01, 0.1. The loss curve bends at once.

Reaches no training loss below 0.6; guessing costs 0.693.`,
  quality: { claims: [{ metric: 'loss', split: 'train', atLeast: 0.6 }], verdicts: ['rate-too-small'] },
  training: plain(0.0001),
});

export const rateRight = chainTemplate({
  ...net,
  id: 'learning-rate-right',
  family: rate('Right'),
  title: 'Learning rate right',
  summary: '0.3: as large as it may be without harm.',
  text: `The same net with 0.3: about as large as it may be before the loss begins to jump. The rule of thumb is the largest
learning rate that still falls steadily, or a third of the smallest that does not.

**Look at** the loss beside those of the twins: steep at first, then flat with small waves.

**Try** 1, and lower it to 0.1 when the loss waves: large steps first, small ones later is what **schedules** do.

Reaches 95 % on the test part.`,
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] },
  training: plain(0.3),
});

export const rateTooLarge = chainTemplate({
  ...net,
  id: 'learning-rate-too-large',
  family: rate('Too large'),
  title: 'Learning rate too large',
  summary: '10: every step overshoots, and the net is thrown to where nothing moves.',
  text: `The same net with 10. The first steps overshoot so far that the loss leaps up; then most ReLUs are off for every sample,
no gradient passes them, and what is left of the net guesses.

**Look at** the first ten losses, one by one, and the zero lane of the ReLU strips.

**Try** resetting and turning the learning rate down *before* the first step. After it, it is too late: dead units do not come
back.

Reaches no training loss below 0.5.`,
  quality: {
    claims: [{ metric: 'loss', split: 'train', atLeast: 0.5 }],
    verdicts: ['dead', 'rate-too-large'],
  },
  training: plain(10),
});

const raceText = (
  name: string,
  rule: string,
  look: string,
  reached: string,
): string => `Five optimisers, one net: the same 600 points, first weights and batches, so that
nothing differs but the rule for the step. This one is **${name}**: ${rule}

**Look at** ${look}

**Try** the other four of this family; or stay here, choose another optimiser in the training panel and start again: the runs
stand side by side under *Compare*. The learning rates are each rule’s own good one, since the same number means different steps.

${reached}`;

const race = (variant: string) => ({
  title: 'Optimiser race',
  summary: 'The same net, data, first weights and batches; five rules for the step.',
  variant,
});
const laps = { batchSize: 32, epochs: 30 } as const;
const finish = { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] } as const;

export const raceSgd = chainTemplate({
  ...net,
  id: 'race-sgd',
  family: race('SGD'),
  title: 'Optimiser race: SGD',
  summary: 'A step against the gradient, and nothing else.',
  text: raceText(
    'SGD',
    'a step against the gradient, and nothing else.',
    'the loss: it needs the longest to leave the plateau at the start, where gradients are small.',
    'Reaches 85 % on the test part within 30 epochs.',
  ),
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.85 }] },
  training: { optimizer: { kind: 'sgd', params: { learningRate: 0.1 } }, ...laps },
});

export const raceMomentum = chainTemplate({
  ...net,
  id: 'race-momentum',
  family: race('Momentum'),
  title: 'Optimiser race: momentum',
  summary: 'A tenth of the gradient is new, the rest is the way it was going.',
  text: raceText(
    'momentum 0.9 with Nesterov’s look ahead',
    'each step keeps nine tenths of the one before, so steps that agree add up to ten times their length.',
    'the loss against plain SGD with the same learning rate: the same curve, told faster, with some overshoot.',
    'Reaches 95 % on the test part within 30 epochs.',
  ),
  quality: finish,
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.1, momentum: 0.9, nesterov: true } },
    ...laps,
  },
});

export const raceAdagrad = chainTemplate({
  ...net,
  id: 'race-adagrad',
  family: race('Adagrad'),
  title: 'Optimiser race: Adagrad',
  summary: 'Each weight has its own step, which only ever gets shorter.',
  text: raceText(
    'Adagrad',
    'each weight’s step is divided by the root of all its squared gradients so far, so it only ever gets shorter.',
    'a fast start and a long tail: what helps at first makes the late steps too short.',
    'Reaches 90 % on the test part within 30 epochs.',
  ),
  quality: { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }] },
  training: { optimizer: { kind: 'adagrad', params: { learningRate: 0.05 } }, ...laps },
});

export const raceRmsprop = chainTemplate({
  ...net,
  id: 'race-rmsprop',
  family: race('RMSProp'),
  title: 'Optimiser race: RMSProp',
  summary: 'Adagrad that forgets: a running mean of squares in place of their sum.',
  text: raceText(
    'RMSProp',
    'Adagrad that forgets. A running mean of squared gradients stands in place of their sum, so steps do not die out.',
    'the waves in the loss near the end: steps stay long, so it circles where Adagrad would rest.',
    'Reaches 95 % on the test part within 30 epochs.',
  ),
  quality: finish,
  training: { optimizer: { kind: 'rmsprop', params: { learningRate: 0.005 } }, ...laps },
});

export const raceAdam = chainTemplate({
  ...net,
  id: 'race-adam',
  family: race('Adam'),
  title: 'Optimiser race: Adam',
  summary: 'Momentum and RMSProp in one, with the start corrected.',
  text: raceText(
    'Adam',
    'momentum and RMSProp in one, with both running means corrected for their start at 0.',
    'the first steps: every weight moves by about the learning rate, whatever the size of its gradient.',
    'Reaches 95 % on the test part within 30 epochs.',
  ),
  quality: finish,
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, ...laps },
});

export const steps: readonly Template[] = [
  rateTooSmall,
  rateRight,
  rateTooLarge,
  raceSgd,
  raceMomentum,
  raceAdagrad,
  raceRmsprop,
  raceAdam,
];
