// Layers in documents: what they remember between steps, and the sentence that each mistake gets.
import { describe, expect, test } from 'vitest';
import { buildModel, type DataShapes } from './build.ts';
import type { Json } from './schema.ts';
import { documentOf } from './testing.ts';

const images = (...shape: number[]): DataShapes => ({
  inputs: [{ name: 'x', dtype: 'f32', shape }],
  targets: [{ kind: 'regression', shape: [1] }],
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
