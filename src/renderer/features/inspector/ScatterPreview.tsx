/** The generated points, drawn as they will be trained on: classes by colour and by mark, or a curve's points. */
import { useEffect, useMemo, useRef } from 'react';
import type { Dataset } from '../../../engine/index.ts';
import { classColors } from '../../ui/chart-look.ts';
import styles from './Inspector.module.css';

interface Props {
  readonly dataset: Dataset;
}

const MARGIN = 12;
/** More are not told apart on so small a picture. */
const MOST_POINTS = 1500;

export function ScatterPreview({ dataset }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const points = useMemo(() => pointsOf(dataset), [dataset]);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, points);
  }, [points]);
  return (
    <canvas
      ref={canvas}
      className={styles.scatter}
      role="img"
      aria-label={`${points.length} points of the data set ${dataset.name}`}
    />
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly group: number;
}

function pointsOf({ count, inputs, targets }: Dataset): Point[] {
  const [input] = inputs;
  const [target] = targets;
  if (!input || !target) return [];
  const width = input.data.length / count;
  const targetWidth = target.data.length / count;
  const stride = Math.ceil(count / MOST_POINTS);
  return Array.from({ length: Math.ceil(count / stride) }, (_, k) => {
    const i = k * stride;
    const label = target.data[i * targetWidth] ?? 0;
    return {
      x: input.data[i * width] ?? 0,
      y: target.kind === 'class' ? (input.data[i * width + 1] ?? 0) : label,
      group: target.kind === 'class' ? label : 0,
    };
  });
}

function draw(canvas: HTMLCanvasElement, points: readonly Point[]): void {
  const context = canvas.getContext('2d');
  if (!context || points.length === 0) return;
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  context.scale(scale, scale);
  const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [left, right] = range(points.map((p) => p.x));
  const [low, high] = range(points.map((p) => p.y));
  const at = (v: number, from: number, to: number, size: number): number =>
    MARGIN + ((v - from) / (to - from || 1)) * (size - 2 * MARGIN);
  for (const { x, y, group } of points) {
    const cx = at(x, left, right, width);
    const cy = height - at(y, low, high, height);
    context.fillStyle = classColors[group % classColors.length] ?? 'gray';
    context.globalAlpha = 0.8;
    context.beginPath();
    if (group % 2 === 0) context.arc(cx, cy, 2.2, 0, 2 * Math.PI);
    else context.rect(cx - 2, cy - 2, 4, 4);
    context.fill();
  }
}
