/** A net of one input and one output as a curve: the sum of what its last layer's units give. No React, no worker. */
import type { EChartsCoreOption } from 'echarts/core';
import { type Inside, readable, type Tensor } from '../../../engine/index.ts';
import { axisLook, baseOption, chartLook } from '../../ui/chart-look.ts';
import { cssColor, scaleColor, type Theme } from '../../ui/color-scale.ts';

const POINTS = 240;
/** Terms drawn; a wider layer shows those with the largest reach. */
const MOST_TERMS = 40;

/** The last layer with weights: what comes into it, and the names of its tensors. */
export interface LastLayer {
  readonly from: { readonly node: string; readonly port: string };
  readonly name: string;
  readonly weight: string;
  readonly bias: string | null;
}

/** Walks back from the answer to the linear layer that makes it; null where something else does. */
export function lastLayerOf(inside: Inside): LastLayer | null {
  let { node } = inside.answer;
  for (let hops = 0; hops < 8; hops++) {
    const own = inside.parameters.filter((p) => p.node === node);
    const weight = own.find(
      ({ tensor, shape }) => tensor === 'weight' && shape.length === 2 && shape[0] === 1,
    );
    const into = inside.wires.filter(({ to }) => to[0] === node);
    const [only] = into;
    if (!only || into.length !== 1) return null;
    if (weight) {
      const name = inside.outputs.find((output) => output.node === node)?.name ?? node;
      const bias = own.find(({ tensor }) => tensor === 'bias')?.name ?? null;
      const [from, port] = only.from;
      const isLooked = inside.outputs.some((output) => output.node === from && output.port === port);
      return isLooked ? { from: { node: from, port }, name, weight: weight.name, bias } : null;
    }
    if (own.length > 0) return null;
    node = only.from[0];
  }
  return null;
}

/** Inputs over the range of the data, a little beyond its ends. */
export function curveInputs({ input }: Pick<Inside, 'input'>): Float32Array<ArrayBuffer> {
  const [low = 0, high = 1] = [input.low[0], input.high[0]];
  const margin = 0.08 * (high - low || 1);
  return Float32Array.from(
    { length: POINTS },
    (_, i) => low - margin + (i / (POINTS - 1)) * (high - low + 2 * margin),
  );
}

export interface Fit {
  readonly inputs: Float32Array;
  readonly answers: Tensor;
  readonly terms: readonly { readonly unit: number; readonly values: Float32Array }[];
  readonly bias: number;
}

/** @param units what comes into the last layer, a row for each input */
export function fitOf(
  inputs: Float32Array,
  answers: Tensor,
  units: Tensor | undefined,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
): Fit {
  const width = units?.shape[1] ?? 0;
  const terms = Array.from({ length: weight ? width : 0 }, (_, unit) => ({
    unit,
    values: Float32Array.from(
      inputs,
      (_, i) => (weight?.data[unit] ?? 0) * (units?.data[i * width + unit] ?? 0),
    ),
  }));
  const reach = (values: Float32Array): number => Math.max(...values) - Math.min(...values);
  const shown = [...terms].sort((a, b) => reach(b.values) - reach(a.values)).slice(0, MOST_TERMS);
  return { inputs, answers, terms: shown, bias: bias?.data[0] ?? 0 };
}

export function fitOption(
  inside: Inside,
  { inputs, answers, terms }: Fit,
  samples: { readonly inputs: Float32Array; readonly targets: Float32Array },
  theme: Theme,
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const line = (values: ArrayLike<number>) => Array.from(inputs, (x, i) => [x, values[i]]);
  return {
    ...base,
    legend: { ...base.legend, data: ['samples', 'net: the sum'] },
    tooltip: {
      ...base.tooltip,
      valueFormatter: (value: unknown) => readable(Number(value)),
    },
    xAxis: {
      ...axis,
      type: 'value',
      name: inside.input.columns[0] ?? inside.input.name,
      nameLocation: 'middle',
      nameGap: 22,
      min: inputs[0],
      max: inputs.at(-1),
      splitLine: { show: false },
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => readable(value) },
    },
    yAxis: {
      ...axis,
      type: 'value',
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => readable(value) },
    },
    series: [
      {
        type: 'line',
        name: 'net: the sum',
        data: line(answers.data),
        color: look.series[0],
        symbol: 'none',
        lineStyle: { width: 3 },
        z: 4,
      },
      {
        type: 'scatter',
        name: 'samples',
        data: Array.from(samples.targets, (y, i) => [samples.inputs[i], y]),
        color: look.series[1],
        symbolSize: 4,
        itemStyle: { opacity: 0.6 },
        tooltip: { show: false },
        z: 3,
      },
      ...terms.map(({ unit, values }, place) => ({
        type: 'line',
        name: `unit ${unit}`,
        data: line(values),
        color: cssColor(scaleColor(0.35 + (0.6 * place) / Math.max(1, terms.length - 1), theme)),
        symbol: 'none',
        silent: true,
        tooltip: { show: false },
        lineStyle: { width: 1, opacity: 0.55 },
        z: 2,
      })),
    ],
  };
}

export function fitTable({ inputs, answers, terms, bias }: Fit): (string | number)[][] {
  const head = ['input', 'net', 'bias', ...terms.map(({ unit }) => `unit ${unit}`)];
  return [
    head,
    ...Array.from(inputs, (x, i) => [
      x,
      answers.data[i] ?? '',
      bias,
      ...terms.map(({ values }) => values[i] ?? ''),
    ]),
  ];
}
