/** Loss and metric curves as an ECharts option: raw values faint, smoothed ones bold, validation with dots; forks laid over. Of more than two runs the training curves alone. */
import type { EChartsCoreOption } from 'echarts/core';
import { readable } from '../../../engine/index.ts';
import { type Curve, smoothed } from '../../engine-client/curve.ts';
import type { RunLog, RunView } from '../../engine-client/run.ts';
import { axisLook, baseOption, chartLook, stepAxis, stepMark, tipNumber } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';

/** Which curve: the loss, or the metric with this place in `RunFacts.metrics`. */
export type CurveChoice = 'loss' | number;

export interface CurveSettings {
  readonly choice: CurveChoice;
  readonly scale: 'linear' | 'logarithmic';
  /** Share that smoothing keeps per point: 0 is none. */
  readonly smoothing: number;
  /** The step that is looked at; null for the newest. */
  readonly at: number | null;
  readonly theme: Theme;
}

/** Lines of many runs differ in more than colour. */
const dashes = ['solid', [9, 3], [3, 3], [9, 3, 2, 3], [1, 3]] as const;

interface NamedCurve {
  readonly name: string;
  readonly curve: Curve;
  /** Its place among the runs. */
  readonly run: number;
  readonly split: 'train' | 'validation';
}

/** Whether a metric is a share of samples: only then is its whole range known. */
function isShare([run]: readonly RunView[], choice: CurveChoice): boolean {
  return choice !== 'loss' && run?.facts?.metrics[choice] === 'accuracy';
}

export function curveOption(runs: readonly RunView[], settings: CurveSettings): EChartsCoreOption {
  const look = chartLook(settings.theme);
  const isLog = settings.scale === 'logarithmic';
  const axis = axisLook(look);
  const curves = curvesOf(runs, settings.choice);
  const isRace = runs.length > 2;
  const base = baseOption(look);
  return {
    ...base,
    // All that race are told at once: two lines of names where one is not enough.
    ...(isRace ? { grid: { ...base.grid, top: 44 } } : {}),
    tooltip: { ...base.tooltip, valueFormatter: tipNumber(readable) },
    legend: {
      ...base.legend,
      ...(isRace ? { type: 'plain' } : {}),
      data: curves.map(({ name }) => name),
    },
    xAxis: stepAxis(look),
    yAxis: {
      ...axis,
      type: isLog ? 'log' : 'value',
      scale: settings.choice === 'loss',
      splitNumber: 3,
      ...(isShare(runs, settings.choice) ? { min: 0, max: 1, interval: 0.25 } : {}),
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => readable(value) },
    },
    series: [
      ...curves.flatMap(({ name, curve, run, split }) => {
        const { steps, means } = curve.points();
        const color = isRace
          ? look.race[run % look.race.length]
          : (split === 'train' ? look.series : look.second)[run];
        const points = (values: Float32Array) =>
          Array.from(values, (value, i) => [steps[i]!, isLog && value <= 0 ? Number.NaN : value]);
        const line = { type: 'line', color, symbol: 'circle', triggerLineEvent: false };
        const bold = {
          ...line,
          name,
          data: points(split === 'train' ? smoothed(means, settings.smoothing) : means),
          showSymbol: split === 'validation' && means.length < 60,
          symbolSize: 5,
          lineStyle: {
            width: 2,
            type: isRace ? dashes[run % dashes.length] : split === 'validation' ? 'dashed' : 'solid',
          },
          z: 3,
        };
        if (split === 'validation' || isRace || settings.smoothing === 0) return [bold];
        const raw = {
          ...line,
          name: `${name} (raw)`,
          data: points(means),
          showSymbol: false,
          tooltip: { show: false },
        };
        return [{ ...raw, silent: true, lineStyle: { width: 1, opacity: 0.3 } }, bold];
      }),
      ...(settings.at === null ? [] : [stepMark(settings.at, look)]),
    ],
  };
}

/** The numbers behind the picture. */
export function curveTable(runs: readonly RunView[], choice: CurveChoice): (string | number)[][] {
  const rows: (string | number)[][] = [['run', 'split', 'step', 'mean', 'lowest', 'highest']];
  for (const { name, curve, split } of curvesOf(runs, choice)) {
    const { steps, means, lows, highs } = curve.points();
    steps.forEach((step, i) => {
      rows.push([name, split, step, means[i]!, lows[i]!, highs[i]!]);
    });
  }
  return rows;
}

function curvesOf(runs: readonly RunView[], choice: CurveChoice): NamedCurve[] {
  const pick = (curves: RunLog['batch']): Curve | undefined =>
    choice === 'loss' ? curves.loss : curves.metrics[choice];
  return runs.flatMap(({ log, id, title }, run): NamedCurve[] => {
    if (!log) return [];
    const prefix = runs.length > 1 ? `Run ${id} ` : '';
    const train = { name: `${prefix}train`, curve: pick(log.batch), split: 'train' } as const;
    const validation = {
      name: `${prefix}validation`,
      curve: pick(log.splits.validation),
      split: 'validation',
    } as const;
    const drawn = runs.length > 2 ? [{ ...train, name: title }] : [train, validation];
    return drawn.flatMap(({ curve, ...named }) =>
      curve && curve.length > 0 ? [{ ...named, curve, run }] : [],
    );
  });
}
