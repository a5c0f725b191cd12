/** The README of an exported project: what is in it, and the two commands. */
import { formatShape } from '../../ir/shape.ts';
import { type Model, parameterCount } from '../../model/build.ts';
import type { GraphDocument } from '../../model/schema.ts';
import { formatCount } from '../../model/summary.ts';
import { markdownText } from './text.ts';

export interface ReadmeFacts {
  /** Whether train.ts is there. */
  readonly trains: boolean;
  /** Names of the columns that a row of the table has. */
  readonly columns: readonly string[];
  /** How many rows of the table a sample has; null where it is one. */
  readonly window: number | null;
  /** Whether a sample is a text. */
  readonly takesText: boolean;
}

export function readmeText(
  document: GraphDocument,
  model: Model,
  { trains, columns, window, takesText }: ReadmeFacts,
): string {
  const shapeOf = (shape: readonly number[] | undefined): string => formatShape(shape?.slice(1) ?? []);
  const numbers = Array.from({ length: Math.min(4, sampleSizeOf(model)) }, (_, i) =>
    i % 2 === 0 ? '0.5' : '-1.2',
  );
  const parts = [
    `# ${markdownText(document.name) || 'Untitled'}`,
    '',
    `A model of ${formatCount(parameterCount(model))} parameters, exported from Gradloom. It takes ${shapeOf(model.data?.x.shape)} ${takesText ? 'characters' : 'numbers'} and gives ${shapeOf(model.prediction?.value.shape)}.`,
    '',
    '## Predict',
    '',
    'Node 22.18 or newer is all it needs (22.6 to 22.17 with `--experimental-strip-types`); nothing is installed, nothing is downloaded.',
    '',
    '```',
    takesText
      ? `node predict.ts "a text of ${sampleSizeOf(model)} characters"`
      : `node predict.ts ${numbers.join(' ')}${sampleSizeOf(model) > 4 ? ' …' : ''}`,
    'node predict.ts samples.json',
    '```',
    '',
    '`samples.json` is a list of samples, each a list of numbers.',
    ...(takesText
      ? [
          '',
          'A sample is a text, or its tokens: `encode` in `predict.ts` makes one of the other by `vocabulary`.',
        ]
      : []),
    ...(columns.length > 0
      ? [
          '',
          `A sample may also be ${window === null ? 'a row of the table,' : `a list of ${window} rows of the table, each`} \`{ "column": value }\`, with the columns ${columns.map(markdownText).join(', ')}.`,
        ]
      : []),
    '',
    '`model.ts` is the model itself, one line for each layer. It imports nothing, so it runs in a browser too.',
    ...(trains
      ? [
          '',
          '## Train',
          '',
          '```',
          'npm install',
          'node train.ts',
          '```',
          '',
          '`npm install` fetches WebGPU for Node. `train.ts` trains `model.gradloom` with the engine in `engine/` and saves `weights.safetensors`.',
          '`node train.ts 20 --prune 20 --rounds 3` trains 20 epochs, then three times prunes 20 % of the weights that are left and trains the rest again from the start.',
        ]
      : []),
    '',
    '## Weights',
    '',
    '`weights.safetensors` holds them under the names and in the layout of PyTorch: `<layer>.weight` is [out, in].',
    '',
  ];
  return parts.join('\n');
}

const sampleSizeOf = (model: Model): number => model.data?.x.shape.slice(1).reduce((n, d) => n * d, 1) ?? 0;
