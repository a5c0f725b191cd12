// A net that is too large on purpose, so that most of its weights can be taken out.
import { chainTemplate, type Template } from './define.ts';
import { hidden } from './layers.ts';

export const lotteryTicket: Template = chainTemplate({
  id: 'lottery-ticket',
  theme: 'generalising',
  title: 'Lottery ticket',
  summary:
    'Fifteen in sixteen weights are taken out; the rest go back to where they began, and learn as well.',
  text: `A net that is far too large for its spirals: 4 352 weights in three layers. After training, most of them are small. **Pruning**
takes the smallest half out for good, **rewinding** puts the others back to what they were before the first step, and training begins
anew, with the same batches. Do that four times, and 272 weights are left, which learn as well as all did: a small net with a lucky
start was in the large one from the beginning, its **winning ticket** (Frankle & Carbin 2019).

**Look at** the runs side by side, after each round: the loss curves lie on each other, down to a sixteenth of the weights. The weight
strips show what is gone in the lane of zeros.

**Try**

- this first: train to the end, then *Prune and rewind* in the training panel, with half of the weights, of the whole net, to step 0;
  train the new run to its end, and go on from there, four times;
- a fifth and a sixth round: somewhere there the ticket is too small, and loses;
- *New seed* on a pruned run: the same wires from other first weights learn too, and their training loss ends a sixth to a half higher:
  most of the luck is in which wires are left, the rest in where they begin;
- the smallest *of each layer* in place of the whole net: the first layer has but 128 weights, and misses them soon.

Reaches 95 % on the test part as a whole, and 95 % again with a sixteenth of its weights (measured: 98.9 and 97.8 %).`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }],
    pruned: {
      rounds: 4,
      share: 0.5,
      scope: 'net',
      rewind: 0,
      claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.95 }],
    },
  },
  data: { origin: { source: 'generated', kind: 'spirals', params: { samples: 600, turns: 1 } } },
  layers: [...hidden('relu', 64, 64), ['linear', { units: 2 }]],
  loss: ['crossEntropy'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.01 } }, batchSize: 32, epochs: 30 },
});
