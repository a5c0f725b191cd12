/** A sample in small: an image as an image, anything else as its numbers or tokens. */
import { useEffect, useRef } from 'react';
import { type FieldFacts, readable } from '../../../engine/index.ts';
import styles from './Inspect.module.css';

/** Numbers or tokens shown of a long sample. */
const MOST_NUMBERS = 6;

export function SampleFace({
  field,
  data,
  size = 36,
}: {
  readonly field: FieldFacts;
  readonly data: Float32Array;
  readonly size?: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = isImage(field);
  useEffect(() => {
    if (canvas.current && image) paint(canvas.current, field, data);
  }, [field, data, image]);
  if (image) {
    return <canvas ref={canvas} className={styles.thumb} style={{ width: size, height: size }} aria-hidden />;
  }
  return <span className={styles.numbers}>{sampleWords(field, data)}</span>;
}

/** Channels × height × width, of one or three channels. */
export function isImage({ shape, names }: FieldFacts): boolean {
  return (
    names.length === 0 && shape.length === 3 && (shape[0] === 1 || shape[0] === 3) && (shape[1] ?? 0) > 1
  );
}

export function sampleWords({ names, columns }: FieldFacts, data: Float32Array): string {
  const shown = Array.from(data.subarray(0, MOST_NUMBERS), (value, i) => {
    if (names.length > 0) return names[value] ?? String(value);
    return columns[i] === undefined ? readable(value) : `${columns[i]} ${readable(value)}`;
  });
  const rest = data.length > MOST_NUMBERS ? ' …' : '';
  return (names.length > 0 ? shown.join('') : shown.join(', ')) + rest;
}

function paint(canvas: HTMLCanvasElement, { shape, low, high }: FieldFacts, data: Float32Array): void {
  const [channels = 1, height = 1, width = 1] = shape;
  canvas.width = width;
  canvas.height = height;
  const [least, most] = [Math.min(...low), Math.max(...high)];
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const value = data[(channels === 3 ? c : 0) * width * height + i] ?? 0;
      pixels.data[4 * i + c] = (255 * (value - least)) / (most - least || 1);
    }
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}
