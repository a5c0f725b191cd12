/** Decision regions: a grid over two inputs, and the picture of what is answered there. No React, no worker. */
import { type Inside, readable, type Tensor } from '../../../engine/index.ts';
import type { Brush, Pixels } from '../../ui/brush.ts';
import { chartLook, classColors } from '../../ui/chart-look.ts';
import { type Rgb, scaleColor, type Theme } from '../../ui/color-scale.ts';
import { isClassifier, readAnswer, readCertainty } from './answers.ts';

/** Points along each side. */
export const SIDE = 72;
/** How far the plane reaches beyond the samples, as a share of their range. */
const MARGIN = 0.12;
const PAD = { left: 44, right: 12, top: 6, bottom: 24 };

export interface Plane {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

interface Area {
  readonly width: number;
  readonly height: number;
}

export function planeOf({ input }: Pick<Inside, 'input'>): Plane {
  const side = (i: number): readonly [number, number] => {
    const [low = 0, high = 1] = [input.low[i], input.high[i]];
    const margin = MARGIN * (high - low || 1);
    return [low - margin, high + margin];
  };
  return { x: side(0), y: side(1) };
}

/** The points of the grid, row after row from the top (large y) on. */
export function gridInputs({ x, y }: Plane, side = SIDE): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(2 * side * side);
  for (let r = 0; r < side; r++)
    for (let c = 0; c < side; c++) {
      rows[2 * (r * side + c)] = x[0] + ((c + 0.5) / side) * (x[1] - x[0]);
      rows[2 * (r * side + c) + 1] = y[1] - ((r + 0.5) / side) * (y[1] - y[0]);
    }
  return rows;
}

function rowOf({ shape, data }: Tensor, i: number): Float32Array {
  const size = shape.slice(1).reduce((n, d) => n * d, 1);
  return data.subarray(i * size, (i + 1) * size);
}

/** Pixels along each side for each point of the grid: between points, what is answered is interpolated. */
const FINENESS = 4;

/**
 * A grid of answers made finer: each number that the net answers is interpolated linearly between the four points around, so
 * that a boundary runs where it does and not in steps of the grid. Beyond the outermost points it stays what it is there.
 */
export function finerAnswers(answers: Tensor, fineness = FINENESS): Tensor {
  const coarse = Math.round(Math.sqrt(answers.shape[0] ?? 0));
  const side = coarse * fineness;
  const size = answers.data.length / (coarse * coarse || 1);
  const data = new Float32Array(side * side * size);
  const places = Array.from({ length: side }, (_, i) => {
    const at = Math.min(coarse - 1, Math.max(0, (i + 0.5) / fineness - 0.5));
    const low = Math.min(Math.max(0, coarse - 2), Math.floor(at));
    return { low, high: Math.min(coarse - 1, low + 1), share: at - low };
  });
  places.forEach(({ low: up, high: down, share: v }, r) => {
    places.forEach(({ low: left, high: right, share: u }, c) => {
      for (let k = 0; k < size; k++) {
        const at = (row: number, column: number): number => answers.data[(row * coarse + column) * size + k]!;
        const above = at(up, left) + u * (at(up, right) - at(up, left));
        const below = at(down, left) + u * (at(down, right) - at(down, left));
        data[(r * side + c) * size + k] = above + v * (below - above);
      }
    });
  });
  return { shape: [side * side, ...answers.shape.slice(1)], data };
}

/** Moving the cursor draws anew what was worked out before. */
const painted = new WeakMap<
  Tensor,
  { readonly inside: Inside; readonly theme: Theme; readonly pixels: Pixels }
>();

/** Four by four pixels for each point: hue is the answer, strength its certainty, and a line where two answers meet. */
export function regionPixels(inside: Inside, coarse: Tensor, theme: Theme): Pixels {
  const known = painted.get(coarse);
  if (known?.inside === inside && known.theme === theme) return known.pixels;
  const answers = finerAnswers(coarse);
  const side = Math.round(Math.sqrt(answers.shape[0] ?? 0));
  const reads = Array.from({ length: side * side }, (_, i) => readCertainty(inside, rowOf(answers, i)));
  const ground: Rgb = theme === 'dark' ? [28, 30, 37] : [250, 250, 252];
  const ink: Rgb = theme === 'dark' ? [235, 238, 245] : [20, 22, 28];
  const colors = classColors.map(rgbOf);
  const [low, high] = isClassifier(inside) ? [0, 1] : rangeOf(answers.data);
  const pixels = new Uint8ClampedArray(4 * side * side);
  reads.forEach(({ label, certainty }, i) => {
    const isEdge =
      label !== null &&
      ((i % side < side - 1 && reads[i + 1]!.label !== label) ||
        (i + side < reads.length && reads[i + side]!.label !== label));
    const color = isEdge
      ? ink
      : label === null
        ? scaleColor(((rowOf(answers, i)[0] ?? 0) - low) / (high - low || 1), theme)
        : mixed(ground, colors[label % colors.length]!, 0.16 + 0.6 * certainty);
    pixels.set([...color, 255], 4 * i);
  });
  const made = { width: side, height: side, data: pixels };
  painted.set(coarse, { inside, theme, pixels: made });
  return made;
}

function rangeOf(data: Float32Array): [number, number] {
  return [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
}

function rgbOf(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

function mixed(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => Math.round(a[i]! + share * (b[i]! - a[i]!))) as [number, number, number];
}

/** Where the plane lies in the picture: square points, in the middle. */
function frameOf({ width, height }: Area) {
  const size = Math.max(1, Math.min(width - PAD.left - PAD.right, height - PAD.top - PAD.bottom));
  return { left: PAD.left + (width - PAD.left - PAD.right - size) / 2, top: PAD.top, size };
}

export interface RegionPicture {
  readonly inside: Inside;
  readonly plane: Plane;
  readonly answers: Tensor;
  /** Row after row, two numbers each. */
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  /** A point of the grid that the keyboard is on. */
  readonly cursor: readonly [number, number] | null;
}

export function drawRegions(brush: Brush, picture: RegionPicture, area: Area, theme: Theme): void {
  const { inside, plane, answers, inputs, targets, cursor } = picture;
  const look = chartLook(theme);
  const { left, top, size } = frameOf(area);
  brush.image(left, top, size, size, regionPixels(inside, answers, theme), true);
  const at = (value: number, [low, high]: readonly [number, number]): number => (value - low) / (high - low);
  const outline = theme === 'dark' ? '#0d0f14' : '#ffffff';
  for (let i = 0; i < targets.length; i++) {
    const x = left + at(inputs[2 * i]!, plane.x) * size;
    const y = top + (1 - at(inputs[2 * i + 1]!, plane.y)) * size;
    const label = isClassifier(inside) ? targets[i]! : 0;
    const fill = classColors[label % classColors.length]!;
    if (label % 2 === 0) brush.circle(x, y, 2.6, { fill, stroke: outline, width: 0.8 });
    else {
      brush.rectangle(x - 2.8, y - 2.8, 5.6, 5.6, outline);
      brush.rectangle(x - 2.1, y - 2.1, 4.2, 4.2, fill);
    }
  }
  if (cursor) {
    const [c, r] = cursor;
    const side = answers.shape[0] ? Math.sqrt(answers.shape[0]) : SIDE;
    const [x, y] = [left + ((c + 0.5) / side) * size, top + ((r + 0.5) / side) * size];
    brush.line([x - 8, y, x + 8, y, Number.NaN, Number.NaN, x, y - 8, x, y + 8], {
      stroke: look.text,
      width: 2,
    });
  }
  const [nameX = 'x₁', nameY = 'x₂'] = inside.input.columns;
  const bottom = top + size + 12;
  brush.text(left, bottom, readable(plane.x[0]), { color: look.faint, size: 10 });
  brush.text(left + size, bottom, readable(plane.x[1]), { color: look.faint, size: 10, align: 'right' });
  brush.text(left + size / 2, bottom, nameX, { color: look.faint, align: 'center' });
  brush.text(left - 6, top + 6, readable(plane.y[1]), { color: look.faint, size: 10, align: 'right' });
  brush.text(left - 6, top + size - 6, readable(plane.y[0]), { color: look.faint, size: 10, align: 'right' });
  brush.text(left - 12, top + size / 2, nameY, { color: look.faint, align: 'center', turn: -90 });
}

/** The grid's point (column, row) under the pointer; null beside the plane. */
export function pointUnder(x: number, y: number, area: Area, side = SIDE): readonly [number, number] | null {
  const { left, top, size } = frameOf(area);
  const [c, r] = [Math.floor(((x - left) / size) * side), Math.floor(((y - top) / size) * side)];
  return c < 0 || r < 0 || c >= side || r >= side ? null : [c, r];
}

export function pointWords({ inside, plane, answers }: RegionPicture, [c, r]: readonly [number, number]) {
  const side = Math.sqrt(answers.shape[0] ?? 0);
  const inputs = gridInputs(plane, side);
  const i = r * side + c;
  const [nameX = 'x₁', nameY = 'x₂'] = inside.input.columns;
  const row = rowOf(answers, i);
  return {
    title: readAnswer(inside, row).text,
    lines: [
      `${nameX} = ${readable(inputs[2 * i]!)}, ${nameY} = ${readable(inputs[2 * i + 1]!)}`,
      `answer: ${Array.from(row, (v) => readable(v)).join(', ')}`,
    ],
  };
}

export function regionTable({ inside, plane, answers }: RegionPicture): (string | number)[][] {
  const inputs = gridInputs(plane, Math.sqrt(answers.shape[0] ?? 0));
  const [nameX = 'x1', nameY = 'x2'] = inside.input.columns;
  const head = [nameX, nameY, ...Array.from({ length: inside.answerSize }, (_, k) => `answer ${k}`)];
  return [
    head,
    ...Array.from({ length: answers.shape[0] ?? 0 }, (_, i) => [
      inputs[2 * i]!,
      inputs[2 * i + 1]!,
      ...rowOf(answers, i),
    ]),
  ];
}
