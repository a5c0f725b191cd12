// Padding in whole nets: with a mask, a padded sequence means what it means by itself, in loss, gradients and metrics.
import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/grad.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { mean } from '../ops/reduce.ts';
import { buildModel, type Model } from './build.ts';
import { metricsOf } from './metrics.ts';
import type { GraphDocument, Json } from './schema.ts';
import { documentOf } from './testing.ts';

const names = ['·', 'a', 'b', 'c'];
/** `abc` and `ca`, the classes of their places, and the second padded. */
const sequences = [
  { x: [1, 2, 3], y: [1, 0, 2] },
  { x: [3, 1], y: [2, 2] },
];
const padded = { x: [1, 2, 3, 3, 1, 0], y: [1, 0, 2, 2, 2, 0] };

function net(recurrent: Record<string, Json>, masked: boolean, last = false): GraphDocument {
  const params: Record<string, Json> = { units: 3, ...recurrent, output: last ? 'last' : 'all' };
  return documentOf(
    {
      data: 'data',
      embed: ['embedding', { vocabulary: 4, features: 2 }],
      gru: ['gru', params],
      out: ['linear', { units: 3 }],
      loss: 'crossEntropy',
      ...(masked && { mask: 'paddingMask' }),
    },
    [
      'data.x -> embed.x',
      'embed.y -> gru.x',
      'gru.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
      ...(masked ? ['data.x -> mask.x', 'mask.y -> gru.mask', ...(last ? [] : ['mask.y -> loss.mask'])] : []),
    ],
  );
}

function build(document: GraphDocument, batch: number, time: number, last: boolean): Model {
  const shapes = {
    inputs: [{ name: 'x', dtype: 'u32' as const, shape: [time], names }],
    targets: [{ kind: 'class' as const, names: ['p', 'q', 'r'], shape: last ? [] : [time] }],
  };
  return buildModel(document, shapes, { batch, training: false });
}

/** Loss, accuracy and every gradient, with weights that are a function of their place. */
function run(model: Model, x: readonly number[], y: readonly number[]): number[][] {
  expect(model.problems).toEqual([]);
  const [metric] = metricsOf(model);
  const loss = mean(model.lossPerSample!, 'all');
  const parameters = model.parameters.map((p) => p.value);
  const roots = [loss, mean(metric!.perSample, 'all'), ...gradients(loss, parameters)];
  const wave = (v: Value) =>
    Float64Array.from({ length: sizeOf(v.shape) }, (_, i) => Math.sin(3 * i + v.shape.length));
  const feeds = new Map<Value, Float64Array>(parameters.map((v) => [v, wave(v)]));
  feeds.set(model.data!.x, Float64Array.from(x)).set(model.data!.y, Float64Array.from(y));
  return evaluate(roots, feeds).map((r) => [...r]);
}

/** The mean of what each sequence gives by itself, weighed by its places. */
function apart(recurrent: Record<string, Json>, last: boolean): number[][] {
  const parts = sequences.map(({ x, y }) => {
    const answers = last ? y.slice(-1) : y;
    const found = run(build(net(recurrent, false, last), 1, x.length, last), x, answers);
    return found.map((values) => values.map((v) => v * answers.length));
  });
  const places = last ? 2 : 5;
  return parts[0]!.map((values, k) => values.map((v, i) => (v + parts[1]![k]![i]!) / places));
}

const close = (expected: number[][]) => expected.map((row) => row.map((v) => expect.closeTo(v, 9)));

describe.each<Record<string, Json>>([{}, { bidirectional: true }, { layers: 2 }])(
  'a recurrent net %o',
  (recurrent) => {
    test.each([false, true])(
      'with padding masked learns what its sequences teach; the last state only: %s',
      (last) => {
        const model = build(net(recurrent, true, last), 2, 3, last);
        const y = last ? [2, 2] : padded.y;
        expect(run(model, padded.x, y)).toEqual(close(apart(recurrent, last)));
      },
    );
  },
);

function classifier(pool: string, masked: boolean): GraphDocument {
  return documentOf(
    {
      data: 'data',
      embed: ['embedding', { vocabulary: 4, features: 4 }],
      encoder: ['transformerEncoderLayer', { heads: 2, feedForward: 3, dropout: 0 }],
      row: ['timePool', { pool }],
      out: ['linear', { units: 3 }],
      loss: 'crossEntropy',
      ...(masked && { mask: 'paddingMask' }),
    },
    [
      'data.x -> embed.x',
      'embed.y -> encoder.x',
      'encoder.y -> row.x',
      'row.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
      ...(masked ? ['data.x -> mask.x', 'mask.y -> encoder.mask', 'mask.y -> row.mask'] : []),
    ],
  );
}

test.each(['mean', 'max', 'sum'])(
  'a transformer that classifies by the %s over time learns nothing from padding',
  (pool) => {
    const parts = sequences.map(({ x, y }) =>
      run(build(classifier(pool, false), 1, x.length, true), x, y.slice(-1)),
    );
    const both = parts[0]!.map((values, k) => values.map((v, i) => (v + parts[1]![k]![i]!) / 2));
    expect(run(build(classifier(pool, true), 2, 3, true), padded.x, [2, 2])).toEqual(close(both));
  },
);

test('what stands under the padding changes nothing', () => {
  const model = build(net({}, true), 2, 3, false);
  const other = [...padded.y.slice(0, 5), 2];
  expect(run(model, padded.x, other)).toEqual(close(run(model, padded.x, padded.y)));
});

test.each([
  ['gru.mask', 'gru expects a mask of 2 × 3 but receives 2 × 2'],
  ['loss.mask', 'loss expects a mask of 2 or 2 × 3 but receives 2 × 2'],
])('a mask of the wrong length at %s is said in a sentence on the node', (port, title) => {
  const document = documentOf(
    {
      data: 'data',
      embed: ['embedding', { vocabulary: 4, features: 2 }],
      gru: ['gru', { units: 3 }],
      out: ['linear', { units: 3 }],
      loss: 'crossEntropy',
      mask: 'paddingMask',
      short: ['slice', { axis: 1, start: 0, size: 2 }],
    },
    [
      'data.x -> embed.x',
      'embed.y -> gru.x',
      'gru.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
      'data.x -> mask.x',
      'mask.y -> short.x',
      `short.y -> ${port}`,
    ],
  );
  expect(build(document, 2, 3, false).problems[0]).toMatchObject({ title });
});
