/** Decision regions of a net with two inputs, and what the units of a chosen layer respond to. */
import { useMemo, useState } from 'react';
import type { Inside, OutputFacts } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { firstSamples, useAnswer } from '../../engine-client/use-answer.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { classColors } from '../../ui/chart-look.ts';
import { Drawing } from '../../ui/Drawing.tsx';
import pictureStyles from '../../ui/Picture.module.css';
import { HeatMaps } from './HeatMaps.tsx';
import { type HeatMap, rangeOf } from './heat-maps.ts';
import styles from './Inspect.module.css';
import { LayerChoice } from './LayerChoice.tsx';
import {
  drawRegions,
  gridInputs,
  planeOf,
  pointUnder,
  pointWords,
  type RegionPicture,
  regionTable,
  SIDE,
} from './regions.ts';
import { Waiting } from './Waiting.tsx';

/** Units shown; a wider layer shows its first ones. */
const MOST_UNITS = 48;

interface RegionsProps {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
}

export function Regions({ run, inside, node }: RegionsProps) {
  const layers = inside.outputs.filter(({ shape }) => shape.length === 1);
  const [chosen, setChosen] = useState<string | null>(null);
  const wanted = chosen ?? node;
  const layer = layers.find((output) => output.node === wanted) ?? firstHidden(layers);
  const plane = useMemo(() => planeOf(inside), [inside]);
  const request = useMemo(
    () => ({
      kind: 'values' as const,
      inputs: gridInputs(plane),
      targets: null,
      wishes: [
        { of: 'answer' as const },
        ...(layer ? [{ of: 'output' as const, node: layer.node, port: layer.port }] : []),
      ],
    }),
    [plane, layer],
  );
  const samples = useAnswer<'samples'>(run, firstSamples);
  const { value, problem } = useAnswer<'values'>(run, request);
  const [cursor, setCursor] = useState<readonly [number, number] | null>(null);
  const onSave = useSavePicture();
  const [answers, units] = value?.tensors ?? [];
  if (!value || !answers) return <Waiting problem={problem} />;
  const { inputs = new Float32Array(), targets = new Float32Array() } = samples.value?.samples ?? {};
  const picture: RegionPicture = { inside, plane, answers, inputs, targets, cursor };
  const maps = units && layer ? unitMaps(units.data, units.shape[1] ?? 0) : [];
  return (
    <div className={styles.pair}>
      <Drawing
        title="Decision regions"
        topic="decisionRegions"
        words="What the net answers at every point of the plane of its two inputs, with the samples over it."
        version={{ value, samples: samples.value, cursor }}
        draw={(brush, size, theme) => drawRegions(brush, picture, size, theme)}
        hover={(x, y, size) => {
          const point = pointUnder(x, y, size);
          return point && pointWords(picture, point);
        }}
        move={(dx, dy) => {
          const [c, r] = cursor ?? [SIDE / 2, SIDE / 2];
          const clip = (v: number): number => Math.min(SIDE - 1, Math.max(0, v));
          const next = [clip(c + 2 * dx), clip(r + 2 * dy)] as const;
          setCursor(next);
          const { title, lines } = pointWords(picture, next);
          return `${title}, ${lines[0]}`;
        }}
        table={() => regionTable(picture)}
        onSave={onSave}
        legend={
          <>
            <span>
              weights of step {value.step} · samples of the training part · {SIDE} × {SIDE} points, linear in
              between
            </span>
            {inside.target.names.slice(0, classColors.length).map((name, i) => (
              <span key={name}>
                <span className={pictureStyles.swatch} style={{ background: classColors[i] }} /> {name}
              </span>
            ))}
          </>
        }
      />
      {layer ? (
        <HeatMaps
          title={`Units of ${layer.name}`}
          topic="unitRegions"
          words="The output of each unit over the same plane."
          maps={maps}
          range={rangeOf(maps)}
          note="one scale for all units of the layer"
          name={(_, row, column) => pointWords(picture, [column, row]).lines[0] ?? ''}
        >
          <LayerChoice layers={layers} node={layer.node} onChange={setChosen} />
        </HeatMaps>
      ) : null}
    </div>
  );
}

/** The first activation, or the first layer. */
function firstHidden(layers: readonly OutputFacts[]): OutputFacts | undefined {
  return layers.find(({ category }) => category === 'activation') ?? layers[0];
}

function unitMaps(data: Float32Array, units: number): HeatMap[] {
  return Array.from({ length: Math.min(MOST_UNITS, units) }, (_, unit) => ({
    title: `unit ${unit}`,
    width: SIDE,
    height: SIDE,
    data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[i * units + unit] ?? Number.NaN),
  }));
}
