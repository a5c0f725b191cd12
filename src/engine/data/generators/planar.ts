// Points in the plane with a class each: the data on which a net's decision regions can be seen whole. The two coordinates
// are about −1 … 1 (moons: −1 … 2), so they need no scaling; `noise` is the standard deviation of a normal
// displacement of both coordinates.
import { z } from 'zod';
import type { ClassTarget, NumberField } from '../dataset.ts';
import { randomStream } from '../random.ts';
import { defineGenerator, type GeneratedFields } from './define.ts';

const samples = (count: number) =>
  z
    .int()
    .min(4)
    .max(100_000)
    .default(count)
    .meta({ title: 'Samples', description: 'How many points there are in all classes together.' });

const noise = (sigma: number) =>
  z.number().min(0).max(2).default(sigma).meta({
    title: 'Noise',
    description: 'Standard deviation of the normal noise added to both coordinates.',
  });

/** Exclusive or: class 1 where the signs of the coordinates differ. No straight line divides it (Minsky and Papert, 1969). */
export const xor = defineGenerator({
  kind: 'xor',
  title: 'XOR',
  doc: 'Class 1 where x and y have different signs: y = [x₁·x₂ < 0]. No straight line divides the classes, so a perceptron cannot learn it; one hidden layer can (Minsky and Papert, 1969).',
  task: 'class',
  params: z.strictObject({
    samples: samples(400),
    spread: z.enum(['quadrants', 'corners']).default('quadrants').meta({
      title: 'Spread',
      description: 'Points all over the four quadrants, or only at the four corners (±1, ±1).',
    }),
    noise: noise(0.05),
  }),
  make: ({ samples, spread, noise }, seed) =>
    points({ seed, noise, classes: ['same sign', 'different signs'] }, samples, (i, random) => {
      const signX = i & 1 ? 1 : -1;
      const signY = i & 2 ? 1 : -1;
      const distance = () => (spread === 'corners' ? 1 : random.uniform());
      return { x: signX * distance(), y: signY * distance(), label: signX === signY ? 0 : 1 };
    }),
});

/** Two interleaving half circles, placed as in scikit-learn's `make_moons`. */
export const moons = defineGenerator({
  kind: 'moons',
  title: 'Two moons',
  doc: 'Two interleaving half circles, t evenly over 0 … π: (cos t, sin t) and (1 − cos t, ½ − sin t), as in scikit-learn’s make_moons.',
  task: 'class',
  params: z.strictObject({ samples: samples(400), noise: noise(0.1) }),
  make: ({ samples, noise }, seed) =>
    points({ seed, noise, classes: ['upper moon', 'lower moon'] }, samples, (i) => {
      const label = i % 2;
      const t = Math.PI * along(i, samples, 2, 'closed');
      return label === 0
        ? { x: Math.cos(t), y: Math.sin(t), label }
        : { x: 1 - Math.cos(t), y: 0.5 - Math.sin(t), label };
    }),
});

/** A circle inside a circle, as in scikit-learn's `make_circles`. */
export const circles = defineGenerator({
  kind: 'circles',
  title: 'Circles',
  doc: 'A circle of radius 1 (class 0) around a smaller one (class 1), points evenly along each, as in scikit-learn’s make_circles.',
  task: 'class',
  params: z.strictObject({
    samples: samples(400),
    factor: z.number().min(0).max(0.95).default(0.5).meta({
      title: 'Inner radius',
      description: 'Radius of the inner circle; the outer one has radius 1.',
    }),
    noise: noise(0.08),
  }),
  make: ({ samples, factor, noise }, seed) =>
    points({ seed, noise, classes: ['outer circle', 'inner circle'] }, samples, (i) => {
      const label = i % 2;
      const t = 2 * Math.PI * along(i, samples, 2, 'open');
      const radius = label === 0 ? 1 : factor;
      return { x: radius * Math.cos(t), y: radius * Math.sin(t), label };
    }),
});

/** Archimedean spirals around each other (Lang and Witbrock, "Learning to tell two spirals apart", 1988). */
export const spirals = defineGenerator({
  kind: 'spirals',
  title: 'Spirals',
  doc: 'Arms of an Archimedean spiral, one class each: radius u, angle 2π·(turns·u + k/arms) for u evenly over 0 … 1 (after Lang and Witbrock, 1988). The more turns, the deeper the net that it takes.',
  task: 'class',
  params: z.strictObject({
    samples: samples(600),
    arms: z
      .int()
      .min(2)
      .max(8)
      .default(2)
      .meta({ title: 'Arms', description: 'Number of spirals, each a class.' }),
    turns: z
      .number()
      .min(0.1)
      .max(5)
      .default(1.5)
      .meta({ title: 'Turns', description: 'How many times each arm goes round.' }),
    noise: noise(0.02),
  }),
  make: ({ samples, arms, turns, noise }, seed) =>
    points({ seed, noise, classes: names('arm', arms) }, samples, (i) => {
      const label = i % arms;
      const u = along(i, samples, arms, 'middle');
      const angle = 2 * Math.PI * (turns * u + label / arms);
      return { x: u * Math.cos(angle), y: u * Math.sin(angle), label };
    }),
});

/** Normal clouds whose centres lie evenly on a circle. */
export const gaussians = defineGenerator({
  kind: 'gaussians',
  title: 'Gaussians',
  doc: 'k normal clouds of equal spread, centres evenly on a circle, the first at (radius, 0). With two classes the best boundary is the straight line on which the log-likelihood ratio is zero.',
  task: 'class',
  params: z.strictObject({
    samples: samples(400),
    classes: z.int().min(2).max(12).default(2).meta({ title: 'Classes', description: 'Number of clouds.' }),
    radius: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .meta({ title: 'Radius', description: 'Distance of the centres from the origin.' }),
    spread: z
      .number()
      .min(0.001)
      .max(5)
      .default(0.4)
      .meta({ title: 'Spread', description: 'Standard deviation of each cloud in both coordinates.' }),
  }),
  make: ({ samples, classes, radius, spread }, seed) =>
    points({ seed, noise: spread, classes: names('cloud', classes) }, samples, (i) => {
      const label = i % classes;
      const angle = (2 * Math.PI * label) / classes;
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle), label };
    }),
});

/** The fields of a chessboard over the square −1 … 1. */
export const checkerboard = defineGenerator({
  kind: 'checkerboard',
  title: 'Checkerboard',
  doc: 'Points uniform over the square −1 … 1, classes by the colour of the field: (column + row) mod 2. Many separate regions: hard for a narrow net.',
  task: 'class',
  params: z.strictObject({
    samples: samples(1000),
    cells: z
      .int()
      .min(2)
      .max(16)
      .default(4)
      .meta({ title: 'Fields', description: 'Number of fields along each side.' }),
    noise: noise(0),
  }),
  make: ({ samples, cells, noise }, seed) =>
    points({ seed, noise, classes: ['black', 'white'] }, samples, (_, random) => {
      const u = random.uniform();
      const v = random.uniform();
      return { x: 2 * u - 1, y: 2 * v - 1, label: (Math.floor(u * cells) + Math.floor(v * cells)) % 2 };
    }),
});

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

/** Places `count` points, then adds the noise, which has a stream of its own: more noise moves points, it does not redraw them. */
function points(
  { seed, noise, classes }: { seed: number; noise: number; classes: readonly string[] },
  count: number,
  place: (i: number, random: { uniform(): number }) => Point,
): GeneratedFields {
  const random = randomStream(seed, 'points');
  const jitter = randomStream(seed, 'noise');
  const data = new Float32Array(2 * count);
  const labels = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const { x, y, label } = place(i, random);
    data[2 * i] = x + noise * jitter.normal();
    data[2 * i + 1] = y + noise * jitter.normal();
    labels[i] = label;
  }
  const input: NumberField = { name: 'point', dtype: 'f32', shape: [2], data, columns: ['x', 'y'] };
  const target: ClassTarget = {
    kind: 'class',
    name: 'class',
    dtype: 'u32',
    shape: [],
    data: labels,
    names: classes,
  };
  return { input, target };
}

/**
 * Where sample i lies along its class's curve, 0 … 1, when classes take turns: evenly, with both ends (`closed`),
 * without the last (`open`, for closed curves), or in the middle of equal pieces.
 */
function along(i: number, samples: number, classes: number, ends: 'closed' | 'open' | 'middle'): number {
  const label = i % classes;
  const place = Math.floor(i / classes);
  const size = Math.floor((samples - label - 1) / classes) + 1;
  if (ends === 'closed') return size === 1 ? 0 : place / (size - 1);
  return (ends === 'open' ? place : place + 0.5) / size;
}

function names(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${word} ${i + 1}`);
}
