// What a batch or a file of weights can be wrong in: one sentence that names the file, the tensor and the number.
import { describe, expect, test } from 'vitest';
import type { NodeDraft } from '../model/draft.ts';
import type { GraphDocument, Json } from '../model/schema.ts';
import { documentOf } from '../model/testing.ts';
import { prepareStep } from './one-step.ts';
import type { StoredTensor } from './safetensors.ts';

const floats = (shape: readonly number[], values: readonly number[]): StoredTensor => ({
  shape,
  data: Float32Array.from(values),
});
const whole = (shape: readonly number[], values: readonly number[]): StoredTensor => ({
  shape,
  data: Int32Array.from(values),
});

/** data → `body` → out (three classes) → cross-entropy. */
function net(
  origin: Json,
  body: Readonly<Record<string, NodeDraft>>,
  wires: readonly string[],
): GraphDocument {
  return documentOf(
    { data: ['data', { origin }], ...body, out: ['linear', { units: 3 }], loss: 'crossEntropy' },
    [...wires, 'out.y -> loss.prediction', 'data.y -> loss.target'],
  );
}
const columns: Json = [
  { name: 'a', type: 'number', role: 'feature' },
  { name: 'b', type: 'number', role: 'feature' },
  { name: 'c', type: 'category', role: 'target', categories: ['p', 'q', 'r'] },
];
const rows = net({ source: 'csv', path: 'a.csv', recipe: { columns } }, {}, ['data.x -> out.x']);
const text = net(
  { source: 'text', path: 'a.txt', alphabet: 'xyz', windows: { length: 2, predict: 'last' } },
  { embed: ['embedding', { vocabulary: 3, features: 2 }], flat: 'flatten' },
  ['data.x -> embed.x', 'embed.y -> flat.x', 'flat.y -> out.x'],
);

const goodRows = { x: floats([2, 2], [1, 2, 3, 4]), y: whole([2], [0, 2]) };
const goodText = { x: whole([2, 2], [0, 1, 2, 2]), y: whole([2], [0, 2]) };
const rowWeights = { 'out.weight': floats([3, 2], [1, 2, 3, 4, 5, 6]), 'out.bias': floats([3], [0, 0, 0]) };
const textWeights = {
  'embed.weight': floats([3, 2], [1, 2, 3, 4, 5, 6]),
  'out.weight': floats([3, 4], new Array(12).fill(0.5)),
  'out.bias': floats([3], [0, 0, 0]),
};

type Tensors = Readonly<Record<string, StoredTensor | undefined>>;

function prepared(document: GraphDocument, batch: Tensors, weights: Tensors) {
  const file = (tensors: Tensors) => ({
    tensors: new Map(Object.entries(tensors).flatMap(([name, t]) => (t ? [[name, t] as const] : []))),
    metadata: {},
  });
  const names = { weights: 'the weights', batch: 'the batch' };
  return prepareStep(document, { weights: file(weights), batch: file(batch), names });
}

test('a batch and weights that fit are taken, whole numbers also where they are stored as floats', () => {
  expect(prepared(rows, goodRows, rowWeights).feeds.size).toBe(4);
  const stored = { ...goodRows, y: floats([2], [0, 2]) };
  const { model, feeds } = prepared(rows, stored, rowWeights);
  expect(feeds.get(model.data!.y)).toEqual(Int32Array.of(0, 2));
  expect(prepared(text, goodText, textWeights).feeds.size).toBe(5);
});

describe('a sentence says', () => {
  test.each<[string, GraphDocument, Tensors, Tensors, string]>([
    ['that x is missing', rows, { ...goodRows, x: undefined }, rowWeights, 'it has no tensor called x'],
    ['that y is missing', rows, { ...goodRows, y: undefined }, rowWeights, 'it has no tensor called y'],
    [
      'that there is no sample',
      rows,
      { x: floats([0, 2], []), y: whole([0], []) },
      rowWeights,
      'x holds no sample',
    ],
    ['that x is a scalar', rows, { ...goodRows, x: floats([], [1]) }, rowWeights, 'x holds no sample'],
    [
      'that x has another width',
      rows,
      { ...goodRows, x: floats([2, 3], [1, 2, 3, 4, 5, 6]) },
      rowWeights,
      'x is 2 × 3, and the model asks for 2 × 2',
    ],
    [
      'that y is for another batch',
      rows,
      { ...goodRows, y: whole([3], [0, 1, 2]) },
      rowWeights,
      'y is 3, and the model asks for 2',
    ],
    [
      'that y has another rank',
      rows,
      { ...goodRows, y: whole([2, 1], [0, 1]) },
      rowWeights,
      'y is 2 × 1, and the model asks for 2',
    ],
    [
      'that there is no such class',
      rows,
      { ...goodRows, y: whole([2], [0, 3]) },
      rowWeights,
      'y holds the class 3, and classes are 0 to 2',
    ],
    [
      'that a class is negative',
      rows,
      { ...goodRows, y: whole([2], [-1, 0]) },
      rowWeights,
      'y holds the class -1, and classes are 0 to 2',
    ],
    [
      'that a class is half a number',
      rows,
      { ...goodRows, y: floats([2], [0.5, 1]) },
      rowWeights,
      'y holds 0.5, and takes whole numbers only',
    ],
    [
      'that a class is no number',
      rows,
      { ...goodRows, y: floats([2], [0, Number.NaN]) },
      rowWeights,
      'y holds NaN, and takes whole numbers only',
    ],
    [
      'that there is no such token',
      text,
      { ...goodText, x: whole([2, 2], [0, 1, 2, 3]) },
      textWeights,
      'x holds the token 3, and tokens are 0 to 2',
    ],
    [
      'that a token is half a number',
      text,
      { ...goodText, x: floats([2, 2], [0, 1.5, 2, 2]) },
      textWeights,
      'x holds 1.5, and takes whole numbers only',
    ],
    [
      'that a weight is missing',
      rows,
      goodRows,
      { ...rowWeights, 'out.bias': undefined },
      'out.bias is missing',
    ],
    [
      'that a weight lies the other way round',
      rows,
      goodRows,
      { ...rowWeights, 'out.weight': floats([2, 3], [1, 2, 3, 4, 5, 6]) },
      'out.weight is 2 × 3, and the model asks for 3 × 2',
    ],
  ])('%s', (_, document, batch, weights, words) => {
    expect(() => prepared(document, batch, weights)).toThrow(words);
    // What to do about it names the file that is wrong.
    const isBatch = weights === rowWeights || weights === textWeights;
    expect(() => prepared(document, batch, weights)).toThrow(
      isBatch ? /^The batch in the batch .* Write x as/ : /^the weights .* Choose the weights/,
    );
  });
});
