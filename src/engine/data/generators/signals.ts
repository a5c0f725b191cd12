// Signals over time, told apart by their shape wherever it stands: what a convolution along time is for.
import { z } from 'zod';
import type { ClassTarget, NumberField } from '../dataset.ts';
import { randomStream } from '../random.ts';
import { defineGenerator } from './define.ts';

/** One period of each wave, phase 0 … 1, with height 1. */
const shapes = {
  sine: (phase: number) => Math.sin(2 * Math.PI * phase),
  square: (phase: number) => (phase < 0.5 ? 1 : -1),
  triangle: (phase: number) => 1 - 4 * Math.abs(phase - 0.5),
  sawtooth: (phase: number) => 2 * phase - 1,
} as const;

export const waves = defineGenerator({
  kind: 'waves',
  title: 'Waves',
  doc: 'Sine, square, triangle and sawtooth waves with noise; frequency, phase and height differ from one to the next, so only the shape tells them apart. One channel over time, for convolutions in one dimension.',
  task: 'class',
  params: z.strictObject({
    samples: z
      .int()
      .min(4)
      .max(100_000)
      .default(800)
      .meta({ title: 'Samples', description: 'How many signals there are.' }),
    length: z
      .int()
      .min(8)
      .max(4096)
      .default(64)
      .meta({ title: 'Length', description: 'How many values a signal has.' }),
    noise: z.number().min(0).max(2).default(0.1).meta({
      title: 'Noise',
      description: 'Standard deviation of the normal noise added to every value.',
    }),
  }),
  make({ samples, length, noise }, seed) {
    const random = randomStream(seed, 'points');
    const jitter = randomStream(seed, 'noise');
    const names = Object.keys(shapes);
    const data = new Float32Array(samples * length);
    const labels = Uint32Array.from({ length: samples }, (_, i) => i % names.length);
    const shapeOf = Object.values(shapes);
    labels.forEach((label, i) => {
      const periods = 2 + 3 * random.uniform();
      const start = random.uniform();
      const height = 0.5 + random.uniform();
      for (let t = 0; t < length; t++) {
        const phase = (start + (periods * t) / length) % 1;
        data[i * length + t] = height * (shapeOf[label]?.(phase) ?? 0) + noise * jitter.normal();
      }
    });
    const input: NumberField = { name: 'signal', dtype: 'f32', shape: [1, length], data };
    const target: ClassTarget = {
      kind: 'class',
      name: 'wave',
      dtype: 'u32',
      shape: [],
      data: labels,
      names,
    };
    return { input, target };
  },
});
