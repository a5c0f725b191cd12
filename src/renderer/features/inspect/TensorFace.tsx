/** A tensor that is too large for numbers, as a small picture on a scale symmetric about zero, with the number under the pointer. */
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { readable, type Tensor } from '../../../engine/index.ts';
import { scaleGradient } from '../../ui/color-scale.ts';
import picture from '../../ui/Picture.module.css';
import { useTheme } from '../../ui/theme.ts';
import { type HeatMap, heatPixels, symmetricRange } from './heat-maps.ts';
import styles from './Inspect.module.css';

/** Elements drawn; the rest of a larger tensor is left out. */
const MOST = 128 * 128;
const MOST_WIDTH = 260;
const MOST_HEIGHT = 150;

export function TensorFace({ tensor }: { readonly tensor: Tensor }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [place, setPlace] = useState<number | null>(null);
  const map = useMemo(() => faceOf(tensor), [tensor]);
  const range = useMemo(() => symmetricRange([map]), [map]);
  const { width, height } = map;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    const { data } = heatPixels(map, range, theme);
    canvas.current.width = width;
    canvas.current.height = height;
    context.putImageData(new ImageData(data, width, height), 0, 0);
  }, [map, range, theme, width, height]);
  const scale = Math.max(1, Math.min(6, Math.floor(220 / width)));
  function point(event: PointerEvent): void {
    const { left, top, width: across, height: down } = event.currentTarget.getBoundingClientRect();
    const column = Math.min(width - 1, Math.floor(((event.clientX - left) / across) * width));
    const row = Math.min(height - 1, Math.floor(((event.clientY - top) / down) * height));
    setPlace(row * width + column);
  }
  return (
    <>
      <canvas
        ref={canvas}
        className={styles.face}
        style={{ width: Math.min(MOST_WIDTH, width * scale), height: Math.min(MOST_HEIGHT, height * scale) }}
        role="img"
        aria-label={`Values as colours, from ${readable(range.low)} to ${readable(range.high)}`}
        onPointerMove={point}
        onPointerLeave={() => setPlace(null)}
      />
      <small>
        {place === null ? (
          <>
            {readable(range.low)}{' '}
            <span className={picture.ramp} style={{ background: scaleGradient(theme) }} />{' '}
            {readable(range.high)}
          </>
        ) : (
          `[${indexOf(place, tensor).join(', ')}] = ${readable(map.data[place] ?? Number.NaN)}`
        )}
      </small>
    </>
  );
}

/** Rows of the last axis; one long row is folded into a block. */
function faceOf({ shape, data }: Tensor): HeatMap {
  const total = Math.min(MOST, data.length);
  const last = shape.at(-1) ?? 1;
  const isRow = last === data.length && last > 64;
  const width = Math.max(1, isRow ? Math.ceil(Math.sqrt(last * 2)) : Math.min(last, 256));
  const height = Math.max(1, Math.floor(total / width));
  return { title: '', width, height, data: data.subarray(0, width * height) };
}

/** The index of an element along each axis. */
function indexOf(place: number, { shape }: Tensor): number[] {
  const index: number[] = [];
  let rest = place;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
