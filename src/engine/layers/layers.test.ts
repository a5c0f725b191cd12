// Every layer kind answers for its own declaration, so a new one is tested the moment it is listed.
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { gradients } from '../autodiff/grad.ts';
import { topological } from '../ir/graph.ts';
import { randomStream } from '../ir/random.ts';
import { sizeOf } from '../ir/shape.ts';
import type { Value } from '../ir/value.ts';
import { evaluate } from '../ops/evaluate.ts';
import { hyper, input } from '../ops/leaf.ts';
import { randomUniform } from '../ops/random.ts';
import { sum } from '../ops/reduce.ts';
import { ParityTable, relativeError } from '../testing.ts';
import type { BuildContext, Inputs, LayerSpec } from './define.ts';
import { paramFields } from './fields.ts';
import goldenFile from './golden.json' with { type: 'json' };
import { layerList, layerOf } from './index.ts';

const seed = hyper({ name: 'seed', dtype: 'u32' });
const step = hyper({ name: 'step', dtype: 'u32' });

/** Builds a layer alone, with [4, 6] tensors or what it asks for, and numbers for every leaf. */
function alone(spec: LayerSpec, params: Record<string, unknown> = {}, batch = 4) {
  const feeds = new Map<Value, number[]>([
    [seed, [7]],
    [step, [0]],
  ]);
  const hypers = new Map<string, number>();
  const inputs: Record<string, Value> = {};
  const add = (name: string, type = spec.sample?.[name]): void => {
    inputs[name] = input(name, type?.shape ?? [batch, 6], 'feed', type?.dtype ?? 'f32');
  };
  for (const port of spec.inputs) {
    if (port.optional && !spec.sample?.[port.name]) continue;
    add(port.name);
    if (port.many) add(`${port.name}_1`);
  }
  const x = input('data.x', [batch, 2], 'batch');
  const y = input('data.y', [batch], 'batch', 'i32');
  const parameters: Value[] = [];
  const context: BuildContext = {
    node: 'it',
    data: spec.inputs.length === 0 ? { x, y, target: { kind: 'class', classes: 6 } } : null,
    training: true,
    parameter(name, shape) {
      const value = input(`it.${name}`, shape, 'parameter');
      parameters.push(value);
      return value;
    },
    state(name, shape) {
      return input(`it.${name}`, shape, 'state');
    },
    updateState() {},
    hyper(name, value) {
      hypers.set(name, value);
      const node = hyper({ name: `it.${name}`, dtype: 'f32' });
      feeds.set(node, [value]);
      return node;
    },
    random: (shape) => randomUniform(seed, step, { shape, stream: 1 }),
    watch() {},
    weigh() {},
  };
  const outputs: Inputs = spec.build(context, inputs, spec.params.parse(params));
  const random = randomStream(3, spec.kind);
  // A grid that stays off the kinks at whole numbers, and shuffled so that neighbours differ.
  let drawn = 0;
  for (const v of topological(Object.values(outputs)).concat(Object.values(inputs))) {
    if (v.op.id !== 'input' || feeds.has(v)) continue;
    feeds.set(
      v,
      Array.from({ length: sizeOf(v.shape) }, () =>
        v.dtype === 'f32' ? 3 * random.normal(drawn++) + 1e-3 : random.below(drawn++, 6),
      ),
    );
  }
  return { inputs, outputs, parameters, feeds, hypers };
}

describe.each(layerList.map((spec) => [spec.kind, spec] as const))('%s', (_, spec) => {
  test('says in words what it is', () => {
    expect([spec.title, spec.doc, spec.formula, spec.source].every((text) => text.length > 0)).toBe(true);
    expect(spec.doc).toMatch(/[.]$/);
    for (const field of paramFields(spec.params)) {
      expect(field.title).not.toBe(field.name);
      expect(field.description).toMatch(/[.]$/);
      for (const value of field.values ?? []) expect(Object.keys(field.choices ?? {})).toContain(value);
      for (const name of Object.keys(field.showWhen ?? {})) expect(spec.params.shape).toHaveProperty(name);
    }
  });

  test('builds at its defaults, with a value at each output, and its hot parameters as scalars', () => {
    const { outputs, hypers } = alone(spec);
    expect(Object.keys(outputs)).toEqual(spec.outputs.map((p) => p.name));
    const hot = paramFields(spec.params).filter((f) => f.hot);
    expect([...hypers.keys()]).toEqual(hot.map((f) => f.name));
  });

  test('pulls gradients back as central differences say', () => {
    const { inputs, outputs, parameters, feeds } = alone(spec, spec.sampleParams);
    const y = Object.values(outputs).find((v) => v.dtype === 'f32');
    if (!y || spec.surrogateGradient) return;
    // Unequal weights, so that no error cancels in the sum.
    const weights = input('weights', y.shape);
    feeds.set(
      weights,
      Array.from({ length: sizeOf(y.shape) }, (_, i) => Math.sin(i + 1)),
    );
    const total = sum(layerProduct(y, weights), 'all');
    const leaves = [...Object.values(inputs), ...parameters].filter((v) => v.dtype === 'f32');
    const analytic = evaluate(gradients(total, leaves), feeds);
    leaves.forEach((leaf, i) => {
      const values = feeds.get(leaf) ?? [];
      values.forEach((value, k) => {
        const at = (v: number): number => {
          const moved = values.with(k, v);
          return evaluate([total], new Map([...feeds, [leaf, moved]]))[0]?.[0] ?? Number.NaN;
        };
        const h = 1e-5;
        const numeric = (at(value + h) - at(value - h)) / (2 * h);
        const error = Math.abs((analytic[i]?.[k] ?? Number.NaN) - numeric);
        expect(error / Math.max(1, Math.abs(numeric))).toBeLessThan(5e-6);
      });
    });
  });
});

const layerProduct = (a: Value, b: Value): Value => {
  const multiply = layerOf('multiply');
  if (!multiply) throw new Error('multiply is a layer');
  return multiply.build({} as BuildContext, { x: a, x_1: b }, {}).y as Value;
};

describe('the list of layers', () => {
  test('has kinds that are unique identifiers', () => {
    const kinds = layerList.map((l) => l.kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(
      kinds.every(
        (k) =>
          z
            .string()
            .regex(/^[a-z][A-Za-z0-9]*$/)
            .safeParse(k).success,
      ),
    ).toBe(true);
  });
});

const golden = z
  .object({
    x: z.array(z.number()),
    weights: z.array(z.number()),
    cases: z.array(
      z.object({
        kind: z.string(),
        params: z.record(z.string(), z.json()),
        y: z.array(z.number()),
        dx: z.array(z.number()),
      }),
    ),
  })
  .parse(goldenFile);

/** One activation's values at the given places, and the gradient of their weighted sum. */
function curve(kind: string, xs: number[], params: Record<string, unknown> = {}, weights = xs.map(() => 1)) {
  const spec = layerOf(kind);
  if (!spec) throw new Error(`no layer ${kind}`);
  const x = input('x', [1, xs.length]);
  const dy = input('dy', [1, xs.length]);
  const y = spec.build({} as BuildContext, { x }, spec.params.parse(params)).y as Value;
  const [values = [], slopes = []] = evaluate(
    [y, ...gradients(y, [x], dy)],
    new Map([
      [x, xs],
      [dy, weights],
    ]),
  );
  return { values: [...values], slopes: [...slopes] };
}

const activations = new ParityTable('Activations against PyTorch, float64', 'activations', 'configurations');
afterAll(() => console.log(`${activations}`));

describe('activations', () => {
  const maps = layerList.filter((l) => l.category === 'activation' && l.kind !== 'prelu').map((l) => l.kind);

  test.each(maps)('%s is finite, with a finite slope, far from 0', (kind) => {
    const { values, slopes } = curve(kind, [-1e4, -800, -100, -1e-30, 0, 1e-30, 100, 800, 1e4]);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(slopes.every(Number.isFinite)).toBe(true);
  });

  test.each(golden.cases)('$kind with $params follows PyTorch, also at kinks', ({ kind, params, y, dx }) => {
    const got = curve(kind, golden.x, params, golden.weights);
    activations.add(kind, Math.max(relativeError(got.values, y), relativeError(got.slopes, dx)));
    got.values.forEach((v, i) => {
      expect(v).toBeCloseTo(y[i] ?? Number.NaN, 12);
    });
    got.slopes.forEach((v, i) => {
      // PyTorch's hardsigmoid has its 1/6 in float32.
      expect(v).toBeCloseTo(dx[i] ?? Number.NaN, 8);
    });
  });

  test('softmax adds up to 1 and survives huge logits', () => {
    expect(curve('softmax', [1000, 1000, -1000]).values).toEqual([0.5, 0.5, 0]);
  });
});

describe('dropout', () => {
  test('keeps about 1 − p of the activations and scales them, so that the mean stays', () => {
    const spec = layerOf('dropout');
    if (!spec) throw new Error('dropout is a layer');
    const { inputs, outputs, feeds } = alone(spec, { p: 0.25 }, 2000);
    const { x } = inputs;
    const { y } = outputs;
    if (!x || !y) throw new Error('dropout maps x to y');
    feeds.set(x, new Array<number>(sizeOf(x.shape)).fill(1));
    const [values = new Float64Array()] = evaluate([y], feeds);
    const kept = values.filter((v) => v !== 0);
    expect(kept.length / values.length).toBeCloseTo(0.75, 1);
    expect(new Set(kept.map((v) => Number(v.toFixed(9))))).toEqual(new Set([1.333333333]));
  });
});
