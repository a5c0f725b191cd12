import { describe, expect, test } from 'vitest';
import { captureOf, normalNumbers } from '../../../engine/probe/testing.ts';
import { trainedRun } from '../../engine-client/testing.ts';
import {
  addToRows,
  exponentOfRow,
  NOT_FINITE_ROW,
  powerRow,
  ROWS,
  ZERO_ROW,
} from '../../pictures/magnitude-rows.ts';
import { COLUMNS, StripColumns } from '../../pictures/strip-columns.ts';
import { paintColumns, rowAt, STRIP_PIXELS, stripPalette } from '../../pictures/strip-paint.ts';
import { svgBrush } from '../../ui/brush.ts';
import { canvasTable, drawCanvasPicture, sizeOfPicture } from './canvas-picture.ts';

const palette = stripPalette('dark');

function columnsOf(tensors: readonly ArrayLike<number>[]): StripColumns {
  const columns = new StripColumns();
  tensors.forEach((tensor, step) => {
    addToRows(columns.next(step).rows, captureOf(step, [tensor]), 0);
  });
  return columns;
}

function painted(columns: StripColumns): Uint8ClampedArray {
  const image = new Uint8ClampedArray(4 * STRIP_PIXELS.width * STRIP_PIXELS.height);
  paintColumns(image, columns, palette);
  return image;
}

const pixel = (image: Uint8ClampedArray, x: number, y: number): number[] => [
  ...image.subarray(4 * (y * COLUMNS + x), 4 * (y * COLUMNS + x) + 3),
];

/** Pixel rows of column 0 that show something else than the plate. */
const litRows = (image: Uint8ClampedArray): (number | null)[] =>
  Array.from({ length: STRIP_PIXELS.height }, (_, y) => y)
    .filter((y) => rowAt(y) !== null && pixel(image, 0, y).join() !== palette.plate.join())
    .map(rowAt);

test('every element is counted once, whatever its size', () => {
  const tensor = [0, 1, -1, 3e38, 1e-38, Number.NaN, Infinity, 2 ** -40, 2 ** 7, 200];
  const rows = columnsOf([tensor]).column(0);
  expect(rows.reduce((sum, count) => sum + count, 0)).toBe(tensor.length);
  expect([rows[ZERO_ROW], rows[NOT_FINITE_ROW]]).toEqual([1, 2]);
  expect(rows[powerRow(0)]).toBe(2);
});

test('a narrow distribution keeps its shape: one bright row, where it belongs', () => {
  const image = painted(columnsOf([Float32Array.from({ length: 100 }, (_, i) => 0.97 + i * 1e-4)]));
  expect(litRows(image)).toEqual([powerRow(-1)]);
  expect(exponentOfRow(powerRow(-1))).toBe(-1);
  expect(pixel(image, 0, 4 + 8)).toEqual([...palette.ramp.subarray(255 * 3)]);
});

test('a strip does not depend on the range of its neighbours or of other steps', () => {
  const small = normalNumbers(64, { std: 0.01 });
  const alone = painted(columnsOf([small]));
  const besideLarge = painted(columnsOf([small, small.map((x) => 100 * x)]));
  for (let y = 0; y < STRIP_PIXELS.height; y++) expect(pixel(besideLarge, 0, y)).toEqual(pixel(alone, 0, y));
});

test('a single NaN among thousands is plainly red', () => {
  const tensor = normalNumbers(4096, { std: 1 });
  tensor[17] = Number.NaN;
  const [red = 0, green = 255] = pixel(painted(columnsOf([tensor])), 0, 0);
  expect(red - green).toBeGreaterThan(60);
});

test('a full strip joins neighbours and keeps all counts and steps', () => {
  const tensors = Array.from({ length: 3 * COLUMNS }, () => [1, 2, 0]);
  const columns = columnsOf(tensors);
  expect(columns.capturesPerColumn).toBe(4);
  expect(columns.counts.reduce((sum, count) => sum + count, 0)).toBe(3 * tensors.length);
  expect(columns.firstSteps[0]).toBe(0);
  expect(columns.lastSteps[columns.length - 1]).toBe(tensors.length - 1);
  expect(columns.counts.length).toBe(COLUMNS * ROWS);
});

test('a step is found in the column that holds it', () => {
  const columns = columnsOf(Array.from({ length: 2 * COLUMNS }, () => [1]));
  expect([0, 1, 2, 2 * COLUMNS - 1, 9999].map((step) => columns.columnOf(step))).toEqual([
    0,
    0,
    1,
    COLUMNS - 1,
    COLUMNS - 1,
  ]);
  expect(new StripColumns().columnOf(0)).toBe(-1);
});

test('only the newest column is out of date after a capture, and all of them after joining', () => {
  const columns = new StripColumns();
  const dirty = Array.from({ length: COLUMNS + 2 }, (_, step) => columns.next(step).dirtyFrom);
  expect(dirty.slice(0, 3)).toEqual([0, 1, 2]);
  expect(dirty.slice(COLUMNS)).toEqual([0, COLUMNS / 2]);
});

describe('the canvas as a picture', () => {
  const run = trainedRun(2, 'sigmoid', 3);
  const boxes = run
    .facts!.segments.filter(({ what }) => what === 'gradient')
    .map(({ node, name }, i) => ({ id: node, name, x: 300 * i, y: 0, width: 224, height: 140 }));
  const tint = { color: 'rgb(1 2 3)', width: 3, label: '' };
  const picture = { boxes, wires: [{ from: [224, 120], to: [300, 120], tint }] } as const;

  test('has every box by its name, and the wire in its colour', () => {
    const { width, height } = sizeOfPicture(picture);
    const { brush, finish } = svgBrush(width, height);
    drawCanvasPicture(brush, picture, { find: () => undefined }, { theme: 'light', at: null });
    const svg = finish();
    for (const { name } of boxes) expect(svg).toContain(`>${name}<`);
    expect(svg).toContain('stroke="rgb(1 2 3)" stroke-width="3"');
    expect(svg).toContain('each column scaled to its most common row');
  });

  test('as a table has the numbers behind strips and wires, of the step that is looked at', () => {
    const [head, ...rows] = canvasTable(run, 1);
    expect(head?.slice(0, 4)).toEqual(['layer', 'tensor', 'step', 'rms']);
    expect(rows.map((row) => row.slice(0, 3))).toContainEqual(['linear_1', '∂L/∂a', 1]);
    expect(canvasTable(run, null)).toHaveLength(1 + 2 * boxes.length);
    expect(canvasTable(null, null)).toHaveLength(1);
  });
});
