import { describe, expect, test } from 'vitest';
import { type Inside, layerOf, type Tensor } from '../../../engine/index.ts';
import { normalNumbers } from '../../../engine/probe/testing.ts';
import { svgBrush } from '../../ui/brush.ts';
import { attentionsOf } from './Attention.tsx';
import { answeredWords, classShares, readAnswer, readTarget } from './answers.ts';
import { accuracyOf, cellAt, confusionOf, confusionTable, drawConfusion } from './confusion.ts';
import { fitOf, lastLayerOf } from './curve-fit.ts';
import { mapLayers } from './FeatureMaps.tsx';
import { filterMaps, filterShapes } from './filters.ts';
import { matrixLatex, withNumbers } from './formula.ts';
import { heatAt, heatPixels, heatPlaces, symmetricRange } from './heat-maps.ts';
import { principalPlane } from './principal.ts';
import { finerAnswers, gridInputs, planeOf, pointUnder, regionPixels } from './regions.ts';
import { stagesOf } from './stages.ts';

const field = { name: 'f', shape: [2], size: 2, columns: [], names: [], low: [-1, -2], high: [1, 2] };
const output = (node: string, shape: number[], hasGradient = true) => ({
  node,
  name: node,
  kind: node.replace(/_\d+$/, ''),
  category: 'basic',
  port: 'y',
  shape,
  hasGradient,
});
const chain = ['data', 'linear_1', 'tanh', 'linear_2'];
const inside: Inside = {
  wires: chain.slice(1).map((node, i) => ({ from: [chain[i]!, 'y'], to: [node, 'x'] })),
  input: field,
  target: { ...field, name: 't', shape: [], size: 1, names: ['red', 'blue'], low: [0], high: [1] },
  decision: 'largest',
  answerSize: 2,
  parts: { train: 3, validation: 0, test: 0 },
  attentions: [],
  outputs: [output('linear_1', [4]), output('tanh', [4]), output('linear_2', [2])],
  answer: { node: 'linear_2', port: 'y' },
  parameters: [
    { name: 'linear_1.weight', node: 'linear_1', tensor: 'weight', shape: [4, 2] },
    { name: 'linear_2.weight', node: 'linear_2', tensor: 'weight', shape: [1, 4] },
    { name: 'linear_2.bias', node: 'linear_2', tensor: 'bias', shape: [1] },
  ],
};
const tensor = (shape: number[], ...data: number[]): Tensor => ({ shape, data: Float32Array.from(data) });

describe('answers', () => {
  test('are read as the loss reads them', () => {
    expect(classShares(inside, [0, Math.log(3)])).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
    expect(classShares({ ...inside, decision: 'aboveZero' }, [0])).toEqual([0.5, 0.5]);
    expect(readAnswer({ ...inside, decision: 'aboveZero' }, [-5]).label).toBe(0);
    expect(readAnswer({ ...inside, decision: 'number' }, [0.9])).toMatchObject({ label: 1 });
    expect(readAnswer(inside, [1, 1]).certainty).toBe(0);
    const regression = { ...inside, target: { ...inside.target, names: [] } };
    expect(readAnswer(regression, [1.5])).toEqual({ label: null, certainty: 1, text: '1.5' });
  });

  test('are as many as are quick to have, and which is said', () => {
    const digits = { answerSize: 10, parts: { train: 8000, validation: 1000, test: 0 } };
    expect(answeredWords(digits, 'train')).toBe('the first 4000 of 8000 samples of the train part');
    expect(answeredWords(digits, 'validation')).toBe('all 1000 samples of the validation part');
    const text = { ...digits, answerSize: 64 * 65 };
    expect(answeredWords(text, 'validation')).toBe('the first 252 of 1000 samples of the validation part');
  });

  test('of sequences are the likeliest at each place, and a text reads as a text', () => {
    const names = [' ', 'a', 'b'];
    const text = { ...inside, target: { ...inside.target, names, size: 2 } };
    expect(readAnswer(text, [0, 2, 1, 5, 4, 3])).toMatchObject({ label: null, text: 'a␣' });
    expect(readTarget(text, [2, 0])).toBe('b␣');
    const words = { ...text, target: { ...text.target, names: ['<s>', 'le', 'chat'] } };
    expect(readTarget(words, [1, 2])).toBe('le chat');
  });
});

describe('decision regions', () => {
  const side = 8;
  const plane = planeOf(inside);
  const inputs = gridInputs(plane, side);
  // Red on the left, blue on the right.
  const answers = tensor([side * side, 2]);
  const data = Float32Array.from(
    { length: 2 * side * side },
    (_, i) => (i % 2 === 0 ? -9 : 9) * Math.sign(inputs[i - (i % 2)]!),
  );

  test('the grid covers the data and a margin, and its first row is the top', () => {
    expect(plane.x[0]).toBeLessThan(-1);
    expect(plane.y[1]).toBeGreaterThan(2);
    expect(inputs[1]).toBeGreaterThan(inputs.at(-1)!);
  });

  test('where two answers meet there is a line, and certain regions are strongly coloured', () => {
    const { width, data: pixels } = regionPixels(inside, { ...answers, data }, 'light');
    const at = (x: number) => {
      const i = 4 * (Math.floor(width / 2) * width + Math.floor((x / side) * width));
      return [...pixels.subarray(i, i + 3)];
    };
    expect(at(side / 2 - 0.01)).toEqual([20, 22, 28]);
    expect(at(0.5)).toEqual(at(2.5));
    expect(at(0.5)).not.toEqual(at(7.5));
  });

  test('between the points of the grid a boundary runs where it does, and not in steps', () => {
    // Blue above the line y = x / 3, red below it: a plane of answers, which interpolation follows exactly.
    const height = (x: number, y: number): number => y - x / 3;
    const slanted = Float32Array.from({ length: 2 * side * side }, (_, i) => {
      const [x = 0, y = 0] = inputs.subarray(i - (i % 2), i - (i % 2) + 2);
      return i % 2 === 0 ? 0 : height(x, y);
    });
    const { shape, data: finer } = finerAnswers({ ...answers, data: slanted });
    const fine = Math.sqrt(shape[0] ?? 0);
    const points = gridInputs(plane, fine);
    const edge = fine / side / 2; // beyond the outermost points nothing is known
    const wrong = Array.from({ length: fine * fine }, (_, i) => i).filter((i) => {
      const [r, c] = [Math.floor(i / fine), i % fine];
      const isInside = Math.min(r, c, fine - 1 - r, fine - 1 - c) >= edge;
      return isInside && Math.abs(finer[2 * i + 1]! - height(points[2 * i]!, points[2 * i + 1]!)) > 1e-5;
    });
    expect(fine).toBeGreaterThan(3 * side);
    expect(wrong).toEqual([]);
  });

  test('a point of the picture is a point of the grid', () => {
    const area = { width: 356, height: 230 };
    expect(pointUnder(3, 3, area)).toBeNull();
    expect(pointUnder(area.width / 2 + 16, 106, area)).toEqual([36, 36]);
  });
});

describe('the confusion matrix', () => {
  const judged = {
    answers: tensor([4, 2], 3, 0, 0, 3, 3, 0, 3, 0),
    targets: Float32Array.of(0, 1, 1, 0),
  };
  const confusion = confusionOf(inside, judged);

  test('counts each sample once, and keeps which they are', () => {
    expect(confusion.cells).toEqual([
      [[0, 3], []],
      [[2], [1]],
    ]);
    expect(accuracyOf(confusion)).toBe(0.75);
    expect(confusionTable(confusion)[2]).toEqual(['blue', 1, 1]);
  });

  test('a cell is found where it is drawn', () => {
    const area = { width: 300, height: 200 };
    const { brush, finish } = svgBrush(area.width, area.height);
    drawConfusion(brush, confusion, area, { theme: 'light', chosen: [1, 0] });
    expect(finish()).toContain('>2</text>');
    expect(cellAt(confusion, area, 80, 40)).toEqual([0, 0]);
    expect(cellAt(confusion, area, 80, 36 + 80)).toEqual([1, 0]);
    expect(cellAt(confusion, area, 10, 40)).toBeNull();
  });
});

describe('maps', () => {
  const maps = Array.from({ length: 5 }, (_, i) => ({
    title: `${i}`,
    width: 3,
    height: 2,
    data: Float32Array.of(-1, 0, 1, i, Number.NaN, 0),
  }));

  test('lie beside each other inside the picture, and an element is found where it is drawn', () => {
    const area = { width: 400, height: 200 };
    const places = heatPlaces(maps, area);
    for (const { x, y, width, height } of places) {
      expect(x + width).toBeLessThanOrEqual(area.width);
      expect(y + height).toBeLessThanOrEqual(area.height);
    }
    const { x, y, width, height } = places[3]!;
    expect(heatAt(maps, area, x + 0.9 * width, y + 0.9 * height)).toEqual({ map: 3, row: 1, column: 2 });
    expect(heatAt(maps, area, x - 2, y)).toBeNull();
  });

  test('share one scale, and what is no number is red', () => {
    const range = symmetricRange(maps);
    expect(range).toEqual({ low: -4, high: 4 });
    const { data } = heatPixels(maps[0]!, range, 'dark');
    expect([...data.subarray(16, 19)]).toEqual([214, 39, 28]);
  });
});

describe('feature maps', () => {
  test('are of layers with channels, not of what heads look at', () => {
    const conv = output('conv2d_1', [6, 28, 28]);
    const heads = { ...output('selfAttention_1', [4, 8, 8]), category: 'attention', port: 'weights' };
    expect(mapLayers({ outputs: [conv, heads, output('linear_1', [4])] })).toEqual([conv]);
  });
});

describe('filters', () => {
  test('are kernels, and linear layers that read an image', () => {
    const image = { ...field, shape: [1, 2, 2], size: 4 };
    const parameters = [
      { name: 'a.weight', node: 'a', tensor: 'weight', shape: [3, 1, 5, 5] },
      { name: 'b.weight', node: 'b', tensor: 'weight', shape: [2, 4] },
      { name: 'c.weight', node: 'c', tensor: 'weight', shape: [2, 9] },
    ];
    const shapes = filterShapes({ parameters, input: image });
    expect(shapes.map(({ parameter }) => parameter.name)).toEqual(['a.weight', 'b.weight']);
    const maps = filterMaps(shapes[1]!, tensor([2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
    expect(maps.map(({ data }) => [...data])).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });
});

describe('a function of one input', () => {
  test('is the sum of its last layer’s units and the bias', () => {
    const last = lastLayerOf(inside);
    expect(last).toMatchObject({
      from: { node: 'tanh', port: 'y' },
      weight: 'linear_2.weight',
      bias: 'linear_2.bias',
    });
    const units = tensor([2, 2], 1, 2, 3, 4);
    const fit = fitOf(
      Float32Array.of(0, 1),
      tensor([2, 1], 5.5, 11.5),
      units,
      tensor([1, 2], 1, 2),
      tensor([1], 0.5),
    );
    for (let i = 0; i < 2; i++) {
      const sum = fit.terms.reduce((total, { values }) => total + values[i]!, fit.bias);
      expect(sum).toBe(fit.answers.data[i]);
    }
  });
});

describe('principal directions', () => {
  test('find the plane in which points lie, with the share that it holds', () => {
    const [a, b] = [normalNumbers(100, { std: 3, seed: 1 }), normalNumbers(100, { std: 1, seed: 2 })];
    const rows = Float32Array.from({ length: 500 }, (_, i) => {
      const r = Math.floor(i / 5);
      return [a[r]!, b[r]!, -a[r]!, 0, b[r]!][i % 5]!;
    });
    const { points, shares } = principalPlane(rows, 5);
    expect(shares[0] + shares[1]).toBeCloseTo(1, 6);
    expect(shares[0]).toBeGreaterThan(0.8);
    expect(points).toHaveLength(100);
  });

  test('a single direction, equal rows and no rows are no trouble', () => {
    expect(principalPlane(Float32Array.of(1, 1, 1, 1), 2).shares).toEqual([0, 0]);
    expect(principalPlane(new Float32Array(), 0).points).toEqual([]);
    const { shares } = principalPlane(Float32Array.of(0, 0, 1, 1, 2, 2), 2);
    expect(shares[0]).toBeCloseTo(1, 9);
    expect(shares[1]).toBeCloseTo(0, 9);
  });
});

describe('the microscope', () => {
  test('goes forward through every node and back through those that the loss depends on', () => {
    const held = { ...inside, outputs: [output('linear_1', [4], false), ...inside.outputs.slice(1)] };
    expect(stagesOf(held).map(({ direction, output: { node } }) => `${direction} ${node}`)).toEqual([
      'forward linear_1',
      'forward tanh',
      'forward linear_2',
      'backward linear_2',
      'backward tanh',
    ]);
    expect(stagesOf(inside)[1]?.inputs).toEqual([{ letter: 'x', node: 'linear_1', port: 'y' }]);
  });

  test('puts small tensors into the layer’s own formula', () => {
    const numbers = new Map([
      ['x', tensor([1, 2], 1, -2)],
      ['y', tensor([1, 1], 0.5)],
      ['W', tensor([1, 2], 3, 4)],
      ['b', tensor([1], 1e-5)],
    ]);
    expect(withNumbers(layerOf('linear')!, numbers)).toBe(
      '0.5 = \\begin{bmatrix} 1 & -2 \\end{bmatrix} \\begin{bmatrix} 3 & 4 \\end{bmatrix}^\\top + 1 \\cdot 10^{-5}',
    );
    expect(withNumbers(layerOf('tanh')!, numbers)).toBe(
      '0.5 = \\tanh \\begin{bmatrix} 1 & -2 \\end{bmatrix}',
    );
  });

  test('leaves letters with an index, words in commands, and large tensors as they are', () => {
    const numbers = new Map([
      ['x', tensor([1, 2], 1, 2)],
      ['y', tensor([1, 2], 1, 2)],
    ]);
    expect(withNumbers(layerOf('softmax')!, numbers)).toBeNull();
    expect(matrixLatex({ shape: [100], data: new Float32Array(100) })).toBeNull();
    expect(matrixLatex(tensor([2], Number.NaN, -Infinity))).toBe(
      '\\begin{bmatrix} \\mathrm{NaN} & -\\infty \\end{bmatrix}',
    );
  });
});

describe('attentions', () => {
  test('are what layers show, several of one node by their names, and ports of layers that show none', () => {
    const shown = { node: 'decoder', name: 'decoder', shape: [2, 3, 3] };
    const attentions = [
      { ...shown, look: 'self_attn' },
      { ...shown, look: 'multihead_attn' },
      { ...shown, node: 'mha', name: 'mha', look: 'heads' },
    ];
    const weights = (node: string) => ({ ...output(node, [3, 3]), category: 'attention', port: 'weights' });
    const sources = attentionsOf({ attentions, outputs: [weights('mha'), weights('pooling')] });
    expect(sources.map(({ title }) => title)).toEqual([
      'decoder · self_attn',
      'decoder · multihead_attn',
      'mha',
      'pooling',
    ]);
    expect(sources[0]?.wish).toEqual({ of: 'heads', node: 'decoder', look: 'self_attn' });
  });
});
