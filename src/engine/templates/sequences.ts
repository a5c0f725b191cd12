// Recurrent nets: one thing to be remembered for long, and the next character of a text.
import { chainTemplate, type Template } from './define.ts';
import type { ChainLayer } from './weave.ts';

const distractors = 28;

/** The first of 29 letters is the answer; the other 28 say nothing. */
const memory = {
  theme: 'sequences',
  data: {
    origin: {
      source: 'generated',
      kind: 'recall',
      params: { samples: 1000, symbols: 4, distractors },
    },
  },
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'adam', params: { learningRate: 0.003 } },
    batchSize: 32,
    epochs: 8,
  },
} as const;

const reader = (recurrent: ChainLayer): ChainLayer[] => [
  ['embedding', { vocabulary: 8, features: 8 }],
  recurrent,
  ['linear', { units: 4 }],
];

const remembering = (variant: string) => ({
  title: 'A long memory',
  summary: 'The answer is the first of 29 letters: who still knows it at the end?',
  variant,
});

export const memoryRnn = chainTemplate({
  ...memory,
  id: 'memory-rnn',
  family: remembering('RNN: forgets'),
  title: 'RNN with a long memory to keep',
  summary: 'The gradient dies on its way back through 28 steps; what came first is never learnt.',
  text: `The class is the first letter of 29, and the other 28 say nothing. A plain **RNN** reads them one by one into its state,
h ← tanh(W x + U h). On the way back, every step multiplies the gradient by U and by a slope of at most 1: after 28 steps less than
a millionth is left, and no step tells the net that the first letter matters (Hochreiter 1991; Bengio et al. 1994).

**Look at**

- the gradient against time: a straight line down on the logarithmic scale, from the last letter to the first;
- the loss: it stays at ln 4 = 1.386, what guessing costs.

**Try** the LSTM and the GRU beside this template: the same data, optimiser and seed. Then 10 *distractors* here: short enough.

Reaches no more than 45 % on the test part, where guessing gets 25 %.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atMost: 0.45 }],
    verdicts: ['through-time'],
    gradientOverTime: { atMost: 1e-4 },
  },
  layers: reader(['rnn', { units: 32, output: 'last' }]),
});

export const memoryLstm = chainTemplate({
  ...memory,
  id: 'memory-lstm',
  family: remembering('LSTM'),
  title: 'LSTM with a long memory to keep',
  summary: 'A cell behind gates: the gradient comes back through all 28 steps.',
  text: `The same task for an **LSTM**: beside its state it has a cell, c ← f ⊙ c + i ⊙ g. Where the **forget gate** f is near 1, the cell is
handed on as it is, and so is the gradient, however many steps lie between.

The gate must be open to begin with: its bias starts 3 higher here, so f = 0.95. With PyTorch’s start, f = ½, half of the gradient is
lost at each step, and this task is as hopeless as it is for the RNN (Gers et al. 2000; Jozefowicz et al. 2015).

**Look at** the gradient against time: it arrives at the first letter with a good part of its size. Then at the loss, which leaves
the plateau within a few epochs.

**Try** *forget gate’s bias* 0: the plateau is back. Then 60 distractors with a bias of 5.

Reaches 90 % on the test part.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }],
    gradientOverTime: { atLeast: 1e-2 },
  },
  layers: reader(['lstm', { units: 32, output: 'last', forgetBias: 3 }]),
});

export const memoryGru = chainTemplate({
  ...memory,
  id: 'memory-gru',
  family: remembering('GRU'),
  title: 'GRU with a long memory to keep',
  summary: 'Two gates and no cell: as long a memory with fewer weights.',
  text: `The same task for a **GRU**: h ← z ⊙ h + (1 − z) ⊙ n. It has no cell of its own; where the **update gate** z is near 1, the state
itself is handed on. Its bias starts 3 higher here, so z = 0.95.

**Look at** the gradient against time, as level as the LSTM’s, with three quarters of the weights.

**Try** *update gate’s bias* 0: forgotten again.

Reaches 90 % on the test part.`,
  quality: {
    claims: [{ metric: 'accuracy', split: 'test', atLeast: 0.9 }],
    gradientOverTime: { atLeast: 1e-2 },
  },
  layers: reader(['gru', { units: 32, output: 'last', updateBias: 3 }]),
});

export const memories: readonly Template[] = [memoryRnn, memoryLstm, memoryGru];
