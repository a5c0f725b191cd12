import type { EChartsCoreOption } from 'echarts/core';
import { describe, expect, test } from 'vitest';
import { CaptureHistory } from '../../../engine/index.ts';
import { trainedRun } from '../../engine-client/testing.ts';
import { POWER_ROWS } from '../../pictures/magnitude-rows.ts';
import { StripColumns } from '../../pictures/strip-columns.ts';
import { svgBrush } from '../../ui/brush.ts';
import { AXIS, densityOf, layerDensities, middleOf, overlayOption, overlayTable } from './overlay-option.ts';
import { ratioOption } from './ratio-option.ts';
import { drawRidges, ridgeAt, ridgePositions, ridgesOf, ridgeTable, ridgeWords } from './ridgeline.ts';
import { followStrip, stripColumnAt, stripTable, stripWords } from './tensor-strip.ts';
import { trackOption, trackTable } from './track-option.ts';

const sigmoid = trainedRun(8, 'sigmoid', 60);
const area = { width: 500, height: 400 };
const segment = sigmoid.facts?.segments.findIndex(({ what }) => what === 'gradient') ?? 0;
const ridges = ridgesOf(sigmoid.log!.history, segment);

describe('all layers laid over each other', () => {
  test('a line is the share of a layer’s own elements: it does not depend on its neighbours', () => {
    const densities = layerDensities(sigmoid, 'gradient', null);
    expect([densities[0]?.name, densities.at(-1)?.name]).toEqual(['linear_1', 'output']);
    for (const { shares, zeros, notFinite } of densities) {
      const sum = shares.reduce((a, b) => a + b, 0);
      expect(sum + zeros + notFinite).toBeCloseTo(1, 5);
    }
  });

  test('the axis is fixed by the number format, whatever the step and the tensor', () => {
    const axisOf = (option: EChartsCoreOption) => {
      const { min, max, interval } = option.xAxis as typeof AXIS;
      return { min, max, interval };
    };
    const options = (['gradient', 'weight'] as const).flatMap((what) =>
      [null, 3].map((at) => overlayOption(sigmoid, { what, at, theme: 'dark' })),
    );
    for (const option of options) expect(axisOf(option)).toEqual(AXIS);
    expect(middleOf(0)).toBeGreaterThan(AXIS.min);
    expect(middleOf(POWER_ROWS - 1)).toBeLessThan(AXIS.max);
  });

  test('weights are shown without biases, and the table has every bin', () => {
    expect(layerDensities(sigmoid, 'weight', null)).toHaveLength(9);
    expect(overlayTable(sigmoid, 'weight', null)).toHaveLength(1 + 9 * POWER_ROWS);
  });

  test('a tensor of nothing but zeros has no line, and says its zeros', () => {
    const rows = new Float32Array(POWER_ROWS + 2);
    rows[POWER_ROWS + 1] = 8;
    expect(densityOf(rows)).toMatchObject({ zeros: 1, notFinite: 0 });
  });
});

describe('the ridgeline', () => {
  test('keeps the first and the newest capture, however many there are', () => {
    expect(ridgePositions(0)).toEqual([]);
    expect(ridgePositions(1)).toEqual([0]);
    expect(ridgePositions(1024)).toHaveLength(36);
    expect([ridgePositions(1024)[0], ridgePositions(1024).at(-1)]).toEqual([0, 1023]);
    expect([ridges[0]?.step, ridges.at(-1)?.step]).toEqual([0, 59]);
  });

  test('a point of the picture is the ridge that is drawn there', () => {
    expect(ridgeAt(0, ridges.length, area)).toBeNull();
    expect(ridgeAt(area.height - 34, ridges.length, area)).toBe(ridges.length - 1);
    expect(ridgeAt(20, ridges.length, area)).toBe(0);
    expect(ridgeWords(ridges, 250, 20, area)?.title).toBe('step 0');
  });

  test('is drawn as one shape for each ridge, with the step that is looked at in bold', () => {
    const { brush, finish } = svgBrush(area.width, area.height);
    drawRidges(brush, ridges, area, { theme: 'light', at: 30 });
    const svg = finish();
    expect(svg.match(/stroke-width="1.25"/g)).toHaveLength(ridges.length - 1);
    expect(svg.match(/stroke-width="2.5"/g)).toHaveLength(1);
    expect(ridgeTable(ridges)).toHaveLength(1 + ridges.length * POWER_ROWS);
  });
});

describe('numbers along an axis inside layers', () => {
  const track = { node: 'rnn', name: 'rnn', depth: 2, tensor: 'l0', rows: 1 };
  const facts = {
    ...sigmoid.facts!,
    tracks: [
      { ...track, what: 'timeGradient' as const, first: 0, length: 3, most: null },
      { ...track, what: 'headEntropy' as const, first: 3, length: 2, most: Math.log(4) },
    ],
  };
  const history = new CaptureHistory(facts.segments);
  history.add({
    ...sigmoid.log!.history.captureAt(0),
    tracks: Float32Array.of(1e-6, 1e-3, 0, Math.log(4), Math.log(2)),
  });
  const run = { ...sigmoid, facts, log: { ...sigmoid.log!, history } };

  test('the gradient through time is drawn in powers of ten; exact zero has none', () => {
    const option = trackOption(run, { what: 'timeGradient', at: null, theme: 'dark' });
    const [line] = option.series as { name: string; data: (number | null)[] }[];
    expect(line?.name).toBe('rnn · l0');
    expect(line?.data).toEqual([expect.closeTo(-6, 4), expect.closeTo(-3, 4), null]);
    expect(trackTable(run, 'timeGradient', null)).toHaveLength(4);
    const { valueFormatter } = option.tooltip as { valueFormatter(value: unknown): string };
    expect([valueFormatter(-3), valueFormatter(undefined)]).toEqual(['0.001', '–']);
  });

  test('the entropy of a head is drawn as a part of the largest possible', () => {
    const option = trackOption(run, { what: 'headEntropy', at: null, theme: 'dark' });
    const [line] = option.series as { data: number[] }[];
    expect(line?.data).toEqual([expect.closeTo(1, 5), expect.closeTo(0.5, 5)]);
  });
});

describe('update : weight', () => {
  test('has an axis and a band that no data moves, and a line for each weight', () => {
    const option = ratioOption(sigmoid, { at: 3, theme: 'light' });
    expect(option.yAxis).toMatchObject({ min: -8, max: 0 });
    const names = (option.series as { name: string }[]).map(({ name }) => name);
    expect([names[0], names.at(-1)]).toEqual(['rule', 'step']);
    expect(names).toHaveLength(2 + sigmoid.log!.ratios.length);
  });
});

describe('the large strip of one tensor', () => {
  const { history } = sigmoid.log!;

  test('holds what the history holds, and goes on from where it was', () => {
    const half = new CaptureHistory(history.segments);
    for (let i = 0; i < 20; i++) half.add(history.captureAt(i));
    const grown = followStrip(followStrip(new StripColumns(), half, segment), history, segment);
    const whole = followStrip(new StripColumns(), history, segment);
    expect(grown.counts).toEqual(whole.counts);
    expect(stripTable(whole)).toHaveLength(1 + 60);
  });

  test('is drawn with an axis in powers of ten, and says what lies under the pointer', () => {
    const columns = followStrip(new StripColumns(), history, segment);
    expect(stripWords(columns, 50, 100, area)?.title).toBe('step 0');
    expect(stripWords(columns, area.width - 20, 100, area)).toBeNull(); // 60 of 96 columns are filled
    expect(stripColumnAt(columns, 10, area)).toBeNull();
  });
});
