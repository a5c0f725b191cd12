// Sequences: tasks whose answer lies far back, in another order, or in two places at once. Symbols are tokens; where lengths
// differ, `·` (token 0) pads to the right, and a padding mask keeps it out.
import { z } from 'zod';
import type { ClassTarget, IndexField, NumberField, RegressionTarget } from '../dataset.ts';
import { type RandomStream, randomStream } from '../random.ts';
import { defineGenerator } from './define.ts';

/** The token that stands for nothing. */
const padding = '·';
const letters = [...'abcdefghijklmnopqrstuvwxyz'];

const samples = (count: number) =>
  z
    .int()
    .min(2)
    .max(100_000)
    .default(count)
    .meta({ title: 'Samples', description: 'How many sequences there are.' });

const symbols = (count: number) =>
  z
    .int()
    .min(2)
    .max(26)
    .default(count)
    .meta({ title: 'Symbols', description: 'How many different letters there are.' });

/** A symbol to be remembered while others go by. */
export const recall = defineGenerator({
  kind: 'recall',
  title: 'Remember the first symbol',
  doc: 'The class is the first letter; the letters after it, of another alphabet, say nothing. The gradient must come back through all of them: with many, a plain RNN forgets where an LSTM remembers. After Hochreiter and Schmidhuber (1997).',
  task: 'class',
  params: z.strictObject({
    samples: samples(1000),
    symbols: z
      .int()
      .min(2)
      .max(13)
      .default(4)
      .meta({ title: 'Symbols', description: 'How many different letters may come first.' }),
    distractors: z
      .int()
      .min(0)
      .max(1000)
      .default(30)
      .meta({ title: 'Distractors', description: 'How many letters follow the one to remember.' }),
  }),
  make({ samples, symbols, distractors }, seed) {
    const random = randomStream(seed, 'points');
    const names = letters.slice(0, 2 * symbols);
    const labels = evenly(samples, symbols, seed);
    const rows = Array.from({ length: samples }, (_, i) => [
      labels[i] ?? 0,
      ...draw(random, distractors, (r) => symbols + r.below(symbols)),
    ]);
    return { input: tokens(rows, names), target: classOf('first symbol', labels, names.slice(0, symbols)) };
  },
});

/** Two numbers to be found and added. */
export const adding = defineGenerator({
  kind: 'adding',
  title: 'Adding problem',
  doc: 'Each step has a number from 0 to 1 and a mark; the answer is the sum of the two marked numbers, one of them in each half. Always answering 1 has a mean squared error of 1/6. After Hochreiter and Schmidhuber (1997), as in Le, Jaitly and Hinton (2015).',
  task: 'regression',
  params: z.strictObject({
    samples: samples(2000),
    length: z
      .int()
      .min(2)
      .max(1000)
      .default(30)
      .meta({ title: 'Length', description: 'How many steps a sequence has.' }),
  }),
  make({ samples, length }, seed) {
    const random = randomStream(seed, 'points');
    const x = new Float32Array(samples * length * 2);
    const y = new Float32Array(samples);
    for (let i = 0; i < samples; i++) {
      for (let t = 0; t < length; t++) x[2 * (i * length + t)] = random.uniform();
      const half = length >> 1;
      for (const t of [random.below(half), half + random.below(length - half)]) {
        x[2 * (i * length + t) + 1] = 1;
        y[i] = (y[i] ?? 0) + (x[2 * (i * length + t)] ?? 0);
      }
    }
    const input: NumberField = {
      name: 'sequence',
      dtype: 'f32',
      shape: [length, 2],
      data: x,
      columns: ['number', 'mark'],
    };
    const target: RegressionTarget = {
      kind: 'regression',
      name: 'sum',
      dtype: 'f32',
      shape: [1],
      data: y,
      columns: ['sum'],
    };
    return { input, target };
  },
});

/** Which of two marked symbols came first, in sequences of different lengths. */
export const temporalOrder = defineGenerator({
  kind: 'temporalOrder',
  title: 'Temporal order',
  doc: 'Among random letters stand one X and one Y; the class says which came first. Sequences have different lengths and are padded with · (token 0) on the right. After Hochreiter and Schmidhuber (1997).',
  task: 'class',
  params: z
    .strictObject({
      samples: samples(1000),
      shortest: z
        .int()
        .min(2)
        .max(1000)
        .default(8)
        .meta({ title: 'Shortest', description: 'The least number of letters.' }),
      longest: z
        .int()
        .min(2)
        .max(1000)
        .default(16)
        .meta({ title: 'Longest', description: 'The greatest number of letters, to which all are padded.' }),
      symbols: symbols(4),
    })
    .refine(({ shortest, longest }) => shortest <= longest, {
      message: 'the shortest must not be longer than the longest',
      path: ['shortest'],
    }),
  make({ samples, shortest, longest, symbols }, seed) {
    const random = randomStream(seed, 'points');
    const names = [padding, ...letters.slice(0, symbols), 'X', 'Y'];
    const labels = evenly(samples, 2, seed);
    const rows = Array.from({ length: samples }, (_, i) => {
      const size = shortest + random.below(longest - shortest + 1);
      const row = draw(random, size, (r) => 1 + r.below(symbols));
      const [a, b] = twoPlaces(random, size);
      const [first, second] = labels[i] === 0 ? ['X', 'Y'] : ['Y', 'X'];
      row[a] = names.indexOf(first);
      row[b] = names.indexOf(second);
      return [...row, ...new Array<number>(longest - size).fill(0)];
    });
    return { input: tokens(rows, names), target: classOf('order', labels, ['X before Y', 'Y before X']) };
  },
});

/** A sequence to be said backwards. */
export const reversal = defineGenerator({
  kind: 'reversal',
  title: 'Sequence reversal',
  doc: 'The answer is the sequence backwards, one class for each place: a translation whose alignment is known, the other diagonal. With the decoder’s input, a sample is the sequence, then ‹ and the answer up to the place before: cut it in half with two Slice nodes.',
  task: 'class',
  params: z.strictObject({
    samples: samples(2000),
    length: z
      .int()
      .min(2)
      .max(256)
      .default(8)
      .meta({ title: 'Length', description: 'How many letters a sequence has.' }),
    symbols: symbols(8),
    decoderInput: z.boolean().default(false).meta({
      title: 'Decoder input',
      description:
        'Appends ‹ and the answer so far, which a decoder reads while it learns (teacher forcing).',
    }),
  }),
  make({ samples, length, symbols, decoderInput }, seed) {
    const random = randomStream(seed, 'points');
    const names = letters.slice(0, symbols);
    const sources = Array.from({ length: samples }, () => draw(random, length, (r) => r.below(symbols)));
    const answers = sources.map((row) => row.toReversed());
    const rows = sources.map((row, i) =>
      decoderInput ? [...row, symbols, ...(answers[i] ?? []).slice(0, -1)] : row,
    );
    return {
      input: tokens(rows, decoderInput ? [...names, '‹'] : names),
      target: { ...tokens(answers, names), kind: 'class', name: 'reversed' },
    };
  },
});

function draw(random: RandomStream, count: number, one: (random: RandomStream) => number): number[] {
  return Array.from({ length: count }, () => one(random));
}

/** Two different places below `size`, the lower one first. */
function twoPlaces(random: RandomStream, size: number): [number, number] {
  const a = random.below(size);
  const b = random.below(size - 1);
  const other = b < a ? b : b + 1;
  return [Math.min(a, other), Math.max(a, other)];
}

/** As many of each class as can be, in random order. */
function evenly(count: number, classes: number, seed: number): Uint32Array<ArrayBuffer> {
  const random = randomStream(seed, 'labels');
  const labels = Uint32Array.from({ length: count }, (_, i) => i % classes);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [labels[i], labels[j]] = [labels[j] ?? 0, labels[i] ?? 0];
  }
  return labels;
}

function tokens(rows: readonly (readonly number[])[], names: readonly string[]): IndexField {
  const length = rows[0]?.length ?? 0;
  return { name: 'sequence', dtype: 'u32', shape: [length], data: Uint32Array.from(rows.flat()), names };
}

function classOf(name: string, data: Uint32Array<ArrayBuffer>, names: readonly string[]): ClassTarget {
  return { kind: 'class', name, dtype: 'u32', shape: [], data, names };
}
