// Packed images as a data set: bytes become numbers on the scale that the user chose.

import { EngineError } from '../errors.ts';
import type { ShippedImages } from './catalogue.ts';
import { type Dataset, sampleSize } from './dataset.ts';
import type { PackedData } from './packed.ts';
import { type Split, type SplitSpec, splitNotes, splitSamples } from './split.ts';

/** How pixels become numbers. */
export const pixelScales = {
  unit: '0 (background) to 1.',
  standard: 'Mean 0 and standard deviation 1 over all pixels of the training part.',
  bytes: '0 to 255, as in the file: too large for most nets, to show why one scales.',
} as const;

export type PixelScale = keyof typeof pixelScales;

/** What was learnt of the pixels: value = (byte − mean) / std. */
export interface PixelFit {
  readonly mean: number;
  readonly std: number;
}

/**
 * Images and classes, and their split.
 *
 * @param samples how many images to use, from the first on
 * @throws EngineError `data/packed` when the file lacks images or labels
 */
export function prepareImages(
  packed: PackedData,
  entry: ShippedImages,
  { pixels, samples, split: spec }: { pixels: PixelScale; samples: number; split: SplitSpec },
): { dataset: Dataset; split: Split; pixelFit: PixelFit } {
  const images = packed.fields.find((f) => f.kind === 'bytes');
  const labels = packed.fields.find((f) => f.kind === 'names');
  if (!images || !labels)
    throw new EngineError('data/packed', { file: entry.title, why: 'images or labels are missing' });

  const count = Math.min(samples, packed.count);
  const size = sampleSize(images.shape);
  const classes = Uint32Array.from(labels.data.subarray(0, count));
  const split = splitSamples(count, spec, classes);
  const pixelFit = fitPixels(images.data, size, split.train, pixels);
  // Millions of pixels: a plain loop is many times faster than Float32Array.from with a function.
  const data = new Float32Array(count * size);
  for (let i = 0; i < data.length; i++) data[i] = ((images.data[i] ?? 0) - pixelFit.mean) / pixelFit.std;
  const dataset: Dataset = {
    name: entry.title,
    count,
    inputs: [{ name: images.name, dtype: 'f32', shape: images.shape, data }],
    targets: [
      { kind: 'class', name: labels.name, dtype: 'u32', shape: [], data: classes, names: labels.names },
    ],
    provenance: { source: packed.source, licence: packed.licence },
    notes: [
      ...(count < packed.count ? [`The first ${count} of ${packed.count} images.`] : []),
      `Pixels: ${pixelScales[pixels]}`,
      ...splitNotes(split, spec),
    ],
  };
  return { dataset, split, pixelFit };
}

function fitPixels(bytes: Uint8Array, size: number, train: Uint32Array, pixels: PixelScale): PixelFit {
  if (pixels === 'bytes') return { mean: 0, std: 1 };
  if (pixels === 'unit') return { mean: 0, std: 255 };
  // Bytes sum exactly in doubles, so one pass over their counts is as good as two over the pixels.
  const counts = new Float64Array(256);
  for (const i of train) {
    for (let p = i * size; p < (i + 1) * size; p++) counts[bytes[p] ?? 0]! += 1;
  }
  const total = train.length * size;
  const mean = counts.reduce((sum, n, byte) => sum + n * byte, 0) / total;
  const variance = counts.reduce((sum, n, byte) => sum + n * (byte - mean) ** 2, 0) / total;
  return { mean, std: Math.sqrt(variance) || 1 };
}
