/**
 * Numbers along an axis inside layers at one step: ‖∂L/∂h‖ for each time step of recurrent layers, and for each head of an
 * attention the entropy of its weights and the gradient that reaches it.
 */
import type { EChartsCoreOption } from 'echarts/core';
import { type ProbeTrack, powerOfTen, readable, readablePower } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { seenCapture } from '../../engine-client/seen.ts';
import { axisLook, baseOption, chartLook, tipNumber } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';

export type TrackKind = ProbeTrack['what'];

export interface TrackLine {
  /** `lstm_1 · l0`. */
  readonly name: string;
  readonly values: readonly number[];
  /** The largest possible number, where there is one. */
  readonly most: number | null;
}

/** The axis of norms in powers of ten; it grows downwards in steps of four decades, as the depth profile's does. */
const TOP = 2;
const BOTTOM = -10;
const GROWTH = 4;

export function trackLines(run: RunView, what: TrackKind, at: number | null): readonly TrackLine[] {
  const capture = seenCapture(run, at);
  if (!capture) return [];
  return (run.facts?.tracks ?? [])
    .filter((track) => track.what === what)
    .map(({ name, tensor, first, length, most }) => ({
      name: `${name} · ${tensor}`,
      values: [...capture.tracks.subarray(first, first + length)],
      most,
    }));
}

export function trackOption(
  run: RunView,
  { what, at, theme }: { readonly what: TrackKind; readonly at: number | null; readonly theme: Theme },
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const lines = trackLines(run, what, at);
  const isEntropy = what === 'headEntropy';
  const longest = Math.max(0, ...lines.map(({ values }) => values.length));
  const shown = lines.map(({ values, most }) =>
    values.map((value) => (isEntropy ? value / (most ?? 1) : value > 0 ? Math.log10(value) : Number.NaN)),
  );
  const lowest = Math.min(BOTTOM, ...shown.flat().filter(Number.isFinite));
  return {
    ...base,
    legend: { ...base.legend, data: lines.map(({ name }) => name) },
    tooltip: {
      ...base.tooltip,
      valueFormatter: tipNumber((value) =>
        isEntropy ? `${Math.round(100 * value)} % of uniform` : readablePower(value),
      ),
    },
    xAxis: {
      ...axis,
      type: 'category',
      data: Array.from({ length: longest }, (_, i) => String(i)),
      name: what === 'timeGradient' ? 'time step' : 'head',
      nameLocation: 'middle',
      nameGap: 22,
    },
    yAxis: {
      ...axis,
      type: 'value',
      ...(isEntropy
        ? { min: 0, max: 1, interval: 0.25 }
        : { max: TOP, min: GROWTH * Math.floor((lowest - TOP) / GROWTH) + TOP, interval: GROWTH }),
      axisLabel: {
        ...axis.axisLabel,
        formatter: isEntropy ? (share: number) => `${readable(100 * share)} %` : powerOfTen,
      },
    },
    series: lines.map(({ name }, place) => ({
      type: 'line',
      name,
      color: look.race[place % look.race.length],
      symbolSize: 4,
      lineStyle: what === 'timeGradient' ? { width: 2 } : { width: 1, type: 'dotted' },
      data: shown[place]!.map((value) => (Number.isFinite(value) ? value : null)),
    })),
  };
}

export function trackTable(run: RunView, what: TrackKind, at: number | null): (string | number)[][] {
  const rows = trackLines(run, what, at).flatMap(({ name, values }) =>
    values.map((value, i) => [name, i, value]),
  );
  return [['of', what === 'timeGradient' ? 'time step' : 'head', what], ...rows];
}
