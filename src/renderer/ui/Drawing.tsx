/** A picture drawn by our own brush in a picture's frame: redrawn at most once a frame, when `version`, size or theme change. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { type Brush, blobOf, canvasBrush, svgBrush } from './brush.ts';
import type { Theme } from './color-scale.ts';
import type { Topic } from './explanations.ts';
import styles from './Picture.module.css';
import { PictureFrame } from './PictureFrame.tsx';
import { fileNameOf, type PictureFile, type Table } from './picture.ts';
import { useTheme } from './theme.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point of the picture in words: a title and lines. */
export interface PointWords {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface DrawingProps {
  readonly title: string;
  readonly topic: Topic;
  /** What the picture shows, for those who do not see it. */
  readonly words: string;
  /** Anything that changes when the picture would. */
  readonly version: unknown;
  draw(brush: Brush, size: Size, theme: Theme): void;
  table(): Table;
  onSave(file: PictureFile): void;
  /** What lies at a point; null for nothing. */
  hover?(x: number, y: number, size: Size): PointWords | null;
  /** A point was pressed. */
  press?(x: number, y: number, size: Size): void;
  /** The arrow keys: dx, dy of −1, 0, 1; says what the cursor is on now. */
  move?(dx: number, dy: number): string;
  readonly legend?: ReactNode;
  readonly children?: ReactNode;
}

export function Drawing(props: DrawingProps) {
  const { title, topic, words, version, draw, table, onSave, hover, press, move, legend, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const [point, setPoint] = useState<(PointWords & { x: number; y: number }) | null>(null);
  const [spoken, setSpoken] = useState('');
  const theme = useTheme();
  latest.current = draw;

  useEffect(() => {
    const [surface, parent] = [canvas.current, box.current];
    if (!surface || !parent) return;
    let frame = 0;
    const paint = (): void => {
      frame = 0;
      const size = sizeOf(parent);
      const context = surface.getContext('2d');
      if (!context || size.width === 0 || size.height === 0) return;
      const ratio = devicePixelRatio;
      surface.width = Math.round(size.width * ratio);
      surface.height = Math.round(size.height * ratio);
      surface.style.width = `${size.width}px`;
      surface.style.height = `${size.height}px`;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const brush = canvasBrush(context);
      brush.rectangle(0, 0, size.width, size.height, getComputedStyle(parent).backgroundColor);
      latest.current(brush, size, theme);
    };
    const soon = (): void => {
      if (frame === 0) frame = requestAnimationFrame(paint);
    };
    soon();
    const observer = new ResizeObserver(soon);
    observer.observe(parent);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [version, theme]);

  const at = (event: PointerEvent): [number, number, Size] => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return [
      event.clientX - bounds.left,
      event.clientY - bounds.top,
      { width: bounds.width, height: bounds.height },
    ];
  };
  const source = {
    name: fileNameOf(title),
    png: () => blobOf(canvas.current),
    svg: () => {
      if (!box.current) return '';
      const size = sizeOf(box.current);
      const { brush, finish } = svgBrush(size.width, size.height);
      brush.rectangle(0, 0, size.width, size.height, getComputedStyle(box.current).backgroundColor);
      draw(brush, size, theme);
      return finish();
    },
    table,
  };
  return (
    <PictureFrame
      title={title}
      topic={topic}
      source={source}
      onSave={onSave}
      spoken={spoken}
      {...(legend === undefined ? {} : { legend })}
      controls={children}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a group of marks, no fieldset */}
      <div
        ref={box}
        className={styles.plot}
        role="group"
        aria-label={`${title}. ${words}${move ? ' Arrow keys move over it.' : ''}`}
        {...(move ? { tabIndex: 0 } : {})}
        onPointerMove={(event) => {
          const [x, y, size] = at(event);
          const found = hover?.(x, y, size) ?? null;
          setPoint(found && { ...found, x, y });
          setSpoken('');
        }}
        onPointerLeave={() => setPoint(null)}
        onBlur={() => setSpoken('')}
        onPointerDown={(event) => press?.(...at(event))}
        onKeyDown={(event: KeyboardEvent) => {
          const step = steps[event.key];
          if (!step || !move) return;
          event.preventDefault();
          event.stopPropagation();
          setSpoken(move(...step));
        }}
      >
        <canvas ref={canvas} aria-hidden />
        {point ? (
          <div className={styles.hover} style={{ ...placeFor(point, box.current) }}>
            <strong>{point.title}</strong>
            {point.lines.map((line) => (
              <span key={line}>{line}</span>
            ))}
          </div>
        ) : null}
        {/* What the keyboard’s cursor is on, for those who see; the frame says it to those who do not. */}
        {spoken === '' ? null : (
          <div className={styles.hover} style={{ left: 8, top: 8 }} aria-hidden>
            {spoken}
          </div>
        )}
      </div>
    </PictureFrame>
  );
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function sizeOf({ clientWidth, clientHeight }: HTMLElement): Size {
  return { width: clientWidth, height: clientHeight };
}

/** Beside the pointer, on the side where there is room. */
function placeFor({ x, y }: { x: number; y: number }, box: HTMLElement | null) {
  const { clientWidth = 0, clientHeight = 0 } = box ?? {};
  return {
    ...(x > clientWidth / 2 ? { right: clientWidth - x + 12 } : { left: x + 12 }),
    ...(y > clientHeight / 2 ? { bottom: clientHeight - y + 8 } : { top: y + 12 }),
  };
}
