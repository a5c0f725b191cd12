// Layers in documents: what they remember between steps, and the sentence that each mistake gets.
import { describe, expect, test } from 'vitest';
import { layerList } from '../layers/index.ts';
import { buildModel, type DataShapes } from './build.ts';
import type { Json } from './schema.ts';
import { documentOf } from './testing.ts';

const images = (...shape: number[]): DataShapes => ({
  inputs: [{ name: 'x', dtype: 'f32', shape }],
  targets: [{ kind: 'regression', shape: [1] }],
});

const tokens = (...shape: number[]): DataShapes => ({
  inputs: [{ name: 'x', dtype: 'u32', shape, names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }],
  targets: [{ kind: 'class', names: ['no', 'yes', 'maybe'] }],
});

/** One layer between data and output, in a batch of 4. */
function single(kind: string, params: Record<string, Json>, data: DataShapes, training = true) {
  const document = documentOf({ data: 'data', it: [kind, params], out: 'output' }, [
    'data.x -> it.x',
    'it.y -> out.x',
  ]);
  return buildModel(document, data, { batch: 4, training });
}

describe('batch norm', () => {
  const states = (training: boolean) => single('batchNorm2d', {}, images(3, 5, 5), training).states;

  test('declares its running statistics, and what they become after a training step', () => {
    expect(states(true).map(({ name, tensor, shape, init }) => [name, tensor, shape, init])).toEqual([
      ['it.running_mean', 'running_mean', [3], 0],
      ['it.running_var', 'running_var', [3], 1],
    ]);
    expect(states(true).every((s) => s.next !== s.value && s.next.shape[0] === 3)).toBe(true);
  });

  test('leaves its running statistics alone in evaluation', () => {
    expect(states(false).map((s) => s.next === s.value)).toEqual([true, true]);
  });
});

test.each(['rnn', 'lstm', 'gru'])(
  'the state of %s has a gradient of its own, not that of the sequence',
  (kind) => {
    const { nodes, looks } = single(kind, { units: 3 }, images(5, 2));
    const { y, state } = nodes.get('it')!.outputs;
    const inside = looks.flatMap((look) => (look.kind === 'time' ? look.values : []));
    expect(inside).toHaveLength(5);
    expect([y, ...inside]).not.toContain(state);
  },
);

describe('a mistake gets one sentence, on the node', () => {
  test.each<[string, Record<string, Json>, DataShapes, string]>([
    [
      'conv2d',
      { kernel: 7 },
      images(1, 5, 6),
      'it: The conv kernel reaches over 7 × 7, more than its padded input of 5 × 6',
    ],
    ['conv2d', { groups: 2 }, images(3, 5, 5), '2 groups do not divide the 3 input channels of it'],
    [
      'conv2d',
      { channels: 5, groups: 2 },
      images(4, 5, 5),
      '2 groups do not divide the 5 output channels of it',
    ],
    ['conv2d', {}, images(5), 'it expects batch × channels × height × width but receives 4 × 5'],
    ['conv1d', {}, images(), 'it expects batch × channels × length but receives 4'],
    ['conv2d', { kernel: [3, 3, 3] }, images(1, 5, 5), 'it: Kernel (kernel) must hold 1 or 2 numbers'],
    ['conv2d', { kernel: 0 }, images(1, 5, 5), 'it: Kernel (kernel) must be at least 1'],
    [
      'conv2d',
      { paddingRule: 'same', stride: 2 },
      images(1, 5, 5),
      'it: paddingRule cannot be same with a stride above 1: the sizes shrink',
    ],
    [
      'convTranspose2d',
      { outputPadding: 1 },
      images(1, 5, 5),
      'it: outputPadding must be smaller than the stride or the dilation',
    ],
    [
      'maxPool2d',
      { kernel: 8 },
      images(1, 5, 6),
      'it: The pooling kernel reaches over 8 × 8, more than its padded input of 5 × 6',
    ],
    [
      'avgPool2d',
      { padding: 2 },
      images(1, 5, 6),
      'it: padding must be at most half of the kernel, or a window would see nothing but padding',
    ],
    ['globalAvgPool', {}, images(5), 'it expects batch × channels × space but receives 4 × 5'],
    [
      'adaptiveAvgPool',
      { outputs: [1, 2] },
      images(2, 5),
      'it: outputs must hold 1 number, or one for each of the 1 axes of space',
    ],
    ['batchNorm2d', {}, images(5), 'it expects batch × channels × height × width but receives 4 × 5'],
    ['groupNorm', { groups: 4 }, images(6, 2), '4 groups do not divide the 6 input channels of it'],
    ['layerNorm', { axes: 2 }, images(6), 'it: axes must be at most 1, the axes of one sample'],
    ['embedding', {}, images(5), 'it expects token indices but receives numbers'],
    ['embedding', { vocabulary: 5 }, tokens(4), 'it has 5 rows, but the data has 7 different tokens'],
    [
      'rotaryEncoding',
      {},
      images(3, 5),
      'it expects an even number of features, to turn in pairs, but receives 4 × 3 × 5',
    ],
    [
      'learnedEncoding',
      { length: 2 },
      images(3, 5),
      'it: length must be at least 3, the time steps that come in',
    ],
    ['lstm', {}, images(5), 'it expects batch × time × features but receives 4 × 5'],
    ['rnn', {}, images(2000, 1), 'it expects at most 1024 time steps but receives 2000'],
    ['glu', {}, images(5), 'it expects an even number of features, to be halved, but receives 4 × 5'],
    ['slice', { start: 7 }, images(5), 'it: start must stay inside the 5 places of axis 1'],
    ['slice', { axis: 0 }, images(5), 'it: axis is the batch, which stays whole'],
    [
      'permute',
      { order: [1, 3] },
      images(2, 3),
      'it: order must hold each axis from 1 to 2 of 4 × 2 × 3 once',
    ],
    ['reduce', { axes: [0] }, images(5), 'it: axes must not hold the batch: samples stay apart'],
    ['reduce', { axes: 3 }, images(5), 'it has no axis 3 in a tensor of 2 axes'],
    [
      'maxPool3d',
      { kernel: 4 },
      images(1, 2, 5, 6),
      'it: The pooling kernel reaches over 4 × 4 × 4, more than its padded input of 2 × 5 × 6',
    ],
    [
      'convTranspose3d',
      { groups: 3 },
      images(2, 2, 2, 2),
      '3 groups do not divide the 2 input channels of it',
    ],
    [
      'batchNorm3d',
      {},
      images(2, 5, 5),
      'it expects batch × channels × depth × height × width but receives 4 × 2 × 5 × 5',
    ],
    ['instanceNorm', { track: true }, images(5), 'it expects batch × channels × space but receives 4 × 5'],
    [
      'instanceNorm',
      { track: true },
      images(2, 1),
      'it: instanceNorm expects more than one value per channel while training but receives 4 × 2 × 1',
    ],
    [
      'embedding',
      { vocabulary: 7, padding: 7 },
      tokens(4),
      'it: padding must be a token below 7, or −1 for none',
    ],
    ['oneHot', { classes: 5 }, tokens(4), 'it: classes must be at least 7, the different tokens of the data'],
    ['oneHot', {}, images(4), 'it expects token indices but receives numbers'],
    ['basis', { degree: 0 }, images(2), 'it: degree must be at least 1 where no other function is chosen'],
    ['basis', {}, images(), 'it expects a batch of feature rows but receives 4'],
    ['clamp', { low: 2, high: 1 }, images(2), 'it: low must be at most the upper bound, 1'],
    ['hardTanh', { low: 2, high: 1 }, images(2), 'it: low must be at most the upper bound, 1'],
    ['softmax', { axis: 0 }, images(2), 'it: axis is the batch, which stays whole'],
    ['softmax', { axis: 2 }, images(2), 'it has no axis 2 in a tensor of 2 axes'],
    ['pad', { axis: 0 }, images(2), 'it: axis is the batch, which stays whole'],
    ['cumulativeSum', { axis: 3 }, images(2), 'it has no axis 3 in a tensor of 2 axes'],
    ['upsample', {}, images(5), 'it expects batch × channels × space but receives 4 × 5'],
    [
      'linear',
      {},
      { inputs: [{ name: 'x', dtype: 'u32', shape: [3] }], targets: [{ kind: 'regression', shape: [1] }] },
      'it expects numbers but receives token indices',
    ],
  ])('%s with %j', (kind, params, data, title) => {
    const { problems, nodes } = single(kind, params, data);
    expect(problems.filter((p) => p.node === 'it').map((p) => p.title)).toEqual([title]);
    expect(nodes.get('it')?.state).toBe('problem');
  });
});

describe('attention', () => {
  const attend = (kind: string, params: Record<string, Json>, data: DataShapes, wires: readonly string[]) =>
    buildModel(
      documentOf({ data: 'data', mask: ['reduce', { axes: [-1] }], it: [kind, params], out: 'output' }, [
        'data.x -> mask.x',
        ...wires,
        'it.y -> out.x',
      ]),
      data,
      { batch: 4, training: true },
    ).problems.filter((p) => p.node === 'it');

  test.each<[string, Record<string, Json>, string[], string]>([
    [
      'multiHeadAttention',
      { heads: 4 },
      ['data.x -> it.query'],
      'it: heads must divide the 6 features; 4 do not',
    ],
    [
      'transformerEncoderLayer',
      { heads: 5 },
      ['data.x -> it.x'],
      'it: heads must divide the 6 features; 5 do not',
    ],
    [
      'multiHeadAttention',
      {},
      ['data.x -> it.query', 'data.x -> it.mask'],
      'it expects a mask of 4 × 3 or 4 × 3 × 3 but receives 4 × 3 × 6',
    ],
    [
      'multiHeadAttention',
      { heads: 2, rotary: true },
      ['data.x -> it.query'],
      'it: rotary turns features in pairs, and each head has 3',
    ],
    [
      'transformerEncoderLayer',
      {},
      ['data.x -> it.x', 'data.x -> it.mask'],
      'it expects a mask of 4 × 3 or 4 × 3 × 3 but receives 4 × 3 × 6',
    ],
    [
      'transformerDecoderLayer',
      {},
      ['data.x -> it.x', 'mask.y -> it.memory'],
      'it expects batch × time × features as key but receives 4 × 3',
    ],
    [
      'additiveAttention',
      {},
      ['data.x -> it.query', 'mask.y -> it.key'],
      'it expects batch × time × features as key but receives 4 × 3',
    ],
    [
      'matmul',
      {},
      ['data.x -> it.a', 'data.x -> it.b'],
      'it expects batch × rows × inner and batch × inner × columns but receives 4 × 3 × 6 and 4 × 3 × 6',
    ],
    [
      'where',
      {},
      ['mask.y -> it.mask', 'data.x -> it.a', 'data.x -> it.b'],
      'it: where cannot combine 4 × 3 with 4 × 3 × 6',
    ],
    [
      'scaledDotProductAttention',
      {},
      ['data.x -> it.query', 'data.x -> it.key', 'mask.y -> it.value'],
      'it expects batch × time × features as value but receives 4 × 3',
    ],
  ])('%s with %j says what is wrong', (kind, params, wires, title) => {
    expect(attend(kind, params, images(3, 6), wires).map((p) => p.title)).toEqual([title]);
  });

  test('a mask of the right length is taken', () => {
    const wires = ['data.x -> it.query', 'mask.y -> it.mask'];
    expect(attend('multiHeadAttention', {}, images(3, 6), wires)).toEqual([]);
  });
});

test('class weights must be as many as the classes', () => {
  const model = buildModel(
    documentOf(
      { data: 'data', a: ['linear', { units: 3 }], it: ['crossEntropy', { classWeights: [1, 2] }] },
      ['data.x -> a.x', 'a.y -> it.prediction', 'data.y -> it.target'],
    ),
    { ...images(2), targets: tokens(1).targets },
    { batch: 4, training: true },
  );
  expect(model.problems.map((p) => p.title)).toEqual([
    'it: classWeights must hold 3 numbers, one per class, or none',
  ]);
});

describe('whatever a layer is wired to, it answers in words', () => {
  const shapes = [[], [1], [5], [3, 4], [1, 1], [2, 3, 4], [1, 1, 1], [2, 3, 4, 5], [0, 3]];
  const sources = [
    ...shapes.flatMap((shape) => [images(...shape), tokens(...shape)]),
    { ...images(3), targets: tokens().targets },
    { ...images(1), targets: tokens().targets },
  ];
  test.each(layerList.filter((l) => l.kind !== 'data').map((l) => [l.kind, l] as const))(
    '%s',
    (kind, spec) => {
      for (const source of sources)
        for (const wired of [spec.inputs, spec.inputs.filter((p) => !p.optional)]) {
          const wires = wired.flatMap(({ name, kind: port, many }) => {
            const wire = `data.${port === 'labels' ? 'y' : 'x'} -> it.${name}`;
            return many ? [wire, wire] : [wire];
          });
          const model = buildModel(documentOf({ data: 'data', it: kind }, wires), source, {
            batch: 4,
            training: true,
          });
          const bugs = model.problems.filter((p) => p.code === 'internal');
          expect(bugs.map((p) => [p.title, source.inputs[0]?.shape])).toEqual([]);
          for (const v of Object.values(model.nodes.get('it')?.outputs ?? {}))
            expect(v.shape.every((d) => Number.isInteger(d) && d >= 0)).toBe(true);
        }
    },
  );
});
