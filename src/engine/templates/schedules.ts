// Learning rates that change as training goes on, by rule.
import { chainTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';

const net = {
  theme: 'steps',
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 600, turns: 1 } } },
  layers: [...hidden('relu', 32, 32), ['linear', { units: 2 }]],
  loss: ['crossEntropy'],
} as const;

/** Long steps on purpose: without a schedule the loss never comes to rest. */
const restless = {
  optimizer: { kind: 'sgd', params: { learningRate: 0.2, momentum: 0.9 } },
  batchSize: 32,
  epochs: 40,
} as const;

const family = (variant: string) => ({
  title: 'Learning-rate schedules',
  summary: 'Long steps first, short ones later: five rules for when.',
  variant,
});

const text = (
  name: string,
  look: string,
  tries: string,
): string => `Plain SGD with momentum and a learning rate that is too long to end with, 0.2. ${name}

**Look at** ${look}

**Try** ${tries}

Reaches 95 % on the test part within 40 epochs.`;

const quality = { claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }] } as const;

export const scheduleStep = chainTemplate({
  ...net,
  id: 'schedule-step',
  family: family('Step'),
  title: 'Step schedule',
  summary: 'The learning rate falls to a fifth every 170 steps.',
  text: text(
    'A **step schedule** divides it by five every 170 steps.',
    'the loss at steps 170 and 340: it drops at once, and the waves get smaller with the steps.',
    'a first drop after 40 steps: too early, and the net stays where it happens to be. Then no schedule at all.',
  ),
  quality,
  training: { ...restless, schedule: { kind: 'step', params: { every: 170, gamma: 0.2 } } },
});

export const scheduleExponential = chainTemplate({
  ...net,
  id: 'schedule-exponential',
  family: family('Exponential'),
  title: 'Exponential schedule',
  summary: 'The learning rate falls by the same share at every step.',
  text: text(
    'An **exponential schedule** multiplies it by 0.993 at every step: to a half every hundred.',
    'the curve of the learning rate, and how the waves of the loss follow it.',
    'a factor of 0.97: it dies out before anything is learnt.',
  ),
  quality,
  training: { ...restless, schedule: { kind: 'exponential', params: { gamma: 0.993 } } },
});

export const scheduleCosine = chainTemplate({
  ...net,
  id: 'schedule-warmup-cosine',
  family: family('Warm-up + cosine'),
  title: 'Warm-up and cosine',
  summary: 'Up in a straight line, then down along half a cosine: what most transformers are trained with.',
  text: text(
    '**Warm-up** lets it rise from 0 for 40 steps, while running means and weights settle; then it falls along half a **cosine** to 0.',
    'the first 40 steps, which do not leap although the net is fresh; and the last 100, where the loss comes to rest.',
    'no warm-up and twice the learning rate: the first steps may throw units to where they are never active again.',
  ),
  quality,
  training: { ...restless, schedule: { kind: 'warmupCosine', params: { warmup: 40, steps: 520 } } },
});

export const scheduleCyclic = chainTemplate({
  ...net,
  id: 'schedule-cyclic',
  family: family('Cyclic'),
  title: 'Cyclic schedule',
  summary: 'The learning rate goes up and down again and again.',
  text: text(
    'A **cyclic schedule** moves it up and down between a tenth and all of it (Smith 2017): the long steps shake the net out of poor places, the short ones settle it.',
    'the loss, which breathes with the learning rate: rough at each top, smooth at each bottom.',
    'stopping at a top and at a bottom: the same net, tenths apart.',
  ),
  quality,
  training: {
    ...restless,
    optimizer: { kind: 'sgd', params: { learningRate: 0.02, momentum: 0.9 } },
    schedule: { kind: 'cyclic', params: { peak: 10, half: 65 } },
  },
});

export const schedulePlateau = chainTemplate({
  ...net,
  id: 'schedule-plateau',
  family: family('On plateau'),
  title: 'Reduce on plateau',
  summary: 'The learning rate falls when the validation loss has stopped falling.',
  text: text(
    'This one watches: when the validation loss has brought nothing new for three epochs, the rate falls to a third.',
    'the steps in the curve of the learning rate: each follows a stretch without progress.',
    'a patience of 1: it takes every wave for the end, and the rate dies out.',
  ),
  quality,
  training: { ...restless, schedule: { kind: 'plateau', params: { gamma: 0.3, patience: 3 } } },
});

export const rangeTest = chainTemplate({
  ...net,
  id: 'learning-rate-range-test',
  title: 'Learning-rate range test',
  summary: 'One short run with an ever longer step shows which learning rates work.',
  text: `Before training for long, one short run tells which learning rate to take: it grows by the same factor at every step, from
0.00001 to 10 within 260 steps, and the loss says when it is right, and when it is too much (Smith 2017).

**Look at** the loss against the learning rate: flat while it is too small, falling while it works, and up again where it is too
large. Take about a third of where it turns, and begin anew without the schedule.

**Try** the same with Adam, at 0.01 of the rate. Then with a batch size of 8: smaller batches bear smaller steps.

Reaches what it is for: at the end the training loss is above 0.3, where the right learning rate brings it below 0.1.`,
  quality: { claims: [{ metric: 'loss', split: 'train', atLeast: 0.3 }], verdicts: ['rate-too-large'] },
  training: {
    optimizer: { kind: 'sgd', params: { learningRate: 0.1 } },
    schedule: { kind: 'rangeTest', params: { low: 0.0001, high: 100, steps: 260 } },
    batchSize: 32,
    epochs: 20,
  },
});

export const schedules: readonly Template[] = [
  scheduleStep,
  scheduleExponential,
  scheduleCosine,
  scheduleCyclic,
  schedulePlateau,
  rangeTest,
];
