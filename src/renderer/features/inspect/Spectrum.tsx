/** The largest singular values of a weight matrix over training. */
import type { EChartsCoreOption } from 'echarts/core';
import { useMemo, useState } from 'react';
import { type Inside, readable } from '../../../engine/index.ts';
import type { Inspected } from '../../engine-client/client.ts';
import type { RunView } from '../../engine-client/run.ts';
import { useTraining } from '../../engine-client/training.ts';
import { useAnswer } from '../../engine-client/use-answer.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import { axisLook, baseOption, chartLook, stepAxis, stepMark } from '../../ui/chart-look.ts';
import { cssColor, scaleColor, type Theme } from '../../ui/color-scale.ts';
import { useTheme } from '../../ui/theme.ts';
import styles from './Inspect.module.css';
import { Waiting } from './Waiting.tsx';

const COUNT = 6;

/** Weights that are matrices, or are read as such: the first axis against the rest. */
export function spectrumParameters({ parameters }: Pick<Inside, 'parameters'>) {
  return parameters.filter(({ shape }) => shape.length >= 2);
}

export function Spectrum({
  run,
  inside,
  node,
}: {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
}) {
  const all = spectrumParameters(inside);
  const [chosen, setChosen] = useState<string | null>(null);
  const at = useTraining((s) => s.at);
  const theme = useTheme();
  const onSave = useSavePicture();
  const parameter = all.find(({ name }) => name === chosen) ?? all.find((p) => p.node === node) ?? all[0];
  const name = parameter?.name ?? '';
  const request = useMemo(
    () => (name === '' ? null : { kind: 'spectrum' as const, parameter: name, count: COUNT }),
    [name],
  );
  const { value, problem } = useAnswer<'spectrum'>(run, request);
  if (!value) return <Waiting problem={problem} />;
  return (
    <Chart
      title={`Singular values of ${name}`}
      topic="spectrum"
      words="The largest singular values at the steps of which the weights were kept, in powers of ten."
      version={`${name} ${value.steps.at(-1)} ${at}`}
      option={() => spectrumOption(value, at, theme)}
      table={() => [
        ['step', ...Array.from({ length: COUNT }, (_, k) => `sigma ${k + 1}`)],
        ...value.steps.map((step, i) => [step, ...(value.values[i] ?? [])]),
      ]}
      onSave={onSave}
      legend="logarithmic; a kernel counts as one row for each output channel"
    >
      <select
        className={styles.select}
        aria-label="Weight"
        value={name}
        onChange={({ target }) => setChosen(target.value)}
      >
        {all.map((p) => (
          <option key={p.name} value={p.name}>
            {p.name}
          </option>
        ))}
      </select>
    </Chart>
  );
}

function spectrumOption(
  { steps, values }: Pick<Inspected<'spectrum'>, 'steps' | 'values'>,
  at: number | null,
  theme: Theme,
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const count = Math.max(0, ...values.map((row) => row.length));
  return {
    ...base,
    legend: { ...base.legend, data: Array.from({ length: count }, (_, k) => `σ${k + 1}`) },
    tooltip: { ...base.tooltip, valueFormatter: (value: unknown) => readable(Number(value)) },
    xAxis: stepAxis(look),
    yAxis: {
      ...axis,
      type: 'log',
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => readable(value) },
    },
    series: [
      ...Array.from({ length: count }, (_, k) => ({
        type: 'line',
        name: `σ${k + 1}`,
        color: cssColor(scaleColor(1 - (0.7 * k) / Math.max(1, count - 1), theme)),
        symbolSize: 4,
        data: steps.map((step, i) => [step, (values[i]?.[k] ?? 0) > 0 ? values[i]?.[k] : Number.NaN]),
      })),
      ...(at === null ? [] : [stepMark(at, look)]),
    ],
  };
}
