// The next character of a text: by recurrent nets and by a small GPT. All can be asked to write on.
import { chainTemplate, netTemplate, type Template } from './define.ts';
import type { ChainLayer } from './weave.ts';

/** Letters, space, line end and punctuation, in lower case. */
const alphabet = 36;

const sonnets = (length: number) =>
  ({
    origin: { source: 'shipped', id: 'sonnets', windows: { length, stride: 8, lowercase: true } },
    split: { train: 0.8, validation: 0.1, test: 0.1 },
  }) as const;

const shared = {
  theme: 'sequences',
  data: sonnets(24),
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'adam', params: { learningRate: 0.005 } },
    clipping: { kind: 'norm', limit: 1 },
    batchSize: 32,
    epochs: 2,
  },
} as const;

const writing = (variant: string) => ({
  title: 'Characters of a text',
  summary: 'Shakespeare’s sonnets, letter by letter: guess the next one, then write on.',
  variant,
});

const reader = (recurrent: ChainLayer): ChainLayer[] => [
  ['embedding', { vocabulary: alphabet, features: 16 }],
  recurrent,
  ['linear', { units: alphabet }],
];

/** After 60 steps a net knows more than how frequent each letter is, 2.86 nats. */
const quick = { steps: 60, claims: [{ metric: 'loss', split: 'test', atMost: 2.8 }] } as const;
const words = (
  name: string,
  about: string,
  tries: string,
  claimed: number,
  measured: number,
): string => `The 154 sonnets as windows of 24 characters; after each character the net says which comes next. ${about}

**Look at**

- the loss, in nats per character: ln 36 = 3.58 is guessing, 2.86 is knowing how frequent each letter is, below that it knows
  which follow each other;
- the text that it writes: nonsense first, then words that could be English, then lines.

**Try** *Generate* now and then while it trains, at temperature 1 and at 0.5: surer, and duller. ${tries}

Reaches ${claimed} nats per character on the test part in two epochs (${name}; measured: ${measured}).`;

export const charactersRnn = chainTemplate({
  ...shared,
  id: 'characters-rnn',
  family: writing('RNN'),
  title: 'Characters by an RNN',
  summary: 'A plain recurrent net: most of what the next letter hangs on is near.',
  text: words(
    'RNN',
    'A plain **RNN** of 64 units does it: most of what the next letter hangs on is only a few letters back, so its short memory is no great loss.',
    'Then the LSTM beside it.',
    2.05,
    1.94,
  ),
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 2.05 }], quick },
  layers: reader(['rnn', { units: 64 }]),
});

export const charactersLstm = chainTemplate({
  ...shared,
  id: 'characters-lstm',
  family: writing('LSTM'),
  title: 'Characters by an LSTM',
  summary: 'The classic character model: a cell that can hold a word in mind.',
  text: words(
    'LSTM',
    'An **LSTM** of 64 units: its cell can hold on to where in a word, or in a line, it is.',
    'Then two *layers*, or 128 units, and a night.',
    2.05,
    1.94,
  ),
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 2.05 }], quick },
  layers: reader(['lstm', { units: 64, forgetBias: 1 }]),
});

export const charactersGru = chainTemplate({
  ...shared,
  id: 'characters-gru',
  family: writing('GRU'),
  title: 'Characters by a GRU',
  summary: 'Nearly the LSTM’s text for three quarters of its weights.',
  text: words(
    'GRU',
    'A **GRU** of 64 units: two gates, no cell, and as good as an LSTM here.',
    'Then 48 units: as many weights as the RNN of 64 has times two.',
    2,
    1.88,
  ),
  quality: { claims: [{ metric: 'loss', split: 'test', atMost: 2 }], quick },
  layers: reader(['gru', { units: 64 }]),
});

export const miniGpt = netTemplate({
  id: 'mini-gpt',
  theme: 'attention',
  title: 'Mini-GPT on characters',
  summary: 'Two causal transformer blocks that read sonnets and write on.',
  text: `The architecture of GPT, small enough for a laptop: characters become vectors, a trained encoding says where each stands, two
**causal** transformer blocks with the norm first (Radford et al. 2019) let every place look at those before it, and a linear layer
gives a score to each character that could come next. Windows have 32 characters, so that is as far back as it can look.

**Look at**

- the attention maps of each head: some look one letter back, some at the last space, some at the start of the line;
- the loss, in nats per character: ln 36 = 3.58 is guessing, 2.86 is knowing how frequent letters are.

**Try**

- *Generate* while it trains, with temperature 1, then 0.5, then with *top-k* 5;
- the *repeat* of the block: 1, then 4;
- the causal setting off: the loss falls to almost 0, because it reads the answer, and the text it writes is rubbish.

Reaches 2.05 nats per character on the test part in two epochs (measured: 1.91).`,
  quality: {
    claims: [{ metric: 'loss', split: 'test', atMost: 2.05 }],
    quick: { steps: 60, claims: [{ metric: 'loss', split: 'test', atMost: 3.1 }] },
  },
  data: sonnets(32),
  net(weave, x) {
    const placed = weave.chain(
      x,
      ['embedding', { vocabulary: alphabet, features: 48, std: 0.2 }],
      ['learnedEncoding', { length: 32, std: 0.05 }],
    );
    const params = { features: 48, heads: 4, hidden: 128, dropout: 0, causal: true };
    const read = weave.block('encoderPre', params, placed, 2);
    return weave.chain(read, ['layerNorm'], ['linear', { units: alphabet }]);
  },
  loss: ['crossEntropy'],
  training: {
    optimizer: { kind: 'adamw', params: { learningRate: 0.003, weightDecay: 0.01 } },
    batchSize: 32,
    epochs: 2,
  },
});

export const characters: readonly Template[] = [charactersRnn, charactersLstm, charactersGru];
