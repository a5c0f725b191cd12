/**
 * All layers laid over each other at one step, as an ECharts option: for each layer the share of its elements in every power of
 * two. The axis is fixed by the rows of magnitude-rows.ts, whatever the data.
 */
import type { EChartsCoreOption } from 'echarts/core';
import { type ProbeSegment, powerOfTen, readable } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import {
  addToRows,
  FIRST_POWER_ROW,
  NOT_FINITE_ROW,
  POWER_ROWS,
  ROWS,
  TOP_EXPONENT,
  ZERO_ROW,
} from '../../pictures/magnitude-rows.ts';
import { axisLook, baseOption, chartLook, escapeHtml } from '../../ui/chart-look.ts';
import { cssColor, scaleColor, type Theme } from '../../ui/color-scale.ts';

export type TensorKind = ProbeSegment['what'];

export const tensorWords: Readonly<Record<string, string>> = {
  activation: 'a',
  gradient: '∂L/∂a',
  weight: 'w',
  weightGradient: '∂L/∂w',
  update: 'Δw',
};

/** The tensors that fit one picture of the net: every output, or every weight matrix. */
export interface LayerDensity {
  readonly name: string;
  readonly depth: number;
  /** Share of all elements in each power of two, the smallest first. */
  readonly shares: Float32Array;
  readonly zeros: number;
  readonly notFinite: number;
}

const LOG10_OF_2 = Math.log10(2);
/** The axis in powers of ten: as far as the rows reach, rounded to whole labels. */
export const AXIS = { min: -12, max: 3, interval: 3 } as const;

/** The middle of the k-th power row from below, in powers of ten. */
export function middleOf(k: number): number {
  return (TOP_EXPONENT - POWER_ROWS + 1 + k + 0.5) * LOG10_OF_2;
}

/** Histogram rows as shares of all elements. */
export function densityOf(rows: Float32Array): Pick<LayerDensity, 'shares' | 'zeros' | 'notFinite'> {
  const all = rows.reduce((sum, count) => sum + count, 0) || 1;
  const shares = new Float32Array(POWER_ROWS);
  for (let k = 0; k < POWER_ROWS; k++) shares[k] = rows[FIRST_POWER_ROW + POWER_ROWS - 1 - k]! / all;
  return { shares, zeros: rows[ZERO_ROW]! / all, notFinite: rows[NOT_FINITE_ROW]! / all };
}

/** One density for each layer, the input's first. */
export function layerDensities(run: RunView, what: TensorKind, at: number | null): readonly LayerDensity[] {
  const capture = seenCapture(run, at);
  if (!capture || !run.facts) return [];
  const seen = new Set<string>();
  const densities: LayerDensity[] = [];
  run.facts.segments.forEach((segment, i) => {
    const isBias = what.startsWith('weight') && segment.shape.length < 2;
    if (segment.what !== what || isBias || seen.has(segment.node)) return;
    seen.add(segment.node);
    const rows = new Float32Array(ROWS);
    addToRows(rows, capture, i);
    densities.push({ name: segment.name, depth: segment.depth, ...densityOf(rows) });
  });
  return densities.sort((a, b) => b.depth - a.depth);
}

/** From the input (light in the light theme) to the loss: the ends of the scale would melt into the ground. */
export function layerColor(place: number, count: number, theme: Theme): string {
  return cssColor(scaleColor(0.25 + (0.75 * place) / Math.max(1, count - 1), theme));
}

export function overlayOption(
  run: RunView,
  { what, at, theme }: { readonly what: TensorKind; readonly at: number | null; readonly theme: Theme },
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const densities = layerDensities(run, what, at);
  return {
    ...base,
    grid: { ...base.grid, top: 8, bottom: 42 },
    legend: { show: false },
    tooltip: {
      ...base.tooltip,
      order: 'valueDesc',
      formatter: (points: readonly TipPoint[]) => tipText(points, densities),
    },
    xAxis: {
      ...axis,
      type: 'value',
      ...AXIS,
      name: `|${tensorWords[what]}|, one point per power of two`,
      nameLocation: 'middle',
      nameGap: 24,
      splitLine: { show: false },
      axisLabel: { ...axis.axisLabel, formatter: powerOfTen },
      axisPointer: { label: { show: false } },
    },
    yAxis: {
      ...axis,
      type: 'value',
      min: 0,
      max: (range: { readonly max: number }) => Math.max(1, Math.ceil(4 * range.max)) / 4,
      interval: 0.25,
      axisLabel: { ...axis.axisLabel, formatter: (share: number) => `${Math.round(100 * share)} %` },
    },
    series: densities.map(({ name, shares }, place) => ({
      type: 'line',
      name,
      color: layerColor(place, densities.length, theme),
      symbol: 'none',
      lineStyle: { width: 1.75 },
      data: Array.from(shares, (share, k) => [middleOf(k), share]),
    })),
  };
}

interface TipPoint {
  readonly seriesName: string;
  readonly marker: string;
  readonly dataIndex: number;
  readonly data: readonly [number, number];
}

/** More lines than these hide the picture. */
const MOST_LINES = 9;

function tipText(points: readonly TipPoint[], densities: readonly LayerDensity[]): string {
  const [first] = points;
  if (!first) return '';
  const exponent = TOP_EXPONENT - POWER_ROWS + 1 + first.dataIndex;
  const lines = [...points]
    .filter(({ data }) => data[1] > 0)
    .sort((a, b) => b.data[1] - a.data[1])
    .slice(0, MOST_LINES)
    .map(({ seriesName, marker, data }) => {
      const zeros = densities.find(({ name }) => name === seriesName)?.zeros ?? 0;
      const aside = zeros > 0 ? ` (exact zeros ${percent(zeros)})` : '';
      return `${marker}${escapeHtml(seriesName)} <b>${percent(data[1])}</b>${aside}`;
    });
  const head = `${readable(2 ** exponent)} … ${readable(2 ** (exponent + 1))}`;
  return [head, ...(lines.length > 0 ? lines : ['no element here'])].join('<br>');
}

export function percent(share: number): string {
  return `${readable(100 * share)} %`;
}

export function overlayTable(run: RunView, what: TensorKind, at: number | null): (string | number)[][] {
  const rows = layerDensities(run, what, at).flatMap(({ name, depth, shares, zeros, notFinite }) =>
    Array.from(shares, (share, k) => [
      name,
      depth,
      TOP_EXPONENT - POWER_ROWS + 1 + k,
      share,
      zeros,
      notFinite,
    ]),
  );
  return [['layer', 'depth', 'power of two', 'share', 'zeros', 'not finite'], ...rows];
}
