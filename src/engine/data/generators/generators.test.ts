import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ClassTarget, Dataset } from '../dataset.ts';
import { classCounts, describeDataset, sampleSize } from '../dataset.ts';
import { curve, linear, polynomial } from './functions.ts';
import { generatedSpec, generators } from './index.ts';
import { checkerboard, circles, gaussians, moons, spirals, xor } from './planar.ts';

const list = Object.values(generators);

describe.each(list)('the generator $kind', (generator) => {
  test('stands in the list and in the schema of documents under its own kind', () => {
    expect(generators[generator.kind].kind).toBe(generator.kind);
    expect(generatedSpec.safeParse({ source: 'generated', kind: generator.kind, params: {} }).success).toBe(
      true,
    );
  });

  test('has a default, a title and a description for every parameter', () => {
    const schema = z.toJSONSchema(generator.params, { io: 'input' });
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      expect(field, name).toMatchObject({
        title: expect.any(String),
        description: expect.any(String),
        default: expect.anything(),
      });
    }
    expect(schema.required ?? []).toEqual([]);
  });

  test('gives the same finite numbers for one seed, and others for another', () => {
    const data = generator.load({}, 1);
    expect(generator.load({}, 1)).toEqual(data);
    expect(generator.load({}, 2)).not.toEqual(data);
    for (const field of [...data.inputs, ...data.targets]) {
      expect(field.data.length).toBe(data.count * sampleSize(field.shape));
      expect(field.data.every(Number.isFinite)).toBe(true);
    }
    const [target] = data.targets;
    expect(target?.kind).toBe(generator.task);
    if (target?.kind === 'class') expect(Math.max(...target.data)).toBeLessThan(target.names.length);
  });

  test('describes its fields without making them all', () => {
    expect(generator.describe({})).toEqual(describeDataset(generator.load({}, 5)));
  });

  test('makes the number of samples asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 200 }), fc.nat(), (samples, seed) => {
        expect(generator.load({ samples }, seed).count).toBe(samples);
      }),
      { numRuns: 20 },
    );
  });

  test('refuses a parameter that it does not have', () => {
    expect(() => generator.load({ sample: 10 }, 0)).toThrow();
  });
});

describe('points in the plane', () => {
  test('XOR at the corners is the truth table', () => {
    const { points, labels } = planar(xor.generate({ samples: 4, spread: 'corners', noise: 0 }, 0));
    expect(points).toEqual([
      [-1, -1],
      [1, -1],
      [-1, 1],
      [1, 1],
    ]);
    expect(labels).toEqual([0, 1, 1, 0]);
  });

  test('XOR over the quadrants: the sign of the product is the class', () => {
    const { points, labels } = planar(xor.generate({ samples: 400, noise: 0 }, 3));
    points.forEach(([x, y], i) => {
      expect(x * y < 0 ? 1 : 0).toBe(labels[i]);
    });
  });

  test('moons lie on their two half circles, ends included', () => {
    const { points, labels } = planar(moons.generate({ samples: 10, noise: 0 }, 0));
    points.forEach(([x, y], i) => {
      const radius = labels[i] === 0 ? Math.hypot(x, y) : Math.hypot(x - 1, y - 0.5);
      expect(radius).toBeCloseTo(1, 6);
      expect(labels[i] === 0 ? y : 0.5 - y).toBeGreaterThan(-1e-6);
    });
    expect(points[0]).toEqual([1, 0]);
    expect(points[8]![0]).toBeCloseTo(-1, 6);
    expect(points[1]).toEqual([0, 0.5]);
  });

  test('circles have radius 1 and the factor, points evenly around', () => {
    const { points, labels } = planar(circles.generate({ samples: 8, factor: 0.25, noise: 0 }, 0));
    points.forEach(([x, y], i) => {
      expect(Math.hypot(x, y)).toBeCloseTo(labels[i] === 0 ? 1 : 0.25, 6);
    });
    expect(points[2]![1]).toBeCloseTo(1, 6); // the second of four on the outer circle: a quarter turn
  });

  test('spirals go round as many times as asked, arms apart by equal angles', () => {
    const { points, labels } = planar(spirals.generate({ samples: 300, arms: 3, turns: 2, noise: 0 }, 0));
    points.forEach(([x, y], i) => {
      const u = Math.hypot(x, y);
      const angle = 2 * Math.PI * (2 * u + labels[i]! / 3);
      expect(x).toBeCloseTo(u * Math.cos(angle), 5);
      expect(y).toBeCloseTo(u * Math.sin(angle), 5);
    });
  });

  test('Gaussians have their centres and spread', () => {
    const { points, labels } = planar(
      gaussians.generate({ samples: 40_000, classes: 4, radius: 2, spread: 0.5 }, 1),
    );
    for (const k of [0, 1, 2, 3]) {
      const own = points.filter((_, i) => labels[i] === k);
      const mean = [0, 1].map((a) => own.reduce((sum, p) => sum + p[a]!, 0) / own.length);
      expect(mean[0]).toBeCloseTo(2 * Math.cos((Math.PI * k) / 2), 1);
      expect(mean[1]).toBeCloseTo(2 * Math.sin((Math.PI * k) / 2), 1);
      const variance = own.reduce((sum, p) => sum + (p[0] - mean[0]!) ** 2, 0) / own.length;
      expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
    }
  });

  test('the checkerboard changes class from field to field', () => {
    const { points, labels } = planar(checkerboard.generate({ samples: 500, cells: 2 }, 1));
    points.forEach(([x, y], i) => {
      expect(labels[i]).toBe(x * y < 0 ? 1 : 0);
    });
  });

  test('classes are balanced to within one sample', () => {
    const data = spirals.generate({ samples: 100, arms: 3 }, 0);
    const counts = classCounts(
      data.targets[0] as ClassTarget,
      Uint32Array.from({ length: 100 }, (_, i) => i),
    );
    expect(counts).toEqual([34, 33, 33]);
  });

  test('more noise moves the points of a seed, and does not draw others', () => {
    const calm = planar(xor.generate({ noise: 0 }, 1)).points;
    const moved = planar(xor.generate({ noise: 0.001 }, 1)).points;
    moved.forEach(([x], i) => {
      expect(Math.abs(x - calm[i]![0])).toBeLessThan(0.01);
    });
  });
});

describe('functions', () => {
  const values = (data: Dataset) => ({ x: [...data.inputs[0]!.data], y: [...data.targets[0]!.data] });

  test.each([
    ['sine', [0, 1, 0, -1, 0]],
    ['step', [1, 1, 1, -1, -1]],
    ['abs', [0, 0.5, 1, 1.5, 2]],
    ['sinc', [1, 2 / Math.PI, 0, -2 / (3 * Math.PI), 0]],
    ['sawtooth', [0, 0.5, -1, -0.5, 0]],
    ['bump', [1, Math.exp(-0.25), Math.exp(-1), Math.exp(-2.25), Math.exp(-4)]],
  ] as const)('%s has its known values at 0, ½, 1, 3/2, 2', (name, expected) => {
    const { x, y } = values(
      curve.generate({ function: name, frequency: 1, samples: 5, from: 0, to: 2, noise: 0 }, 0),
    );
    expect(x).toEqual([0, 0.5, 1, 1.5, 2]);
    // sin π is not exactly 0 in floating point, so a step is free to fall either side of its edge.
    y.forEach((value, i) => {
      if (!(name === 'step' && i % 2 === 0 && i > 0)) expect(value).toBeCloseTo(expected[i]!, 6);
    });
  });

  test('a polynomial is evaluated from the constant upwards', () => {
    const { y } = values(
      polynomial.generate({ coefficients: [1, -2, 0, 4], samples: 3, from: -1, to: 1, noise: 0 }, 0),
    );
    expect(y).toEqual([-1, 1, 3]);
  });

  test('linear data is w · x + b', () => {
    const data = linear.generate({ weights: [2, -1, 0.5], bias: 3, samples: 50, noise: 0 }, 4);
    const { x, y } = values(data);
    expect(data.inputs[0]?.shape).toEqual([3]);
    y.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * x[3 * i]! - x[3 * i + 1]! + 0.5 * x[3 * i + 2]! + 3, 4);
    });
  });

  test('the noise has the standard deviation asked for', () => {
    const { x, y } = values(polynomial.generate({ coefficients: [0, 1], samples: 20_000, noise: 0.3 }, 2));
    const variance = y.reduce((sum, v, i) => sum + (v - x[i]!) ** 2, 0) / y.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.3, 2);
  });

  test('a range that ends before it begins is refused in words', () => {
    expect(() => curve.generate({ from: 1, to: -1 }, 0)).toThrow('x must begin below its end');
  });
});

function planar(data: Dataset): { points: [number, number][]; labels: number[] } {
  const x = data.inputs[0]!.data;
  const points = Array.from({ length: data.count }, (_, i): [number, number] => [x[2 * i]!, x[2 * i + 1]!]);
  return { points, labels: [...data.targets[0]!.data] };
}
