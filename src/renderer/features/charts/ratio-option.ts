/** Update : weight of every weight tensor over time, with the rule at 10⁻³ and the band from 10⁻⁴ to 10⁻². */
import type { EChartsCoreOption } from 'echarts/core';
import { powerOfTen, readablePower } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { axisLook, baseOption, chartLook, stepAxis, stepMark, tipNumber } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';
import { layerColor } from './overlay-option.ts';

/** The axis in powers of ten: half a step of float32's precision at the bottom, a weight doubled at the top. */
const AXIS = { min: -8, max: 0, interval: 2 } as const;
const RULE = -3;
const BAND = [-4, -2] as const;

export function ratioOption(
  run: RunView,
  { at, theme }: { readonly at: number | null; readonly theme: Theme },
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const ratios = run.log?.ratios ?? [];
  const guide = {
    type: 'line',
    name: 'rule',
    data: [],
    silent: true,
    markLine: {
      symbol: 'none',
      animation: false,
      label: { show: false },
      lineStyle: { color: look.faint, type: 'dashed', width: 1 },
      data: [{ yAxis: RULE }],
    },
    markArea: {
      silent: true,
      animation: false,
      itemStyle: { color: look.second[0], opacity: 0.12 },
      data: [[{ yAxis: BAND[0] }, { yAxis: BAND[1] }]],
    },
  };
  return {
    ...base,
    grid: { ...base.grid, top: 8 },
    legend: { show: false },
    tooltip: {
      ...base.tooltip,
      order: 'valueAsc',
      valueFormatter: tipNumber(readablePower),
    },
    xAxis: stepAxis(look),
    yAxis: { ...axis, type: 'value', ...AXIS, axisLabel: { ...axis.axisLabel, formatter: powerOfTen } },
    series: [
      guide,
      ...ratios.map(({ name, curve }, place) => {
        const { steps, means } = curve.points();
        return {
          type: 'line',
          name,
          color: layerColor(place, ratios.length, theme),
          symbol: 'none',
          lineStyle: { width: 1.5 },
          data: Array.from(means, (power, i) => [steps[i], power]),
        };
      }),
      ...(at === null ? [] : [stepMark(at, look)]),
    ],
  };
}

export function ratioTable({ log }: RunView): (string | number)[][] {
  const rows = (log?.ratios ?? []).flatMap(({ name, curve }) => {
    const { steps, means } = curve.points();
    return Array.from(means, (power, i) => [name, steps[i]!, power]);
  });
  return [['weight', 'step', 'log10 std(update) : std(weight)'], ...rows];
}
