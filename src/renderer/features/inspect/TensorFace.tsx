/** A tensor that is too large for numbers, as a small picture on a scale symmetric about zero. */
import { useEffect, useRef } from 'react';
import type { Tensor } from '../../../engine/index.ts';
import { useTheme } from '../../ui/theme.ts';
import { heatPixels, symmetricRange } from './heat-maps.ts';
import styles from './Inspect.module.css';

/** Elements drawn; the rest of a larger tensor is left out. */
const MOST = 128 * 128;

export function TensorFace({ tensor }: { readonly tensor: Tensor }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const { width, height } = layoutOf(tensor);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    const map = { title: '', width, height, data: tensor.data.subarray(0, width * height) };
    const { data } = heatPixels(map, symmetricRange([map]), theme);
    canvas.current.width = width;
    canvas.current.height = height;
    context.putImageData(new ImageData(data, width, height), 0, 0);
  }, [tensor, theme, width, height]);
  const scale = Math.max(1, Math.min(6, Math.floor(220 / width)));
  return (
    <canvas
      ref={canvas}
      className={styles.face}
      style={{ width: Math.min(260, width * scale), height: Math.min(150, height * scale) }}
      role="img"
      aria-label="Values as colours"
    />
  );
}

/** Rows of the last axis; one long row is folded into a block. */
function layoutOf({ shape, data }: Tensor): { width: number; height: number } {
  const total = Math.min(MOST, data.length);
  const last = shape.at(-1) ?? 1;
  const isRow = last === data.length && last > 64;
  const width = Math.max(1, isRow ? Math.ceil(Math.sqrt(last * 2)) : Math.min(last, 256));
  return { width, height: Math.max(1, Math.floor(total / width)) };
}
