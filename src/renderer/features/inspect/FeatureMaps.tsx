/** What the channels of a layer make of one sample. */
import { useMemo, useState } from 'react';
import type { Inside } from '../../../engine/index.ts';
import type { RunView } from '../../engine-client/run.ts';
import { HeatMaps } from './HeatMaps.tsx';
import { type HeatMap, rangeOf } from './heat-maps.ts';
import styles from './Inspect.module.css';
import { LayerChoice } from './LayerChoice.tsx';
import { type Chosen, SampleBar } from './SampleChoice.tsx';
import { useSample } from './use-sample.ts';
import { Waiting } from './Waiting.tsx';

/** Channels shown; a wider layer shows its first ones. */
const MOST = 64;

interface FeatureMapsProps {
  readonly run: RunView;
  readonly inside: Inside;
  readonly node: string | null;
}

export function FeatureMaps({ run, inside, node }: FeatureMapsProps) {
  const layers = mapLayers(inside);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sample, setSample] = useState<Chosen>({ part: 'train', index: 0 });
  const wanted = chosen ?? node;
  const layer = layers.find((output) => output.node === wanted) ?? layers[0];
  const wishes = useMemo(
    () => (layer ? [{ of: 'output' as const, node: layer.node, port: layer.port }] : []),
    [layer],
  );
  const { inputs, targets, tensors, step, problem } = useSample(run, sample, wishes);
  const [tensor] = tensors ?? [];
  if (!layer) return null;
  const [channels = 0, height = 1, width = 1] = layer.shape;
  const maps: HeatMap[] = tensor
    ? Array.from({ length: Math.min(MOST, channels) }, (_, i) => ({
        title: `channel ${i}`,
        width,
        height,
        data: tensor.data.slice(i * height * width, (i + 1) * height * width),
      }))
    : [];
  return (
    <div className={styles.stack}>
      <SampleBar inside={inside} chosen={sample} inputs={inputs} targets={targets} onChange={setSample} />
      {tensor ? (
        <HeatMaps
          title={`Feature maps of ${layer.name}`}
          topic="featureMaps"
          words={`What each channel answers for sample ${sample.index}.`}
          maps={maps}
          range={rangeOf(maps)}
          note={`one scale for all channels · weights of step ${step}${channels > MOST ? ` · the first ${MOST} of ${channels} channels` : ''}`}
        >
          <LayerChoice layers={layers} node={layer.node} onChange={setChosen} />
        </HeatMaps>
      ) : (
        <Waiting problem={problem} />
      )}
    </div>
  );
}

/** Outputs of channels × height × width; what heads look at has a picture of its own. */
export function mapLayers({ outputs }: Pick<Inside, 'outputs'>) {
  return outputs.filter(
    ({ shape, category, port }) =>
      shape.length === 3 &&
      (shape[1] ?? 0) * (shape[2] ?? 0) > 1 &&
      !(category === 'attention' && port === 'weights'),
  );
}
