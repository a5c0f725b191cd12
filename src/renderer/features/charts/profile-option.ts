/**
 * The depth profile as an ECharts option: layers from the input (left) to the loss (right), log₁₀ RMS of ∂L/∂a with its band
 * from the 10th to the 90th percentile, and of ∂L/∂w. A healthy net is level; a vanishing one falls to the left.
 */
import type { EChartsCoreOption } from 'echarts/core';
import { depthProfile, type ProfilePoint, powerOfTen, readablePower } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import { axisLook, baseOption, chartLook, escapeHtml } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';

/** The axis reaches from here upwards, whatever the data; it grows downwards in steps of four decades. */
const TOP_POWER = 2;
const BOTTOM_POWER = -10;
const GROWTH = 4;

/** @param at the step that is looked at; null for the newest */
export function profileOf(run: RunView, at: number | null): readonly ProfilePoint[] {
  const capture = seenCapture(run, at);
  return run.facts && capture ? [...depthProfile(run.facts.segments, capture)].reverse() : [];
}

export function profileOption(
  runs: readonly RunView[],
  { at, theme }: { readonly at: number | null; readonly theme: Theme },
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const profiles = runs.slice(0, 2).map((run) => ({ run, points: profileOf(run, at) }));
  const longest = profiles.reduce(
    (a, b) => (b.points.length > a.points.length ? b : a),
    profiles[0] ?? { points: [] },
  );
  const lowest = Math.min(BOTTOM_POWER, ...profiles.flatMap(({ points }) => points.map(lowestOf)));
  return {
    ...base,
    grid: { ...base.grid, bottom: 46 },
    legend: {
      ...base.legend,
      data: profiles.flatMap(({ run, points }) => legendNames(run, runs.length, points)),
    },
    tooltip: {
      ...base.tooltip,
      formatter: (points: readonly TipPoint[]) =>
        profileTip(
          points,
          profiles.map(({ points }) => points),
        ),
    },
    xAxis: {
      ...axis,
      type: 'category',
      data: longest.points.map(({ name }) => name),
      name: 'input  ←  layers  →  loss',
      nameLocation: 'middle',
      nameGap: 28,
      axisLabel: { ...axis.axisLabel, hideOverlap: true },
      boundaryGap: false,
    },
    yAxis: {
      ...axis,
      type: 'value',
      max: TOP_POWER,
      min: GROWTH * Math.floor((lowest - TOP_POWER) / GROWTH) + TOP_POWER,
      interval: GROWTH,
      axisLabel: { ...axis.axisLabel, formatter: powerOfTen },
    },
    series: profiles.flatMap(({ run, points }, place) => {
      const [gradient = '', weight = '', branch] = legendNames(run, runs.length, points);
      const color = look.series[place === 0 ? 0 : 1];
      const second = look.second[place === 0 ? 0 : 1];
      const band = {
        type: 'line',
        stack: `band ${place}`,
        symbol: 'none',
        silent: true,
        lineStyle: { opacity: 0 },
      };
      const hidden = { tooltip: { show: false } };
      return [
        {
          ...band,
          ...hidden,
          name: `low ${place}`,
          data: points.map(({ gradient: g }) => gap(g?.low)),
          stackStrategy: 'all',
        },
        {
          ...band,
          ...hidden,
          name: `high ${place}`,
          data: points.map(({ gradient: g }) => gap(g ? g.high - g.low : undefined)),
          stackStrategy: 'all',
          areaStyle: { color, opacity: 0.16 },
        },
        {
          type: 'line',
          name: gradient,
          color,
          symbolSize: 5,
          connectNulls: true,
          lineStyle: { width: 2 },
          data: points.map(({ gradient: g, inBranch }) => (inBranch ? null : gap(g?.rms))),
        },
        ...(branch === undefined
          ? []
          : [
              {
                type: 'scatter',
                name: branch,
                color,
                symbol: 'triangle',
                symbolSize: 7,
                data: points.map(({ gradient: g, inBranch }) => (inBranch ? gap(g?.rms) : null)),
              },
            ]),
        {
          type: 'line',
          name: weight,
          color: second,
          symbol: 'rect',
          symbolSize: 5,
          connectNulls: true,
          lineStyle: { width: 1.5, type: 'dashed' },
          data: points.map(({ weightGradient: g }) => gap(g?.rms)),
        },
      ];
    }),
  };
}

export function profileTable(runs: readonly RunView[], at: number | null): (string | number)[][] {
  const head = [
    'run',
    'step',
    'layer',
    'depth',
    'log10 rms dL/da',
    'p10',
    'p90',
    'zeros',
    'log10 rms dL/dw',
    'in a residual branch',
  ];
  const rows = runs.flatMap((run) =>
    profileOf(run, at).map(({ name, depth, inBranch, gradient, weightGradient }) => [
      run.title,
      seenCapture(run, at)?.step ?? '',
      name,
      depth,
      gradient?.rms ?? '',
      gradient?.low ?? '',
      gradient?.high ?? '',
      gradient?.zeros ?? '',
      weightGradient?.rms ?? '',
      inBranch ? 1 : 0,
    ]),
  );
  return [head, ...rows];
}

interface TipPoint {
  readonly seriesName: string;
  readonly marker: string;
  readonly name: string;
  readonly dataIndex: number;
  readonly value: unknown;
}

/** A layer's numbers, and the ends of its band, which is drawn without a line of its own. */
export function profileTip(
  tips: readonly TipPoint[],
  profiles: readonly (readonly ProfilePoint[])[],
): string {
  const [first] = tips;
  if (!first) return '';
  const lines = tips.flatMap(({ seriesName, marker, value }) =>
    typeof value === 'number' && !/^(low|high) \d$/.test(seriesName)
      ? [`${marker}${escapeHtml(seriesName)} <b>${readablePower(value)}</b>`]
      : [],
  );
  const bands = profiles.flatMap((points) => {
    const { low, high } = points[first.dataIndex]?.gradient ?? {};
    return low !== undefined && high !== undefined && Number.isFinite(high - low)
      ? [`10th to 90th percentile: ${readablePower(low)} … ${readablePower(high)}`]
      : [];
  });
  return [`<b>${escapeHtml(first.name)}</b>`, ...lines, ...bands].join('<br>');
}

/** Layers beside a skip are not on the line: the gradient goes past them, too. */
function legendNames({ id }: RunView, runs: number, points: readonly ProfilePoint[]): string[] {
  const prefix = runs > 1 ? `Run ${id} ` : '';
  const branches = points.some(({ inBranch }) => inBranch) ? [`${prefix}in branches`] : [];
  return [`${prefix}∂L/∂a`, `${prefix}∂L/∂w`, ...branches];
}

function lowestOf({ gradient, weightGradient }: ProfilePoint): number {
  const values = [gradient?.rms, gradient?.low, weightGradient?.rms].filter((v) => v !== undefined);
  return Math.min(0, ...values.filter(Number.isFinite));
}

/** ECharts leaves a gap at null. */
function gap(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
