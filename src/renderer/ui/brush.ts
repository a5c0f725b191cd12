/**
 * A brush that paints on a canvas or writes SVG, so that a picture drawn by hand is drawn once and taken out as either.
 * Coordinates are CSS pixels from the top left corner.
 */
import { chartFont } from './chart-look.ts';

/** Pixels in rows, four bytes each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface LineLook {
  readonly stroke?: string;
  readonly width?: number;
  readonly fill?: string;
  /** Lengths of dash and gap. */
  readonly dash?: readonly [number, number];
}

export interface TextLook {
  readonly color: string;
  readonly size?: number;
  readonly align?: 'left' | 'center' | 'right';
  /** Degrees, clockwise. */
  readonly turn?: number;
}

/** For screens with two pixels to each of CSS, and for paper. */
export const PNG_SCALE = 2;

export interface Brush {
  rectangle(x: number, y: number, width: number, height: number, fill: string): void;
  /** x, y, x, y, …; NaN lifts the brush. */
  line(points: readonly number[], look: LineLook): void;
  circle(x: number, y: number, radius: number, look: LineLook): void;
  /** `y` is the middle of the letters. */
  text(x: number, y: number, text: string, look: TextLook): void;
  /** Pixels enlarged, each as a square of its own unless they are samples of something smooth. */
  image(x: number, y: number, width: number, height: number, pixels: Pixels, isSmooth?: boolean): void;
}

export function canvasBrush(context: CanvasRenderingContext2D): Brush {
  const finish = ({ stroke, width = 1, fill, dash }: LineLook): void => {
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke === undefined) return;
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.lineJoin = 'round';
    context.setLineDash(dash ? [...dash] : []);
    context.stroke();
  };
  return {
    rectangle(x, y, width, height, fill) {
      context.fillStyle = fill;
      context.fillRect(x, y, width, height);
    },
    line(points, look) {
      context.beginPath();
      let isDown = false;
      for (let i = 0; i + 1 < points.length; i += 2) {
        const [x, y] = [points[i]!, points[i + 1]!];
        if (Number.isNaN(x + y)) isDown = false;
        else if (isDown) context.lineTo(x, y);
        else {
          context.moveTo(x, y);
          isDown = true;
        }
      }
      finish(look);
    },
    circle(x, y, radius, look) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      finish(look);
    },
    text(x, y, text, { color, size = 11, align = 'left', turn = 0 }) {
      context.save();
      context.translate(x, y);
      context.rotate((turn * Math.PI) / 180);
      context.font = `${size}px ${chartFont}`;
      context.textAlign = align;
      context.textBaseline = 'middle';
      context.fillStyle = color;
      context.fillText(text, 0, 0);
      context.restore();
    },
    image(x, y, width, height, pixels, isSmooth = false) {
      context.imageSmoothingEnabled = isSmooth;
      context.drawImage(canvasOf(pixels), x, y, width, height);
    },
  };
}

/** What is drawn, as a PNG of twice its size in CSS pixels. */
export function pngOf(width: number, height: number, draw: (brush: Brush) => void): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(PNG_SCALE * width);
  canvas.height = Math.round(PNG_SCALE * height);
  const context = canvas.getContext('2d');
  context?.scale(PNG_SCALE, PNG_SCALE);
  if (context) draw(canvasBrush(context));
  return blobOf(canvas);
}

/** A canvas as a PNG. @throws Error where there is none, or it is empty or too large */
export function blobOf(canvas: HTMLCanvasElement | null): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const failure = new Error('The picture is empty or too large.');
    if (canvas) canvas.toBlob((blob) => (blob ? resolve(blob) : reject(failure)));
    else reject(failure);
  });
}

/** A brush that writes; `finish` gives the whole SVG. */
export function svgBrush(width: number, height: number): { readonly brush: Brush; finish(): string } {
  const parts: string[] = [];
  const n = (value: number): string => String(Math.round(value * 100) / 100);
  const look = ({ stroke, width: w = 1, fill, dash }: LineLook): string =>
    `fill="${fill ?? 'none'}"` +
    (stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${n(w)}" stroke-linejoin="round"`) +
    (dash ? ` stroke-dasharray="${dash.join(' ')}"` : '');
  const brush: Brush = {
    rectangle(x, y, w, h, fill) {
      parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${fill}"/>`);
    },
    line(points, style) {
      parts.push(`<path d="${pathOf(points, n)}" ${look(style)}/>`);
    },
    circle(x, y, radius, style) {
      parts.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" ${look(style)}/>`);
    },
    text(x, y, text, { color, size = 11, align = 'left', turn = 0 }) {
      const anchor = { left: 'start', center: 'middle', right: 'end' }[align];
      parts.push(
        `<text x="${n(x)}" y="${n(y)}" fill="${color}" font-size="${size}" text-anchor="${anchor}" ` +
          `dominant-baseline="central"${turn === 0 ? '' : ` transform="rotate(${n(turn)} ${n(x)} ${n(y)})"`}>` +
          `${escaped(text)}</text>`,
      );
    },
    image(x, y, w, h, pixels, isSmooth = false) {
      parts.push(
        `<image x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" preserveAspectRatio="none" ` +
          `style="image-rendering: ${isSmooth ? 'auto' : 'pixelated'}" href="${canvasOf(pixels).toDataURL('image/png')}"/>`,
      );
    },
  };
  const open =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" ` +
    `viewBox="0 0 ${n(width)} ${n(height)}" font-family="${escaped(chartFont)}">`;
  return { brush, finish: () => `${open}${parts.join('\n')}</svg>` };
}

function pathOf(points: readonly number[], n: (value: number) => string): string {
  let path = '';
  let isDown = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    if (Number.isNaN(x + y)) isDown = false;
    else {
      path += `${isDown ? 'L' : 'M'}${n(x)} ${n(y)}`;
      isDown = true;
    }
  }
  return path;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function canvasOf({ width, height, data }: Pixels): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  if (width > 0 && height > 0)
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}
