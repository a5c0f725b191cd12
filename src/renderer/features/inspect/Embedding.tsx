/** Samples as a layer sees them, or tokens as an embedding places them, on their two principal directions. */

import type { EChartsCoreOption } from 'echarts/core';
import { useMemo, useState } from 'react';
import { type Inside, readable } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { allWeights, firstSamples, useAnswer } from '../../engine-client/use-answer.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { Chart } from '../../ui/Chart.tsx';
import { axisLook, baseOption, chartLook, classColors } from '../../ui/chart-look.ts';
import type { Theme } from '../../ui/color-scale.ts';
import { useTheme } from '../../ui/theme.ts';
import { isClassifier } from './answers.ts';
import styles from './Inspect.module.css';
import { type Plane2, principalPlane } from './principal.ts';
import { Waiting } from './Waiting.tsx';

interface EmbeddingProps {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
}

/** What can be placed: rows of a table of tokens, or what a layer makes of samples. */
type Source =
  | { readonly kind: 'tokens'; readonly id: string; readonly title: string; readonly parameter: string }
  | { readonly kind: 'layer'; readonly id: string; readonly title: string; readonly port: string };

/** Wider outputs are no places of samples that one would look at. */
const MOST_NUMBERS = 4096;

export function embeddingSources({ outputs, parameters, input }: Inside): readonly Source[] {
  const tables = parameters
    .filter(({ shape }) => input.names.length > 0 && shape.length === 2 && shape[0] === input.names.length)
    .map(({ name }): Source => ({ kind: 'tokens', id: name, title: `${name} (tokens)`, parameter: name }));
  const layers = outputs
    .map((output) => ({ ...output, size: output.shape.reduce((n, d) => n * d, 1) }))
    .filter(({ size, category }) => size >= 2 && size <= MOST_NUMBERS && category !== 'output')
    .map(({ node, name, port }): Source => ({ kind: 'layer', id: node, title: name, port }));
  return [...tables, ...layers];
}

export function Embedding({ run, inside, node }: EmbeddingProps) {
  const sources = useMemo(() => embeddingSources(inside), [inside]);
  const [chosen, setChosen] = useState<string | null>(null);
  const theme = useTheme();
  const onSave = useSavePicture();
  const wanted = chosen ?? node;
  const source =
    sources.find(({ id }) => id === wanted) ??
    sources.findLast(({ kind }) => kind === 'tokens') ??
    sources.at(-2) ??
    sources[0];
  const samples = useAnswer<'samples'>(run, firstSamples).value?.samples ?? null;
  const request = useMemo(() => {
    if (source?.kind !== 'layer' || !samples) return null;
    const wishes = [{ of: 'output' as const, node: source.id, port: source.port }];
    return { kind: 'values' as const, inputs: samples.inputs, targets: samples.targets, wishes };
  }, [source, samples]);
  const layer = useAnswer<'values'>(run, request);
  const weights = useAnswer<'weights'>(run, source?.kind === 'tokens' ? allWeights : null);
  const tensor =
    source?.kind === 'tokens' ? weights.value?.tensors[source.parameter] : layer.value?.tensors[0];
  const plane = useMemo(
    () => tensor && principalPlane(tensor.data, tensor.data.length / (tensor.shape[0] || 1)),
    [tensor],
  );
  if (!source || !tensor || !plane) return <Waiting problem={layer.problem ?? weights.problem} />;
  const step = (source.kind === 'tokens' ? weights.value?.step : layer.value?.step) ?? 0;
  const groups = source.kind === 'tokens' ? null : (samples?.targets ?? null);
  return (
    <Chart
      title={`${source.title} on two directions`}
      topic="embedding"
      words="Each point is a sample, or a token, as the layer sees it."
      version={`${step} ${source.id}`}
      option={() => scatterOption(inside, plane, groups, theme)}
      table={() => [
        ['place', 'direction 1', 'direction 2', 'target'],
        ...plane.points.map(([x, y], i) => [i, x, y, groups?.[i] ?? '']),
      ]}
      onSave={onSave}
      legend={`weights of step ${step} · colour: ${source.kind === 'tokens' ? 'none' : isClassifier(inside) ? 'true class' : 'none'}${
        isRounding(plane, tensor.data) ? ' · all look alike to this layer: what is drawn is rounding' : ''
      }`}
    >
      <select
        className={styles.select}
        aria-label="Layer"
        value={source.id}
        onChange={({ target }) => setChosen(target.value)}
      >
        {sources.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </Chart>
  );
}

/** Whether points differ by no more than float32 loses in numbers of that size. */
function isRounding({ points }: Plane2, data: Float32Array): boolean {
  const largest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return points.every(([x, y]) => Math.hypot(x, y) < 1e-5 * largest);
}

function scatterOption(
  inside: Inside,
  { points, shares }: Plane2,
  groups: Float32Array | null,
  theme: Theme,
): EChartsCoreOption {
  const look = chartLook(theme);
  const base = baseOption(look);
  const axis = axisLook(look);
  const isClass = groups !== null && isClassifier(inside);
  const names = isClass ? inside.target.names : [groups === null ? 'tokens' : 'samples'];
  const tokens = inside.input.names;
  const side = (i: 0 | 1) => ({
    ...axis,
    type: 'value',
    scale: true,
    name: `direction ${i + 1}: ${Math.round(100 * shares[i])} % of the variance`,
    nameLocation: 'middle',
    nameGap: i === 0 ? 24 : 38,
    axisLabel: { ...axis.axisLabel, formatter: (value: number) => readable(value) },
  });
  return {
    ...base,
    grid: { ...base.grid, left: 60, bottom: 44 },
    legend: { ...base.legend, data: names },
    tooltip: {
      ...base.tooltip,
      trigger: 'item',
      formatter: ({ seriesName, data }: { seriesName: string; data: readonly [number, number, number] }) =>
        groups === null ? `token “${tokens[data[2]] ?? data[2]}”` : `#${data[2]} · ${seriesName}`,
    },
    xAxis: side(0),
    yAxis: side(1),
    series: names.map((name, k) => ({
      type: 'scatter',
      name,
      color: classColors[k % classColors.length],
      symbol: k % 2 === 0 ? 'circle' : 'rect',
      symbolSize: 6,
      itemStyle: { opacity: 0.8 },
      ...(groups === null && points.length <= 80
        ? {
            label: {
              show: true,
              position: 'right',
              color: look.text,
              fontSize: 10,
              formatter: ({ data }: { data: readonly [number, number, number] }) => tokens[data[2]] ?? '',
            },
          }
        : {}),
      data: points.flatMap(([x, y], i) => (!isClass || groups[i] === k ? [[x, y, i]] : [])),
    })),
  };
}
