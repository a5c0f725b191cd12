// Everything that a look says of a real step, against float64 on the same weights and batches.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradientMap } from '../autodiff/grad.ts';
import { describeDataset } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { epochOrder } from '../data/shuffle.ts';
import type { Value } from '../ir/value.ts';
import { buildModel, type Model } from '../model/build.ts';
import { documentOf } from '../model/testing.ts';
import { evaluate } from '../ops/evaluate.ts';
import { mean } from '../ops/reduce.ts';
import { foldedOf, momentOf, noiseScale, statisticsOf } from '../probe/statistics.ts';
import type { ProbeCapture } from '../probe/types.ts';
import { losses, spirals, trainerOf } from './testing.ts';
import type { Chunk, Trainer } from './trainer.ts';

/** Every kind of thing that is looked at: sequences of 5 × 4 through attention and a recurrent layer, and two activations. */
const document = (() => {
  const made = documentOf(
    {
      data: 'data',
      spread: ['linear', { units: 20 }],
      relu: 'relu',
      sequence: ['reshape', { sizes: [5, 4] }],
      attention: ['multiHeadAttention', { heads: 2 }],
      rnn: ['rnn', { units: 6, output: 'last', layers: 2 }],
      tanh: 'tanh',
      out: ['linear', { units: 2 }],
      loss: 'crossEntropy',
    },
    [
      'data.x -> spread.x',
      'spread.y -> relu.x',
      'relu.y -> sequence.x',
      'sequence.y -> attention.query',
      'attention.y -> rnn.x',
      'rnn.y -> tanh.x',
      'tanh.y -> out.x',
      'out.y -> loss.prediction',
      'data.y -> loss.target',
    ],
  );
  const optimizer = { kind: 'sgd', params: { learningRate: 0.3 } };
  return { ...made, training: { ...made.training, batchSize: 16, optimizer } };
})();

let trainer: Trainer;
let data: LoadedData;
let model: Model;
const chunks: Chunk[] = [];
const weights: Map<string, Float32Array>[] = [];

beforeAll(async () => {
  data = await spirals;
  trainer = await trainerOf(document);
  // Without the dropout, whose probability is 0: float64 needs no draws.
  model = buildModel(document, describeDataset(data.dataset), { batch: 16, training: false });
  for (let step = 0; step < 3; step++) {
    weights.push(new Map([...(await trainer.weights())].map(([name, t]) => [name, t.data])));
    chunks.push(await trainer.run(1, () => true));
  }
  weights.push(new Map([...(await trainer.weights())].map(([name, t]) => [name, t.data])));
});
afterAll(() => trainer.dispose());

/** What is given at a step: the weights before it, and its batch. */
function feeds(step: number): Map<Value, ArrayLike<number>> {
  const order = epochOrder(data.split.train, { seed: document.training.seed, epoch: 0 });
  const batch = [...order.subarray(step * 16, step * 16 + 16)];
  const [input] = data.dataset.inputs;
  const [target] = data.dataset.targets;
  return new Map<Value, ArrayLike<number>>([
    ...model.parameters.map((p) => [p.value, weights[step]!.get(p.name)!] as const),
    [model.data!.x, batch.flatMap((i) => [...input!.data.subarray(i * 2, i * 2 + 2)])],
    [model.data!.y, batch.map((i) => target!.data[i]!)],
  ]);
}

/** Values and their gradients at a step, in float64. */
function float64(
  step: number,
  values: readonly Value[],
): { values: Float64Array[]; gradients: Float64Array[] } {
  const loss = mean(model.lossPerSample!, 'all');
  const found = gradientMap(loss, values);
  const gradients = values.map((v) => found.get(v)!);
  const all = evaluate([...values, ...gradients], feeds(step));
  return { values: all.slice(0, values.length), gradients: all.slice(values.length) };
}

const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0));
const captureAt = (step: number): ProbeCapture => chunks[step]!.captures[0]!;
const segmentIndex = (what: string, name: string, tensor: string): number =>
  trainer.facts.segments.findIndex((s) => s.what === what && s.name === name && s.tensor === tensor);
const trackOf = (what: string, tensor: string): number[] => {
  const track = trainer.facts.tracks.find((t) => t.what === what && t.tensor === tensor)!;
  return [...captureAt(1).tracks.subarray(track.first, track.first + track.length)];
};

test('activations, their gradients and those of all parameters have the size that float64 gives them', () => {
  const outputs = ['spread', 'relu', 'attention', 'rnn', 'tanh', 'out'].map((name) => ({
    name,
    value: model.nodes.get(name)!.outputs.y!,
  }));
  const expected = float64(
    1,
    outputs.map((o) => o.value),
  );
  outputs.forEach(({ name }, i) => {
    const rms = (what: string): number => statisticsOf(captureAt(1), segmentIndex(what, name, 'y')).norm;
    expect([name, rms('activation') / norm(expected.values[i]!)]).toEqual([name, expect.closeTo(1, 4)]);
    expect([name, rms('gradient') / norm(expected.gradients[i]!)]).toEqual([name, expect.closeTo(1, 3)]);
  });
  const parameters = float64(
    1,
    model.parameters.map((p) => p.value),
  );
  model.parameters.forEach(({ name, node, tensor }, i) => {
    const got = statisticsOf(captureAt(1), segmentIndex('weightGradient', node, tensor)).norm;
    expect([name, got / norm(parameters.gradients[i]!)]).toEqual([name, expect.closeTo(1, 3)]);
  });
  expect(chunks[1]!.rows.gradientNorm[0]! / Math.hypot(...parameters.gradients.map(norm))).toBeCloseTo(1, 3);
});

test('an update is what the weights became less what they were', () => {
  for (const { name, node, tensor } of model.parameters) {
    const [before, after] = [weights[1]!.get(name)!, weights[2]!.get(name)!];
    const change = after.map((w, i) => w - before[i]!);
    const got = statisticsOf(captureAt(1), segmentIndex('update', node, tensor));
    expect([name, got.norm / norm(change)]).toEqual([name, expect.closeTo(1, 4)]);
  }
});

test('the gradient reaches each time step as float64 says', () => {
  for (const tensor of ['l0', 'l1']) {
    const look = model.looks.find((l) => l.kind === 'time' && l.name === tensor)!;
    const { gradients } = float64(1, look.kind === 'time' ? look.values : []);
    const got = trackOf('timeGradient', tensor);
    expect(got).toHaveLength(5);
    got.forEach((g, t) => {
      expect([t, g / norm(gradients[t]!)]).toEqual([t, expect.closeTo(1, 3)]);
    });
  }
});

test('each head has its own entropy and gradient', () => {
  const look = model.looks.find((l) => l.kind === 'heads')!;
  const [weightsOf, output] = look.kind === 'heads' ? [look.weights, look.output] : [];
  const { values, gradients } = float64(1, [weightsOf!, output!]);
  const headOf = (i: number, size: number): number => Math.floor(i / size) % 2;
  const entropies = trackOf('headEntropy', 'heads');
  const norms = trackOf('headGradient', 'heads');
  [0, 1].forEach((h) => {
    const entropy = values[0]!.reduce((sum, p, i) => sum - (headOf(i, 25) === h ? p * Math.log(p) : 0), 0);
    expect(entropies[h]! / (entropy / (16 * 5))).toBeCloseTo(1, 4);
    expect(entropies[h]).toBeLessThanOrEqual(Math.log(5) + 1e-5);
    expect(norms[h]! / norm(gradients[1]!.filter((_, i) => headOf(i, 10) === h))).toBeCloseTo(1, 3);
  });
});

test('signal and noise are those of gradients of neighbouring steps', () => {
  const at = segmentIndex('weightGradient', 'out', 'weight');
  const value = model.parameters.find((p) => p.name === 'out.weight')!.value;
  const g = [0, 1, 2].map((step) => float64(step, [value]).gradients[0]!);
  const product = (a: number): number => g[a]!.reduce((sum, x, i) => sum + x * g[a - 1]![i]!, 0);
  const noise = (a: number): number => g[a]!.reduce((sum, x, i) => sum + (x - g[a - 1]![i]!) ** 2, 0) / 2;
  const averaged = (of: (step: number) => number): number => (of(2) + 0.9 * of(1)) / 1.9;
  expect(foldedOf(captureAt(0), at, 'signal')).toBeNaN();
  expect(foldedOf(captureAt(2), at, 'signal') / averaged(product)).toBeCloseTo(1, 3);
  expect(foldedOf(captureAt(2), at, 'noise') / averaged(noise)).toBeCloseTo(1, 3);
  expect(noiseScale(trainer.facts.segments, captureAt(2), trainer.facts.batch)).toBeGreaterThan(0);
});

test('saturated elements are those beyond 0.97', () => {
  const { values } = float64(1, [model.nodes.get('tanh')!.outputs.y!]);
  const at = segmentIndex('activation', 'tanh', 'y');
  expect(momentOf(captureAt(1), at, 'saturated')).toBe(values[0]!.filter((y) => Math.abs(y) > 0.97).length);
});

test('a unit counts as dead when it was never active over a whole epoch', async () => {
  await trainer.reset();
  const at = segmentIndex('activation', 'relu', 'y');
  const count = trainer.stepsPerEpoch + 2;
  const captures: ProbeCapture[] = [];
  while (captures.length < count) captures.push(...(await trainer.run(1, () => true)).captures);
  const dead = captures.map((c) => foldedOf(c, at, 'deadUnits'));
  const known = Math.ceil(data.split.train.length / 16) - 1;
  expect(dead.findIndex((share) => !Number.isNaN(share))).toBe(known);
  expect(dead[known]! * 20).toBeCloseTo(Math.round(dead[known]! * 20), 5);
  expect(dead[known]).toBeLessThan(0.5);
});

test('losses are the same to the bit with probes and without, through attention and time', async () => {
  await trainer.reset();
  const watched = await losses(trainer, [1, 4, 7], () => true);
  const plain = await trainerOf(document, false);
  expect(watched).toEqual(await losses(plain, [12]));
  plain.dispose();
});

/** Two convolutions with batch norm, one around the other: 4 × 5 pictures. */
const pictures = documentOf(
  {
    data: 'data',
    spread: ['linear', { units: 20 }],
    picture: ['reshape', { sizes: [1, 4, 5] }],
    conv_1: ['conv2d', { channels: 3, kernel: 3, padding: 1 }],
    norm_1: 'batchNorm2d',
    relu_1: 'relu',
    conv_2: ['conv2d', { channels: 3, kernel: 3, padding: 1 }],
    norm_2: 'batchNorm2d',
    sum: 'add',
    relu_2: 'relu',
    flat: 'flatten',
    out: ['linear', { units: 2 }],
    loss: 'crossEntropy',
  },
  [
    'data.x -> spread.x',
    'spread.y -> picture.x',
    'picture.y -> conv_1.x',
    'conv_1.y -> norm_1.x',
    'norm_1.y -> relu_1.x',
    'relu_1.y -> conv_2.x',
    'conv_2.y -> norm_2.x',
    'norm_2.y -> sum.x',
    'relu_1.y -> sum.x',
    'sum.y -> relu_2.x',
    'relu_2.y -> flat.x',
    'flat.y -> out.x',
    'out.y -> loss.prediction',
    'data.y -> loss.target',
  ],
);

test('a step that nobody looks at runs what a run without probes runs, and gives the same to the bit', async () => {
  const whole = { without: ['team' as const] };
  for (const made of [document, pictures]) {
    const [watched, plain] = [await trainerOf(made, true, whole), await trainerOf(made, false, whole)];
    expect(watched.facts.dispatches.plain).toBe(plain.facts.dispatches.plain);
    const lossesOfPlain = await losses(plain, [6, 6]);
    expect(await losses(watched, [6, 6], (step) => step % 3 === 1)).toEqual(lossesOfPlain);
    plain.dispose();
    watched.dispose();
  }
});
