import type { EChartsCoreOption } from 'echarts/core';
import { describe, expect, test } from 'vitest';
import { readablePower } from '../../../engine/index.ts';
import { foldMessage, type RunView } from '../../engine-client/run.ts';
import { trainedRun } from '../../engine-client/testing.ts';
import { comparedNumbers, outcomeInWords } from './compare-numbers.ts';
import { curveOption, curveTable } from './curve-option.ts';
import { profileOf, profileOption, profileTable } from './profile-option.ts';

interface Series {
  readonly name: string;
  readonly data: readonly (number | null | readonly [number, number])[];
}
interface Tooltip {
  formatter(points: readonly unknown[]): string;
}
const seriesOf = (option: EChartsCoreOption): readonly Series[] => option.series as Series[];

const sigmoid = trainedRun(8, 'sigmoid', 60);
const relu = trainedRun(8, 'relu', 60, 2);
const settings = { choice: 'loss', scale: 'linear', smoothing: 0.9, at: null, theme: 'dark' } as const;

describe('curves', () => {
  test('raw and smoothed training loss and validation are drawn, and a fork is laid over', () => {
    expect(seriesOf(curveOption([sigmoid], settings)).map(({ name }) => name)).toEqual([
      'train (raw)',
      'train',
      'validation',
    ]);
    expect(seriesOf(curveOption([relu, sigmoid], settings)).map(({ name }) => name)).toContain('Run 1 train');
  });

  test('of all that race the training curves are drawn, one line each, told apart by more than colour', () => {
    const third = trainedRun(8, 'relu', 60, 3);
    const lines = curveOption([relu, sigmoid, third], settings).series as {
      readonly name: string;
      readonly color: string;
      readonly lineStyle: { readonly type: unknown };
    }[];
    expect(lines.map(({ name }) => name)).toEqual(['Run 2', 'Run 1', 'Run 3']);
    expect(new Set(lines.map(({ color }) => color)).size).toBe(3);
    expect(new Set(lines.map(({ lineStyle }) => JSON.stringify(lineStyle.type))).size).toBe(3);
    expect(outcomeInWords([relu, sigmoid, third], null)).toMatch(
      /^Run [23] is ahead with a loss of .* Run 1 is last/,
    );
  });

  test('without smoothing the bold line is the raw one', () => {
    const [line] = seriesOf(curveOption([sigmoid], { ...settings, smoothing: 0 }));
    expect(line?.data).toHaveLength(60);
  });

  test('the step that is looked at is marked', () => {
    expect(seriesOf(curveOption([sigmoid], { ...settings, at: 12 })).at(-1)).toMatchObject({
      markLine: { data: [{ xAxis: 12 }] },
    });
  });

  test('the table has every point with mean, lowest and highest', () => {
    const [head, first] = curveTable([sigmoid], 0);
    expect(head).toEqual(['run', 'split', 'step', 'mean', 'lowest', 'highest']);
    expect(first?.slice(0, 3)).toEqual(['train', 'train', 0]);
  });
});

describe('the depth profile', () => {
  test('goes from the input to the loss, and falls to the left where the gradient vanishes', () => {
    const points = profileOf(sigmoid, null);
    expect([points[0]?.name, points.at(-1)?.name]).toEqual(['linear_1', 'output']);
    const rms = points.map(({ gradient }) => gradient?.rms ?? Number.NaN);
    expect(rms.at(-1)! - rms[0]!).toBeGreaterThan(3);
  });

  test('is that of the step that is looked at', () => {
    expect(profileTable([sigmoid], 3)[1]?.slice(0, 2)).toEqual(['Run 1', 3]);
    expect(profileOf(sigmoid, 3)).not.toEqual(profileOf(sigmoid, null));
  });

  test('has an axis that does not depend on healthy data, and grows by whole steps for tiny values', () => {
    const axis = (run: typeof sigmoid) =>
      profileOption([run], { at: null, theme: 'dark' }).yAxis as { min: number; max: number };
    expect(axis(sigmoid).max).toBe(axis(relu).max);
    expect((axis(sigmoid).max - axis(sigmoid).min) % 4).toBe(0);
  });

  test('tells the pointer numbers that are there, the ends of the band among them', () => {
    const { tooltip } = profileOption([sigmoid], { at: null, theme: 'dark' }) as { tooltip: Tooltip };
    const [point] = profileOf(sigmoid, null);
    const of = (seriesName: string, value: unknown) => ({
      seriesName,
      value,
      marker: '',
      name: 'a<b',
      dataIndex: 0,
    });
    const told = tooltip.formatter([of('low 0', -9), of('∂L/∂a', -2), of('∂L/∂w', undefined)]);
    expect(told).toMatch(/^<b>a&lt;b<\/b><br>∂L\/∂a <b>0\.01<\/b><br>10th to 90th percentile: /);
    expect(told).toContain(readablePower(point?.gradient?.low ?? Number.NaN));
    expect(told).not.toMatch(/NaN|low|∂w/);
  });

  test('draws no series that it has nothing for', () => {
    const series = seriesOf(profileOption([sigmoid], { at: null, theme: 'dark' }));
    expect(series.filter(({ data }) => data.every((value) => value === null))).toEqual([]);
  });

  test('can be taken out as a table', () => {
    expect(profileTable([sigmoid], null)).toHaveLength(1 + profileOf(sigmoid, null).length);
  });
});

/** The run with sixty steps more, whose gradients have these norms. */
function withNorms(run: RunView, normAt: (step: number) => number): RunView {
  const steps = Uint32Array.from({ length: 60 }, (_, i) => run.step + i);
  const flat = new Float32Array(60).fill(0.7);
  return foldMessage(run, {
    type: 'steps',
    run: run.id,
    rows: {
      steps,
      loss: flat,
      learningRates: flat,
      gradientNorm: Float32Array.from(steps, normAt),
      metrics: [flat],
    },
  });
}

describe('the comparison', () => {
  test('shows the verdict’s own numbers of both runs', () => {
    const numbers = comparedNumbers([relu, sigmoid], null);
    expect(numbers.find(({ label }) => label === 'verdicts')?.texts).toEqual(['none', 'Gradients vanish']);
    expect(numbers.find(({ label }) => label === 'seed')?.texts).toEqual(['3', '3']);
  });

  test('measures what rules go by on both, also where a run is well and has no verdict', () => {
    const labels = comparedNumbers([relu, sigmoid], null).map(({ label }) => label);
    expect(labels).toContain('∂L/∂a, first : last layer');
    expect(labels).not.toContain('gradient through time, first : last'); // neither has time steps
    const ratios = comparedNumbers([relu, sigmoid], null).find(({ label }) =>
      label.startsWith('∂L/∂a, first'),
    );
    expect(ratios?.texts.every((text) => text !== '–')).toBe(true);
  });

  test('measures the numbers of a verdict on the fork too, whatever the fix called its layers', () => {
    const own = comparedNumbers([relu, sigmoid], null).filter(({ label }) =>
      label.startsWith('Gradients vanish: '),
    );
    expect(own.map(({ label }) => label)).toContain('Gradients vanish: ∂L/∂a at sigmoid_1 (first hidden)');
    for (const { texts } of own.slice(0, 4)) expect(texts).not.toContain('–');
  });

  test('is that of the step that is looked at', () => {
    const at = (step: number | null) =>
      new Map(comparedNumbers([relu, sigmoid], step).map(({ label, texts }) => [label, texts]));
    expect(at(9).get('step')).toEqual(['10', '10']);
    expect(at(9).get('verdicts')).toEqual(['none', 'none']); // raised only after twenty captures
    expect(at(55).get('verdicts')).toEqual(at(null).get('verdicts'));
    for (const label of ['loss (smoothed)', '∂L/∂a, first : last layer'])
      expect(at(9).get(label)).not.toEqual(at(null).get(label));
    expect(outcomeInWords([relu, sigmoid], 29)).toMatch(/^After 30 steps Run 2 .* after 30 steps Run 1 /);
  });

  test('knows the norm of all gradients at every step of both, which a verdict may be about', () => {
    const leap = withNorms(sigmoid, (step) => (step < 115 ? 0.5 : 50));
    const calm = withNorms(relu, () => 0.25);
    const verdict = {
      ...sigmoid.verdicts[0]!,
      rule: 'exploding',
      title: 'Gradients explode',
      raisedAt: 116,
      numbers: [
        { label: 'global gradient norm now', value: 50, text: '50' },
        { label: 'its least of late', value: 0.5, text: '0.5' },
      ],
    };
    const judged = foldMessage(leap, { type: 'verdicts', run: leap.id, verdicts: [verdict] });
    const at = (step: number | null) =>
      comparedNumbers([calm, judged], step)
        .filter(({ label }) => /global gradient norm|least of late/.test(label))
        .map(({ texts }) => texts.map(Number));
    const rounded = (step: number | null) =>
      at(step).map((texts) => texts.map((n) => Number(n.toPrecision(2))));
    expect(rounded(112)).toEqual([
      [0.25, 0.5],
      [0.25, 0.5],
    ]);
    expect(rounded(117)).toEqual([
      [0.25, 50],
      [0.25, 0.5],
    ]);
    expect(rounded(null)).toEqual(rounded(119));
  });

  test('says in a sentence what it shows', () => {
    expect(outcomeInWords([relu, sigmoid], null)).toMatch(
      /^After 60 steps Run 2 is at \d+ % of its first loss; after 60 steps Run 1 is at (9\d|10\d) %\.$/,
    );
  });
});
