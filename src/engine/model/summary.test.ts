import { describe, expect, test } from 'vitest';
import { topological } from '../ir/graph.ts';
import { sizeOf } from '../ir/shape.ts';
import { evaluate } from '../ops/evaluate.ts';
import { inputAttrs } from '../ops/leaf.ts';
import { buildModel } from './build.ts';
import { finishMetric, metricsOf } from './metrics.ts';
import { formatBytes, formatCount, formatFlops, memoryProblem, summarise } from './summary.ts';
import { documentOf, planar, regression } from './testing.ts';

const net = (loss: string, units: number) =>
  documentOf({ data: 'data', a: ['linear', { units }], loss }, [
    'data.x -> a.x',
    'a.y -> loss.prediction',
    'data.y -> loss.target',
  ]);

describe('summaries', () => {
  test('count a dense layer’s parameters and arithmetic by hand', () => {
    const model = buildModel(net('mse', 1), regression(10), { batch: 8, training: true });
    const summary = summarise(model);
    expect(summary.nodes.get('a')).toEqual({
      parameters: 11,
      // 8 rows × 10 features × (multiply + add), and 8 biases.
      flops: 8 * 10 * 2 + 8,
      // 4 bytes each: 11 parameters, their gradients and Adam's two states; 8 outputs and their gradients.
      memory: 4 * (11 * 4 + 8 * 2),
    });
    expect(summary.parameters).toBe(11);
    expect(summary.memory.optimizer).toBe(2 * 11 * 4);
    expect(summary.flops.step).toBeGreaterThan(2 * summary.flops.forward);
  });

  test('say in words that a model does not fit', () => {
    const model = buildModel(net('mse', 1), regression(1_000_000), { batch: 8, training: true });
    expect(memoryProblem(summarise(model), { total: 2 ** 20, buffer: 2 ** 20 })?.title).toBe(
      'This model does not fit: training needs about 76.3 MiB, and 1.0 MiB are available',
    );
    expect(memoryProblem(summarise(model), { total: 2 ** 30, buffer: 2 ** 30 })).toBeNull();
  });

  test('format numbers for reading', () => {
    expect([
      formatCount(77_309_804_544),
      formatCount(999),
      formatBytes(0),
      formatBytes(1536),
      formatFlops(34_500_000),
    ]).toEqual(['77\u202f309\u202f804\u202f544', '999', '0 bytes', '1.5 KiB', '34.5 MFLOP']);
  });
});

/** The model's metrics for given predictions and targets. */
function measure(loss: string, shapes: ReturnType<typeof planar>, prediction: number[][], target: number[]) {
  const width = prediction[0]?.length ?? 0;
  const model = buildModel(net(loss, width), shapes, { batch: prediction.length, training: true });
  const { judged } = model;
  if (!judged) throw new Error(model.problems.map((p) => p.title).join());
  return metricsOf(model).map((metric) => {
    const [values = new Float64Array()] = evaluate(
      [metric.perSample],
      new Map([
        // What leads to the prediction does not matter: the prediction itself is given.
        ...topological([metric.perSample])
          .filter((v) => inputAttrs(v))
          .map((v) => [v, new Array<number>(sizeOf(v.shape)).fill(0)] as const),
        [judged.prediction, prediction.flat()],
        [judged.target, target],
      ]),
    );
    return [metric.name, finishMetric(metric, values.reduce((a, b) => a + b, 0) / values.length)];
  });
}

describe('metrics', () => {
  test('the largest logit is the answer under softmax cross-entropy', () => {
    const rows = [
      [1, 2, 0],
      [3, 1, 2],
      [0, 0, 9],
      [5, 4, 6],
    ];
    expect(measure('crossEntropy', planar(3), rows, [1, 0, 2, 0])).toEqual([['accuracy', 0.75]]);
  });

  test('a logit above 0 means yes under binary cross-entropy and hinge', () => {
    for (const loss of ['bceWithLogits', 'hinge'])
      expect(measure(loss, planar(2), [[0.2], [-3], [2], [-0.1]], [1, 0, 0, 1])).toEqual([['accuracy', 0.5]]);
  });

  test('a number above ½ means yes under squares against classes', () => {
    expect(measure('mse', planar(2), [[0.6], [0.4]], [1, 1])).toEqual([['accuracy', 0.5]]);
  });

  test('numbers have a mean absolute and a root mean squared error', () => {
    expect(measure('mse', regression(2), [[1], [4]], [1, 2])).toEqual([
      ['mae', 1],
      ['rmse', Math.SQRT2],
    ]);
  });
});
