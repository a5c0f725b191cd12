// Numbers to predict from numbers: one-dimensional functions for curve fitting and universal approximation, and linear data
// for least squares. `noise` is the standard deviation of a normal error added to the value.
import { z } from 'zod';
import type { NumberField, RegressionTarget } from '../dataset.ts';
import { randomStream } from '../random.ts';
import { defineGenerator, type GeneratedFields } from './define.ts';

/** The curves over x, each with the formula that its choice is explained by. */
export const curves = {
  sine: { formula: 'sin(π·f·x)', at: (x, f) => Math.sin(Math.PI * f * x) },
  step: {
    formula: '1 where sin(π·f·x) ≥ 0, else −1',
    at: (x, f) => (Math.sin(Math.PI * f * x) >= 0 ? 1 : -1),
  },
  abs: { formula: '|f·x|', at: (x, f) => Math.abs(f * x) },
  sinc: {
    formula: 'sin(π·f·x) / (π·f·x)',
    at: (x, f) => (x === 0 ? 1 : Math.sin(Math.PI * f * x) / (Math.PI * f * x)),
  },
  sawtooth: {
    formula: '2·(f·x/2 − ⌊f·x/2 + ½⌋)',
    at: (x, f) => 2 * ((f * x) / 2 - Math.floor((f * x) / 2 + 0.5)),
  },
  bump: { formula: 'exp(−(f·x)²)', at: (x, f) => Math.exp(-((f * x) ** 2)) },
} as const satisfies Record<string, { formula: string; at: (x: number, frequency: number) => number }>;

const curveNames = [
  'sine',
  'step',
  'abs',
  'sinc',
  'sawtooth',
  'bump',
] as const satisfies readonly (keyof typeof curves)[];

const samples = z
  .int()
  .min(2)
  .max(100_000)
  .default(200)
  .meta({ title: 'Samples', description: 'How many pairs (x, y) there are.' });

const noise = (sigma: number) =>
  z
    .number()
    .min(0)
    .max(10)
    .default(sigma)
    .meta({ title: 'Noise', description: 'Standard deviation of the normal error added to y.' });

const range = {
  from: z.number().min(-1000).max(1000).default(-1).meta({ title: 'From x', description: 'Where x begins.' }),
  to: z
    .number()
    .min(-1000)
    .max(1000)
    .default(1)
    .meta({ title: 'To x', description: 'Where x ends; it must be above the beginning.' }),
  placing: z
    .enum(['even', 'random'])
    .default('even')
    .meta({ title: 'Placing', description: 'x at equal distances, or drawn uniformly.' }),
};

const rising = ({ from, to }: { from: number; to: number }) => from < to;
const belowTo = { message: 'x must begin below its end', path: ['to'] };

/** A named function of one variable. */
export const curve = defineGenerator({
  kind: 'curve',
  title: '1-D function',
  doc: `A function of one variable to be approximated, with or without noise; f is the frequency. ${curveNames.map((name) => `${name}: ${curves[name].formula}`).join('; ')}.`,
  task: 'regression',
  params: z
    .strictObject({
      function: z
        .enum(curveNames)
        .default('sine')
        .meta({ title: 'Function', description: 'Which function y of x.' }),
      frequency: z.number().min(0.01).max(100).default(2).meta({
        title: 'Frequency f',
        description: 'Stretches the function along x; half-periods per unit of x.',
      }),
      samples,
      ...range,
      noise: noise(0.05),
    })
    .refine(rising, belowTo),
  make: (p, seed) => overRange(p, seed, (x) => curves[p.function].at(x, p.frequency)),
});

/** A polynomial, for over- and under-fitting by degree. */
export const polynomial = defineGenerator({
  kind: 'polynomial',
  title: 'Polynomial',
  doc: 'y = c₀ + c₁x + c₂x² + … with normal noise: what polynomial regression should find again.',
  task: 'regression',
  params: z
    .strictObject({
      coefficients: z
        .array(z.number().min(-1000).max(1000))
        .min(1)
        .max(12)
        .default([0, -1.5, 0, 3])
        .meta({ title: 'Coefficients', description: 'c₀, c₁, c₂, … from the constant upwards.' }),
      samples: samples.default(60),
      ...range,
      noise: noise(0.1),
    })
    .refine(rising, belowTo),
  make: (p, seed) =>
    overRange(p, seed, (x) => p.coefficients.reduceRight((sum: number, c: number) => sum * x + c, 0)),
});

/** Linear data in any number of features. */
export const linear = defineGenerator({
  kind: 'linear',
  title: 'Linear',
  doc: 'y = w · x + b with normal noise, x from the standard normal distribution: what least squares finds again. The weights are the list given, one per feature.',
  task: 'regression',
  params: z.strictObject({
    weights: z
      .array(z.number().min(-1000).max(1000))
      .min(1)
      .max(64)
      .default([2])
      .meta({ title: 'Weights w', description: 'One number per feature.' }),
    bias: z
      .number()
      .min(-1000)
      .max(1000)
      .default(0.5)
      .meta({ title: 'Bias b', description: 'The value at x = 0.' }),
    samples,
    noise: noise(0.2),
  }),
  make: ({ weights, bias, samples, noise }, seed) => {
    const random = randomStream(seed, 'points');
    const error = randomStream(seed, 'noise');
    const width = weights.length;
    const x = Float32Array.from({ length: samples * width }, () => random.normal());
    const y = Float32Array.from({ length: samples }, (_, i) => {
      const exact = weights.reduce(
        (sum: number, w: number, k: number) => sum + w * (x[i * width + k] ?? 0),
        bias,
      );
      return exact + noise * error.normal();
    });
    return fields(x, y, width === 1 ? ['x'] : weights.map((_: number, k: number) => `x${k + 1}`));
  },
});

interface Range {
  readonly samples: number;
  readonly from: number;
  readonly to: number;
  readonly placing: 'even' | 'random';
  readonly noise: number;
}

function overRange(
  { samples, from, to, placing, noise }: Range,
  seed: number,
  value: (x: number) => number,
): GeneratedFields {
  const random = randomStream(seed, 'points');
  const error = randomStream(seed, 'noise');
  const x = Float32Array.from({ length: samples }, (_, i) => {
    const u = placing === 'even' ? i / (samples - 1) : random.uniform();
    return from + (to - from) * u;
  });
  return fields(
    x,
    x.map((v) => value(v) + noise * error.normal()),
    ['x'],
  );
}

function fields(
  x: Float32Array<ArrayBuffer>,
  y: Float32Array<ArrayBuffer>,
  columns: readonly string[],
): GeneratedFields {
  const input: NumberField = { name: 'x', dtype: 'f32', shape: [columns.length], data: x, columns };
  const target: RegressionTarget = {
    kind: 'regression',
    name: 'y',
    dtype: 'f32',
    shape: [1],
    data: y,
    columns: ['y'],
  };
  return { input, target };
}
